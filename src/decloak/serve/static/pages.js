/* Pages: lines where they stand on a page of a PDF, and boxes around the entities. Drawn of text and boxes alone. */
import { $, make } from "./dom.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const MARGIN = 36;

function svg(tag, values) {
  const node = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, String(value));
  return node;
}

export class PageView {
  constructor(chosen, choose) {
    [this.chosen, this.choose, this.pages] = [chosen, choose, new Map()];
    this.watch = new IntersectionObserver((seen) => seen.forEach((each) => { if (each.isIntersecting) this.fill(each.target); else each.target.replaceChildren(); }), { root: $("pages"), rootMargin: "600px" });
  }

  /** Take lines `{from, to, page, box}` and entities with places; return whether there are pages. */
  show(text, lines, entities, hidden) {
    [this.text, this.hidden] = [text, hidden];
    this.watch.disconnect();
    this.pages = new Map();
    const page = (number) => { if (!this.pages.has(number)) this.pages.set(number, { lines: [], boxes: [] }); return this.pages.get(number); };
    for (const line of lines) page(line.page).lines.push(line);
    for (const each of entities) for (const place of each.places || []) if (this.pages.has(place.page)) (place.boxes || []).forEach((box) => page(place.page).boxes.push({ each, box }));
    const nodes = [...this.pages.keys()].sort((a, b) => a - b).map((number) => {
      const made = this.pages.get(number), boxes = made.lines.map((each) => each.box);
      const [left, low] = [0, 1].map((k) => boxes.reduce((least, box) => Math.min(least, box[k]), Infinity)), [right, high] = [2, 3].map((k) => boxes.reduce((most, box) => Math.max(most, box[k]), -Infinity));
      // Lines say where they stand, not how large the page is: margins on both sides are alike, and A4 is the least.
      made.left = Math.min(0, left - MARGIN); made.top = Math.max(842, high + MARGIN);
      made.width = Math.max(595, right + Math.max(MARGIN, Math.min(left, 72))) - made.left; made.height = made.top - Math.min(0, low - MARGIN);
      const figure = make("figure"), holder = make("div", "page");
      holder.dataset.page = String(number);
      holder.style.aspectRatio = `${made.width} / ${made.height}`;
      figure.append(make("figcaption", "note", `Page ${number}`), holder);
      this.watch.observe(holder);
      return figure;
    });
    $("pages").replaceChildren(...nodes);
    return nodes.length > 0;
  }

  fill(holder) {
    const made = this.pages.get(Number(holder.dataset.page));
    if (!made) return;
    const drawn = svg("svg", { viewBox: `${made.left} 0 ${made.width} ${made.height}`, role: "img", "aria-label": `Page ${holder.dataset.page}` });
    for (const { each, box: [x0, y0, x1, y1] } of made.boxes) {
      const rect = svg("rect", { x: x0 - 1, y: made.top - y1 - 1, width: x1 - x0 + 2, height: y1 - y0 + 2, rx: 2, class: `${each.group}${each.i === this.chosen() ? " chosen" : ""}`, "data-entity": each.i });
      const title = svg("title", {});
      title.textContent = `${each.label}: ${each.value}`;
      rect.append(title);
      rect.addEventListener("click", () => this.choose(each.i));
      drawn.append(rect);
    }
    for (const { from, to, box: [x0, y0, x1, y1] } of made.lines) {
      const said = this.text.slice(from, to).replace(/\s+/g, " ").trim();
      if (!said || x1 <= x0) continue;
      const unseen = this.hidden.some((each) => each.from <= from && from < each.to);
      const line = svg("text", { x: x0, y: made.top - y0 - 0.22 * (y1 - y0), "font-size": Math.max(1, 0.85 * (y1 - y0)), textLength: x1 - x0, lengthAdjust: "spacingAndGlyphs", class: unseen ? "unseen" : "" });
      line.textContent = said;
      drawn.append(line);
    }
    holder.replaceChildren(drawn);
  }

  redraw() { $("pages").querySelectorAll(".page").forEach((each) => { if (each.firstChild) this.fill(each); }); }

  scrollTo(entity) {
    const number = (entity.places || []).find((place) => this.pages.has(place.page))?.page;
    const holder = number && $("pages").querySelector(`[data-page="${number}"]`);
    if (!holder) return;
    const made = this.pages.get(number), box = made.boxes.find((each) => each.each === entity).box, pages = $("pages");
    const at = holder.offsetTop + ((made.top - box[3]) / made.height) * holder.clientHeight;
    if (at < pages.scrollTop || at > pages.scrollTop + pages.clientHeight - 40) pages.scrollTop = at - pages.clientHeight / 3;
  }
}
