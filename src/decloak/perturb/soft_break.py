"""Soft break: hyphens and line ends that a mail program or a typesetter put inside."""

from __future__ import annotations

from random import Random

from decloak.perturb.base import Disguised, Family
from decloak.perturb.places import NAMES, joints

__all__ = ["SOFT_BREAK"]

SOFT_HYPHEN = "\u00ad"


def _soft_hyphen(value: str, _label: str, rng: Random) -> str | None:
    inside = list(range(1, len(value)))
    if not inside:
        return None
    places = set(rng.sample(inside, rng.randint(1, min(4, len(inside)))))
    return "".join((SOFT_HYPHEN if i in places else "") + char for i, char in enumerate(value))


def _hyphenated(value: str, label: str, rng: Random) -> str | None:
    # Typesetters hyphenate inside words, two letters from either end.
    places = [
        i for i in range(2, len(value) - 2) if value[i - 2 : i + 2].isalpha()
    ]  # fmt: skip
    if not places or label in {"HASH", "CVE", "VERSION", "IP_ADDRESS", "CIDR"}:
        return None
    place = rng.choice(places)
    return value[:place] + rng.choice(("-\n", "\u2010\n", SOFT_HYPHEN + "\n")) + value[place:]


def _place(value: str, label: str, rng: Random, marks: str) -> int | None:
    """Return where a line may end: after a joint, and anywhere in digests and URL paths."""
    if label == "HASH":
        return rng.randrange(4, len(value) - 4) if len(value) > 8 else None
    places = [i + 1 for i in joints(value, "-" if label == "CVE" else marks)]
    return rng.choice(places) if places else None


def _wrapped(value: str, label: str, rng: Random) -> str | None:
    place = _place(value, label, rng, "./@?&=_" if label != "IP_ADDRESS" else ".:")
    if place is None or label in NAMES or label == "VERSION":
        return None
    return value[:place] + "\n" + value[place:]


def _wrapped_before(value: str, label: str, rng: Random) -> str | None:
    if label not in {"DOMAIN", "URL", "EMAIL", "IP_ADDRESS"}:
        return None
    places = joints(value, "./@?&" if label != "IP_ADDRESS" else ".:")
    place = rng.choice(places) if places else None
    return None if place is None else value[:place] + "\n" + value[place:]


def _indented(value: str, label: str, rng: Random) -> str | None:
    place = _place(value, label, rng, "./@")
    if place is None or label in NAMES or label == "VERSION":
        return None
    return value[:place] + "\n" + " " * rng.choice((2, 4, 8)) + value[place:]


def _quoted_printable(value: str, _label: str, rng: Random) -> str | None:
    if len(value) < 4:
        return None
    place = rng.randrange(1, len(value) - 1)
    return value[:place] + rng.choice(("=\n", "=\n", "=\r\n")) + value[place:]


def _mail_quote(value: str, label: str, rng: Random) -> Disguised | None:
    place = _place(value, label, rng, "./@?&=" if label != "IP_ADDRESS" else ".:")
    if place is None or label in NAMES or label == "VERSION":
        return None
    margin = rng.choice(("> ", "> ", ">> ", "> > "))
    return Disguised(value[:place] + "\n" + margin + value[place:], value, margin=margin)


SOFT_BREAK = Family(
    "soft_break",
    "soft_break",
    frozenset({"IP_ADDRESS", "DOMAIN", "URL", "EMAIL", "CVE", "HASH", "SOFTWARE",
               "ORGANIZATION"}),
    {
        "soft_hyphen": _soft_hyphen, "hyphenated": _hyphenated, "wrapped": _wrapped,
        "wrapped_before": _wrapped_before, "indented": _indented,
        "quoted_printable": _quoted_printable, "mail_quote": _mail_quote,
    },
)  # fmt: skip
