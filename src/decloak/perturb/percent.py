"""Percent: percent-encoding of what needs none, once, twice, in either case (RFC 3986)."""

from __future__ import annotations

from random import Random
from urllib.parse import quote

from decloak.perturb.base import Family, Variant
from decloak.perturb.places import NAMES, at_places, host_of, joints, some

__all__ = ["PERCENT"]

FORMS = {"lower": "%{:02x}", "upper": "%{:02X}", "double": "%25{:02x}", "double_upper": "%25{:02X}"}


def _mixed_case(char: str, rng: Random) -> str:
    return rng.choice(("%{:02x}", "%{:02X}")).format(ord(char))


def _dots(form: str) -> Variant:
    def disguise(value: str, label: str, rng: Random) -> str | None:
        start, end = host_of(value, label)
        chosen = some([i for i in joints(value, ".") if start <= i < end], rng)
        return at_places(value, chosen, lambda char: form.format(ord(char))) if chosen else None

    return disguise


def _host(form: str) -> Variant:
    def disguise(value: str, label: str, rng: Random) -> str | None:
        start, end = host_of(value, label)
        if label in NAMES or label == "VERSION":
            return None
        chosen = some(range(start, end), rng)
        return at_places(value, chosen, lambda char: form.format(ord(char)))

    return disguise


def _mixed(value: str, label: str, rng: Random) -> str | None:
    start, end = host_of(value, label)
    chosen = some([i for i in range(start, end) if not value[i].isalnum()], rng)
    return at_places(value, chosen, lambda char: _mixed_case(char, rng)) if chosen else None


def _whole(value: str, label: str, rng: Random) -> str | None:
    if label in NAMES or label == "VERSION":
        return None
    form = rng.choice(("%{:02x}", "%{:02X}"))
    return "".join(form.format(ord(char)) for char in value)


def _quoted(value: str, label: str, rng: Random) -> str | None:
    """Quote as a query parameter carries a URL or an e-mail address."""
    if label not in {"URL", "EMAIL"}:
        return None
    made = quote(value, safe="")
    if value.islower() and rng.random() < 0.3:
        made = made.lower()
    return quote(made, safe="") if rng.random() < 0.3 else made


def _plus(value: str, label: str, rng: Random) -> str | None:
    """Write spaces as HTML forms do."""
    if label not in NAMES or " " not in value:
        return None
    return value.replace(" ", rng.choice(("+", "%20", "+")))


PERCENT = Family(
    "percent",
    "percent",
    frozenset({"IP_ADDRESS", "DOMAIN", "URL", "EMAIL", "VERSION", "SOFTWARE", "ORGANIZATION"}),
    {
        **{f"dots_{name}": _dots(form) for name, form in FORMS.items()},
        **{f"host_{name}": _host(form) for name, form in FORMS.items()},
        "mixed_case": _mixed, "whole": _whole, "quoted": _quoted, "plus": _plus,
    },
)  # fmt: skip
