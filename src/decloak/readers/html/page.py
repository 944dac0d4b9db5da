"""HTML page: the text that a page shows, then its addresses, and apart from these what it hides."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import NamedTuple

from decloak.readers.html.flow import Flow
from decloak.readers.html.links import Payload
from decloak.readers.html.source_map import HtmlMap
from decloak.readers.html.style import ROOT, Change, Look, changed, changes_of, colour_of, rules_of
from decloak.readers.html.tokens import Kind, Token, attributes, tokens
from decloak.readers.html.tree import Open, Stack
from decloak.readers.html.values import Values
from decloak.readers.html.words import Role, roles, words

__all__ = ["Page", "read_page"]

_MOST_LINKS = 20
"""Links that show another host, named one by one."""
_LONGEST_CACHED, _MOST_CACHED = 200, 4_096
"""Code points of the attributes of a tag that is remembered, and how many of these."""
_MOST_CLASSES = 64

_HEADINGS = {
    "links": "Links:",
    "notes": "Attributes:",
    "hidden": "Hidden text:",
    "comments": "Comments:",
}
_NOTE_MARK = re.compile(
    r"(?:\s|<(?!/sup)[^<>]{0,300}>){0,4}+[\[(]?\d{1,3}(?:[\s,\u2013-]{1,3}\d{1,3}){0,4}[\])]?(?:\s|<(?!/sup)[^<>]{0,300}>){0,4}+</sup",
    re.IGNORECASE,
)
_BLOCK, _PARAGRAPH, _PART = int(Role.BLOCK), int(Role.PARAGRAPH), int(Role.PART)
_FRAME, _LOOK = int(Role.FRAME), int(Role.LOOK)
_LINES = int(Role.LINE | Role.BLOCK | Role.PARAGRAPH)
_MOVES = int(Role.ENDS | Role.PART)
_STYLED = frozenset({"background", "bgcolor", "class", "color", "hidden", "id", "style"})
_PLAIN = frozenset({"class", "id", "style"})
_OPENS_LINE = frozenset({"listing", "pre", "textarea"})


class Page(NamedTuple):
    """A page as it is read.

    Attributes:
        text: what it shows, then under a heading each: addresses, texts of attributes, hidden text,
            comments.
        shown: code points of `text` that are shown by the page itself.
        source_map: from the text to elements and offsets.
        warnings: what is hidden, what was left out, which links show one host and go to another.
        payloads: documents within ``data:`` addresses.
    """

    text: str
    shown: int
    source_map: HtmlMap
    warnings: tuple[str, ...]
    payloads: tuple[Payload, ...]


class _Attributes(NamedTuple):
    """The attributes of one start tag, relative to where they begin; what its style changes."""

    ranges: Mapping[str, tuple[int, int]]
    changes: tuple[Change, ...]
    is_plain: bool


_NONE = _Attributes({}, (), is_plain=True)


def read_page(source: str, sheets: Iterable[str] = ()) -> Page:
    """Read a page or a part of one. Linear in its length; never raises on content.

    Args:
        source: of the page.
        sheets: style sheets that came with it.
    """
    reading = _Reading(source)
    for sheet in sheets:
        reading.style(sheet)
    return reading.read()


class _Reading:
    """One page while it is read."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.words, self.roles = words(), roles()
        self.shown, self.hidden, self.comments = Flow(source), Flow(source), Flow(source)
        self.values = Values(source, self.shown, self._hides)
        self.shown_only, self.hidden_only = (self.shown,), (self.hidden,)
        self.stack = Stack(ROOT)
        self.rules: dict[str, Change] = {}
        self.known: dict[tuple[str, str], _Attributes] = {}
        self.turned: set[int] = set()
        self.reasons: dict[str, list[int]] = {}
        self.left_out: Counter[str] = Counter()
        self.after_pre = False
        self.is_void = self.words.void.__contains__

    def read(self) -> Page:
        for token in tokens(self.source):
            kind = token.kind
            if kind is Kind.TEXT:
                self._text(token)
            elif kind is Kind.START:
                self._start(token)
            elif kind is Kind.END:
                self._end(token)
            elif kind is Kind.COMMENT:
                self._comment(token)
            else:
                self._raw(token)
        self._closed(reversed(self.stack.open))
        return self._page()

    def style(self, sheet: str) -> None:
        """Follow the rules of a style sheet from here on."""
        rules = rules_of(sheet)
        for name, change in rules.items():
            self.rules[name] = self.rules.get(name, Change()).then(change)
        if rules:
            self.known.clear()

    # Text.

    def _text(self, token: Token) -> None:
        start, end = token.start, token.end
        if self.after_pre:
            self.after_pre = False
            if self.source.startswith(("\n", "\r\n"), start):
                start = self.source.index("\n", start) + 1
        if start >= end:
            return
        if not self.stack.has_body and self.stack.top.name in {"", "html", "head"}:
            if self.source[start:end].isspace():
                return
            self._body(ROOT)
        self._write(start, end, raw=False)

    def _write(self, start: int, end: int, *, raw: bool) -> None:
        _, element, look = self.stack.top
        if look.dropped:
            return
        flow, owner = self.shown, element << 32
        if look.reason:
            flow, owner = self.hidden, owner | 1
            if not self.source[start:end].isspace():
                self._hides(look.reason, element, start, end)
        if look.preformatted:
            flow.preformatted(start, end, owner, raw=raw)
        else:
            flow.text(start, end, owner, raw=raw)

    def _hides(self, reason: str, element: int, start: int, end: int) -> None:
        place = self.reasons.setdefault(reason, [0, element, start, end])
        place[0] += 1

    def _raw(self, token: Token) -> None:
        if token.name == "style":
            self.style(self.source[token.start : token.end])
        elif not token.name:
            if token.inner_start < token.inner_end:
                self._write(token.inner_start, token.inner_end, raw=True)
        elif token.name not in self.words.dropped:
            self._write(token.start, token.end, raw=True)

    def _comment(self, token: Token) -> None:
        """Write what a comment says; the tags in it are left out, their addresses are not."""
        inner = self.source[token.inner_start : token.inner_end]
        if inner[:7].lower() == "doctype" or inner[:3].lower() == "xml" or inner[:1] == "[":
            if token.name or not re.match(r"\[if [^\]]*+\]>", inner):
                return
            inner = inner.rpartition("<![endif]")[0] or inner
        if self.stack.top.look.dropped:
            return
        element = self.stack.top.element
        self.comments.block(1)
        for part in tokens(inner):
            start, end = token.inner_start + part.start, token.inner_start + part.end
            if part.kind is Kind.TEXT and not self.source[start:end].isspace():
                if part.start == 0 and inner.startswith("[if "):
                    start = min(self.source.index(">", start) + 1, end)
                if start < end and not self.source[start:end].isspace():
                    self._hides("a comment", element, start, end)
                    self.comments.text(start, end, element << 32 | 1)
            elif part.kind is Kind.START:
                offset = token.inner_start + part.inner_start
                found = attributes(inner, part.inner_start, part.inner_end)
                ranges = {
                    name: (first - part.inner_start, last - part.inner_start)
                    for name, (first, last) in found.items()
                }
                self.values.take(part.name, ranges, offset, element, hidden=True)
                if part.name not in {"b", "i", "em", "span", "strong", "wbr"}:
                    self.comments.block(1)

    # Tags.

    def _start(self, token: Token) -> None:
        name = token.name
        role = self.roles.get(name, 0)
        given = self._attributes(token) if token.inner_start < token.inner_end else _NONE
        if role & _FRAME:
            self._frame(token, given)
            return
        if not self.stack.has_body:
            self._before_body(name)
        if role & _MOVES:
            self._closed(self.stack.before(name))
            for missing in self.stack.missing(name) if role & _PART else ():
                self._push(missing, self.stack.top.look)
        outer = look = self.stack.top.look
        if role & _LOOK or given.changes or name in self.rules:
            look = self._look(name, given, outer)
            if look.reason and not outer.reason:
                self.hidden.block(1)
        void = self.is_void(name) or (
            self.source[token.inner_end - 1] == "/" and self._is_foreign(name)
        )
        element = self._push(name, look, void=void)
        if role & _LOOK:
            self.after_pre = name in _OPENS_LINE
            self.left_out[name] += name in self.words.dropped and not look.gone
        if given.ranges and not outer.dropped:
            self._given(token, given, element, look)
        if name == "sup" and _NOTE_MARK.match(self.source, token.end):
            flow = self.hidden if look.reason else self.shown
            flow.space(token.end, token.end, element << 32)

    def _frame(self, token: Token, given: _Attributes) -> None:
        """Open the page, its head or its body, each once."""
        top = self.stack.top.name
        if token.name == "html":
            if not top:
                self._push("html", ROOT)
        elif self.stack.has_body:
            return
        elif token.name == "head":
            if top in {"", "html"}:
                self._head()
        else:
            self._body(self._look(token.name, given, ROOT))
            if given.ranges:
                self._given(token, given, self.stack.top.element, self.stack.top.look)

    def _before_body(self, name: str) -> None:
        """Open the head or the body that an element stands in though neither has a tag."""
        top = self.stack.top.name
        if name not in self.words.head:
            if top in {"", "html", "head"}:
                self._body(ROOT)
        elif top in {"", "html"}:
            self._head()

    def _head(self) -> None:
        if self.stack.top.name == "":
            self._push("html", ROOT)
        self._push("head", ROOT)

    def _body(self, look: Look) -> None:
        """Open the body: at its tag, or at the first thing that stands in one."""
        if self.stack.top.name == "head":
            self._closed([self.stack.close()])
        if self.stack.top.name == "":
            self._push("html", ROOT)
        self.stack.has_body = True
        self._push("body", look)

    def _push(self, name: str, look: Look, *, void: bool = False) -> int:
        """Open an element and begin its line, its row or its cell."""
        element = self.stack.push(name, look, void=void)
        role = self.roles.get(name, 0)
        if not role & _LINES or look.dropped:
            return element
        for flow in self._flows(look):
            if name == "br":
                flow.line_break()
            elif name == "table":
                flow.table()
            elif name == "tr":
                flow.row()
            elif name in {"td", "th"}:
                flow.cell()
            elif role & _PARAGRAPH:
                flow.block(2)
            elif role & _BLOCK:
                flow.block(1)
        return element

    def _flows(self, look: Look) -> tuple[Flow, ...]:
        """Return the flows in which an element begins a line: what is invisible still takes its place."""
        if not look.reason:
            return self.shown_only
        return self.hidden_only if look.gone else (self.shown, self.hidden)

    def _is_foreign(self, name: str) -> bool:
        return name in {"svg", "math"} or self.stack.is_open("svg") or self.stack.is_open("math")

    def _end(self, token: Token) -> None:
        self.after_pre = False
        if token.name == "head" and self.stack.top.name == "head":
            self._closed([self.stack.close()])
        elif token.name == "br":
            self._push("br", self.stack.top.look, void=True)
        elif closed := self.stack.end(token.name):
            self._closed(closed)
        elif token.name == "p":
            self._push("p", self.stack.top.look, void=True)

    def _closed(self, items: Iterable[Open]) -> None:
        """End the lines of elements that were closed, and look at the links among them."""
        for name, element, look in items:
            role = self.roles.get(name, 0)
            if look.dropped or not (role & _LINES or element in self.turned):
                continue
            if element in self.turned:
                (self.hidden if look.reason else self.shown).literal("\u202c")
            if name == "a":
                self.values.end_link(element)
                continue
            for flow in self._flows(look):
                if name == "table":
                    flow.end_table()
                elif name == "tr":
                    flow.end_row()
                elif role & _PARAGRAPH:
                    flow.block(2)
                elif role & _BLOCK:
                    flow.block(1)

    # Attributes.

    def _attributes(self, token: Token) -> _Attributes:
        written = self.source[token.inner_start : token.inner_end]
        key = token.name, written
        cached = self.known.get(key)
        if cached is not None:
            return cached
        ranges = attributes(written, 0, len(written))
        is_styled = not _STYLED.isdisjoint(ranges)
        changes = tuple(self._changes(token.name, written, ranges)) if is_styled else ()
        found = _Attributes(ranges, changes, is_plain=ranges.keys() <= _PLAIN)
        if len(written) <= _LONGEST_CACHED and len(self.known) < _MOST_CACHED:
            self.known[key] = found
        return found

    def _changes(
        self, element: str, written: str, ranges: Mapping[str, tuple[int, int]]
    ) -> Iterator[Change]:
        """Yield what the attributes of a tag and the rules for it say of its looks, in that order."""
        values = {
            name: unescape(written[slice(*ranges[name])]).lower()
            for name in _STYLED
            if name in ranges
        }
        if self.rules:
            classes = values.get("class", "").split()[:_MOST_CLASSES]
            selectors = [element, *(f".{each}" for each in classes)]
            selectors += [f"{element}.{each}" for each in classes]
            selectors += [f"#{values['id'].strip()}"] if "id" in values else []
            yield from (self.rules[each] for each in selectors if each in self.rules)
        if "bgcolor" in values:
            yield Change(background=colour_of(values["bgcolor"]))
        if "background" in values:
            yield Change(background=())
        if "color" in values and element == "font":
            yield Change(colour=colour_of(values["color"]))
        if "style" in values:
            yield changes_of(values["style"])
        if "hidden" in values:
            yield Change(gone="the hidden attribute")

    def _look(self, name: str, given: _Attributes, look: Look) -> Look:
        """Return how an element is shown within one of look `look`."""
        changes = given.changes
        if _STYLED.isdisjoint(given.ranges) and name in self.rules:
            changes = (self.rules[name],)
        if name in self.words.hidden or (name == "dialog" and "open" not in given.ranges):
            changes = (Change(gone="not shown by browsers"), *changes)
        if changes:
            look = changed(look, changes)
        if name in self.words.dropped:
            look = look._replace(dropped=True)
        elif name in self.words.preformatted:
            look = look._replace(preformatted=True)
        return look

    def _given(self, token: Token, given: _Attributes, element: int, look: Look) -> None:
        """Take the addresses and texts among the attributes of an element."""
        ranges, offset, name = given.ranges, token.inner_start, token.name
        style = ranges.get("style")
        turns = "dir" in ranges and name == "bdo"
        if style and "bidi-override" in self.source[offset + style[0] : offset + style[1]]:
            turns = "rtl" in self.source[offset + style[0] : offset + style[1]]
        elif turns:
            first, last = ranges["dir"]
            turns = self.source[offset + first : offset + last].strip().lower() == "rtl"
        if turns and not self.is_void(name):
            self.turned.add(element)
            (self.hidden if look.reason else self.shown).literal("\u202e")
        if not given.is_plain:
            self.values.take(name, ranges, offset, element, hidden=bool(look.reason))

    # The whole.

    def _page(self) -> Page:
        flows = {"": self.shown, "links": self.values.links, "notes": self.values.notes}
        flows |= {"hidden": self.hidden, "comments": self.comments}
        pieces: list[str] = []
        sections: list[tuple[int, Flow]] = []
        length = 0
        for name, flow in flows.items():
            if not flow.length:
                continue
            if name:
                heading = ("\n\n" if length else "") + _HEADINGS[name] + "\n"
                pieces.append(heading)
                length += len(heading)
            sections.append((length, flow))
            pieces += flow.pieces
            length += flow.length
        return Page(
            "".join(pieces),
            self.shown.length,
            HtmlMap(self.stack.elements, tuple(self.values.names), sections),
            tuple(self._warnings()),
            tuple(self.values.payloads),
        )

    def _warnings(self) -> Iterable[str]:
        mismatches = self.values.mismatches
        for element, shown, target in mismatches[:_MOST_LINKS]:
            path = self.stack.elements.path(element)
            yield f"a link shows {shown} and goes to {target} ({path})"
        if len(mismatches) > _MOST_LINKS:
            yield f"{len(mismatches) - _MOST_LINKS} more links show one host and go to another"
        for reason, (count, element, start, end) in self.reasons.items():
            path = self.stack.elements.path(element)
            noun = "piece" if count == 1 else "pieces"
            more = ", the first" if count > 1 else ""
            yield f"{count} {noun} of hidden text ({reason}){more} at {path}, code points {start} to {end} of the source"
        if self.values.too_long:
            self.left_out["long addresses"] = self.values.too_long
        counts = ", ".join(f"{name} ({count})" for name, count in self.left_out.items() if count)
        if counts:
            yield f"not read: {counts}"
