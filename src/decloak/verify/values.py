"""Values: the canonical form of a candidate, and what it resembles."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from decloak.core.entity import Reading, Verdict
from decloak.indicators import CHECKS, check
from decloak.indicators.digraphs import undigraph
from decloak.indicators.leet import LETTERS_FOR, deleet, deleet_words
from decloak.indicators.skeleton import skeleton
from decloak.indicators.suffixes import public_tops, two_label_suffixes
from decloak.kb.domains import brands
from decloak.kb.lexicon import Entry, lookup, lookup_all, names_index
from decloak.kb.words import ALL_COUNTS, counts, rarity
from decloak.verify.restore import restored, slipped
from decloak.verify.squats import halves, shorter, squatted

__all__ = ["KNOWN", "canonical", "plain_tables"]

_HOST_OF_REST = re.compile("[^/:?#@]*")
_NAMES = frozenset({"DOMAIN", "URL", "EMAIL", "HOSTNAME"})
KNOWN = frozenset({"SOFTWARE", "ORGANIZATION", "OS", "MALWARE", "THREAT_ACTOR"})
"""Labels of names that no pattern tells from other words; knowing them does."""
_PLAIN = frozenset(CHECKS) - _NAMES - KNOWN
_ABBREVIATION = 6
"""Longest alias that is replaced by the name it stands for; longer ones say enough."""
_NAME = 4.5
"""How rare a known name is held to be, where it is no common word."""


def canonical(label: str, decoded: str) -> Reading:
    """Read one candidate: verdict, canonical value, and for names what they resemble.

    Names of products and bodies are written as they stand, with white space folded; a known
    abbreviation (``MSFT``) becomes the name it stands for, and a known name in disguise that name. What is
    one slip away from a known name may be another name: it stays, and resembles the known one.
    """
    if label in _PLAIN:
        return check(label, decoded)  # nothing looks like an address or a number
    if label in KNOWN:
        name = " ".join(decoded.split())
        known, family = restored(label, name) or (name, "")
        near = None if family else slipped(label, name)
        return Reading(Verdict.SILENT, _known(label, known), resembles=near, family=family)
    reading = check(label, decoded)
    if reading.resembles is not None and not decoded.isascii():
        # As it is written tells more: IDNA makes a letter of the mark U+0345, for one.
        written = check(label, skeleton(decoded))
        if written.verdict is Verdict.CONFIRMED and written.value.isascii():
            return reading._replace(resembles=written.value)
    if label in _NAMES and reading.verdict is not Verdict.REFUTED and not reading.resembles:
        plain = _plain(label, reading.value) or _with_capitals(label, decoded, reading.value)
        if plain is not None:
            return reading._replace(resembles=plain)
    return reading


def _known(label: str, name: str) -> str:
    if len(name) > _ABBREVIATION or not (name.isupper() or name.islower()):
        return name
    entry = lookup(name, label)
    if entry is None or name.casefold() == entry.name.casefold():
        return name
    return entry.name


def _plain(label: str, value: str) -> str | None:
    """Return the plain spelling of a name in leet or in digraphs, when it reads as words or a name."""
    if label in {"DOMAIN", "HOSTNAME"}:
        return _plain_host(value)
    if label == "EMAIL":
        local, _, domain = value.rpartition("@")
        plain = _plain_host(domain)
        plain_local = deleet_words(local, _rarity, in_company=plain is not None) or local
        return _unless_same(f"{plain_local}@{plain or domain}", value)
    head, mark, rest = value.partition("://")
    host = _HOST_OF_REST.match(rest)
    name = host[0] if host else ""
    plain = _plain_host(name)
    tail = rest[len(name) :]
    plain_tail = deleet_words(tail, _rarity, in_company=plain is not None) or tail
    return _unless_same(f"{head}{mark}{plain or name}{plain_tail}", value)


def _unless_same(plain: str, value: str) -> str | None:
    return None if plain == value else plain


def _with_capitals(label: str, decoded: str, value: str) -> str | None:
    """Return the same for a name whose capital I is an l; the value has lost it."""
    if "I" not in decoded or label not in {"DOMAIN", "HOSTNAME"} or decoded.lower() != value:
        return None
    return undigraph(decoded, _is_word, _is_brand)


def _plain_host(name: str) -> str | None:
    plain = deleet(name, _rarity) or undigraph(name, _is_word, _is_brand)
    return squatted(plain or name) or plain


def _is_word(word: str) -> bool:
    return rarity(word) is not None or bool(lookup_all(word))


def _is_brand(word: str) -> bool:
    """Whether somebody would want to be taken for what has this name."""
    return word in brands() or any(
        entry.label in {"ORGANIZATION", "SOFTWARE", "OS"} for entry in lookup_all(word)
    )


def _rarity(word: str) -> float | None:
    """Return how rare a word is; the names of the lexicon are as good as rare words."""
    found = rarity(word)
    if len(word) < 4 or (found is not None and found <= _NAME):
        return found
    name = _rarity_of_name(word, lookup_all(word))
    return found if name is None else name


def _rarity_of_name(word: str, entries: Iterable[Entry]) -> float | None:
    """Return how rare a name of four letters or more is held to be; None where it takes context to be one."""
    for entry in entries:
        if entry.label == "ORGANIZATION" and (len(word) > 4 or not entry.is_weak(word)):
            return _NAME
        if len(word) > 4 and entry.label != "SERVICE":
            return _NAME
    return None


def plain_tables() -> tuple[Any, ...]:
    """Return what the extension needs to see that a name resembles nothing, in the order in which it takes it."""
    names = frozenset(
        name
        for name, found in names_index().items()
        if name.isascii() and _rarity_of_name(name, found) is not None
    )
    return (
        counts(), ALL_COUNTS, names, _NAME,
        public_tops(), LETTERS_FOR, two_label_suffixes(),
        dict(halves()), dict(shorter()), dict(brands()),
    )  # fmt: skip
