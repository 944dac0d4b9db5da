/* Records: what belongs together, as trees: host, ports, service, software. */
import { $, button, make, write } from "./dom.js";

const STEP = 500;
const isField = (value) => value && typeof value === "object" && !Array.isArray(value) && "value" in value;
const text = (record, ...names) => names.map((name) => record[name]?.value).filter((value) => value !== undefined && value !== null && value !== "");

/* What a closed record says of itself. */
function headline(record, key) {
  if (record.kind === "port") {
    const [number] = text(record, "number"), [protocol] = text(record, "protocol");
    return [`${number}/${protocol ?? "?"}`, ...text(record, "state", "service", "software", "version")].join("  ");
  }
  const told = Object.entries(record).filter(([, value]) => isField(value)).slice(0, 3).map(([, value]) => value.value);
  return `${record.kind || key}  ${told.join("  ")}`;
}

/** Draw the trees; `go(start)` leads to a place of the text, in code points. */
export function drawRecords(records, go) {
  const box = $("records");
  const field = (parent, key, value) => {
    const line = make("div", "field"), known = Number.isInteger(value.start);
    const node = known ? button("", () => go(value.start), "to") : make("span");
    write(node, String(value.value));
    if (known) node.title = "Show where it stands";
    line.append(make("span", "key", `${key.replace(/_/g, " ")} `), node);
    parent.append(line);
  };
  const fill = (parent, record) => {
    const nested = [];
    for (const [key, value] of Object.entries(record)) {
      if (key === "kind" || value === null) continue;
      for (const each of Array.isArray(value) ? value : [value]) {
        if (isField(each)) field(parent, key, each);
        else if (typeof each === "object" && each) nested.push(tree(each, key));
        else field(parent, key, { value: each });
      }
    }
    parent.append(...nested); // what it has first, what lies under it behind
  };
  const tree = (record, key, open = false) => {
    const details = make("details", record.kind || "part"), summary = make("summary");
    write(summary, headline(record, key));
    details.append(summary);
    const opened = () => { if (details.open && details.childElementCount === 1) fill(details, record); }; // when it is first opened
    details.addEventListener("toggle", opened);
    if (open) { details.open = true; fill(details, record); }
    return details;
  };
  const more = (from) => {
    const last = Math.min(from + STEP, records.length);
    box.append(...records.slice(from, last).map((each) => tree(each, each.kind, records.length <= 3)));
    if (last < records.length) {
      const next = button(`${(records.length - last).toLocaleString("en")} more`, () => { next.remove(); more(last); });
      box.append(next);
    }
  };
  const hosts = records.filter((each) => each.kind === "host").length, ports = records.reduce((sum, each) => sum + (each.ports?.length || 0), 0);
  box.replaceChildren(make("p", "note", records.length ? `${records.length.toLocaleString("en")} records` + (hosts ? `: ${hosts.toLocaleString("en")} hosts, ${ports.toLocaleString("en")} ports` : "") : "No records: nothing here belongs together as a tool's output does."));
  more(0);
}
