"""Label what whois prints, from what an independent twin says of the same registration.

The twin is the RDAP answer about the same name, or the registry's own record. A value counts only
where a field of the text holds it: the words behind a key, or an indented line below one. What
stands in a field alone and has the shape of a DNS name, an address or a network needs no twin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from decloak.corpus.label.nmap_text import _lines
from decloak.corpus.label.place import Placer, address, canonical, name_label
from decloak.corpus.label.shapes import shapes
from decloak.corpus.sample import Label

__all__ = ["Value", "label_whois"]

_KEY = re.compile(
    r"\s*(?:[*%#;>]{0,3}\s*)?(?:[^\s:\[\]][^:\n]{0,60}?[.\s]*:(?!//)|\[[^\]\n]{1,60}\])[ \t]*"
)
_WORD = re.compile(r"[^\s,;()\[\]<>\"']+")
_NAME = re.compile(
    r"(?:[A-Za-z0-9_\u0080-\U0010ffff](?:[\w-]*\w)?\.)+(?:[A-Za-z\u0080-\U0010ffff]{2,24}|xn--[\w-]+)\.?"
)
_RANGE = re.compile(r"([0-9A-Fa-f:.]{3,45})\s*(?:-|\u2013)\s*([0-9A-Fa-f:.]{3,45})$")
_NETWORK = re.compile(r"([0-9A-Fa-f:.]{1,45})/(\d{1,3})$")
_ASN = re.compile(r"AS\d{1,10}$", re.IGNORECASE)
_NOTICE = re.compile(r"\s*(?:%|#|//|>>>|;|NOTICE|TERMS OF USE|-- )", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Value:
    """One thing that the twin says of the registration."""

    label: str
    value: str
    field: str


def label_whois(text: str, values: Iterable[Value], twin: str) -> tuple[Label, ...]:
    """Label a WHOIS answer in any layout.

    Args:
        text: what the program printed.
        values: what the twin says.
        twin: its name, for the provenance.
    """
    placer = Placer(text, twin)
    named: dict[tuple[str, str], Value] = {}
    bodies: dict[str, Value] = {}
    for each in values:
        plain = canonical(each.label, each.value).casefold()
        named.setdefault((each.label, plain), each)
        if each.label in {"ORGANIZATION", "SOFTWARE", "OS"}:
            bodies.setdefault(" ".join(each.value.split()).casefold(), each)
    for low, high in _lines(text):
        key = _KEY.match(text, low, high)
        start = key.end() if key is not None else low
        if start >= high:
            continue
        if _NOTICE.match(text, low, high) and not (key and high - start < 60):
            shapes(placer, low, high, "notice")
            _names_in_notice(placer, low, high, named)
            continue
        _cell(placer, start, high, named, bodies)
    return placer.labels()


def _cell(
    placer: Placer,
    start: int,
    end: int,
    named: dict[tuple[str, str], Value],
    bodies: dict[str, Value],
) -> None:
    """Label one field: as a whole, else its words."""
    text = placer.text
    whole = text[start:end].strip()
    start += len(text[start:end]) - len(text[start:end].lstrip())
    end = start + len(whole)
    body = bodies.get(" ".join(whole.split()).casefold())
    if body is not None:
        placer.put(start, end, body.label, body.field, "cell", body.value)
        return
    if (found := _RANGE.match(whole)) is not None and address(found[1]) and address(found[2]):
        placer.put(start, end, "CIDR", "range", "cell", f"{found[1]}-{found[2]}")
        return
    shapes(placer, start, end, "cell")
    for word in _WORD.finditer(text, start, end):
        _word(placer, word.start(), word.end(), named, alone=word[0] == whole)
    for key, each in bodies.items():
        # As in Harbour Names Inc. (ID 9999).
        if len(key) >= 5 and key in whole.casefold():
            at = whole.casefold().find(key)
            if len(whole.casefold()) == len(whole) and placer.whole(
                start + at, start + at + len(key)
            ):
                placer.put(
                    start + at, start + at + len(key), each.label, each.field, "in cell", each.value
                )


def _word(
    placer: Placer, start: int, end: int, named: dict[tuple[str, str], Value], *, alone: bool
) -> None:
    word = placer.text[start:end]
    bare = word.rstrip(".:")
    end = start + len(bare)
    if address(bare):
        placer.put(start, end, "IP_ADDRESS", "address", "word")
    elif (found := _NETWORK.match(bare)) is not None and "." in found[1] + "." and _network(bare):
        placer.put(start, end, "CIDR", "network", "word")
    elif _ASN.match(bare):
        placer.put(start, end, "ASN", "origin", "word")
    elif _NAME.fullmatch(bare) and "@" not in bare:
        label = name_label(bare)
        each = named.get((label, bare.lower()))
        if each is not None:
            placer.put(start, end, label, each.field, "word")
        elif alone:
            placer.put(start, end, label, "name", "cell is a name")


def _network(word: str) -> bool:
    made = canonical("CIDR", word)
    return "/" in made and address(made.partition("/")[0]) is not None


def _names_in_notice(
    placer: Placer, low: int, high: int, named: dict[tuple[str, str], Value]
) -> None:
    for word in _WORD.finditer(placer.text, low, high):
        bare = word[0].rstrip(".:")
        each = named.get(("DOMAIN", bare.lower()))
        if each is not None:
            placer.put(word.start(), word.start() + len(bare), "DOMAIN", each.field, "notice")
