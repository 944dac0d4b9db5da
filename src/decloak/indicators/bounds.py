"""Bounds: patterns that are quick to search for, because their repetitions have none.

An automaton has a state for each count of a bounded repetition, and for all counts of several at once. Where only
whether anything is there is asked first, the pattern without far bounds tells: it matches wherever the other does.
"""

from __future__ import annotations

import re

__all__ = ["LEAST_BOUND", "unbounded"]

LEAST_BOUND = 40
"""The bound from which on a repetition gets none: no shorter match can have reached it."""
_BOUNDED = re.compile(rb"(?<!\\)\{([0-9]+),([0-9]{2,})\}")


def unbounded(pattern: bytes) -> bytes:
    """Return a pattern that matches where this one does, and the same text where that is shorter than `LEAST_BOUND`.

    Search for it once, or for what begins where a line does and stays on it: a match may look ahead as far as
    what is repeated goes on, which many matches within one line would pay for each time.
    """
    return _BOUNDED.sub(_without_bound, pattern)


def _without_bound(found: re.Match[bytes]) -> bytes:
    return b"{%s,}" % found[1] if int(found[2]) >= LEAST_BOUND else found[0]
