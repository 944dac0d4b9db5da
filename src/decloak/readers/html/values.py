"""HTML values: addresses and texts in the attributes of a page, and links that go where they do not say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from decloak.readers.html.flow import Flow
from decloak.readers.html.links import Payload, is_address, payload_of, sides
from decloak.readers.html.references import REFERENCE, resolve
from decloak.readers.html.words import words

__all__ = ["Values"]

_MOST_SHOWN = 300
"""Code points of the text of a link that are looked at."""
_MOST_VALUE = 65_536
"""Code points of an address; what is longer carries data and is read only where that is a document."""

_EDGE = "".join(map(chr, range(0x21)))
_DROPPED = dict.fromkeys(map(ord, "\t\n\r\0"))
_REFRESH = re.compile(r"\s*+[\d.]*+\s*+[;,]?+\s*+(?:url\s*+=\s*+)?+[\"']?+(?=\S)", re.IGNORECASE)
_SOURCES = re.compile(r"[^\s,][^\s]*+(?:\s++[\d.]++[wx])?+,?+")
_DESCRIPTIONS = frozenset(
    {"author", "description", "og:description", "og:title", "twitter:description"}
)


class Values:
    """What stands in the attributes of one page, each value once.

    Attributes:
        links, notes: the addresses and the texts, one a line.
        names: the number of every attribute that gave one, from 1.
        payloads: documents within ``data:`` addresses.
        mismatches: the element of a link, the host that it shows and the one it goes to.
        too_long: addresses that were left out.

    Args:
        source: the page.
        shown: the text of the page, which links are a part of.
        hides: told of every text that cannot be seen: why, the element, where it begins and ends.
    """

    def __init__(
        self, source: str, shown: Flow, hides: Callable[[str, int, int, int], None]
    ) -> None:
        self.source, self.shown, self.hides = source, shown, hides
        self.words = words()
        self.links, self.notes = Flow(source), Flow(source)
        self.names: dict[str, int] = {}
        self.payloads: list[Payload] = []
        self.mismatches: list[tuple[int, str, str]] = []
        self.too_long = 0
        self._taken: set[str] = set()
        self._anchors: dict[int, tuple[int, str]] = {}

    def take(
        self,
        name: str,
        ranges: Mapping[str, tuple[int, int]],
        offset: int,
        element: int,
        *,
        hidden: bool,
    ) -> None:
        """Take the addresses and the texts among the attributes of an element.

        Args:
            name: of the element.
            ranges: of the values, relative to `offset`.
            offset: in the source.
            element: its number.
            hidden: whether the element cannot be seen.
        """
        for attribute, (first, last) in ranges.items():
            start, end = offset + first, offset + last
            if start == end:
                continue
            if attribute in self.words.url or attribute.startswith("data-"):
                self._address(name, attribute, start, end, element, hidden=hidden)
            elif attribute == "srcset":
                for match in _SOURCES.finditer(self.source[start:end]):
                    stop = start + match.start() + len(match[0].split()[0].rstrip(","))
                    self._address(
                        name, attribute, start + match.start(), stop, element, hidden=hidden
                    )
            elif attribute == "content" and name == "meta":
                self._meta(ranges, offset, start, end, element)
            elif attribute in self.words.text:
                unseen = hidden or self._is_unseen(name, ranges, offset)
                self._note(attribute, start, end, element, hidden=unseen)

    def _is_unseen(self, name: str, ranges: Mapping[str, tuple[int, int]], offset: int) -> bool:
        """Whether it is a hidden field of a form."""
        if name != "input" or "type" not in ranges:
            return False
        first, last = ranges["type"]
        return self.source[offset + first : offset + last].strip().lower() == "hidden"

    def _meta(
        self, ranges: Mapping[str, tuple[int, int]], offset: int, start: int, end: int, element: int
    ) -> None:
        """Take what a ``<meta>`` says: where the page sends on to, or a description."""
        said = {
            name: self.source[offset + first : offset + last].strip().lower()
            for name, (first, last) in ranges.items()
            if name in {"http-equiv", "name", "property"}
        }
        if said.get("http-equiv") == "refresh":
            match = _REFRESH.match(self.source, start, end)
            start = match.end() if match else start
            if self.source[start - 1] in "\"'" and self.source[end - 1] == self.source[start - 1]:
                end -= 1
        taken = start < end and self._address("meta", "content", start, end, element, hidden=False)
        if start < end and not taken and _DESCRIPTIONS & set(said.values()):
            self._note("content", start, end, element, hidden=False)

    def _address(
        self, name: str, attribute: str, start: int, end: int, element: int, *, hidden: bool
    ) -> bool:
        """Write an address, once in a page; whether the value is one."""
        if end - start > _MOST_VALUE and not self.source.startswith("data:", start):
            self.too_long += 1
            return False
        value = self._value(start, end)
        if value[:5].lower() == "data:":
            payload = payload_of(value)
            if payload is not None:
                self.payloads.append(payload)
            return False
        if not is_address(value):
            return False
        if name == "a" and attribute == "href" and not hidden:
            self._anchors[element] = self.shown.length, value
        if value not in self._taken:
            self._taken.add(value)
            self.links.value(start, end, self._owner(element, attribute, hidden=hidden))
        return True

    def _note(self, attribute: str, start: int, end: int, element: int, *, hidden: bool) -> None:
        """Write the text of an attribute, once in a page."""
        value = self._value(start, end)
        if value and value not in self._taken and len(value) <= _MOST_VALUE:
            self._taken.add(value)
            if hidden:
                self.hides("a value that is not shown", element, start, end)
            self.notes.value(start, end, self._owner(element, attribute, hidden=hidden))

    def _value(self, start: int, end: int) -> str:
        """Return the value of an attribute as a browser takes an address."""
        value = self.source[start:end]
        if "&" in value:
            parts: list[str] = []
            done = 0
            for match in REFERENCE.finditer(value):
                text, after = resolve(match, attribute=True)
                if text:
                    parts += value[done : match.start()], text
                    done = after
            value = "".join([*parts, value[done:]])
        return value.translate(_DROPPED).strip(_EDGE)

    def _owner(self, element: int, attribute: str, *, hidden: bool) -> int:
        """Return who owns the value of an attribute, as `Flow.owners` has it."""
        number = self.names.setdefault(attribute, len(self.names) + 1)
        return element << 32 | 2 * number | hidden

    def end_link(self, element: int) -> None:
        """Compare what a link shows with where it goes."""
        anchor = self._anchors.pop(element, None)
        if anchor is None:
            return
        length, address = anchor
        hosts = sides(self.shown.shown_since(length, _MOST_SHOWN), address)
        if hosts:
            self.mismatches.append((element, *hosts))
