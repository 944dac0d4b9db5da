"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const PAGE = 100, NONE = "–";
  const filters = {};
  let cell = null, shown = PAGE;

  const make = (tag, text, attributes = {}) => {
    const node = document.createElement(tag);
    if (text !== undefined && text !== null) node.textContent = String(text);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  };
  const goldLabel = (e) => (e.gold ? e.gold.label : NONE);
  const saidLabel = (e) => (e.said ? e.said.label : NONE);

  document.getElementById("about").textContent = data.about;

  const summary = document.getElementById("summary");
  const row = (cells, tag) => {
    const tr = make("tr");
    cells.forEach((each, i) => tr.append(make(tag, each, tag === "th" ? { scope: "col" } : {})));
    return tr;
  };
  const head = make("thead");
  head.append(row(data.summary.columns, "th"));
  const body = make("tbody");
  data.summary.rows.forEach((cells) => body.append(row(cells, "td")));
  summary.append(head, body);

  const fields = {
    system: ["System", (e) => e.system],
    kind: ["Kind", (e) => e.kind],
    gold: ["Gold label", goldLabel],
    said: ["Predicted label", saidLabel],
    source: ["Source", (e) => e.source],
    family: ["Family", (e) => e.families],
    stage: ["Lost in", (e) => e.stage || NONE],
  };
  const form = document.getElementById("filters");
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const [name, [title, of]] of Object.entries(fields)) {
    const counts = new Map();
    for (const e of data.errors) for (const value of [of(e)].flat()) counts.set(value, (counts.get(value) || 0) + 1);
    if (counts.size < 2) continue;
    const label = make("label", title);
    const select = make("select", null, { name });
    select.append(make("option", "all", { value: "" }));
    [...counts].sort((a, b) => b[1] - a[1]).forEach(([value, count]) => select.append(make("option", `${value} (${count})`, { value })));
    select.addEventListener("change", () => { filters[name] = select.value; cell = null; draw(); });
    label.append(select);
    form.append(label);
  }
  const wordLabel = make("label", "Text contains");
  const word = make("input", null, { type: "search" });
  word.addEventListener("input", () => { filters.word = word.value.toLowerCase(); draw(); });
  wordLabel.append(word);
  const reset = make("button", "Clear", { type: "button" });
  reset.addEventListener("click", () => {
    form.querySelectorAll("select").forEach((each) => { each.value = ""; });
    word.value = ""; cell = null;
    for (const name of Object.keys(filters)) delete filters[name];
    draw();
  });
  form.append(wordLabel, reset);

  const table = document.getElementById("confusion");
  const drawConfusion = () => {
    const counts = new Map(), golds = new Map(), saids = new Map();
    const add = (map, key, by) => map.set(key, (map.get(key) || 0) + by);
    for (const [system, gold, said, count] of data.confusion) {
      if (filters.system && system !== filters.system) continue;
      add(counts, gold + "\u0000" + said, count); add(golds, gold, count); add(saids, said, count);
    }
    const order = (map) => [...map].sort((a, b) => (a[0] === NONE) - (b[0] === NONE) || b[1] - a[1]).map(([k]) => k);
    const columns = order(saids), rows = order(golds);
    const off = Math.max(1, ...[...counts].filter(([k]) => { const [g, s] = k.split("\u0000"); return g !== s; }).map(([, n]) => n));
    const thead = make("thead"), top = make("tr");
    top.append(make("th", ""));
    columns.forEach((each) => { const th = make("th", null, { scope: "col" }); th.append(make("span", each)); top.append(th); });
    thead.append(top);
    const tbody = make("tbody");
    for (const gold of rows) {
      const tr = make("tr");
      tr.append(make("th", gold, { scope: "row" }));
      for (const said of columns) {
        const td = make("td"), count = counts.get(gold + "\u0000" + said) || 0;
        if (count && gold === said) { td.textContent = count; td.style.color = "var(--soft)"; }
        else if (count) {
          const button = make("button", count, { type: "button", "aria-pressed": String(Boolean(cell && cell[0] === gold && cell[1] === said)), "aria-label": `${count} errors: gold ${gold}, predicted ${said}` });
          button.style.background = `color-mix(in srgb, var(--said) ${Math.round(8 + 55 * count / off)}%, transparent)`;
          button.addEventListener("click", () => { cell = cell && cell[0] === gold && cell[1] === said ? null : [gold, said]; draw(); });
          td.append(button);
        }
        tr.append(td);
      }
      tbody.append(tr);
    }
    table.replaceChildren(thead, tbody);
  };

  const passes = (e) => {
    if (cell && (goldLabel(e) !== cell[0] || saidLabel(e) !== cell[1])) return false;
    for (const [name, [, of]] of Object.entries(fields)) if (filters[name] && ![of(e)].flat().includes(filters[name])) return false;
    return !filters.word || (e.context + e.id).toLowerCase().includes(filters.word);
  };

  const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\uddef]/g;
  const write = (parent, text) => {
    let last = 0;
    for (const match of text.matchAll(HIDDEN)) {
      parent.append(text.slice(last, match.index));
      parent.append(make("mark", "U+" + match[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0"), { class: "sign" }));
      last = match.index + match[0].length;
    }
    parent.append(text.slice(last));
  };
  const context = (e) => {
    const pre = make("pre", null, { dir: "ltr" }), points = [...e.context];
    const inside = (range, i) => range && range.start - e.offset <= i && i < range.end - e.offset;
    let piece = "", state = "";
    const flush = () => {
      if (!piece) return;
      if (state) { const mark = make("mark", null, { class: state }); write(mark, piece); pre.append(mark); } else write(pre, piece);
      piece = "";
    };
    points.forEach((char, i) => {
      const g = inside(e.gold, i), s = inside(e.said, i);
      const now = g && s ? "both" : g ? "gold" : s ? "said" : "";
      if (now !== state) { flush(); state = now; }
      piece += char;
    });
    flush();
    return pre;
  };
  const item = (e) => {
    const li = make("li"), top = make("div", null, { class: "head" });
    top.append(make("span", e.kind, { class: "kind" }), make("span", e.system), make("span", `${e.id} at ${(e.gold || e.said).start}`));
    if (e.source) top.append(make("span", e.source));
    e.families.forEach((each) => top.append(make("span", each)));
    const dl = make("dl");
    const pair = (name, value, label) => {
      const dd = make("dd");
      if (label) dd.append(make("strong", label), " ");
      write(dd, value);
      dl.append(make("dt", name), dd);
    };
    if (e.gold) pair("gold", e.gold.value, e.gold.label);
    if (e.said) pair("predicted", `${e.said.value} (${e.said.confidence.toFixed(2)})`, e.said.label);
    if (e.said && e.said.evidence.length) pair("evidence", e.said.evidence.join("; "));
    if (e.stage) pair("lost in", e.stage + (e.reason ? ": " + e.reason : ""));
    li.append(top, context(e), dl);
    return li;
  };
  const list = document.getElementById("list"), count = document.getElementById("count"), more = document.getElementById("more");
  const fill = () => {
    const chosen = data.errors.filter(passes);
    count.textContent = `${chosen.length} of ${data.errors.length} errors` + (data.left_out ? `; ${data.left_out} more were left out of this page` : "");
    list.replaceChildren(...chosen.slice(0, shown).map(item));
    more.hidden = chosen.length <= shown;
  };
  const draw = () => { shown = PAGE; drawConfusion(); fill(); };
  more.addEventListener("click", () => { shown += PAGE; fill(); });
  draw();
})();
