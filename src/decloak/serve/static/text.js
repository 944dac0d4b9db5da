/* Text: the text as given and as decoded, line by line; only what is seen is drawn. */
import { $, HIDDEN, make, soon, strange, write } from "./dom.js";
import { Offsets } from "./offsets.js";

const ROW = 20;

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

/* For every place of a list sorted by start: the furthest end so far, so that a search finds the first that reaches in. */
function reach(list) { let most = -1; return list.map((each) => (most = Math.max(most, each.to + (each.from === each.to ? 1 : 0)))); }

const MARK = (each) => `${each.label}: ${each.value}\n${(100 * each.confidence).toFixed(1)} %: ${each.evidence.join("; ")}` + (each.resembles ? `\nresembles ${each.resembles}` : "") + each.links.map((link) => `\n${link.relation}: ${link.target}`).join("");

/** The two panes. `chosen()` is the index of the chosen entity, `choose` is called with one. */
export class TextView {
  constructor(chosen, choose) {
    [this.chosen, this.version] = [chosen, 0];
    const view = $("view"), draw = soon(() => this.draw());
    view.addEventListener("scroll", draw, { passive: true });
    window.addEventListener("resize", () => { if (this.text !== undefined && view.clientWidth) this.wrap(); draw(); });
    view.addEventListener("click", (event) => { const mark = event.target.closest("[data-entity]"); if (mark) choose(Number(mark.dataset.entity)); });
    view.addEventListener("mouseover", (event) => {
      const edit = event.target.closest("[data-edit]");
      $("window").querySelectorAll(".linked").forEach((each) => each.classList.remove("linked"));
      if (edit) $("window").querySelectorAll(`[data-edit="${Number(edit.dataset.edit)}"]`).forEach((each) => each.classList.add("linked"));
    });
  }

  show(text, entities, edits, hidden) {
    [this.text, this.edits, this.hidden] = [text, edits, hidden];
    this.rows = null;
    this.reach = new Map([[edits, reach(edits)], [hidden, reach(hidden)]]);
    this.filter(entities);
    this.wrap();
    $("view").scrollTop = 0;
    this.draw();
  }

  filter(entities) {
    if (this.entities) this.reach.delete(this.entities);
    this.entities = entities;
    this.reach.set(entities, reach(entities));
    this.version++;
  }

  wrap() {
    const view = $("view"), top = this.rows ? this.rows[Math.min(Math.floor(view.scrollTop / ROW), this.rows.length - 1)].start : 0;
    this.rows = wrapped(this.text, room());
    this.starts = this.rows.map((row) => row.start);
    this.version++;
    view.scrollTop = Math.max(0, Offsets.below(this.starts, top + 1) - 1) * ROW;
  }

  scrollTo(place) {
    const top = (Offsets.below(this.starts, place + 1) - 1) * ROW, view = $("view");
    if (top < view.scrollTop || top > view.scrollTop + view.clientHeight - 2 * ROW) view.scrollTop = Math.max(0, top - view.clientHeight / 3);
  }

  within(list, row) {
    const found = [];
    for (let k = Offsets.below(this.reach.get(list), row.start + 1); k < list.length && list[k].from <= row.end; k++) {
      const is = list[k].to > row.start || (list[k].from === list[k].to && list[k].from >= row.start);
      if (is && (list[k].from < row.end || row.start === row.end)) found.push(list[k]);
    }
    return found;
  }

  /* The pieces of a row: cut wherever an entity, an edit or a hidden stretch begins or ends. */
  pieces(row, decoded) {
    const entities = this.within(this.entities, row), edits = this.within(this.edits, row), hidden = this.within(this.hidden, row);
    const cuts = new Set([row.start, row.end]);
    [...entities, ...edits, ...hidden].forEach((each) => { cuts.add(Math.max(each.from, row.start)); cuts.add(Math.min(each.to, row.end)); });
    const places = [...cuts].sort((a, b) => a - b), nodes = [];
    const over = (list, from, to) => list.find((each) => each.from <= from && to <= each.to && each.from < each.to) || null;
    if (decoded) edits.filter((each) => each.from === each.to).forEach((each) => nodes.push({ from: each.from, to: each.from, edit: each }));
    for (let k = 0; k + 1 < places.length; k++) {
      const [from, to] = [places[k], places[k + 1]], edit = over(edits, from, to);
      if (decoded && edit && from !== Math.max(edit.from, row.start)) continue; // its replacement stands once
      nodes.push({ from, to, edit, entity: over(entities, from, to), hidden: over(hidden, from, to) });
    }
    return nodes;
  }

  cell(row, decoded) {
    const node = make("span", decoded ? "decoded" : "raw");
    for (const { from, to, edit, entity, hidden } of this.pieces(row, decoded)) {
      const bit = make(entity ? "mark" : "span", "bit"), titles = [];
      bit.dataset.from = String(from);
      write(bit, decoded && edit ? edit.after.replace(/[\r\n]+/g, "⏎") : this.text.slice(from, to));
      if (entity) {
        bit.classList.add(entity.group);
        if (entity.status !== "accepted") bit.classList.add("held");
        if (entity.i === this.chosen()) bit.classList.add("chosen");
        bit.dataset.entity = String(entity.i);
        titles.push(MARK(entity));
      }
      if (edit) {
        bit.classList.add("edit");
        bit.dataset.edit = String(edit.i);
        const signs = strange(this.text.slice(edit.from, edit.to), 12);
        titles.push(`${edit.family}: ${edit.reason}` + (signs.length ? `\n${signs.join(", ")}` : ""));
      }
      if (hidden) { bit.classList.add("unseen"); titles.push("hidden: no reader of the source sees this"); }
      if (titles.length) bit.title = titles.join("\n");
      node.append(bit);
    }
    return node;
  }

  /** The range of the text as given that the user has marked, in units; null where there is none. */
  selected() {
    const marked = window.getSelection();
    if (!marked || marked.isCollapsed || !marked.rangeCount) return null;
    const range = marked.getRangeAt(0), [from, to] = [this.unit(range.startContainer, range.startOffset), this.unit(range.endContainer, range.endOffset)];
    return from === null || to === null || from >= to ? null : { from, to };
  }

  /* The unit at a place of the left pane: what is written as U+XXXX counts as what it stands for. */
  unit(node, offset) {
    const bit = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest?.(".raw .bit");
    if (!bit || !$("window").contains(bit)) return null;
    let unit = Number(bit.dataset.from);
    const inner = [...bit.childNodes], at = node === bit ? offset : inner.findIndex((each) => each.contains(node));
    for (const each of inner.slice(0, at)) unit += each.dataset ? Number(each.dataset.units) : each.data.length;
    return node !== bit && inner[at] === node ? unit + offset : unit; // within a sign: before it
  }

  draw() {
    const view = $("view");
    if (!this.rows || !view.clientHeight) return;
    $("space").style.height = `${this.rows.length * ROW}px`;
    const first = Math.max(0, Math.floor(view.scrollTop / ROW) - 15), last = Math.min(this.rows.length, first + Math.ceil(view.clientHeight / ROW) + 30);
    const drawn = [first, last, this.chosen(), this.version].join();
    if (drawn === this.drawn) return; // a node that is being clicked stays
    this.drawn = drawn;
    const nodes = [];
    for (let k = first; k < last; k++) {
      const row = this.rows[k], line = make("div", "line");
      if (this.within(this.edits, row).length) line.classList.add("changed");
      line.append(make("span", "number", row.number ? String(row.number) : "·"), this.cell(row, false), this.cell(row, true));
      nodes.push(line);
    }
    $("window").style.transform = `translateY(${first * ROW}px)`;
    $("window").replaceChildren(...nodes);
  }
}
