"""Checklist: the published worked example, item by item; everything that is there, and nothing else (Table 3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from decloak.core.document import Document
from decloak.evaluation.report import Table
from decloak.evaluation.reproduce.bench import Bench
from decloak.evaluation.reproduce.narrator import Narrator
from decloak.evaluation.reproduce.outcome import Measure, Outcome
from decloak.evaluation.score import key
from decloak.pipeline import Pipeline

__all__ = ["EXAMPLE", "WANTED", "table3"]

EXAMPLE = (
    "Nmap scan report for example.com (192.0.2.10). Host is up (0.21s latency). PORT STATE SERVICE VERSION. "
    "22/tcp open ssh OpenSSH 8.4p1 Ubuntu 5. 80/tcp open http nginx 1.18.0. "
    "443/tcp open ssl/https nginx 1.18.0. 53/tcp closed domain."
)
WANTED: tuple[tuple[str, str, str], ...] = (
    ("host", "DOMAIN", "example.com"),
    ("host", "IP_ADDRESS", "192.0.2.10"),
    ("host", "STATUS", "up"),
    ("host", "LATENCY", "0.21s"),
    *(
        (f"port {port}", label, value)
        for port, state, service, software, version in (
            ("22", "open", "ssh", "OpenSSH", "8.4p1 Ubuntu 5"),
            ("80", "open", "http", "nginx", "1.18.0"),
            ("443", "open", "ssl/https", "nginx", "1.18.0"),
            ("53", "closed", "domain", "", ""),
        )
        for label, value in (
            ("PORT", port), ("PROTOCOL", "tcp"), ("STATE", state), ("SERVICE", service),
            ("SOFTWARE", software), ("VERSION", version),
        )
        if value
    ),
    ("port 22", "OS", "Ubuntu"),
)  # fmt: skip
"""What stands in it: (record, label, value)."""
_PARTS = {"OS": "VERSION"}
"""Labels that another one may hold as part of its value: the system that a version names."""


_LABELS = {
    "name": "DOMAIN", "address": "IP_ADDRESS", "status": "STATUS", "latency": "LATENCY", "number": "PORT",
    "protocol": "PROTOCOL", "state": "STATE", "service": "SERVICE", "software": "SOFTWARE", "version": "VERSION",
    "os": "OS",
}  # fmt: skip
"""Fields of the records of a scan, and the label of what stands in them."""


def table3(bench: Bench) -> Outcome:
    """Read the example with the default pipeline and tick off what is there."""
    del bench  # the example is one for all budgets
    result = Pipeline().run(Document("Table 3", EXAMPLE))
    wanted = {(label, key(label, value)) for _, label, value in WANTED}
    found = {(each.label, key(each.label, each.value)): each for each in result.entities}
    records = set(_fields(result.to_dict().get("records", [])))
    table = Table("The worked example", ("where", "label", "value", "found", "in its record"))
    hits = 0
    for where, label, value in WANTED:
        is_found = (label, key(label, value)) in found or _is_part(label, value, found)
        in_record = (where, label, value) in records
        hits += is_found and in_record
        table.add(where, label, value, _tick(yes=is_found), _tick(yes=in_record))
    extra = [(e.label, e.value, "entities") for place, e in found.items() if place not in wanted]
    extra += [(label, value, where) for where, label, value in sorted(records - set(WANTED))]
    more = Table("Beyond it", ("label", "value", "where"))
    for row in extra:
        more.add(*row)
    made = Outcome([table, *([more] if extra else [])])
    share, count = hits / len(WANTED), float(len(extra))
    made.measures = {
        "items found": Measure(
            share, share, share, f"{len(WANTED)} items", f"{hits} of {len(WANTED)}"
        ),
        "items made up": Measure(count, count, count, "one text", str(len(extra))),
    }
    made.notes += [
        f"> {EXAMPLE}",
        f"In sentences, without a language model: {Narrator().narrative(EXAMPLE)}",
        "The published answer also prints `PROTOCOL: 2.0`, which is not in the text.",
    ]
    return made


def _is_part(label: str, value: str, found: Mapping[tuple[str, str], Any]) -> bool:
    whole = _PARTS.get(label)
    return any(
        each.label == whole and value.casefold() in each.value.casefold().split()
        for each in found.values()
    )


def _fields(hosts: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Yield (record, label, value) of every field of hosts and their ports; unknown fields as they are."""
    for host in hosts:
        for record in (host, *host.get("ports", ())):
            where = "host" if record is host else f"port {record['number']['value']}"
            for name, field in record.items():
                if isinstance(field, Mapping):
                    yield where, _LABELS.get(name, name), field["value"]


def _tick(*, yes: bool) -> str:
    return "yes" if yes else "**no**"
