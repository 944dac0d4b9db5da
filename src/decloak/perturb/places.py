"""Where in a value a disguise can be put: joints, letters, digits, host part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import idna

__all__ = [
    "ADDRESS_LIKE",
    "NAMES",
    "NAME_LIKE",
    "ascii_name",
    "at_places",
    "host_of",
    "joints",
    "some",
]

ADDRESS_LIKE = frozenset({"IP_ADDRESS", "CIDR", "VERSION", "HASH", "CVE"})
"""Labels whose values are digits and punctuation: look-alikes in them are plain disguise."""

NAME_LIKE = frozenset({"DOMAIN", "URL", "EMAIL"})
"""Labels whose values hold a DNS name: a look-alike letter in it makes another name."""

NAMES = frozenset({"SOFTWARE", "SERVICE", "ORGANIZATION"})
"""Labels whose values come from a vocabulary."""


def joints(value: str, marks: str = ".:/@-?&=_") -> list[int]:
    """Return the offsets of punctuation inside the value, not at its ends."""
    return [i for i, char in enumerate(value[1:-1], 1) if char in marks]


def some(items: Sequence[int], rng: Random, share: float = 0.0) -> list[int]:
    """Return a sorted, non-empty random part of `items`; `share` is the least part of it."""
    if not items:
        return []
    least = max(1, round(len(items) * share))
    return sorted(rng.sample(list(items), rng.randint(least, len(items))))


def at_places(value: str, places: Sequence[int], write: Callable[[str], str]) -> str:
    """Replace the characters at `places` by what `write` makes of them."""
    wanted = set(places)
    return "".join(write(char) if i in wanted else char for i, char in enumerate(value))


def host_of(value: str, label: str) -> tuple[int, int]:
    """Return the range of the DNS name inside a domain, URL or e-mail address."""
    if label == "URL":
        start = value.find("://") + 3
        end = len(value)
        for mark in "/?#":
            found = value.find(mark, start)
            end = found if start <= found < end else end
        start = max(start, value.rfind("@", start, end) + 1)
        colon = value.find(":", start, end)
        return start, colon if colon > 0 else end
    if label == "EMAIL":
        return value.rfind("@") + 1, len(value)
    return 0, len(value)


def ascii_name(name: str) -> str | None:
    """Return what a resolver would ask for (UTS 46, then IDNA 2008 A-labels); None if refused."""
    try:
        return idna.encode(name, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return None
