"""Diacritic: accents, strokes and stacked combining marks on plain characters."""

from __future__ import annotations

import unicodedata
from random import Random

from decloak.perturb.base import Disguised, Family, Variant
from decloak.perturb.places import NAME_LIKE, ascii_name, at_places, host_of, some

__all__ = ["DIACRITIC"]

ACCENTS = "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030c\u0323\u0327\u0328"
STACK = "".join(map(chr, [*range(0x300, 0x334), *range(0x339, 0x34F), *range(0x350, 0x363)]))
OVERLAYS = "\u0334\u0335\u0336\u0337\u0338\u20d2"


def _composed(char: str, rng: Random) -> str:
    """Put on an accent that Unicode has a letter of its own for."""
    made = [unicodedata.normalize("NFC", char + mark) for mark in ACCENTS]
    single = [glyph for glyph in made if len(glyph) == 1]
    return rng.choice(single) if single else char


def _expected(surface: str, value: str, label: str) -> Disguised:
    if label not in NAME_LIKE:
        return Disguised(surface, value)
    start, end = host_of(surface, label)
    name = ascii_name(surface[start:end])
    meant = None if name is None else surface[:start] + name + surface[end:]
    return Disguised(surface, meant, value)


def _range(value: str, label: str) -> tuple[int, int]:
    start, end = host_of(value, label)
    return (start, value.rfind(".", start, end)) if label in NAME_LIKE else (start, end)


def _precomposed(value: str, label: str, rng: Random) -> Disguised | None:
    start, end = _range(value, label)
    places = [i for i in range(start, end) if value[i] in "aceginosuyzACEGINOSUYZ"]
    chosen = some(places, rng)[:3]
    if not chosen or label in {"HASH", "CVE", "IP_ADDRESS"}:
        return None
    return _expected(at_places(value, chosen, lambda char: _composed(char, rng)), value, label)


def _combining(marks: str, most: int) -> Variant:
    def disguise(value: str, label: str, rng: Random) -> Disguised | None:
        start, end = _range(value, label)
        places = [i for i in range(start, end) if value[i].isalnum()]
        chosen = some(places, rng)
        whole = most > 1 and rng.random() < 0.5
        chosen = places if whole else chosen[: 4 if most == 1 else None]
        if not chosen:
            return None

        def pile(char: str) -> str:
            return char + "".join(rng.choice(marks) for _ in range(rng.randint(1, most)))

        return _expected(at_places(value, chosen, pile), value, label)

    return disguise


DIACRITIC = Family(
    "diacritic",
    "diacritic",
    frozenset({"SOFTWARE", "SERVICE", "ORGANIZATION", "VERSION", "IP_ADDRESS", "DOMAIN"}),
    {
        "precomposed": _precomposed,
        "precomposed_2": _precomposed,
        "combining": _combining(ACCENTS, 1),
        "overlay": _combining(OVERLAYS, 1),
        "stacked": _combining(STACK, 5),
    },
)
