"""Verbalise: facts as fluent English, without a model. The fallback and the supplement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from decloak.core.facts import RECORDS, Fact, Facts

__all__ = ["Sentence", "name_all", "value_of", "verbalise", "vocabulary"]


class Sentence(NamedTuple):
    """One sentence and the facts it states."""

    text: str
    facts: tuple[Fact, ...]


_OPENING = {
    "scan": "The scan was made with", "host": "The host is", "port": "Port", "script": "The script",
    "domain": "The domain is", "contact": "The contact is", "network": "The network is",
    "query": "The query asked for", "answer": "The record of",
}  # fmt: skip
_SUBJECT = {
    "scan": "The scan has", "host": "The host has", "port": "A port has", "script": "A script has",
    "domain": "The domain has", "contact": "A contact has", "network": "The network has",
    "query": "The query has", "answer": "A record has",
}  # fmt: skip
_KEYS = {
    "scan": ("scanner", "arguments"), "host": ("name", "address"), "port": ("number",),
    "script": ("id",), "domain": ("name",), "contact": ("name", "organization", "role"),
    "network": ("cidr", "range", "name"), "query": ("name", "server"), "answer": ("name",),
}  # fmt: skip
_WORDS = {
    "cpes": "Common Platform Enumeration (CPE) name", "asn": "autonomous system number (ASN)",
    "isp": "internet service provider (ISP)", "os": "operating system", "oses": "operating system",
    "mac": "media access control (MAC) address", "ttl": "time to live (TTL)", "info": "information",
    "cidr": "prefix (CIDR)", "cidrs": "prefix (CIDR)", "dnssec": "DNS security extensions (DNSSEC)",
    "vulnerabilities": "vulnerability", "addresses": "address", "statuses": "status",
    "hops": "hop", "whois_server": "WHOIS server", "registrar_url": "registrar URL", "url": "URL",
    "started": "start", "finished": "end", "created": "creation date", "updated": "last change",
    "expires": "expiry date", "reseller_url": "reseller URL", "id": "identifier (ID)", "registrar_id": "registrar identifier",
}  # fmt: skip
_UNTOLD = frozenset({"output", "banner", "arguments"})
"""Fields whose value is raw text of others; it is never told as a fact."""
_SAME = {("answer", "data"): ("address", "target", "targets", "text")}
"""Fields that only repeat what another field of the record says."""
_SHORT = frozenset({"IP", "MAC", "CVE", "CPE", "URL", "ASN", "CIDR", "OS"})
_LONGEST = 300


def vocabulary() -> tuple[str, ...]:
    """Return the texts that sentences are made of, beside the values of facts."""
    fields = (
        name.replace("_", " ") for kind in RECORDS.values() for name in (*kind.one, *kind.many)
    )
    return (
        *_OPENING.values(),
        *_SUBJECT.values(),
        *_WORDS.values(),
        *fields,
        "The text also names",
    )


def value_of(text: str, fact: Fact) -> str:
    """Return the value of a fact on one line, without the white space that wraps it."""
    value = text[fact.start : fact.end] if fact.value is None else fact.value
    return " ".join(value.split())


def verbalise(
    text: str, found: Iterable[Fact], facts: Facts, around: Iterable[Fact] = ()
) -> list[Sentence]:
    """Return sentences that state every fact, record by record, in the order of the text.

    Args:
        text: the decoded text.
        found: the facts to state, sorted by start.
        facts: all facts, for the kinds of their records.
        around: facts that name the records which `found` tells about, where it does not: the number
            of the port whose state is to be told.
    """
    named: dict[int, list[Fact]] = {}
    for fact in around:
        if fact.record >= 0 and fact.field in _KEYS[facts.kinds[fact.record]]:
            named.setdefault(fact.record, []).append(fact)
    by_record: dict[int, list[Fact]] = {}
    for fact in found:
        by_record.setdefault(fact.record, []).append(fact)
    sentences = []
    for number, members in by_record.items():
        kind = facts.kinds[number] if number >= 0 else ""
        sentence = (
            _record(text, kind, members, named.get(number, ()))
            if number >= 0
            else _note(text, members)
        )
        if sentence:
            sentences.append(sentence)
    return sentences


def name_all(entities: Iterable[tuple[str, str]]) -> str:
    """Return one sentence that names entities, (label, text) each; "" when there is none."""
    named = [f"the {_label(label)} {' '.join(text.split())}" for label, text in entities]
    return f"The text also names {_listed(list(dict.fromkeys(named)))}." if named else ""


def _note(text: str, members: Sequence[Fact]) -> Sentence | None:
    told = tuple(fact for fact in members if fact.label)
    if not told:
        return None
    return Sentence(name_all((fact.label, value_of(text, fact)) for fact in told), told)


def _record(
    text: str, kind: str, members: Sequence[Fact], named: Sequence[Fact]
) -> Sentence | None:
    told = [fact for fact in members if _is_told(kind, fact, members)]
    if not told:
        return None
    fields: dict[str, list[str]] = {}
    for fact in told:
        values = fields.setdefault(fact.field, [])
        value = value_of(text, fact)
        if value not in values:
            values.append(value)
    for fact in () if fields.keys() & set(_KEYS[kind]) else named:
        fields.setdefault(fact.field, []).append(value_of(text, fact))
    key = next((name for name in _KEYS[kind] if name in fields), None)
    opening = _SUBJECT[kind]
    if key is not None:
        opening = f"{_OPENING[kind]} {_listed(fields.pop(key))}"
        if kind == "port" and "protocol" in fields:
            opening += "/" + fields.pop("protocol")[0]
    parts = [f"{_named(kind, name, values)} {_listed(values)}" for name, values in fields.items()]
    if not parts:
        return Sentence(f"{opening}.", tuple(told))
    joint = " " if key is None else _joint(kind)
    return Sentence(f"{opening}{joint}{_listed(parts)}.", tuple(told))


def _is_told(kind: str, fact: Fact, members: Sequence[Fact]) -> bool:
    if fact.field in _UNTOLD or fact.end - fact.start > _LONGEST:
        return False
    same = _SAME.get((kind, fact.field))
    if same is None:
        return True
    return not any(other.field in same and other.start >= fact.start for other in members)


def _joint(kind: str) -> str:
    return " has " if kind in {"port", "answer", "script"} else "; it has "


def _named(kind: str, field: str, values: Sequence[str]) -> str:
    word = _WORDS.get(field) or field.replace("_", " ")
    if field not in _WORDS and field in RECORDS[kind].many:
        word = word.removesuffix("s")
    if len(values) == 1:
        return f"the {word}"
    word, short, rest = word.partition(" (")
    if word.endswith("y"):
        many = f"{word[:-1]}ies"
    elif word.endswith(("ss", "us")):
        many = f"{word}es"
    else:
        many = word if word.endswith("s") else f"{word}s"
    return f"the {many}{short}{rest}"


def _label(label: str) -> str:
    return " ".join(word if word in _SHORT else word.lower() for word in label.split("_"))


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
