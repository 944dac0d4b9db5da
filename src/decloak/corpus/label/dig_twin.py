"""What ``dig +yaml`` says about a query, for labelling the text layouts of the same query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from decloak.corpus.extras import need

__all__ = ["KINDS", "Answer", "Record", "read_answers", "read_record", "readable"]

_SECTIONS = ("QUESTION_SECTION", "ANSWER_SECTION", "AUTHORITY_SECTION", "ADDITIONAL_SECTION")


@dataclass(frozen=True, slots=True)
class Record:
    """One resource record, or a question (no time to live, no data).

    Attributes:
        owner, ttl, kind: as dig prints them; `ttl` is empty for a question.
        data: the words of the data, as dig prints them.
        roles: what each word is: a label, ``NAME`` for a DNS name, ``TEXT`` for character strings,
            or empty; as long as `data`.
    """

    owner: str
    ttl: str
    kind: str
    data: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One message: which server answered from which port over what, and its records."""

    server: str
    port: str
    protocol: str
    records: tuple[Record, ...]


_ROLES: dict[str, tuple[str, ...]] = {
    "A": ("IP_ADDRESS",), "AAAA": ("IP_ADDRESS",), "NS": ("NAME",), "CNAME": ("NAME",),
    "DNAME": ("NAME",), "PTR": ("NAME",), "MX": ("", "NAME"), "SOA": ("NAME", "NAME"),
    "SRV": ("", "", "PORT", "NAME"), "CAA": ("", "", "TEXT"), "TXT": ("TEXT",), "SPF": ("TEXT",),
    "RP": ("NAME", "NAME"), "AFSDB": ("", "NAME"), "NSEC": ("NAME",), "HTTPS": ("", "NAME"),
    "SVCB": ("", "NAME"), "URI": ("", "", "TEXT"), "NAPTR": ("", "", "", "", "", "NAME"),
    "KX": ("", "NAME"), "RRSIG": ("", "", "", "", "", "", "", "NAME"),
}  # fmt: skip
"""What the words of a record's data are (RFC 1035, 2782, 3596, 8659, 9460 ...)."""


KINDS = frozenset(
    {*_ROLES, "ANY", "AXFR", "DNSKEY", "DS", "HINFO", "LOC", "NSEC3", "SSHFP", "TLSA"}
)
"""Types of records that are asked for."""


def readable(kind: str, data: Sequence[str]) -> bool:
    """Whether dnspython reads these words as the data of a record of that type."""
    rdata = need("dns.rdata")
    exception = need("dns.exception")
    try:
        rdata.from_text("IN", kind, " ".join(data))
    except (exception.DNSException, ValueError):
        return False
    return True


def read_answers(yaml: str) -> list[Answer]:
    """Read ``dig +yaml``; empty when it is no YAML of that shape (no answer, cut short)."""
    import yaml as reader  # noqa: PLC0415 - optional, and slow to import

    try:
        loaded = reader.load(yaml, _loader())  # noqa: S506 - a base loader makes strings only
    except (reader.YAMLError, ValueError):
        return []
    made = []
    for entry in loaded if isinstance(loaded, list) else []:
        message = entry.get("message") if isinstance(entry, dict) else None
        if isinstance(message, dict) and "response_message_data" in message:
            made.append(_answer(message))
    return made


def _loader() -> Any:
    import yaml as reader  # noqa: PLC0415 - optional, and slow to import

    fast = getattr(reader, "CBaseLoader", None)
    # The base loaders leave every scalar a string: an id of 010 stays 010.
    return fast or reader.BaseLoader


def _answer(message: dict[str, Any]) -> Answer:
    data = message["response_message_data"]
    lines: list[tuple[str, bool]] = []
    for section in _SECTIONS:
        listed = data.get(section) if isinstance(data, dict) else None
        if isinstance(listed, list):
            lines += [(str(each), section == "QUESTION_SECTION") for each in listed]
    records = [read_record(line, question=asked) for line, asked in lines]
    return Answer(
        str(message.get("response_address", "")),
        str(message.get("response_port", "")),
        str(message.get("socket_protocol", "")),
        tuple(record for record in records if record is not None),
    )


def read_record(line: str, *, question: bool = False) -> Record | None:
    """Read ``owner [ttl] class type data...``; None when it is none."""
    words = line.split()
    if question:
        return Record(words[0], "", words[-1], (), ()) if len(words) >= 3 else None
    if len(words) < 5:
        return None
    owner, ttl, _, kind, *data = words
    roles = list(_ROLES.get(kind, ()))[: len(data)]
    if roles and roles[-1] == "TEXT":
        roles += ["TEXT"] * (len(data) - len(roles))
    roles += [""] * (len(data) - len(roles))
    if kind in {"HTTPS", "SVCB"}:
        roles = [
            "HINT" if word.startswith(("ipv4hint=", "ipv6hint=")) else role
            for word, role in zip(data, roles, strict=True)
        ]
    return Record(owner, ttl, kind, tuple(data), tuple(roles))
