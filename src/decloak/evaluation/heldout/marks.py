"""Marks that no reader sees, and breaks: zero width, direction, line ends."""

from __future__ import annotations

from random import Random

from decloak.evaluation.heldout.hidden import Hidden
from decloak.evaluation.heldout.names import KINDS

__all__ = ["bidi", "soft_break", "zero_width"]

_ZERO = "\u200b\u200c\u200d\u2060\ufeff\u180e\ufe00\ufe0e\ufe0f\ufff9\ufffa\ufffb"
_TAGS = "".join(map(chr, range(0xE0061, 0xE007B)))
_DIRECTION = "\u202a\u202b\u202c\u202d\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
_WRAPPED = frozenset({"URL", "HASH", "EMAIL", "DOMAIN"})


def _sprinkle(rng: Random, value: str, marks: str, count: int) -> str:
    pieces = list(value)
    for _ in range(count):
        pieces[rng.randrange(len(pieces) - 1)] += rng.choice(marks)
    return "".join(pieces)


def zero_width(rng: Random, value: str, label: str) -> Hidden | None:  # noqa: ARG001 - a family's shape
    """Put marks without width inside."""
    if len(value) < 3:
        return None
    if rng.random() < 0.2:
        return Hidden(rng.choice(_ZERO).join(value))
    marks = _TAGS if rng.random() < 0.15 else _ZERO
    return Hidden(_sprinkle(rng, value, marks, rng.randint(1, 3)))


def bidi(rng: Random, value: str, label: str) -> Hidden | None:  # noqa: ARG001 - a family's shape
    """Put marks of direction inside, or write a run backwards so that it shows as it was."""
    if len(value) < 4:
        return None
    way = rng.random()
    if way < 0.25:
        return Hidden(f"\u202e{value[::-1]}\u202c")
    if way < 0.4:
        start = rng.randint(0, len(value) - 3)
        end = rng.randint(start + 2, len(value))
        return Hidden(f"{value[:start]}\u202e{value[start:end][::-1]}\u202c{value[end:]}")
    if way < 0.55:
        opening, closing = rng.choice(
            ("\u202d\u202c", "\u2066\u2069", "\u2068\u2069", "\u202a\u202c")
        )
        return Hidden(f"{opening}{value}{closing}")
    return Hidden(_sprinkle(rng, value, _DIRECTION, rng.randint(1, 3)))


def soft_break(rng: Random, value: str, label: str) -> Hidden | None:
    """Break a value: soft hyphens, hyphenation, hard wraps, quoted-printable, quoted mail."""
    if len(value) < 7:
        return None
    place = rng.randint(3, len(value) - 3)
    head, tail = value[:place], value[place:]
    way = rng.random()
    if way < 0.3:
        return Hidden(_sprinkle(rng, value, "\u00ad", rng.randint(1, 3)))
    if label in KINDS:
        if not (head[-2:].isalpha() and tail[:2].isalpha()):
            return None
        return Hidden(f"{head}-\n{tail}" if way < 0.7 else f"{head}=\n{tail}")
    if label not in _WRAPPED or len(value) < 16 or way < 0.6:
        return Hidden(f"{head}=\n{tail}") if len(value) >= 10 else None
    if label != "HASH":  # a hard wrap inside a word cannot be told from two words
        cuts = [i + 1 for i, char in enumerate(value[:-4]) if char in "/-." and i > 3]
        if not cuts:
            return None
        place = rng.choice(cuts)
        head, tail = value[:place], value[place:]
    if way < 0.8:
        return Hidden(f"{head}\n{tail}")
    return Hidden(f"{head}\n> {tail}", quoted=True)
