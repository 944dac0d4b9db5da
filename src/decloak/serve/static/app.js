"use strict";
/* The page of the service. Whatever a document holds is text here: nothing is ever parsed as markup. */
(() => {
  const ROW = 20, ITEM = 40;
  const GROUPS = {
    network: ["DOMAIN", "IP_ADDRESS", "URL", "EMAIL", "CIDR", "ASN", "MAC_ADDRESS", "HOSTNAME"],
    names: ["SOFTWARE", "ORGANIZATION", "OS", "SERVICE", "VERSION", "CPE"],
    threat: ["MALWARE", "THREAT_ACTOR", "TECHNIQUE", "CVE", "HASH", "WALLET", "MUTEX", "REGISTRY_KEY", "FINGERPRINT"],
  };
  const NAMES = { 0x9: "TAB", 0xa0: "NO-BREAK SPACE", 0xad: "SOFT HYPHEN", 0x61c: "ARABIC LETTER MARK", 0x200b: "ZERO WIDTH SPACE", 0x200c: "ZERO WIDTH NON-JOINER", 0x200d: "ZERO WIDTH JOINER", 0x200e: "LEFT-TO-RIGHT MARK", 0x200f: "RIGHT-TO-LEFT MARK", 0x2028: "LINE SEPARATOR", 0x2029: "PARAGRAPH SEPARATOR", 0x202a: "LEFT-TO-RIGHT EMBEDDING", 0x202b: "RIGHT-TO-LEFT EMBEDDING", 0x202c: "POP DIRECTIONAL FORMATTING", 0x202d: "LEFT-TO-RIGHT OVERRIDE", 0x202e: "RIGHT-TO-LEFT OVERRIDE", 0x2060: "WORD JOINER", 0x2066: "LEFT-TO-RIGHT ISOLATE", 0x2067: "RIGHT-TO-LEFT ISOLATE", 0x2068: "FIRST STRONG ISOLATE", 0x2069: "POP DIRECTIONAL ISOLATE", 0xfeff: "ZERO WIDTH NO-BREAK SPACE" };
  const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|\udb40[\udc00-\udfff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;
  const $ = (id) => document.getElementById(id);
  const make = (tag, kind, text) => { const node = document.createElement(tag); if (kind) node.className = kind; if (text !== undefined) node.textContent = text; return node; };
  const groupOf = (label) => Object.keys(GROUPS).find((name) => GROUPS[name].includes(label)) || "other";
  const code = (char) => "U+" + char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");

  let sent = null;    // what was sent last: {body, type} for exports
  let results = [];   // answers, one per document
  let shown = null;   // the prepared document on screen
  let chosen = -1;    // index of the chosen entity in shown.entities
  const off = new Set();

  const say = (text, bad = false) => { $("status").textContent = text; $("status").classList.toggle("bad", bad); };

  async function ask(accept, withText) {
    const headers = { accept };
    if ($("token").value) headers.authorization = "Bearer " + $("token").value;
    let body = sent.body;
    if (sent.type === "json") { headers["content-type"] = "application/json"; body = JSON.stringify({ ...sent.body, include_text: withText }); }
    else { body = new FormData(); sent.body.files.forEach((file) => body.append("file", file, file.name)); body.append("options", JSON.stringify(sent.body.options)); body.append("include_text", String(withText)); }
    const answer = await fetch("v1/extract", { method: "POST", headers, body });
    if (answer.status === 401) $("token-label").hidden = false;
    if (!answer.ok) {
      let message = answer.statusText;
      try { message = (await answer.json()).error.message; } catch { /* no JSON: its status says enough */ }
      throw new Error(`${answer.status}: ${message}`);
    }
    return answer;
  }

  async function extract(files) {
    const options = { output: { review: $("review").checked } };
    sent = files ? { type: "files", body: { files, options } } : { type: "json", body: { text: $("text").value, id: "pasted", options } };
    $("form").querySelector("button").disabled = true;
    say("Extracting …");
    try {
      const started = performance.now();
      results = (await (await ask("application/json", true)).json()).results;
      const total = results.reduce((sum, each) => sum + (each.entities || []).length, 0);
      say(`${total.toLocaleString("en")} entities in ${results.length} document${results.length === 1 ? "" : "s"}, ${((performance.now() - started) / 1000).toFixed(2)} s`);
      const select = $("document");
      select.replaceChildren(...results.map((each, i) => { const option = make("option", "", each.error ? `${each.id} (failed)` : each.id); option.value = String(i); return option; }));
      $("results").hidden = false;
      show(0);
    } catch (error) { say(error.message, true); }
    $("form").querySelector("button").disabled = false;
  }

  /* Visual rows: lines, wrapped at so many units, at a blank where one is near. */
  function wrapped(text, wide) {
    const rows = [], ends = /\r\n|[\n\r\u2028\u2029\u0085]/g;
    let start = 0, line = 1;
    const push = (from, to, number) => {
      for (let at = from; ; ) {
        let end = Math.min(at + wide, to);
        const signs = (text.slice(at, end).match(HIDDEN) || []).length; // each is written as U+XXXX
        if (signs) end = Math.min(to, Math.max(at + 8, at + wide - 5 * signs));
        if (end < to) {
          const blank = text.lastIndexOf(" ", end);
          if (blank > end - wide / 3) end = blank + 1;
          else if (text.charCodeAt(end - 1) >= 0xd800 && text.charCodeAt(end - 1) < 0xdc00) end--;
        }
        rows.push({ start: at, end, number: at === from ? number : 0 });
        if (end >= to) return;
        at = end;
      }
    };
    for (let match; (match = ends.exec(text)); start = match.index + match[0].length) push(start, match.index, line++);
    push(start, text.length, line);
    return rows;
  }

  /* How many characters a pane shows. */
  function room() {
    const probe = make("span", "raw", "0".repeat(50));
    probe.style.cssText = "position:absolute;visibility:hidden;font:13px/20px ui-monospace, 'DejaVu Sans Mono', monospace;padding:0";
    document.body.append(probe);
    const each = probe.getBoundingClientRect().width / 50;
    probe.remove();
    const both = getComputedStyle($("window")).getPropertyValue("--panes") === "2" && !document.body.classList.contains("raw-only");
    const pixels = $("view").clientWidth - 60;
    return Math.max(24, Math.floor((both ? pixels / 2 : pixels) / each) - 3);
  }

  function wrap() {
    const view = $("view"), top = shown.rows ? shown.rows[Math.min(Math.floor(view.scrollTop / ROW), shown.rows.length - 1)].start : 0;
    shown.rows = wrapped(shown.text, room());
    shown.starts = shown.rows.map((row) => row.start);
    view.scrollTop = Math.max(0, Offsets.below(shown.starts, top + 1) - 1) * ROW;
  }

  /* Prepare one document: entities and edits in units. */
  function show(index) {
    const result = results[index];
    const text = result.text || "", offsets = new Offsets(text);
    const entities = (result.entities || []).map((each, i) => ({ ...each, i, from: offsets.unit(each.start), to: offsets.unit(each.end), group: groupOf(each.label) }));
    const edits = (result.edits || []).map(([from, to, after, family, reason, confidence], i) => ({ i, from: offsets.unit(from), to: offsets.unit(to), after, family, reason, confidence }));
    shown = { result, text, offsets, entities, edits };
    chosen = -1;
    wrap();
    const notes = [...(result.warnings || [])];
    if (result.error) notes.unshift(result.error.message);
    $("warnings").replaceChildren(...notes.map((each) => make("li", "", each)));
    drawGroups(); drawRecords(); filter();
    $("view").scrollTop = 0; $("detail").replaceChildren(make("p", "note", "Choose an entity to see its value, confidence, evidence and links."));
    drawText();
  }

  function drawGroups() {
    const counts = new Map();
    shown.entities.forEach((each) => counts.set(each.label, (counts.get(each.label) || 0) + 1));
    $("groups").replaceChildren(...[...counts].sort((a, b) => b[1] - a[1]).map(([label, count]) => {
      const button = make("button", groupOf(label), `${label} ${count}`);
      button.type = "button";
      button.setAttribute("aria-pressed", String(!off.has(label)));
      button.addEventListener("click", () => { if (off.has(label)) off.delete(label); else off.add(label); button.setAttribute("aria-pressed", String(!off.has(label))); filter(); drawText(); });
      return button;
    }));
  }

  /* Write text with hidden characters named. */
  function write(parent, text) {
    let last = 0;
    for (const match of text.matchAll(HIDDEN)) {
      if (match[0] === "\t") continue;
      parent.append(text.slice(last, match.index));
      const sign = make("span", "sign", code(match[0]));
      sign.title = NAMES[match[0].codePointAt(0)] || "hidden character";
      parent.append(sign);
      last = match.index + match[0].length;
    }
    parent.append(text.slice(last));
  }

  /* The pieces of [from, to): cut wherever an entity or an edit begins or ends. */
  function pieces(row, decoded) {
    const entities = within(shown.visible, row), edits = within(shown.edits, row);
    const cuts = new Set([row.start, row.end]);
    [...entities, ...edits].forEach((each) => { cuts.add(Math.max(each.from, row.start)); cuts.add(Math.min(each.to, row.end)); });
    const places = [...cuts].sort((a, b) => a - b), nodes = [];
    edits.filter((each) => each.from === each.to).forEach((each) => { if (decoded) nodes.push([each.from, each, null]); });
    for (let k = 0; k + 1 < places.length; k++) {
      const [from, to] = [places[k], places[k + 1]];
      const edit = edits.find((each) => each.from <= from && to <= each.to && each.from < each.to) || null;
      const entity = entities.find((each) => each.from <= from && to <= each.to) || null;
      if (decoded && edit && from !== Math.max(edit.from, row.start)) continue; // its replacement stands once
      nodes.push([from, edit, entity, to]);
    }
    return nodes;
  }
  function within(list, row) {
    const found = [];
    for (let k = Offsets.below(shown.reach.get(list), row.start + 1); k < list.length && list[k].from <= row.end; k++) {
      if (list[k].to > row.start || (list[k].from === list[k].to && list[k].from >= row.start)) { if (list[k].from < row.end || row.start === row.end) found.push(list[k]); }
    }
    return found;
  }
  /* For every place of a list sorted by start: the furthest end so far, so that a search finds the first that reaches in. */
  function reach(list) { let most = -1; return list.map((each) => (most = Math.max(most, each.to + (each.from === each.to ? 1 : 0)))); }

  function cell(row, decoded) {
    const node = make("span", decoded ? "decoded" : "raw");
    for (const [from, edit, entity, to] of pieces(row, decoded)) {
      const bit = make(entity ? "mark" : "span", "bit");
      const before = to === undefined ? "" : shown.text.slice(from, to);
      write(bit, decoded && edit ? edit.after.replace(/[\r\n]+/g, "⏎") : before);
      if (entity) {
        bit.classList.add(entity.group);
        if (entity.status !== "accepted") bit.classList.add("held");
        if (entity.i === chosen) bit.classList.add("chosen");
        bit.dataset.entity = String(entity.i);
        bit.title = `${entity.label}: ${entity.value}\n${(100 * entity.confidence).toFixed(1)} %: ${entity.evidence.join("; ")}` + (entity.resembles ? `\nresembles ${entity.resembles}` : "") + entity.links.map((each) => `\n${each.relation}: ${each.target}`).join("");
      }
      if (edit) {
        bit.classList.add("edit");
        bit.dataset.edit = String(edit.i);
        const signs = [...shown.text.slice(edit.from, edit.to)].slice(0, 12).filter((char) => char > "~").map((char) => code(char) + (NAMES[char.codePointAt(0)] ? ` ${NAMES[char.codePointAt(0)]}` : ""));
        bit.title = (bit.title ? bit.title + "\n" : "") + `${edit.family}: ${edit.reason}` + (signs.length ? `\n${signs.join(", ")}` : "");
      }
      node.append(bit);
    }
    return node;
  }

  function drawText() {
    if (!shown) return;
    const view = $("view"), rows = shown.rows;
    $("space").style.height = `${rows.length * ROW}px`;
    const first = Math.max(0, Math.floor(view.scrollTop / ROW) - 15), last = Math.min(rows.length, first + Math.ceil(view.clientHeight / ROW) + 30);
    const nodes = [];
    for (let k = first; k < last; k++) {
      const row = rows[k], line = make("div", "line");
      if (within(shown.edits, row).length) line.classList.add("changed");
      line.append(make("span", "number", row.number ? String(row.number) : "·"), cell(row, false), cell(row, true));
      nodes.push(line);
    }
    $("window").style.transform = `translateY(${first * ROW}px)`;
    $("window").replaceChildren(...nodes);
  }

  function filter() {
    const word = $("search").value.toLowerCase();
    shown.visible = shown.entities.filter((each) => !off.has(each.label));
    shown.reach = new Map([[shown.visible, reach(shown.visible)], [shown.edits, reach(shown.edits)]]);
    const sums = new Map();
    for (const each of shown.visible) {
      if (word && !`${each.value} ${each.label} ${each.text}`.toLowerCase().includes(word)) continue;
      const key = each.label + "\u0000" + each.value + "\u0000" + each.status;
      if (!sums.has(key)) sums.set(key, { each, at: [] });
      sums.get(key).at.push(each.i);
    }
    shown.items = [...sums.values()];
    $("count").textContent = `${shown.items.length.toLocaleString("en")} distinct values, ${shown.visible.length.toLocaleString("en")} places`;
    $("list").scrollTop = 0;
    drawList();
  }

  function drawList() {
    const list = $("list"), items = shown.items;
    $("list-space").style.height = `${items.length * ITEM}px`;
    const first = Math.max(0, Math.floor(list.scrollTop / ITEM) - 8), last = Math.min(items.length, first + Math.ceil(list.clientHeight / ITEM) + 16);
    $("list-window").style.transform = `translateY(${first * ITEM}px)`;
    $("list-window").replaceChildren(...items.slice(first, last).map(({ each, at }) => {
      const button = make("button", "item"), left = make("span");
      const value = make("span", "value");
      write(value, each.value);
      const hidden = (each.places || []).some((place) => place.hidden);
      left.append(make("span", `tag ${each.group}`, each.label + (each.status === "accepted" ? "" : `, ${each.status}`) + (hidden ? ", hidden" : "") + (each.resembles ? ", look-alike" : "")), value);
      button.append(left, make("span", "times", at.length > 1 ? `×${at.length}` : ""));
      button.type = "button";
      button.setAttribute("aria-current", String(at.includes(chosen)));
      button.addEventListener("click", () => choose(at[(at.indexOf(chosen) + 1) % at.length]));
      return button;
    }));
  }

  function choose(index, scroll = true) {
    chosen = index;
    const each = shown.entities[index];
    if (scroll) {
      const row = Offsets.below(shown.starts, each.from + 1) - 1, view = $("view"), top = row * ROW;
      if (top < view.scrollTop || top > view.scrollTop + view.clientHeight - 2 * ROW) view.scrollTop = Math.max(0, top - view.clientHeight / 3);
    }
    const dl = make("dl");
    const pair = (name, value) => { if (value === undefined || value === null || value === "") return; const dd = make("dd"); write(dd, String(value)); dl.append(make("dt", "", name), dd); };
    pair("label", each.label); pair("value", each.value); pair("written", each.text);
    pair("resembles", each.resembles); pair("disguise", each.obfuscation.join(", "));
    pair("confidence", `${(100 * each.confidence).toFixed(1)} %, ${each.status}`); pair("evidence", each.evidence.join("; "));
    each.links.forEach((link) => pair(link.relation, `${link.target} (${link.source})`));
    (each.places || []).forEach((place) => pair("place", JSON.stringify(place)));
    pair("characters", [...each.text].filter((char) => char > "~").slice(0, 20).map((char) => code(char) + (NAMES[char.codePointAt(0)] ? ` ${NAMES[char.codePointAt(0)]}` : ` ${char}`)).join(", "));
    pair("at", `${each.start} to ${each.end}`);
    $("detail").replaceChildren(dl);
    drawText(); drawList();
  }

  function drawRecords() {
    const box = $("records");
    const simple = (value) => value && typeof value === "object" && "value" in value && !Array.isArray(value);
    const tree = (record, title) => {
      const details = make("details"), summary = make("summary");
      const main = Object.entries(record).filter(([, value]) => simple(value)).slice(0, 3).map(([, value]) => value.value).join(" ");
      write(summary, `${title} ${main}`);
      details.append(summary);
      details.addEventListener("toggle", () => {
        if (details.childElementCount > 1) return; // filled when it is first opened
        for (const [key, value] of Object.entries(record)) {
          if (key === "kind" || value === null) continue;
          if (simple(value)) field(details, key, value);
          else if (Array.isArray(value)) value.forEach((each) => (simple(each) ? field(details, key, each) : typeof each === "object" && each ? details.append(tree(each, each.kind || key)) : field(details, key, { value: each })));
          else if (typeof value === "object") details.append(tree(value, key));
          else field(details, key, { value });
        }
      });
      return details;
    };
    const field = (parent, key, value) => { const line = make("div", "field"); line.append(make("span", "key", `${key} `)); write(line, String(value.value)); parent.append(line); };
    const records = shown.result.records || [];
    box.replaceChildren(make("p", "note", `${records.length} records`), ...records.slice(0, 2000).map((each) => tree(each, each.kind)));
    if (records.length > 2000) box.append(make("p", "note", `${records.length - 2000} more are in the JSON export`));
  }

  const defang = (value) => value.replace(/^http/i, "hxxp").replace(/^ftp:/i, "fxp:").replace(/\./g, "[.]").replace(/@/g, "[@]");

  $("form").addEventListener("submit", (event) => { event.preventDefault(); extract(null); });
  $("files").addEventListener("change", () => { if ($("files").files.length) extract([...$("files").files]); });
  $("document").addEventListener("change", () => show(Number($("document").value)));
  $("search").addEventListener("input", filter);
  for (const [id, draw] of [["view", drawText], ["list", drawList]]) {
    let asked = false;
    const soon = () => { if (!asked && shown) { asked = true; requestAnimationFrame(() => { asked = false; draw(); }); } };
    $(id).addEventListener("scroll", soon, { passive: true });
    window.addEventListener("resize", () => { if (shown && id === "view") wrap(); soon(); });
  }
  $("view").addEventListener("click", (event) => { const mark = event.target.closest("[data-entity]"); if (mark) choose(Number(mark.dataset.entity), false); });
  $("view").addEventListener("mouseover", (event) => {
    const edit = event.target.closest("[data-edit]");
    $("window").querySelectorAll(".linked").forEach((each) => each.classList.remove("linked"));
    if (edit) $("window").querySelectorAll(`[data-edit="${Number(edit.dataset.edit)}"]`).forEach((each) => each.classList.add("linked"));
  });
  const tabs = [$("tab-entities"), $("tab-records")];
  const select = (tab) => { tabs.forEach((each) => { const on = each === tab; each.setAttribute("aria-selected", String(on)); each.tabIndex = on ? 0 : -1; $(each.getAttribute("aria-controls")).hidden = !on; }); if (shown && tab === tabs[0]) drawList(); };
  tabs.forEach((tab, i) => { tab.addEventListener("click", () => select(tab)); tab.addEventListener("keydown", (event) => { if (event.key === "ArrowRight" || event.key === "ArrowLeft") { select(tabs[1 - i]); tabs[1 - i].focus(); } }); });
  document.querySelectorAll("[data-accept]").forEach((button) => button.addEventListener("click", async () => {
    try {
      const blob = await (await ask(button.dataset.accept, false)).blob(), link = make("a");
      link.href = URL.createObjectURL(new Blob([blob], { type: "application/octet-stream" }));
      link.download = button.dataset.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      say(`Saved ${button.dataset.name}`);
    } catch (error) { say(error.message, true); }
  }));
  $("copy").addEventListener("click", async () => {
    const values = [...new Set(shown.visible.filter((each) => each.group === "network" || each.group === "threat").map((each) => (each.group === "network" ? defang(each.value) : each.value)))];
    try { await navigator.clipboard.writeText(values.join("\n") + "\n"); say(`Copied ${values.length} values`); } catch { say("The browser does not let this page copy", true); }
  });
  document.addEventListener("keydown", (event) => {
    if (!shown || event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const step = { n: 1, p: -1 }[event.key];
    if (step && shown.visible.length) {
      const place = shown.visible.findIndex((each) => each.i === chosen), next = place < 0 ? (step > 0 ? 0 : shown.visible.length - 1) : (place + step + shown.visible.length) % shown.visible.length;
      choose(shown.visible[next].i);
    } else if (event.key === "/") { event.preventDefault(); select(tabs[0]); $("search").focus(); }
    else if (event.key === "d") { document.body.classList.toggle("raw-only"); document.body.classList.toggle("decoded-only"); wrap(); drawText(); }
    else return;
    if (step) event.preventDefault();
  });
  for (const name of ["dragover", "drop", "dragleave"]) document.addEventListener(name, (event) => {
    event.preventDefault();
    document.body.classList.toggle("dropping", name === "dragover");
    if (name === "drop" && event.dataTransfer.files.length) extract([...event.dataTransfer.files]);
  });
})();
