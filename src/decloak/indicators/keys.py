r"""Keys: the name that stands before a value: ``dpt=443``, ``"port": 443``, ``Source Port:\t443``."""

from __future__ import annotations

import re

__all__ = ["INNER", "LINK", "key_before"]

_GAP = 40  # code points between the last sign of a link and the value
_LONGEST = 48
_OPENING = b" \t\"'`[({<"
_LINKS = b":=|>"
_SIGNS = frozenset({b":", b"=", b"|", b">"})
_CLOSING = b" \t\"'`]"
INNER = rb"(?:number|asn|value|original|id|name)"
"""Keys of an object that holds one value only: ``"asn": {"number": 64496}``."""
LINK = (
    rb"[\"'\]]{0,2}[ \t]{0,16}(?:[:=|]|:=|=>|>)[ \t]{0,32}"
    rb"(?:\{[ \t]{0,8}\"" + INNER + rb"\"[ \t]{0,8}:[ \t]{0,8})?[\"'`\[({<]{0,3}"
)
"""What stands between a key and its value: in pairs, JSON, YAML, XML, tables."""
_KEY = re.compile(rb"[A-Za-z][A-Za-z0-9_.() -]{0,48}\Z")
_INNER = re.compile(rb"\{[ \t]{0,8}\"" + INNER + rb"\Z")


def key_before(shadow: bytes, start: int) -> str:
    """Return the key whose value starts at `start`, with words before it at times; "" without one.

    Look at its last words only: `deny tcp src` is what stands before ``src=``.
    """
    end = _link_before(shadow, start)
    if end < 0:
        return ""
    found = _KEY.search(shadow, max(0, end - _LONGEST), end)
    if found is None:
        return ""
    if shadow[found.start() - 1 : found.start()] == b'"':
        inner = _INNER.search(shadow, max(0, end - _LONGEST), end)
        if inner is not None and (outer := _link_before(shadow, inner.start())) >= 0:
            found = _KEY.search(shadow, max(0, outer - _LONGEST), outer) or found
    return found[0].decode("ascii")


def _link_before(shadow: bytes, start: int) -> int:
    """Return where a key ends that is linked to what starts at a place; -1 where none is."""
    near = shadow[max(0, start - _GAP) : start].rstrip(_OPENING)
    if near[-1:] not in _SIGNS:
        return -1
    key = near.rstrip(_LINKS).rstrip(_CLOSING)
    return start - (min(start, _GAP) - len(key)) if key else -1
