"""Bidi: direction controls inside, around, and text stored backwards that RLO shows forwards."""

from __future__ import annotations

from random import Random

from decloak.perturb.base import Disguised, Family

__all__ = ["BIDI"]

RLO, LRO, PDF = "\u202e", "\u202d", "\u202c"
MARKS = "\u200e\u200f\u061c"
PAIRS = (("\u202a", PDF), ("\u202b", PDF), (LRO, PDF), ("\u2066", "\u2069"), ("\u2067", "\u2069"),
         ("\u2068", "\u2069"))  # fmt: skip


def _marks(value: str, _label: str, rng: Random) -> str:
    made = value
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(1, len(made)) if len(made) > 1 else 1
        made = made[:place] + rng.choice(MARKS) + made[place:]
    return made


def _embedded(value: str, _label: str, rng: Random) -> str | None:
    if len(value) < 4:
        return None
    start = rng.randrange(1, len(value) - 2)
    end = rng.randrange(start + 1, len(value))
    opened, closed = rng.choice(PAIRS)
    return value[:start] + opened + value[start:end] + closed + value[end:]


def _wrapped(value: str, _label: str, rng: Random) -> Disguised:
    opened, closed = rng.choice(PAIRS)
    return Disguised(value, value, lead=opened, tail=closed)


def _reversed_whole(value: str, _label: str, _rng: Random) -> Disguised:
    return Disguised(value[::-1], value, lead=RLO, tail=PDF)


def _reversed_inside(value: str, _label: str, rng: Random) -> str | None:
    if len(value) < 5:
        return None
    start = rng.randrange(1, len(value) - 3)
    end = rng.randrange(start + 2, len(value))
    return value[:start] + RLO + value[start:end][::-1] + PDF + value[end:]


def _reversed_tail(value: str, _label: str, rng: Random) -> Disguised | None:
    if len(value) < 4:
        return None
    start = rng.randrange(1, len(value) - 2)
    return Disguised(value[:start] + RLO + value[start:][::-1], value, tail=PDF)


BIDI = Family(
    "bidi",
    "bidi",
    frozenset({"IP_ADDRESS", "DOMAIN", "URL", "EMAIL", "CVE", "HASH", "CIDR", "VERSION",
               "SOFTWARE", "SERVICE", "ORGANIZATION"}),
    {
        "marks": _marks, "embedded": _embedded, "wrapped": _wrapped,
        "reversed_whole": _reversed_whole, "reversed_inside": _reversed_inside,
        "reversed_tail": _reversed_tail,
    },
)  # fmt: skip
