"""Swap, delete, substitute: about 12 % of an entity's characters, as in the published experiment.

Of a service a port table lets nothing else be meant: it is to be recovered. Another name in plain letters
may be a name of its own: what stands in the text is its value, and the known name what it resembles. An
arbitrary value cannot be recovered: there, only characters are touched that leave it well formed.
"""

from __future__ import annotations

import ipaddress
import string
from collections.abc import Callable
from random import Random

from decloak.perturb.base import Disguised, Family, Variant
from decloak.perturb.places import NAMES, host_of

__all__ = ["DELETE", "SHARE", "SUBSTITUTE", "SWAP", "typo_families"]

SHARE = 0.12
"""Part of the characters that is touched; at least one."""

_CLOSED = frozenset({"SERVICE"})
"""Labels of which only so many values can stand in a table."""

_Change = Callable[[str, int, Random], str | None]


def _swap(value: str, place: int, _rng: Random) -> str | None:
    if place + 1 >= len(value) or value[place] == value[place + 1]:
        return None
    if not value[place + 1].isalnum():
        return None
    return value[:place] + value[place + 1] + value[place] + value[place + 2 :]


def _delete(value: str, place: int, _rng: Random) -> str | None:
    return value[:place] + value[place + 1 :]


def _substitute(value: str, place: int, rng: Random) -> str | None:
    char = value[place]
    if char.isdecimal():
        alphabet = string.digits
    elif all(c in string.hexdigits for c in value):
        alphabet = "abcdef"
    else:
        alphabet = string.ascii_lowercase
    other = rng.choice([c for c in alphabet if c != char.lower()])
    return value[:place] + (other.upper() if char.isupper() else other) + value[place + 1 :]


def _places(value: str, label: str) -> list[int]:
    """Return what may be touched without leaving the label's shape."""
    start, end = host_of(value, label)
    if label == "URL":
        end = value.rfind(".", start, end)
    elif label == "DOMAIN":
        end = value.rfind(".")
    elif label == "EMAIL":
        start, end = 0, start - 1
    elif label == "CVE":
        start = 9
    return [i for i in range(start, end) if value[i].isalnum()]


def _well_formed(value: str, label: str) -> bool:
    if label == "IP_ADDRESS":
        try:
            return str(ipaddress.ip_address(value)) == value
        except ValueError:
            return False
    if label == "HASH":
        return len(value) in {32, 40, 64, 128}
    if label == "CVE":
        return len(value) >= 13
    start, end = host_of(value, label)
    if label == "URL" and value[start:end].replace(".", "").isdecimal():
        return _well_formed(value[start:end], "IP_ADDRESS")
    if label in {"DOMAIN", "URL", "EMAIL"}:
        return ".." not in value and "/." not in value and not value.startswith((".", "-", "@"))
    return True


def _changed(change: _Change, share: float) -> Variant:
    def disguise(value: str, label: str, rng: Random) -> Disguised | None:
        if len(value) < 5:
            return None
        for _ in range(8):
            made = value
            for _ in range(max(1, round(share * len(value)))):
                places = _places(made, label)
                made = (change(made, rng.choice(places), rng) if places else None) or made
            if made != value and _well_formed(made, label):
                return _expected(made, value, label)
        return None

    return disguise


def _expected(made: str, value: str, label: str) -> Disguised:
    """Return what a reader should say; another digit makes another thing, which resembles nothing."""
    if label in _CLOSED:
        return Disguised(made, value)
    same = sorted(filter(str.isdigit, made)) == sorted(filter(str.isdigit, value))
    return Disguised(made, made, resembles=value if label in NAMES and same else None)


_LABELS = frozenset({"SOFTWARE", "SERVICE", "ORGANIZATION", "IP_ADDRESS", "DOMAIN", "URL", "EMAIL",
                     "HASH", "CVE"})  # fmt: skip


def typo_families(share: float = SHARE) -> tuple[Family, Family, Family]:
    """Return swap, delete and substitute at a strength.

    Args:
        share: the part of an entity's characters to touch, in (0, 1]; at least one is touched.
    """
    changes = (("swap", _swap), ("delete", _delete), ("substitute", _substitute))
    swap, delete, substitute = (
        Family(name, name, _LABELS, {name: _changed(change, share)}) for name, change in changes
    )
    return swap, delete, substitute


SWAP, DELETE, SUBSTITUTE = typo_families()
