"""HTML map: from the text of a page back to its elements and source offsets."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from decloak.core.source_map import Place
from decloak.readers.html.flow import NOWHERE, Flow
from decloak.readers.html.tree import Elements

__all__ = ["HtmlMap"]


class HtmlMap:
    """The source map of a page; see `decloak.core.source_map.SourceMap`.

    A place has ``element`` (an XPath), ``start`` and ``end`` (code points of the decoded source), in the
    value of an attribute its name as ``attribute``, and ``hidden`` where a browser does not show it.

    Args:
        elements: all elements of the page.
        attributes: the names that `Flow.owners` numbers, from 1.
        sections: where each flow begins in the text, and the flow; the last one ends the text.
    """

    __slots__ = (
        "_attributes",
        "_elements",
        "_ends",
        "_length",
        "_owners",
        "_sources",
        "_starts",
    )

    def __init__(
        self, elements: Elements, attributes: Sequence[str], sections: Sequence[tuple[int, Flow]]
    ) -> None:
        self._elements, self._attributes = elements, tuple(attributes)
        self._starts, self._sources, self._ends = array("I"), array("I"), array("I")
        self._owners = array("Q")
        self._length = 0
        for offset, flow in sections:
            if offset > self._length:  # a heading that the reader wrote
                self._starts.append(self._length)
                self._sources.append(NOWHERE)
                self._ends.append(NOWHERE)
                self._owners.append(0)
            self._starts.extend(start + offset for start in flow.starts)
            self._sources.extend(flow.sources)
            self._ends.extend(flow.ends)
            self._owners.extend(flow.owners)
            self._length = offset + flow.length

    def places(self, start: int, end: int) -> tuple[Place, ...]:
        """Return one place per stretch of one element that follows without a gap in the source."""
        found: list[tuple[int, int, int]] = []
        first = max(bisect_right(self._starts, start) - 1, 0)
        for index in range(first, len(self._starts)):
            begin = self._starts[index]
            if begin >= end:
                break
            source, stop = self._sources[index], self._ends[index]
            if source == NOWHERE:
                continue
            last = self._starts[index + 1] if index + 1 < len(self._starts) else self._length
            if stop - source == last - begin:  # code point for code point
                stop = source + min(end, last) - begin
                source += max(start - begin, 0)
            if source >= stop:
                continue
            owner = self._owners[index]
            if found and found[-1][0] == owner and found[-1][2] == source:
                source = found.pop()[1]
            found.append((owner, source, stop))
        return tuple(self._place(*each) for each in found)

    def _place(self, owner: int, start: int, end: int) -> Place:
        element, mark = owner >> 32, owner & 0xFFFFFFFF
        place: dict[str, Any] = {"element": self._elements.path(element)}
        if mark > 1:
            place["attribute"] = self._attributes[(mark >> 1) - 1]
        place |= {"start": start, "end": end}
        if mark & 1:
            place["hidden"] = True
        return place
