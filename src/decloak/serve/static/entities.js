/* Entities: the table of distinct values with their counts, and what is known of the chosen one. */
import { $, button, make, soon, strange, write } from "./dom.js";

const ITEM = 40;
const ORDERS = {
  place: () => 0,
  count: (a, b) => b.at.length - a.at.length,
  label: (a, b) => (a.each.label < b.each.label ? -1 : a.each.label > b.each.label ? 1 : 0),
  sure: (a, b) => a.each.confidence - b.each.confidence,
};

export class EntityList {
  constructor(chosen, choose) {
    [this.chosen, this.choose, this.items, this.version] = [chosen, choose, [], 0];
    $("list").addEventListener("scroll", soon(() => this.draw()), { passive: true });
  }

  /** Count what is visible, and show what the search finds. */
  filter(visible) {
    const word = $("search").value.toLowerCase(), sums = new Map();
    for (const each of visible) {
      if (word && !`${each.value} ${each.label} ${each.text}`.toLowerCase().includes(word)) continue;
      const key = each.label + "\u0000" + each.value + "\u0000" + each.status;
      if (!sums.has(key)) sums.set(key, { each, at: [] });
      sums.get(key).at.push(each.i);
    }
    this.items = [...sums.values()].sort(ORDERS[$("order").value]);
    $("count").textContent = `${this.items.length.toLocaleString("en")} distinct values, ${visible.length.toLocaleString("en")} places`;
    this.version++;
    $("list").scrollTop = 0;
    this.draw();
  }

  draw() {
    const list = $("list"), items = this.items;
    $("list-space").style.height = `${items.length * ITEM}px`;
    const first = Math.max(0, Math.floor(list.scrollTop / ITEM) - 8), last = Math.min(items.length, first + Math.ceil(list.clientHeight / ITEM) + 16);
    const drawn = [first, last, this.chosen(), this.version].join();
    if (drawn === this.drawn) return; // a node that is being clicked stays
    this.drawn = drawn;
    $("list-window").style.transform = `translateY(${first * ITEM}px)`;
    $("list-window").replaceChildren(...items.slice(first, last).map(({ each, at }) => {
      const node = button("", () => this.choose(at[(at.indexOf(this.chosen()) + 1) % at.length]), "item");
      const left = make("span"), value = make("span", "value"), tags = [each.label];
      write(value, each.value);
      if (each.status !== "accepted") tags.push(each.status);
      if ((each.places || []).some((place) => place.hidden)) tags.push("hidden");
      if (each.resembles) tags.push("look-alike");
      left.append(make("span", `tag ${each.group}`, tags.join(", ")), value);
      node.append(left, make("span", "times", at.length > 1 ? `×${at.length}` : ""));
      node.setAttribute("aria-current", String(at.includes(this.chosen())));
      return node;
    }));
  }
}

function place(each) {
  const parts = [];
  if (each.page) parts.push(`page ${each.page}`);
  for (const [name, value] of Object.entries(each)) if (!["page", "boxes", "hidden", "start", "end"].includes(name)) parts.push(`${name} ${typeof value === "object" ? JSON.stringify(value) : value}`);
  if (each.hidden) parts.push("hidden from who reads it");
  return parts.join(", ") || JSON.stringify(each);
}

/** Show all that is known of an entity; `actions` are buttons below it. */
export function detail(each, actions) {
  const dl = make("dl");
  const pair = (name, value) => {
    if (value === undefined || value === null || value === "") return;
    const dd = make("dd");
    write(dd, String(value));
    dl.append(make("dt", "", name), dd);
  };
  pair("label", each.label); pair("value", each.value);
  if (each.text !== each.value) pair("written", each.text);
  pair("resembles", each.resembles); pair("disguise", each.obfuscation.join(", "));
  pair("characters", strange(each.text).join(", "));
  pair("confidence", `${(100 * each.confidence).toFixed(1)} %, ${each.status}`); pair("evidence", each.evidence.join("; "));
  each.links.forEach((link) => pair(link.relation, `${link.target} (${link.source})`));
  (each.places || []).forEach((where) => pair("place", place(where)));
  pair("at", `${each.start} to ${each.end}`);
  const row = make("div", "row");
  row.append(...actions);
  $("detail").replaceChildren(dl, row);
}
