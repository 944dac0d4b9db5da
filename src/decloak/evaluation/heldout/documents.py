"""Documents: labelled texts of others as carriers, where a checkout has them beside it."""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from decloak.evaluation.gold import GoldDocument
from decloak.evaluation.heldout.names import KINDS, names

__all__ = ["Place", "places"]

_AROUND = 500  # code points of a long document that stay on either side, in whole lines
_HEAD = 200  # code points from which a long tool output's first lines are kept
_PLAIN = {
    "DOMAIN": re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}", re.IGNORECASE),
    "URL": re.compile(r"(https?|ftp)://[\w.-]+(:\d+)?/\S*", re.ASCII),
    "EMAIL": re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII),
    "HASH": re.compile(r"[0-9a-f]{32}([0-9a-f]{8})?([0-9a-f]{24})?", re.IGNORECASE),
    "CVE": re.compile(r"CVE-\d{4}-\d{4,}"),
    "VERSION": re.compile(r"\d+(\.\d+)+(p\d|[a-z])?"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One labelled value and what stands around it.

    Attributes:
        label, value: what it is, in a plain canonical spelling.
        answers: every value that is right.
        before, after: the text on either side.
        listed: it is one of the names of the half that was asked for.
    """

    label: str
    value: str
    answers: frozenset[str]
    before: str
    after: str
    listed: bool


def places(documents: Iterable[GoldDocument], part: str) -> dict[str, list[Place]]:
    """Return the places of plain values by label; listed names are those of half `part`."""
    mine = {spelling.casefold(): name for name in names(part) for spelling in name.answers}
    found: dict[str, list[Place]] = defaultdict(list)
    for document in documents:
        for gold in document.entities:
            value = document.text[gold.start : gold.end]
            if not _is_plain(gold.label, value):
                continue
            name = mine.get(value.casefold())
            answers = name.answers | {value} if name else frozenset([value, gold.value])
            before, after = _around(document, gold.start, gold.end)
            listed = name is not None
            found[gold.label].append(Place(gold.label, value, answers, before, after, listed))
    return found


def _is_plain(label: str, value: str) -> bool:
    if not value.isascii() or "\n" in value:
        return False
    if label == "IP_ADDRESS":
        try:
            return str(ipaddress.ip_address(value)) == value
        except ValueError:
            return False
    if label in KINDS:
        return sum(char.isalpha() for char in value) >= 3
    return label in _PLAIN and _PLAIN[label].fullmatch(value) is not None


def _around(document: GoldDocument, start: int, end: int) -> tuple[str, str]:
    text = document.text
    if len(text) <= 6 * _AROUND:
        return text[:start], text[end:]
    low = text.rfind("\n", 0, max(start - _AROUND, 0)) + 1
    high = text.find("\n", min(end + _AROUND, len(text)))
    low, high = max(low, start - 4 * _AROUND), min(high % (len(text) + 1), end + 4 * _AROUND)
    tool = document.source not in {"prose", "report"} and low > 2 * _HEAD
    head = text[: text.find("\n", _HEAD) + 1] if tool else ""
    return head + text[low:start], text[end:high]
