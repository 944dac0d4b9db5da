"""Engine: RE2 patterns over shadows. The one place that knows the regular-expression library.

Patterns are bytes, matched against `View.shadow` (one byte per code point), so spans are
code-point offsets. RE2 runs in time linear in the text for every pattern. Why RE2 and not
Hyperscan: docs/decisions/0002-linear-time-engine.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import re2

__all__ = ["Match", "Pattern", "compile_pattern"]

_Spans = list[tuple[int, int]]
_ANCHOR: Any = re2._re2.RE2.Anchor  # noqa: SLF001 - see `Pattern`
_UNANCHORED, _ANCHORED, _WHOLE = _ANCHOR.UNANCHORED, _ANCHOR.ANCHOR_START, _ANCHOR.ANCHOR_BOTH
_NOWHERE = -1


class Match:
    """What a pattern matched; offsets are code points.

    A group that took no part has the span (-1, -1) and no bytes.
    """

    __slots__ = ("_spans", "_text")

    def __init__(self, text: bytes, spans: _Spans) -> None:
        self._text = text
        self._spans = spans

    def start(self, group: int = 0) -> int:
        """Return where a group starts."""
        return self._spans[group][0]

    def end(self, group: int = 0) -> int:
        """Return where a group ends."""
        return self._spans[group][1]

    def span(self, group: int = 0) -> tuple[int, int]:
        """Return the half-open range of a group."""
        return self._spans[group]

    def group(self, group: int = 0) -> bytes:
        """Return the bytes of a group; empty when it took no part."""
        start, end = self._spans[group]
        return self._text[start:end] if start >= 0 else b""


class Pattern:
    """A compiled pattern.

    Calls RE2's own matcher: the library's layer above it builds a generator and an object with
    five fields for every match, half of the time of a short one.
    """

    __slots__ = ("_spans_of",)

    def __init__(self, compiled: Any) -> None:
        self._spans_of: Callable[[Any, bytes, int, int], _Spans] = compiled._regexp.Match  # noqa: SLF001

    def search(self, text: bytes, pos: int = 0, endpos: int | None = None) -> Match | None:
        """Return the first match at or after `pos`, or None."""
        return self._first(_UNANCHORED, text, pos, endpos)

    def match(self, text: bytes, pos: int = 0, endpos: int | None = None) -> Match | None:
        """Return the match that starts at `pos`, or None."""
        return self._first(_ANCHORED, text, pos, endpos)

    def fullmatch(self, text: bytes, pos: int = 0, endpos: int | None = None) -> Match | None:
        """Return the match of everything from `pos` to `endpos`, or None."""
        return self._first(_WHOLE, text, pos, endpos)

    def finditer(self, text: bytes, pos: int = 0, endpos: int | None = None) -> Iterator[Match]:
        """Yield matches that do not overlap, in order."""
        pos, endpos = _bounds(text, pos, endpos)
        spans_of, anchor = self._spans_of, _UNANCHORED
        while pos <= endpos:
            spans = spans_of(anchor, text, pos, endpos)
            end = spans[0][1]
            if end < 0:
                return
            yield Match(text, spans)
            pos = end if end > pos else pos + 1  # an empty match must not be found again

    def _first(self, anchor: Any, text: bytes, pos: int, endpos: int | None) -> Match | None:
        size = len(text)
        if endpos is None or endpos > size:
            endpos = size
        if not 0 <= pos <= size:
            pos = min(max(pos, 0), size)
        if pos > endpos:
            return None
        spans = self._spans_of(anchor, text, pos, endpos)
        return None if spans[0][1] == _NOWHERE else Match(text, spans)


def _bounds(text: bytes, pos: int, endpos: int | None) -> tuple[int, int]:
    """Return a range within the text, as slices are cut."""
    size = len(text)
    if endpos is None or endpos > size:
        endpos = size
    return min(max(pos, 0), size), endpos


@cache
def compile_pattern(pattern: bytes, *, capture: bool = True, memory: int = 1 << 23) -> Pattern:
    r"""Compile an RE2 pattern over shadow bytes.

    ``^`` and ``$`` match at line ends only with ``(?m)``. Bytes 0x80 to 0x83 are the classes of
    `decloak.core.shadow`. `capture=False` is faster where only the whole match is needed.
    `memory` bounds the automaton in bytes; thousands of alternatives need more than the default,
    or RE2 forgets states all the time and becomes twenty times slower.

    Beware of one trap: an optional tail of unbounded length (``x(?:\w*y)?``) makes every match
    look ahead to the end of the run, which is quadratic over many matches. Bound such tails.
    """
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.never_capture = not capture
    options.log_errors = False
    options.max_mem = memory
    return Pattern(re2.compile(pattern, options))
