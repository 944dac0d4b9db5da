"""From the name of a WHOIS field to what it means."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

from decloak.core.remember import remembered
from decloak.sources.whois_fields import (
    ATTRIBUTES,
    DOMAIN,
    HINTS,
    IGNORED,
    NETWORK,
    REFUSED,
    ROLES,
    SUFFIXES,
)

__all__ = ["Meaning", "meaning_of", "normalise"]

_MAX_KEY = 96
_MAX_WORDS = 7


class Meaning(NamedTuple):
    """What a field name says about its value.

    Attributes:
        scope: ``domain``, ``network``, ``contact``, or ``ignored``.
        role: of the contact; "" outside contacts and for attributes without a role of their own.
        field: field of the record; "" for a role alone (a section's title, or a party as value).
        kind: how to read the value: ``org``, ``person``, ``party``, ``domain``, ``host``,
            ``nameserver``, ``ip``, ``email``, ``url``, ``range``, ``cidr``, ``asn``, ``text``.
        known: whether the name is in the tables, not merely guessed from its words.
    """

    scope: str
    role: str
    field: str
    kind: str
    known: bool = True


def normalise(key: str) -> str:
    """Return a field name in lower case, without accents, digits and punctuation."""
    folded = unicodedata.normalize("NFKD", _split_camel(key)).casefold()
    kept = [c if c.isalpha() else " " for c in folded if unicodedata.category(c) != "Mn"]
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def _split_camel(key: str) -> str:
    """``OrgAbuseEmail`` -> ``Org Abuse Email``; names that have separators stay."""
    if " " in key or "-" in key or "_" in key or key.isupper() or key.islower():
        return key
    parts: list[str] = []
    for index, char in enumerate(key):
        after_lower = index and key[index - 1].islower()
        before_lower = index + 1 < len(key) and key[index + 1].islower()
        if (
            char.isupper()
            and index
            and (after_lower or (before_lower and key[index - 1].isupper()))
        ):
            parts.append(" ")
        parts.append(char)
    return "".join(parts)


@cache
def _tables() -> tuple[dict[str, Meaning], dict[str, str], dict[str, tuple[str, str]]]:
    """Return names, roles and attributes as look-up tables."""
    names: dict[str, Meaning] = {}
    attributes: dict[str, tuple[str, str]] = {}
    roles = {normalise(word): role for role, words in ROLES.items() for word in words.split("|")}
    for target, words in ATTRIBUTES.items():
        field, _, kind = target.partition(":")
        for word in words.split("|"):
            attributes.setdefault(normalise(word), (field, kind))
    for scope, table in (("domain", DOMAIN), ("network", NETWORK)):
        for target, words in table.items():
            field, _, kind = target.partition(":")
            for word in words.split("|"):
                names.setdefault(normalise(word), Meaning(scope, "", field, kind))
    for word in IGNORED.split("|"):
        names[normalise(word)] = Meaning("ignored", "", "", "text")
    return names, roles, attributes


@cache
def _words(words: str) -> frozenset[str]:
    return frozenset(words.split("|"))


@remembered(16_384)
def meaning_of(key: str) -> Meaning | None:
    """Return what a field name means, or None.

    Tried in turn: the whole name; role and attribute; the parts of a name in two languages
    (``Titular / Registrant``) or of a joint title (``Admin Contact, Technical Contact``); last,
    for short names, words that can hardly mean anything else.
    """
    if not key or len(key) > _MAX_KEY:
        return None
    name = normalise(key)
    found = _exact(name)
    if found is not None:
        return found
    for mark in ("/", ",", "("):
        if mark in key:
            for part in reversed(key.split(mark)):
                found = _exact(normalise(part))
                if found is not None:
                    return found
    return _guess(name)


def _exact(name: str) -> Meaning | None:
    names, roles, attributes = _tables()
    found = names.get(name)
    if found is not None:
        return found
    if name in roles:
        return Meaning("contact", roles[name], "", "party")
    if name in attributes:
        field, kind = attributes[name]
        return Meaning("contact", "", field, kind)
    words = name.split(" ")
    if len(words) > 2 * _MAX_WORDS:
        return None
    if words[0] == "registry" and len(words) > 1:  # "Registry Registrant ID"
        words = words[1:]
    for cut in range(len(words) - 1, 0, -1):
        role = roles.get(" ".join(words[:cut]))
        if role is not None:
            rest = attributes.get(" ".join(words[cut:]))
            if rest is not None:
                return Meaning("contact", role, *rest)
            if " ".join(words[cut:]) in _words(SUFFIXES):
                return Meaning("contact", role, "", "party")
    if words[-1] in _words(SUFFIXES) and len(words) > 1:
        return names.get(" ".join(words[:-1]))
    return None


def _guess(name: str) -> Meaning | None:
    words = name.split()
    if not words or len(words) > _MAX_WORDS or not _words(REFUSED).isdisjoint(words):
        return None
    for kind, hints in HINTS.items():
        if not _words(hints).isdisjoint(words):
            scope = "contact" if kind in {"email", "url", "org"} else "domain"
            field = {"email": "email", "url": "url", "org": "organization", "domain": "name"}.get(
                kind, "name_servers"
            )
            return Meaning(scope, "", field, kind, known=False)
    return None
