"""Spelling: what the student knows of a word by itself: pieces, hashed parts, look and the names it is part of."""

from __future__ import annotations

import re
from typing import NamedTuple
from zlib import crc32

from decloak.tag.features import FEATURES, look_of
from decloak.tag.tokens import Encoder
from decloak.tag.words import LINE_END, WORD

__all__ = ["HASHED", "Spelling", "Word", "tokens_of"]

HASHED = 1 << 14
"""Rows of the table of hashed parts."""
_TOKEN = re.compile(rf"[^\S\n]*(?:{WORD})")
_AFTER_SPACE = 1 << FEATURES.index("after_space")
_AFTER_GAP = 1 << FEATURES.index("after_gap")
_GAP = 2
_PART = 3
_RUN = re.compile(r"(.)\1{2,}")
_SHAPE = 12
_REMEMBERED = 4096


class Word(NamedTuple):
    """What is known of a word.

    Attributes:
        pieces: ids of its pieces.
        parts: rows of the table of hashed parts: the word, its beginning, its end, its shape.
        bits: by `decloak.tag.features.FEATURES`; what stands around it is not in there, but for white space.
    """

    pieces: tuple[int, ...]
    parts: tuple[int, int, int, int]
    bits: int


def tokens_of(text: str, low: int, high: int) -> list[str]:
    """Return the words of a stretch, each with the white space before it. Linear.

    Joined they are the stretch, but for white space at its end.
    """
    return _TOKEN.findall(text, low, high)


class Spelling:
    """Looks words up.

    Args:
        encoder: makes pieces of words.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def word(self, token: str, names: int = 0) -> Word:
        """Return what is known of a token of `tokens_of`.

        Args:
            token: the word, with the white space before it.
            names: the bits of the names that it is part of.
        """
        surface = token.lstrip() or LINE_END
        blank = token[: len(token) - len(surface)]
        bits = look_of(surface) | names
        if blank:
            bits |= _AFTER_SPACE
            if len(blank) >= _GAP or "\t" in blank:
                bits |= _AFTER_GAP
        parts = (
            _hashed("w", surface),
            _hashed("b", surface[:_PART]),
            _hashed("e", surface[-_PART:]),
            _hashed("s", _shape(surface)),
        )
        return Word(self._encoder.pieces(surface), parts, bits)


def _hashed(kind: str, part: str) -> int:
    return crc32(f"{kind}{part}".encode("utf-8", "replace")) % HASHED


class _Signs(dict[str, str]):
    """Character -> what it is in a shape."""

    def __missing__(self, char: str) -> str:
        sign = "X" if char.isupper() else "x" if char.isalpha() else "d" if char.isdigit() else char
        if len(self) < _REMEMBERED:
            self[char] = sign
        return sign


_SIGNS = _Signs()


def _shape(word: str) -> str:
    return _RUN.sub(r"\1\1\1", "".join(map(_SIGNS.__getitem__, word)))[:_SHAPE]
