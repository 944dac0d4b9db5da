"""Fold: a line of a log with what changes from one to the next made the same.

Such lines differ in numbers, identifiers and names. Where a pattern confirms what stands there, the model
need not see which address it was; nor which process, port or second. It reads a folded line instead,
once for all that are alike, and what it finds is mapped back. So what is found in a line depends on
nothing but the line, whatever was read before. Versions and known names with digits stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from decloak.core.alignment import Alignment, Run
from decloak.core.entity import Tagged
from decloak.kb.lexicon import entries

__all__ = ["EXAMPLES", "Span", "folded", "unfolded"]

Span = tuple[int, int, str]
"""Start, end and label of what is confirmed."""

EXAMPLES: dict[str, str] = {
    "ASN": "AS64500", "CIDR": "192.0.2.0/24", "CPE": "cpe:/a:example:example:1.0", "CVE": "CVE-2020-1234",
    "DOMAIN": "www.example.com", "EMAIL": "user@example.com", "HASH": "d41d8cd98f00b204e9800998ecf8427e",
    "HOSTNAME": "localhost", "IP_ADDRESS": "192.0.2.1", "MAC_ADDRESS": "00:53:00:00:53:01",
    "TECHNIQUE": "T1059", "URL": "http://www.example.com/",
}  # fmt: skip
"""What the model sees in place of a value that is confirmed, by label."""

_VARIES = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:"
    r"(?P<uuid>[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})"
    r"|(?P<octets>(?:[0-9A-Fa-f]{2}[:-]){3,31}[0-9A-Fa-f]{2})"
    r"|(?P<hex>0x[0-9A-Fa-f]{1,64}|(?=[A-Fa-f]{0,39}[0-9])(?=[0-9]{0,39}[A-Fa-f])[0-9A-Fa-f]{6,128})"
    r"|(?P<quad>[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?!\.[0-9]))"
    r"|(?P<version>[0-9]{1,3}(?:\.[0-9]{1,3})+(?!\.))"
    r")(?![0-9A-Za-z])"
    r"|(?P<word>[A-Za-z]{1,64}[0-9][A-Za-z0-9]*|[0-9]{1,64}[A-Za-z]{1,64}[0-9][A-Za-z0-9]*)"
    r"|(?P<digits>[0-9]+))"
    r"|(?P<gap>[ \t]{2,}|\t)"
)
"""What changes, at the beginning of a word; each alternative is bounded, so that a text is read in linear time."""
_INSTEAD = {
    "uuid": "0f1e2d3c-1a2b-4c5d-8e9f-0a1b2c3d4e5f", "octets": "0a:1b:2c:3d", "hex": "0a1b2c3d",
    "digits": "4321", "gap": "  ", "quad": EXAMPLES["IP_ADDRESS"],
}  # fmt: skip
_DIGITS = re.compile("[0-9]+")


def folded(text: str, start: int, end: int, known: Sequence[Span]) -> str:
    """Return what the model reads of a stretch. Linear in its length.

    Args:
        text: what the stretch is part of.
        start: where it begins.
        end: where it ends.
        known: what is confirmed in it, in order, not overlapping; labels of `EXAMPLES`.
    """
    parts: list[str] = []
    done = start
    for low, high, instead in _changes(text, start, end, known):
        parts += text[done:low], instead
        done = high
    parts.append(text[done:end])
    return "".join(parts)


def unfolded(
    text: str, start: int, end: int, known: Sequence[Span], spans: Iterable[Tagged]
) -> Iterator[Tagged]:
    """Yield what was found in a folded stretch where it stands in the text; arguments as for `folded`."""
    runs: list[Run] = []
    shift = start
    for low, high, instead in _changes(text, start, end, known):
        runs.append(Run(low - start, high - start, low - shift, low - shift + len(instead)))
        shift += high - low - len(instead)
    alignment = Alignment(end - start, runs)
    for first, last, label, confidence in spans:
        low, high = alignment.to_raw(first, last)
        yield Tagged(low + start, high + start, label, confidence)


def _changes(
    text: str, start: int, end: int, known: Sequence[Span]
) -> Iterator[tuple[int, int, str]]:
    done = start
    for low, high, label in known:
        yield from _numbers(text, done, low)
        yield low, high, EXAMPLES[label]
        done = high
    yield from _numbers(text, done, end)


def _numbers(text: str, low: int, high: int) -> Iterator[tuple[int, int, str]]:
    for found in _VARIES.finditer(text, low, high):
        kind = found.lastgroup or ""
        if kind == "version":
            continue
        if kind == "word":
            word = found.group()
            if word.casefold() not in _names_with_digits():
                yield found.start(), found.end(), _DIGITS.sub("1", word)
        else:
            yield found.start(), found.end(), _INSTEAD[kind]


@cache
def _names_with_digits() -> frozenset[str]:
    """Return the words of letters and digits that are part of a known name (``apt28``), case-folded."""
    words: set[str] = set()
    for entry in entries():
        for name in entry.names:
            words.update(re.findall("[a-z0-9]*(?:[a-z][0-9]|[0-9][a-z])[a-z0-9]*", name.casefold()))
    return frozenset(words)
