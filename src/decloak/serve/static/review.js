/* Review: one item after the other, by single keys; each decision is on the server's disk before the next item counts. */
import { ask, save } from "./api.js";
import { $, button, make, say, strange, write } from "./dom.js";
import { groupOf, labels } from "./labels.js";
import { Offsets } from "./offsets.js";

const AHEAD = 30;

export class Review {
  constructor() {
    [this.state, this.items, this.skipped, this.pending] = [null, [], [], new Set()];
    [this.mode, this.list, this.busy, this.waiting] = [null, "next", Promise.resolve(), 0];
    $("who").value = localStorage.getItem("decloak.reviewer") || "";
    $("who").addEventListener("change", () => { localStorage.setItem("decloak.reviewer", $("who").value.trim()); this.skipped = []; this.open(); });
    for (const name of ["next", "conflicts"]) $(`list-${name}`).addEventListener("click", () => { this.list = name; this.open(); });
    for (const name of ["jsonl", "conll"]) $(`save-${name}`).addEventListener("click", () => this.do(async () => save(await (await ask("GET", `v1/review/export?format=${name}`, { accept: "*/*" })).blob(), `reviewed.${name}`)));
  }

  /** Whether this page may put items into a queue and decide about them. */
  get ready() { return Boolean(this.state?.enabled && this.state.may_review); }

  get who() { return this.state.named ? undefined : $("who").value.trim() || undefined; }

  get item() { return this.items[0]; }

  async ask() {
    try { this.state = await (await ask("GET", "v1/review")).json(); } catch { this.state = null; }
    $("go").hidden = !this.ready;
    $("queue").hidden = !this.ready;
    if (!this.ready) return;
    $("who-label").hidden = this.state.named;
    $("who").placeholder = this.state.reviewer;
    for (const name of ["jsonl", "conll"]) $(`save-${name}`).hidden = !this.state.may_export;
    this.count();
  }

  /* One request after the other, in the order of the keys; what is counted is asked when none waits any more. */
  do(call) {
    this.waiting++;
    this.busy = this.busy.then(call).catch((error) => say(error.message, true)).finally(() => { this.waiting--; });
    return this.busy;
  }

  post(path, body) { return ask("POST", `v1/review/${path}`, { body: { ...body, reviewer: this.who } }).then((answer) => answer.json()); }

  async get(path, params = {}) {
    const query = new URLSearchParams(params);
    if (this.who && path !== "conflicts") query.set("reviewer", this.who);
    if (path === "next") this.skipped.slice(-900).forEach((each) => query.append("skip", each));
    return (await ask("GET", `v1/review/${path}?${query}`)).json();
  }

  async add(body) {
    const said = await this.post("documents", body);
    await this.count();
    return said;
  }

  /** Add a document, and what was missed in it. */
  async missed(body, what) {
    const { document } = await this.post("documents", body);
    await this.post(`documents/${document}/missed`, what);
    await this.count();
  }

  async count() {
    const said = await this.get("stats");
    $("go-review").textContent = said.left ? `Review ${said.left.toLocaleString("en")}` : "Review";
    $("progress").max = Math.max(1, said.mine + said.left);
    $("progress").value = said.mine;
    $("progress-text").textContent = `${said.mine.toLocaleString("en")} decided, ${said.left.toLocaleString("en")} left`;
    $("list-conflicts").textContent = `Conflicts ${said.conflicts.toLocaleString("en")}`;
    $("agreement").replaceChildren(...said.agreements.map((each) => make("li", "", `${each.first} and ${each.second}: ${each.same} of ${each.both} alike, kappa ${each.kappa === null ? "undefined" : each.kappa.toFixed(2)}`)));
    if (!said.agreements.length) $("agreement").append(make("li", "note", "Nobody else decided about the same items yet."));
  }

  open() {
    return this.do(async () => {
      for (const name of ["next", "conflicts"]) $(`list-${name}`).setAttribute("aria-pressed", String(name === this.list));
      this.items = await this.get(this.list, { most: AHEAD });
      await Promise.all([this.count(), this.past()]);
      this.draw();
    });
  }

  async past() {
    const items = await this.get("decided", { most: 50 });
    $("decided").replaceChildren(...items.map((each) => {
      const node = button("", () => { this.items.unshift(each); this.draw(); }, "past"), value = make("span", "value");
      const mine = each.decisions.find((view) => view.reviewer === (this.who || this.state.reviewer)) || each.decisions.at(-1);
      write(value, mine.value);
      node.append(make("span", `verdict ${mine.action}`, mine.action), make("span", `tag ${groupOf(mine.label)}`, mine.label), value);
      node.title = "Decide about it again";
      return node;
    }));
    if (!items.length) $("decided").append(make("p", "note", "What you decide stands here, the last first."));
  }

  /* Decide, and show the next item at once: a key pressed fast is a decision about the item that is seen. */
  decide(body) {
    const item = this.item;
    if (!item) return;
    const gone = this.items.filter((each) => each === item || (body.alike && each.label === item.label && each.value === item.value));
    this.next(gone, async () => {
      const said = await this.post(`items/${item.id}/decisions`, body), done = new Set(said.items);
      this.items = this.items.filter((each) => each === this.item || !done.has(each.id));
      say(`${body.action === "change" ? "Changed" : body.action === "accept" ? "Accepted" : "Rejected"} ${item.value}` + (done.size > 1 ? ` and ${done.size - 1} like it` : ""));
    });
  }

  next(gone, call) {
    gone.forEach((each) => this.pending.add(each.id));
    this.items = this.items.filter((each) => !gone.includes(each));
    this.mode = null;
    this.draw();
    this.do(async () => {
      try { await call(); } catch (error) {
        this.items.unshift(...gone); // it is not decided: here it is again
        this.mode = null;
        this.draw();
        throw error;
      } finally { gone.forEach((each) => this.pending.delete(each.id)); }
      await this.refill();
    });
  }

  async refill() {
    if (this.items.length < 5 && this.list === "next") {
      const known = new Set([...this.items.map((each) => each.id), ...this.pending]), were = this.items.length;
      this.items.push(...(await this.get("next", { most: AHEAD })).filter((each) => !known.has(each.id)));
      if (!were) this.draw();
    }
    if (this.waiting === 1) await Promise.all([this.count(), this.past()]);
  }

  /* Keys wait until it is seen what came back. */
  undo() {
    this.undoing = true;
    this.do(async () => {
      const said = await this.post("undo", {});
      if (!said.items.length) { say("There is nothing to take back"); return; }
      const first = await (await ask("GET", `v1/review/items/${said.items[0]}`)).json();
      this.items = [first, ...this.items.filter((each) => each.id !== first.id)];
      say(`Took back ${said.items.length === 1 ? "a decision" : `${said.items.length} decisions`} about ${first.value}`);
      [this.mode, this.undoing] = [null, false];
      this.draw();
      await this.refill();
    }).finally(() => { this.undoing = false; });
  }

  skip() {
    if (!this.item) return;
    this.skipped.push(this.item.id);
    this.next([this.item], async () => {});
  }

  /* The places of an item in its context, in UTF-16 units; edited with the arrow keys. */
  context() {
    const item = this.item, whole = item.before + item.text + item.after, offsets = new Offsets(whole);
    const shift = item.start - [...item.before].length, from = item.before.length;
    return { whole, offsets, shift, from, to: from + item.text.length };
  }

  start(mode) {
    if (!this.item) return;
    this.mode = mode;
    this.span = this.context();
    if (mode === "missed") { // begins as the next word
      const word = /[^\s]+/u.exec(this.span.whole.slice(this.span.to));
      const from = word ? this.span.to + word.index : 0;
      Object.assign(this.span, { from, to: from + (word ? word[0].length : Math.min(1, this.span.whole.length)) });
    }
    this.draw();
    const first = { label: "new-label", value: "new-value", missed: "context", span: "context" }[mode];
    $(first)?.focus();
  }

  move(edge, by) {
    const { whole, offsets } = this.span, points = { from: offsets.point(this.span.from), to: offsets.point(this.span.to) };
    points[edge] = Math.max(0, Math.min([...whole].length, points[edge] + by));
    if (points.from >= points.to) return;
    this.span[edge] = offsets.unit(points[edge]);
    this.draw();
    $("context").focus();
  }

  /* The whole selection by words, for what was missed. */
  jump(by) {
    const words = [...this.span.whole.matchAll(/[^\s]+/gu)], at = words.findIndex((each) => each.index + each[0].length > this.span.from);
    const word = words[Math.max(0, Math.min(words.length - 1, (at < 0 ? words.length : at) + by))];
    if (word) Object.assign(this.span, { from: word.index, to: word.index + word[0].length });
    this.draw();
    $("context").focus();
  }

  finish() {
    const { offsets, shift, from, to } = this.span, [start, end] = [shift + offsets.point(from), shift + offsets.point(to)];
    if (this.mode === "label") this.decide({ action: "change", label: $("new-label").value });
    else if (this.mode === "value") this.decide({ action: "change", value: $("new-value").value });
    else if (this.mode === "span") this.decide({ action: "change", start, end });
    else if (this.mode === "missed") {
      const [item, label, added] = [this.item, $("new-label").value, this.span.whole.slice(from, to)];
      this.next([], async () => {
        await this.post(`documents/${item.document_id}/missed`, { start, end, label });
        say(`Added ${label} ${added}`);
      });
    }
  }

  key(event) {
    if (this.undoing) return;
    if (this.mode) {
      const edge = event.shiftKey ? "from" : "to";
      if (event.key === "Escape") { this.mode = null; this.draw(); }
      else if (event.key === "Enter" && event.target.tagName !== "BUTTON") this.finish();
      else if (event.key === "ArrowLeft" && this.mode !== "label") this.move(edge, -1);
      else if (event.key === "ArrowRight" && this.mode !== "label") this.move(edge, 1);
      else if (this.mode === "missed" && event.key === "ArrowDown") this.jump(1);
      else if (this.mode === "missed" && event.key === "ArrowUp") this.jump(-1);
      else return;
      event.preventDefault();
      return;
    }
    const act = { a: () => this.decide({ action: "accept" }), r: () => this.decide({ action: "reject" }), A: () => this.decide({ action: "accept", alike: true }), R: () => this.decide({ action: "reject", alike: true }), l: () => this.start("label"), v: () => this.start("value"), s: () => this.start("span"), m: () => this.start("missed"), k: () => this.skip(), u: () => this.undo() }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  draw() {
    const box = $("card"), item = this.item;
    if (!item) {
      this.mode = null;
      box.replaceChildren(make("p", "empty", this.list === "conflicts" ? "No two reviewers disagree." : "Nothing is left to decide."), make("p", "note", "Extract a document with “Show what was held back”, and send it to the queue; or flag an entity that you doubt."));
      return;
    }
    const head = make("div", "head"), value = make("h3", "value");
    write(value, item.value);
    head.append(make("span", `tag ${groupOf(item.label)}`, item.label), value);
    const facts = [`${(100 * item.confidence).toFixed(0)} % sure, ${item.status}`, item.document];
    if (item.flagged) facts.unshift("flagged");
    if (item.alike > 1) facts.push(`${item.alike} like this wait`);
    const signs = strange(item.text).join(", ");
    const views = make("ul", "views");
    views.append(...item.decisions.map((each) => make("li", each.action, `${each.reviewer}: ${each.action}` + (each.action === "reject" ? "" : ` as ${each.label} ${each.value}`))));
    box.replaceChildren(head, make("p", "note", facts.join(" · ")), this.drawContext(), make("p", "why", item.evidence.join("; ")));
    if (signs) box.append(make("p", "why", signs));
    if (item.decisions.length) box.append(views);
    box.append(this.mode ? this.drawForm() : this.drawKeys(item));
  }

  drawContext() {
    const { whole, from, to } = this.mode ? this.span : this.context(), node = make("div", "context"), mark = make("mark", `${groupOf(this.item.label)} chosen`);
    node.id = "context";
    node.tabIndex = 0;
    node.setAttribute("role", "region");
    node.setAttribute("aria-label", "Where it stands");
    write(node, whole.slice(0, from));
    write(mark, whole.slice(from, to));
    node.append(mark);
    const rest = make("span");
    write(rest, whole.slice(to));
    node.append(rest);
    requestAnimationFrame(() => { node.scrollTop = Math.max(0, mark.offsetTop - node.clientHeight / 2); });
    return node;
  }

  drawKeys(item) {
    const row = make("div", "keys");
    const add = (key, text, does, kind) => { const node = button("", does, kind); node.append(make("kbd", "", key), ` ${text}`); node.setAttribute("aria-keyshortcuts", key.length === 1 && key < "a" ? `Shift+${key}` : key); row.append(node); };
    add("a", "Accept", () => this.decide({ action: "accept" }), "yes"); add("r", "Reject", () => this.decide({ action: "reject" }), "no");
    if (item.alike > 1) { add("A", `Accept all ${item.alike}`, () => this.decide({ action: "accept", alike: true }), "yes"); add("R", `Reject all ${item.alike}`, () => this.decide({ action: "reject", alike: true }), "no"); }
    add("l", "Label", () => this.start("label")); add("v", "Value", () => this.start("value")); add("s", "Place", () => this.start("span")); add("m", "Missed one", () => this.start("missed")); add("k", "Skip", () => this.skip()); add("u", "Undo", () => this.undo());
    return row;
  }

  drawForm() {
    const form = make("form", "change"), hint = { label: "Choose the label.", value: "Write what it means.", span: "Arrow keys move the end, with Shift the start.", missed: "Up and down choose a word, arrow keys move the end, with Shift the start." }[this.mode];
    form.append(make("p", "note", `${hint} Enter keeps it, Escape does not.`));
    const field = (name, node) => { const label = make("label", "", `${name} `); node.addEventListener("keydown", (event) => { if (event.key === "Escape") { this.mode = null; this.draw(); } if (event.key === "Enter") { event.preventDefault(); this.finish(); } }); label.append(node); form.append(label); };
    if (this.mode === "value") { const input = make("input"); input.id = "new-value"; input.value = this.item.value; input.autocomplete = "off"; input.spellcheck = false; field("Value", input); }
    if (this.mode === "label" || this.mode === "missed") {
      const select = make("select"), keep = this.label || this.item.label;
      select.id = "new-label";
      labels().then((names) => { select.replaceChildren(...names.map((name) => { const option = make("option", "", name); option.value = name; return option; })); select.value = keep; });
      select.addEventListener("change", () => { this.label = select.value; });
      field("Label", select);
    }
    if (this.mode === "span" || this.mode === "missed") {
      const row = make("div", "row");
      for (const [text, edge, by] of [["Start −", "from", -1], ["Start +", "from", 1], ["End −", "to", -1], ["End +", "to", 1]]) row.append(button(text, () => this.move(edge, by)));
      form.append(row);
    }
    const row = make("div", "row");
    row.append(button("Keep", () => this.finish(), "main"), button("Cancel", () => { this.mode = null; this.draw(); }));
    form.append(row);
    form.addEventListener("submit", (event) => { event.preventDefault(); this.finish(); });
    return form;
  }
}
