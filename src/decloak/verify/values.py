"""Values: the canonical form of a candidate, and what it resembles."""

from __future__ import annotations

from functools import lru_cache

from decloak.core.entity import Reading, Verdict
from decloak.indicators import read
from decloak.indicators.leet import deleet
from decloak.kb.lexicon import is_word, lookup

__all__ = ["canonical"]

_NAMES = frozenset({"DOMAIN", "URL", "EMAIL", "HOSTNAME"})
_KNOWN = frozenset({"SOFTWARE", "ORGANIZATION", "OS", "MALWARE", "THREAT_ACTOR"})
_ABBREVIATION = 6
"""Longest alias that is replaced by the name it stands for; longer ones say enough."""


@lru_cache(maxsize=1 << 16)
def canonical(label: str, decoded: str) -> Reading:
    """Read one candidate: verdict, canonical value, and for names what they resemble.

    Names of products and bodies are written as they stand, with white space folded; a known
    abbreviation (``MSFT``) becomes the name it stands for.
    """
    if label in _KNOWN:
        return Reading(Verdict.SILENT, _known(label, " ".join(decoded.split())))
    reading = read(label, decoded)
    if label in _NAMES and reading.verdict is not Verdict.REFUTED and not reading.resembles:
        plain = _plain(label, reading.value)
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
    """Return the plain spelling of a name in leetspeak, when it reads as words."""
    if label in {"DOMAIN", "HOSTNAME"}:
        return deleet(value, is_word)
    if label == "EMAIL":
        local, _, domain = value.rpartition("@")
        plain = deleet(domain, is_word)
        return None if plain is None else f"{local}@{plain}"
    head, mark, rest = value.partition("://")
    host, slash, tail = rest.partition("/")
    name, colon, port = host.partition(":")
    plain = deleet(name, is_word)
    return None if plain is None else f"{head}{mark}{plain}{colon}{port}{slash}{tail}"
