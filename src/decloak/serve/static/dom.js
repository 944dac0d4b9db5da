/* Dom: nodes are made of text alone; nothing of a document is ever parsed as markup. */

export const $ = (id) => document.getElementById(id);

export function make(tag, kind, text) {
  const node = document.createElement(tag);
  if (kind) node.className = kind;
  if (text !== undefined) node.textContent = text;
  return node;
}

export function button(text, does, kind) {
  const node = make("button", kind, text);
  node.type = "button";
  node.addEventListener("click", does);
  return node;
}

export function say(text, bad = false) {
  $("status").textContent = text;
  $("status").classList.toggle("bad", bad);
}

/* What is shown as nothing, or moves what stands around it: controls, ignorable code points, halves of pairs. */
export const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|\udb40[\udc00-\udfff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

const NAMES = new Map(Object.entries({ "\t": "TAB", "\u00a0": "NO-BREAK SPACE", "\u00ad": "SOFT HYPHEN", "\u061c": "ARABIC LETTER MARK", "\u200b": "ZERO WIDTH SPACE", "\u200c": "ZERO WIDTH NON-JOINER", "\u200d": "ZERO WIDTH JOINER", "\u200e": "LEFT-TO-RIGHT MARK", "\u200f": "RIGHT-TO-LEFT MARK", "\u2028": "LINE SEPARATOR", "\u2029": "PARAGRAPH SEPARATOR", "\u202a": "LEFT-TO-RIGHT EMBEDDING", "\u202b": "RIGHT-TO-LEFT EMBEDDING", "\u202c": "POP DIRECTIONAL FORMATTING", "\u202d": "LEFT-TO-RIGHT OVERRIDE", "\u202e": "RIGHT-TO-LEFT OVERRIDE", "\u2060": "WORD JOINER", "\u2066": "LEFT-TO-RIGHT ISOLATE", "\u2067": "RIGHT-TO-LEFT ISOLATE", "\u2068": "FIRST STRONG ISOLATE", "\u2069": "POP DIRECTIONAL ISOLATE", "\ufeff": "ZERO WIDTH NO-BREAK SPACE" }));

/** Learn the names of the code points of an answer; the names that stand here are those that matter without one. */
export function learn(names) {
  for (const [char, name] of Object.entries(names || {})) if (name) NAMES.set(char, name);
}

/** `U+0430 CYRILLIC SMALL LETTER A`. */
export function named(char) {
  const code = "U+" + char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
  return NAMES.has(char) ? `${code} ${NAMES.get(char)}` : code;
}

/** The distinct code points of a text beyond ASCII, named. */
export function strange(text, most = 20) {
  return [...new Set([...text].filter((char) => char > "~" || (char < " " && char !== "\n")))].slice(0, most).map((char) => (char.replace(HIDDEN, "") && char >= " " ? `${char} ${named(char)}` : named(char)));
}

/** Write text with hidden characters named. */
export function write(parent, text) {
  let last = 0;
  for (const match of text.matchAll(HIDDEN)) {
    parent.append(text.slice(last, match.index));
    const sign = make("span", "sign", named(match[0]).split(" ")[0]);
    sign.title = named(match[0]);
    sign.dataset.units = String(match[0].length);
    parent.append(sign);
    last = match.index + match[0].length;
  }
  parent.append(text.slice(last));
}

/** Call at most once a frame. */
export function soon(call) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; call(); });
  };
}
