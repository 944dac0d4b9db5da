r"""Keys: the name that stands before a value: ``dpt=443``, ``"port": 443``, ``Source Port:\t443``."""

from __future__ import annotations

from decloak.indicators.engine import compile_pattern

__all__ = ["INNER", "LINK", "key_before"]

_REACH = 96  # code points before a value in which its key is looked for
_GAP = 40  # code points between the last sign of a link and the value
_OPENING = b" \t\"'`[({<"
_LINKS = frozenset({b":", b"=", b"|", b">"})
INNER = rb"(?:number|asn|value|original|id|name)"
"""Keys of an object that holds one value only: ``"asn": {"number": 64496}``."""
LINK = (
    rb"[\"'\]]{0,2}[ \t]{0,16}(?:[:=|]|:=|=>|>)[ \t]{0,32}"
    rb"(?:\{[ \t]{0,8}\"" + INNER + rb"\"[ \t]{0,8}:[ \t]{0,8})?[\"'`\[({<]{0,3}"
)
"""What stands between a key and its value: in pairs, JSON, YAML, XML, tables."""
_KEY = compile_pattern(rb"([A-Za-z][A-Za-z0-9_.() -]{0,48})" + LINK + rb"$")


def key_before(shadow: bytes, start: int) -> str:
    """Return the key whose value starts at `start`, with words before it at times; "" without one.

    Look at its last words only: `deny tcp src` is what stands before ``src=``.
    """
    if shadow[max(0, start - _GAP) : start].rstrip(_OPENING)[-1:] not in _LINKS:
        return ""
    low = max(0, start - _REACH)
    low = max(low, shadow.rfind(b"\n", low, start) + 1)
    found = _KEY.search(shadow[low:start])
    return found.group(1).decode("ascii") if found is not None else ""
