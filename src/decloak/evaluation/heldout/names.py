"""Names: what the field calls its things, in two halves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

__all__ = ["FIRST_HELD", "KINDS", "Name", "names", "part_of"]

FIRST_HELD = 100
"""The first seed that measures. What is lost with those before may guide work on the decoders."""
KINDS = frozenset({"SOFTWARE", "OS", "ORGANIZATION", "SERVICE", "MALWARE", "THREAT_ACTOR"})
"""Labels of names: no grammar tells them from other words, only knowing them does."""
_FILE = Path(__file__).with_name("data") / "names.txt"


@dataclass(frozen=True, slots=True)
class Name:
    """One thing.

    Attributes:
        label: what it is.
        name: its usual spelling.
        aliases: short forms that texts use for it.
        answers: every value that is right for it.
    """

    label: str
    name: str
    aliases: tuple[str, ...]
    answers: frozenset[str]


def part_of(seed: int) -> str:
    """Return which half of the names a seed draws from: one guides work, the other measures."""
    return "measured" if seed >= FIRST_HELD else "developing"


def _half(name: str) -> str:
    return "measured" if blake2b(name.encode(), digest_size=1).digest()[0] & 1 else "developing"


@cache
def names(part: str) -> tuple[Name, ...]:
    """Return the names of a half, see `part_of`, in the order of the file."""
    found = []
    for line in _FILE.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        label, name, written = line.split("|")
        others = [each for each in written.split(";") if each]
        aliases = tuple(each for each in others if not each.startswith("["))
        answers = frozenset([name, *(each.strip("[]") for each in others)])
        if _half(name) == part:
            found.append(Name(label, name, aliases, answers))
    return tuple(found)
