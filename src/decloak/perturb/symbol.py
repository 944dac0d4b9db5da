"""Symbol: signs, hyphens, spaces or repeated letters between the letters of a known name."""

from __future__ import annotations

from random import Random

from decloak.perturb.base import Disguised, Family
from decloak.perturb.places import NAMES, at_places, joints, some

__all__ = ["SYMBOL"]

SIGNS = "*~^|_#"


def _signs(value: str, label: str, rng: Random) -> str | None:
    inside = [i for i in range(1, len(value)) if value[i - 1 : i + 1].isalpha()]
    if label not in NAMES or len(value) < 4 or not inside:
        return None
    sign = rng.choice(SIGNS)
    places = set(some(inside, rng)[:3])
    return "".join((sign if i in places else "") + char for i, char in enumerate(value))


def _joined(value: str, label: str, rng: Random) -> str | None:
    if label not in NAMES or len(value) < 4 or " " in value:
        return None
    return rng.choice(("-", "-", ".", "_", "*", "~")).join(value)


def _spaced(value: str, label: str, _rng: Random) -> str | None:
    if label not in NAMES or len(value) < 4 or " " in value:
        return None
    return " ".join(value)


def _repeated(value: str, label: str, rng: Random) -> Disguised | str | None:
    """Hold a letter down; twice it may stand in an honest name, which then only resembles this one."""
    places = [i for i, char in enumerate(value) if char.isalpha()]
    if label not in NAMES or len(places) < 5:
        return None
    place = rng.choice(places)
    made = value[:place] + value[place] * rng.randint(1, 3) + value[place:]
    low = made.lower()
    if label != "SERVICE" and low[place] * 3 not in low:
        return Disguised(made, made, resembles=value)
    return made


def _version(value: str, label: str, rng: Random) -> str | None:
    dots = joints(value, ".")
    if label != "VERSION" or len(dots) < 2:
        return None
    sign = rng.choice("~*^")
    return at_places(value, dots, lambda _: sign)


SYMBOL = Family(
    "symbol",
    "symbol",
    NAMES | {"VERSION"},
    {
        "signs": _signs, "joined": _joined, "spaced": _spaced, "repeated": _repeated,
        "version": _version,
    },
)  # fmt: skip
