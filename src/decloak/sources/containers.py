"""Containers: where JSON and XML documents stand in a text, alone or between other things."""

from __future__ import annotations

from collections.abc import Iterator
from json import JSONDecoder
from typing import NamedTuple

from decloak.core.document import View
from decloak.core.limits import MAX_NESTING
from decloak.indicators.engine import compile_pattern
from decloak.sources.json_scan import CLOSE, OPEN, PROBLEM, scan_json

__all__ = ["Container", "documents_of", "find_containers"]

_STARTS = compile_pattern(
    rb"(?m)^[ \t\x81]*(?:"
    rb"\{[ \t]*(?:\"[^\"\n]{0,200}\"[ \t]*:|$)"
    rb"|\[[ \t]*(?:[{\[]|$)"
    rb"|<\?xml|<!DOCTYPE nmaprun|<nmaprun)",
    capture=False,
)
_DECODER = JSONDecoder(strict=False)
_MAX_STRICT = 65_536
_LOOK_AHEAD = 256
_BETWEEN = b"\t\n\f\r ,:\x81\x82"  # what the scanner passes over between documents
_LITERAL_STARTS = b"tfnIN"
_XML_END = b"</nmaprun>"


class Container(NamedTuple):
    """A stretch that is JSON or XML from end to end; its layout and its place."""

    layout: str
    start: int
    end: int


def find_containers(view: View) -> Iterator[Container]:
    """Yield the containers of a text, in order, never overlapping.

    JSON is walked to its end, so consecutive JSON Lines are one container; a truncated one
    reaches as far as it is JSON. XML reaches to its end tag, or to the end of the text.
    """
    shadow = view.shadow
    position, xml_end = 0, -1
    while match := _STARTS.search(shadow, position):
        start = match.start()
        while shadow[start] not in b"{[<":
            start += 1
        if shadow[start] == ord("<"):
            if xml_end < start:
                found = shadow.find(_XML_END, start)
                xml_end = found + len(_XML_END) if found >= 0 else len(shadow)
            yield Container("xml", start, xml_end)
            position = xml_end
        else:
            end, position = _json_end(view, start)
            if end > start:
                yield Container("json", start, end)
            position = max(position, match.end())


def documents_of(view: View, container: Container) -> Iterator[Container]:
    """Yield the JSON documents that stand one after another in a container."""
    start = -1
    for token in scan_json(view, container.start, container.end):
        if token.depth == 0:
            if token.kind == OPEN:
                start = token.start
            elif token.kind == CLOSE and start >= 0:
                yield Container(container.layout, start, token.end)
                start = -1


def _json_end(view: View, start: int) -> tuple[int, int]:
    """Return where JSON that starts here ends, and how far it was looked at.

    The end is `start` when there is none. Strict documents of one line are left to the standard
    library, which is far faster; the scanner, which tolerates more, goes on where it gives up.
    """
    shadow = view.shadow
    end = position = start
    while (stop := _strict_end(view, position)) > 0:
        end = position = stop
        following = shadow[stop : stop + _LOOK_AHEAD].lstrip(_BETWEEN)
        if following:
            position = min(stop + _LOOK_AHEAD, len(shadow)) - len(following)
            if following[:1].isalpha() and following[0] not in _LITERAL_STARTS:
                return end, position
        if shadow.find(b"\n", stop, position) < 0:
            break  # one look at each line, lest a line of many documents be read many times
    depth_closed = False
    for token in scan_json(view, position):
        if token.kind == CLOSE and token.depth == 0:
            depth_closed = token.start == token.end  # closed only because the scan stopped
            end = token.end
        elif token.kind == PROBLEM:
            if depth_closed:  # inside a document: take the broken line along
                line_end = shadow.find(b"\n", token.start)
                end = line_end if line_end >= 0 else len(shadow)
            return end, max(end, token.start)
    return len(shadow), len(shadow)


def _strict_end(view: View, start: int) -> int:
    """Return where the strict JSON object or array ends that starts here; 0 when it is none."""
    shadow = view.shadow
    if shadow[start : start + 1] not in {b"{", b"["}:
        return 0
    line_end = shadow.find(b"\n", start, start + _MAX_STRICT)
    if line_end < 0:
        line_end = len(shadow)
        if line_end > start + _MAX_STRICT:
            return 0
    line = view.text[start:line_end].rstrip(" \t\r,")
    if not line.endswith(("}", "]")):
        return 0
    # The scanner bounds the nesting, and the white space before a colon.
    if line.count("{") + line.count("[") >= MAX_NESTING or " :" in line or "\t:" in line:
        return 0
    try:
        return start + _DECODER.raw_decode(line)[1]
    except ValueError:
        return 0
