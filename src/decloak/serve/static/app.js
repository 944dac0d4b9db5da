/* The page of the service. Whatever a document holds is text here. */
import { ask, save } from "./api.js";
import { $, button, learn, make, say, write } from "./dom.js";
import { detail, EntityList } from "./entities.js";
import { groupOf, labels } from "./labels.js";
import { Offsets } from "./offsets.js";
import { PageView } from "./pages.js";
import { drawRecords } from "./records.js";
import { Review } from "./review.js";
import { TextView } from "./text.js";

let sent = null;    // what was sent last: {type, body} for exports
let results = [];   // answers, one per document
let shown = null;   // the prepared document on screen
let chosen = -1;    // index of the chosen entity in shown.entities
const off = new Set();

const text = new TextView(() => chosen, (index) => choose(index, false));
const list = new EntityList(() => chosen, choose);
const pages = new PageView(() => chosen, (index) => choose(index, false));
const review = new Review();

function request(accept, withText) {
  if (sent.type === "json") return ask("POST", "v1/extract", { accept, body: { ...sent.body, include_text: withText } });
  const body = new FormData();
  sent.body.files.forEach((file) => body.append("file", file, file.name));
  body.append("options", JSON.stringify(sent.body.options));
  body.append("include_text", String(withText));
  return ask("POST", "v1/extract", { accept, body });
}

async function extract(files) {
  const options = { output: { review: $("review-too").checked } };
  sent = files ? { type: "files", body: { files, options } } : { type: "json", body: { text: $("text").value, id: "pasted", options } };
  const submit = $("form").querySelector("button");
  submit.disabled = true;
  say("Extracting …");
  try {
    const started = performance.now();
    results = (await (await request("application/json", true)).json()).results;
    const total = results.reduce((sum, each) => sum + (each.entities || []).length, 0);
    say(`${total.toLocaleString("en")} entities in ${results.length} document${results.length === 1 ? "" : "s"}, ${((performance.now() - started) / 1000).toFixed(2)} s`);
    $("document").replaceChildren(...results.map((each, i) => { const option = make("option", "", each.error ? `${each.id} (failed)` : each.id); option.value = String(i); return option; }));
    $("results").hidden = false;
    document.body.classList.add("answered");
    go("extract");
    show(0);
  } catch (error) { say(error.message, true); }
  submit.disabled = false;
}

/* Prepare one document: everything in UTF-16 units. */
function show(index) {
  const result = results[index], whole = result.text || "", offsets = new Offsets(whole);
  const range = ([from, to]) => ({ from: offsets.unit(from), to: offsets.unit(to) });
  learn(result.names);
  const entities = (result.entities || []).map((each, i) => ({ ...each, i, ...range([each.start, each.end]), group: groupOf(each.label) }));
  const edits = (result.edits || []).map(([from, to, after, family, reason, confidence], i) => ({ i, ...range([from, to]), after, family, reason, confidence }));
  const hidden = (result.hidden || []).map(range), lines = (result.lines || []).map(([from, to, page, ...box]) => ({ ...range([from, to]), page, box }));
  shown = { index, result, offsets, entities };
  chosen = -1;
  const notes = [...(result.warnings || [])];
  if (result.error) notes.unshift(result.error.message);
  $("warnings").replaceChildren(...notes.map((each) => make("li", "", each)));
  const paged = pages.show(whole, lines, entities, hidden);
  $("views").hidden = !paged;
  look("text");
  text.show(whole, visible(), edits, hidden);
  drawGroups();
  drawRecords(result.records || [], (start) => { look("text"); text.scrollTo(offsets.unit(start)); text.draw(); });
  list.filter(visible());
  $("detail").replaceChildren(make("p", "note", "Choose an entity to see its value, confidence, evidence and links."));
}

function visible() {
  shown.visible = shown.entities.filter((each) => !off.has(each.label));
  return shown.visible;
}

function filter() {
  if (!shown) return;
  text.filter(visible());
  list.filter(shown.visible);
  text.draw();
}

function drawGroups() {
  const counts = new Map();
  shown.entities.forEach((each) => counts.set(each.label, (counts.get(each.label) || 0) + 1));
  $("groups").replaceChildren(...[...counts].sort((a, b) => b[1] - a[1]).map(([label, count]) => {
    const node = button(`${label} ${count.toLocaleString("en")}`, () => { if (off.has(label)) off.delete(label); else off.add(label); node.setAttribute("aria-pressed", String(!off.has(label))); filter(); }, groupOf(label));
    node.setAttribute("aria-pressed", String(!off.has(label)));
    return node;
  }));
}

function choose(index, scroll = true) {
  chosen = index;
  const each = shown.entities[index];
  if (scroll) { text.scrollTo(each.from); pages.scrollTo(each); }
  const actions = [button("Copy value", () => copy([each.value], 1))];
  if (review.ready) actions.push(button("Flag for review", () => flag([each])));
  detail(each, actions);
  text.draw(); list.draw(); pages.redraw();
}

async function copy(values, count) {
  try { await navigator.clipboard.writeText(values.join("\n") + "\n"); say(`Copied ${count} value${count === 1 ? "" : "s"}`); } catch { say("The browser does not let this page copy", true); }
}

/* What decloak did not find: the user has marked it, and says what it is. */
async function missed() {
  const marked = review.ready && shown ? text.selected() : null;
  if (!marked) return;
  const select = make("select"), label = make("label", "", "Missed here: "), value = make("strong"), row = make("div", "row");
  write(value, shown.result.text.slice(marked.from, marked.to));
  select.setAttribute("aria-label", "Label");
  select.append(...(await labels()).map((name) => { const option = make("option", "", name); option.value = name; return option; }));
  label.append(value);
  row.append(label, select, button("Add to the review store", async () => {
    const [start, end] = [shown.offsets.point(marked.from), shown.offsets.point(marked.to)];
    try {
      await review.missed(store([]), { start, end, label: select.value });
      say(`Added ${select.value} ${value.textContent}`);
    } catch (error) { say(error.message, true); }
  }, "main"));
  $("detail").replaceChildren(row);
}

const flagged = (each) => (({ start, end, label, value, confidence, status, evidence }) => ({ start, end, label, value, confidence, status, evidence }))(each);

/* The document as the store takes it. */
const store = (doubted) => ({ id: shown.result.id, source: shown.result.source, text: shown.result.text, entities: shown.entities.map((each) => ({ ...flagged(each), flagged: doubted.includes(each) })) });

/* Put the document into the queue; the entities of `doubted` are asked about whatever decloak thinks of them. */
async function flag(doubted) {
  try {
    const said = await review.add(store(doubted));
    say(doubted.length ? `Flagged ${doubted[0].value}` : `${said.new.toLocaleString("en")} new items in the review store`);
  } catch (error) { say(error.message, true); }
}

const defang = (value) => value.replace(/^http/i, "hxxp").replace(/^ftp:/i, "fxp:").replace(/\./g, "[.]").replace(/@/g, "[@]");

/* Text or pages, on the left. */
function look(name) {
  for (const each of ["text", "pages"]) $(`look-${each}`).setAttribute("aria-pressed", String(each === name));
  $("view").hidden = name !== "text";
  $("pages").hidden = name !== "pages";
  if (name === "text" && shown && text.rows) { text.wrap(); text.draw(); }
}

/* Extract or review. */
function go(name) {
  for (const each of ["extract", "review"]) {
    $(`go-${each}`).setAttribute("aria-pressed", String(each === name));
    $(each).hidden = each !== name;
  }
  if (name === "review") review.open();
  else if (shown && text.rows) { text.wrap(); text.draw(); list.draw(); }
}

$("form").addEventListener("submit", (event) => { event.preventDefault(); extract(null); });
$("files").addEventListener("change", () => { if ($("files").files.length) extract([...$("files").files]); });
$("document").addEventListener("change", () => show(Number($("document").value)));
$("search").addEventListener("input", () => shown && list.filter(shown.visible));
$("order").addEventListener("change", () => shown && list.filter(shown.visible));
$("token").addEventListener("change", () => review.ask());
for (const each of ["text", "pages"]) $(`look-${each}`).addEventListener("click", () => look(each));
for (const each of ["extract", "review"]) $(`go-${each}`).addEventListener("click", () => go(each));
$("view").addEventListener("mouseup", () => setTimeout(missed));
$("queue").addEventListener("click", () => flag([]));
const tabs = [$("tab-entities"), $("tab-records")];
const select = (tab) => { tabs.forEach((each) => { const on = each === tab; each.setAttribute("aria-selected", String(on)); each.tabIndex = on ? 0 : -1; $(each.getAttribute("aria-controls")).hidden = !on; }); if (shown && tab === tabs[0]) list.draw(); };
tabs.forEach((tab, i) => { tab.addEventListener("click", () => select(tab)); tab.addEventListener("keydown", (event) => { if (event.key === "ArrowRight" || event.key === "ArrowLeft") { select(tabs[1 - i]); tabs[1 - i].focus(); } }); });
document.querySelectorAll("[data-accept]").forEach((node) => node.addEventListener("click", async () => {
  try { save(await (await request(node.dataset.accept, false)).blob(), node.dataset.name); say(`Saved ${node.dataset.name}`); } catch (error) { say(error.message, true); }
}));
$("copy").addEventListener("click", () => {
  const values = [...new Set(shown.visible.filter((each) => each.group === "network" || each.group === "threat").map((each) => (each.group === "network" ? defang(each.value) : each.value)))];
  copy(values, values.length);
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  if (!$("review").hidden) { review.key(event); return; }
  if (!shown) return;
  const step = { n: 1, p: -1 }[event.key];
  if (step && shown.visible.length) {
    const place = shown.visible.findIndex((each) => each.i === chosen), next = place < 0 ? (step > 0 ? 0 : shown.visible.length - 1) : (place + step + shown.visible.length) % shown.visible.length;
    choose(shown.visible[next].i);
  } else if (event.key === "/") { select(tabs[0]); $("search").focus(); }
  else if (event.key === "d") { document.body.classList.toggle("raw-only"); document.body.classList.toggle("decoded-only"); text.wrap(); text.draw(); }
  else if (event.key === "f" && chosen >= 0 && review.ready) flag([shown.entities[chosen]]);
  else return;
  event.preventDefault();
});
for (const name of ["dragover", "drop", "dragleave"]) document.addEventListener(name, (event) => {
  event.preventDefault();
  document.body.classList.toggle("dropping", name === "dragover");
  if (name === "drop" && event.dataTransfer.files.length) extract([...event.dataTransfer.files]);
});
review.ask();
