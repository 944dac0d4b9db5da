"""Shadow: one byte per code point, so that byte-wise engines report code-point offsets.

A linear-time engine scans bytes. Mapping byte offsets back to code points would cost a pass
over the text; the shadow has exactly as many bytes as the text has code points, so offsets are
equal by construction. ASCII keeps its byte. Everything else is one byte that names its class:

    LETTER  0x80  letters, marks and numbers outside ASCII
    HIDDEN  0x81  format characters and other code points that show nothing
    SPACE   0x82  white space outside ASCII
    OTHER   0x83  everything else: punctuation, symbols, lone surrogates, unassigned

A carriage return before a line feed becomes a space and a lone one becomes a line feed, so that
patterns know one line end only.
"""

from __future__ import annotations

import codecs
import unicodedata
from functools import cache

__all__ = ["HIDDEN", "LETTER", "OTHER", "SPACE", "shadow_of"]

LETTER, HIDDEN, SPACE, OTHER = 0x80, 0x81, 0x82, 0x83

_ASCII_END = 0x80
_LETTER_CATEGORIES = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No"})
# Marks and letters that render nothing of their own (Default_Ignorable_Code_Point, UAX 44).
_HIDDEN_EXTRA = frozenset(
    {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
    | {*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
)


@cache
def _byte_for(char: str) -> int:
    if ord(char) in _HIDDEN_EXTRA:
        return HIDDEN
    category = unicodedata.category(char)
    if category in _LETTER_CATEGORIES:
        return LETTER
    if category == "Cf":
        return HIDDEN
    if char.isspace():
        return SPACE
    return OTHER


def _classify(error: UnicodeError) -> tuple[bytes, int]:
    assert isinstance(error, UnicodeEncodeError)  # noqa: S101 - only ever called by str.encode
    run = error.object[error.start : error.end]
    return bytes(map(_byte_for, run)), error.end


codecs.register_error("decloak.shadow", _classify)


def shadow_of(text: str) -> bytes:
    """Return the shadow of a text: ``len(shadow_of(text)) == len(text)``, always."""
    data = text.encode("ascii", "decloak.shadow")
    if b"\r" in data:
        data = data.replace(b"\r\n", b" \n").replace(b"\r", b"\n")
    return data
