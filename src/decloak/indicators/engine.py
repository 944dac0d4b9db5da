"""Engine: RE2 patterns over shadows. The one place that knows the regular-expression library.

Patterns are bytes, matched against `View.shadow` (one byte per code point), so spans are
code-point offsets. RE2 runs in time linear in the text for every pattern. Why RE2 and not
Hyperscan: docs/decisions/0002-linear-time-engine.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Protocol, cast

import re2

__all__ = ["Match", "Pattern", "compile_pattern"]


class Match(Protocol):
    """The part of a match object that decloak uses; offsets are code points."""

    def start(self, group: int = 0) -> int: ...
    def end(self, group: int = 0) -> int: ...
    def span(self, group: int = 0) -> tuple[int, int]: ...
    def group(self, group: int = 0) -> bytes: ...


class Pattern(Protocol):
    """A compiled pattern."""

    def search(self, text: bytes, pos: int = 0, endpos: int | None = None) -> Match | None: ...
    def match(self, text: bytes, pos: int = 0, endpos: int | None = None) -> Match | None: ...
    def fullmatch(self, text: bytes, pos: int = 0, endpos: int | None = None) -> Match | None: ...
    def finditer(self, text: bytes, pos: int = 0, endpos: int | None = None) -> Iterator[Match]: ...


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
    compiled: Any = re2.compile(pattern, options)
    return cast("Pattern", compiled)
