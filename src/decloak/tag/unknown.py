"""Unknown: what no fact explains yet of a window, for one scan of all the rest.

In tool output a grammar has read nine tokens in ten. Blanking them at once, as columns, is cheaper than
finding each and passing it over.
"""

from __future__ import annotations

from decloak.core.span_set import SpanSet
from decloak.tag.base import Scene

__all__ = ["PART", "without_known"]

_FEWEST, _LARGEST = 1 << 16, 1 << 23  # below, the import of NumPy costs more
_PART, _DOT, _OTHER = 0, 1, 2
_HYPHEN = 0x2D
PART = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-\x80"
"""Bytes of a shadow that the parts of a dotted token consist of; none begins with a hyphen."""
_KINDS = bytes(
    _PART if code in PART else _DOT if code == ord(".") else _OTHER for code in range(256)
)


def without_known(scene: Scene) -> bytes:
    """Return the shadow of a window, with spaces for the full stops of what facts explain.

    A dotted token is a longest row of parts with full stops between them. Only those that are a known span
    lose their full stops, so that a scan for such tokens finds the same others in what is left.
    """
    low, high, known = scene.low, scene.high, scene.known
    window = scene.view.shadow[low:high]
    if not isinstance(known, SpanSet) or len(known) < _FEWEST or high - low > _LARGEST:
        return window
    import numpy as np  # noqa: PLC0415 - only where there is much to gain

    kinds = np.frombuffer(window.translate(_KINDS), np.uint8)
    dots = np.flatnonzero(kinds == _DOT)
    starts, ends = np.array(known.starts) - low, np.array(known.ends) - low
    inside = (starts > 0) & (ends < len(window) - 1)
    starts, ends = starts[inside], ends[inside]
    # How many bytes up to each are in no dotted token, or a full stop without a part behind it.
    foreign = kinds == _OTHER
    foreign[:-1] |= (kinds[:-1] == _DOT) & (kinds[1:] != _PART)
    count = np.cumsum(foreign, dtype=np.int32)
    whole = count[ends - 1] == count[starts - 1]
    whole &= (kinds[starts] == _PART) & (kinds[starts - 1] == _OTHER)
    whole &= foreign[ends] & (np.frombuffer(window, np.uint8)[starts] != _HYPHEN)
    starts, ends = starts[whole], ends[whole]
    if not len(starts) or not len(dots):
        return window
    at = np.searchsorted(starts, dots, "right") - 1
    told = dots[(at >= 0) & (dots < ends[at])]
    blanked = np.frombuffer(window, np.uint8).copy()
    blanked[told] = ord(" ")
    return blanked.tobytes()
