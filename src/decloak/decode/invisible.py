"""Invisible: characters that show nothing, taken out where no script or emoji needs them.

What is honest: joiners inside Arabic, Indic and other joining scripts, zero-width spaces between
words of scripts without spaces, Hangul fillers beside Hangul, and everything that belongs to an
emoji (UTS 51: joiners, presentation selectors, keycaps, flags).
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import Expert
from decloak.indicators.engine import compile_pattern

__all__ = ["Invisible"]

_HIDDEN = rb"\x81+"

# Bidirectional controls and the soft hyphen have decoders of their own.
_ELSEWHERE = frozenset("\u00ad\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e") | frozenset(
    map(chr, range(0x2066, 0x2070))
)
# Format characters of category Cf that do show something: signs written before numbers, and the
# format controls of scripts that are no part of Latin text (hieroglyphs, shorthand, music).
_SHOWN = frozenset(
    map(chr, [*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD,
              *range(0x13430, 0x13440), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B)])
)  # fmt: skip
_KEPT = _ELSEWHERE | _SHOWN

_JOINERS = frozenset("\u200b\u200c\u200d\u034f\u180b\u180c\u180d\u180e\u180f\u17b4\u17b5\u2060")
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
_BRAILLE_BLANK = "\u2800"
_KEYCAP = "\u20e3"
_FLAG = "\U0001f3f4"

# Blocks of scripts that join letters or write no spaces: Arabic to Thaana and N'Ko, Indic, Thai,
# Lao, Tibetan, Myanmar, Khmer, Mongolian and their extensions. Start of the block, first after it.
_JOINING = (0x0600, 0x0900, 0x0900, 0x1100, 0x1700, 0x1AB0, 0x1B00, 0x1C80, 0x1CD0, 0x1D00,
            0xA800, 0xAC00, 0xFB50, 0xFE00, 0xFE70, 0xFEFF, 0x10A00, 0x13000)  # fmt: skip


class Invisible:
    """Take out zero-width characters, variation selectors, tags and interlinear marks."""

    name = "invisible"
    version = 1
    expert: Expert = "symbol"
    families = ("zero_width",)
    trigger = _HIDDEN

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield one edit per run of characters that show nothing."""
        text = view.text
        for match in compile_pattern(_HIDDEN, capture=False).finditer(view.shadow):
            yield from _of_run(text, *match.span())


def _of_run(text: str, start: int, end: int) -> Iterator[Edit]:
    before = text[start - 1] if start else ""
    after = text[end] if end < len(text) else ""
    first = start
    for place in range(start, end + 1):
        if place < end and not _belongs(text[place], before, after):
            continue
        if first < place:
            yield _removed(text, first, place)
        first = place + 1


def _belongs(char: str, before: str, after: str) -> bool:
    """Whether an invisible character is at home between these two visible ones."""
    if char in _KEPT:
        return True
    if not before:
        return False
    if _is_pictograph(before) or after == _KEYCAP:
        return char == "\u200d" or _is_selector(char) or (before == _FLAG and char >= "\U000e0020")
    if _is_selector(char):
        return _is_ideograph(before) or (ord(before) > 0x2000 and not before.isalnum())
    if char in _JOINERS:
        return _joins(before) and (not after or not after.isascii() or not after.isalnum())
    if char in _FILLERS:
        return _is_hangul(before) or _is_hangul(after)
    if char == _BRAILLE_BLANK:
        return not (before.isascii() and before.isalnum() and after.isascii() and after.isalnum())
    return False


def _is_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


@cache
def _is_pictograph(char: str) -> bool:
    if "\U0001f000" <= char <= "\U0001faff":
        return True  # also what a later version of Unicode assigns
    return unicodedata.category(char) in {"So", "Sk"} and not char.isascii()


def _is_ideograph(char: str) -> bool:
    return "\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or char >= "\U00020000"


def _is_hangul(char: str) -> bool:
    return (
        "\u1100" <= char <= "\u11ff" or "\u3130" <= char <= "\u318f" or "\uac00" <= char <= "\ud7ff"
    )


def _joins(char: str) -> bool:
    return bisect_right(_JOINING, ord(char)) % 2 == 1


def _removed(text: str, start: int, end: int) -> Edit:
    return Edit(
        start, end, "", "zero_width", "invisible", 1.0, _described(text[start], end - start)
    )


@cache
def _described(char: str, count: int) -> str:
    name = unicodedata.name(char, "unnamed")
    more = f" and {count - 1} more" if count > 1 else ""
    return f"U+{ord(char):04X} {name}{more} shows nothing"
