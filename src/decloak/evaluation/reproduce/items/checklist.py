"""Checklist: the published worked example, item by item; everything that is there, and nothing else (Table 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


def table3(bench: Bench) -> Outcome:
    """Read the example with the default pipeline and tick off what is there."""
    del bench  # the example is one for all budgets
    result = Pipeline().run(Document("Table 3", EXAMPLE))
    wanted = {(label, key(label, value)) for _, label, value in WANTED}
    found = {(each.label, key(each.label, each.value)): each for each in result.entities}
    records = _values(result.to_dict().get("records", []))
    table = Table("The worked example", ("where", "label", "value", "found", "in the record"))
    hits = 0
    for where, label, value in WANTED:
        is_found = (label, key(label, value)) in found or _is_part(label, value, found)
        hits += is_found
        in_record = value.casefold() in records
        table.add(where, label, value, _tick(is_found), _tick(in_record))
    extra = [each for place, each in found.items() if place not in wanted]
    more = Table("Beyond it", ("label", "value", "text"))
    for each in extra:
        more.add(each.label, each.value, each.text)
    told = " ".join(each.text for each in Narrator().tell(EXAMPLE)[1])
    made = Outcome([table, *([more] if extra else [])])
    made.measures["items found"] = Measure(
        hits / len(WANTED), hits / len(WANTED), hits / len(WANTED),
        f"{len(WANTED)} items", f"{hits} of {len(WANTED)}",
    )  # fmt: skip
    made.measures["items made up"] = Measure(
        float(len(extra)), float(len(extra)), float(len(extra)), "1 text", str(len(extra))
    )
    made.notes += [
        f"> {EXAMPLE}",
        f"Told without a language model: {told}",
        "The published answer also prints `PROTOCOL: 2.0`, which is not in the text.",
    ]
    return made


def _is_part(label: str, value: str, found: Mapping[tuple[str, str], Any]) -> bool:
    whole = _PARTS.get(label)
    return any(
        each.label == whole and value.casefold() in each.value.casefold().split()
        for each in found.values()
    )


def _values(rows: Any) -> set[str]:
    """Return every value in nested records, folded."""
    if isinstance(rows, Mapping):
        return set().union(*map(_values, rows.values())) if rows else set()
    if isinstance(rows, str):
        return {rows.casefold(), *rows.casefold().split()}
    if isinstance(rows, Iterable):
        return set().union(*map(_values, rows)) if rows else set()
    return {str(rows).casefold()}


def _tick(yes: bool) -> str:  # noqa: FBT001 - a cell of a table
    return "yes" if yes else "**no**"
