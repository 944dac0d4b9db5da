"""Measure: of how many drawn hosts, names and networks every source gives a complete record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import TypeVar

from decloak.core.document import Document
from decloak.evaluation.hosts.draw import Draw
from decloak.evaluation.records import engines, lookups, registries, scans
from decloak.evaluation.records.complete import lacks
from decloak.evaluation.records.drawn import (
    Record,
    Registration,
    draw_machine,
    draw_network,
    draw_registration,
)
from decloak.evaluation.report import Table, percent
from decloak.evaluation.runner import Runner

__all__ = ["LAYOUTS", "drawn", "pasted", "tables"]

Made = tuple[str, Record]
T = TypeVar("T")

_OF_MACHINES = {
    "nmap normal": scans.nmap_normal,
    "nmap XML": scans.nmap_xml,
    "nmap grepable": scans.nmap_grepable,
    "shodan host": engines.shodan_text,
    "shodan JSON": engines.shodan_json,
    "shodan banners": engines.shodan_banners,
}
_OF_LOOKUPS = {"dig": lookups.dig_default, "dig +answer": lookups.dig_answer}
_OF_NETWORKS = {"whois RIR": registries.whois_rir, "rdap network": registries.rdap_network}


def _of(draw_one: Callable[[Draw], T], made: Callable[[T, Random], Made]) -> Callable[[Draw], Made]:
    """Return what draws one thing and then one output about it."""
    return lambda draw: made(draw_one(draw), draw.rng)


def _registered(suffixes: tuple[str, ...]) -> Callable[[Draw], Registration]:
    return lambda draw: draw_registration(draw, draw.rng.choice(suffixes))


def _layouts() -> Iterator[tuple[str, Callable[[Draw], Made]]]:
    for name, of_machine in _OF_MACHINES.items():
        yield name, _of(draw_machine, of_machine)
    yield from _OF_LOOKUPS.items()
    yield "whois gTLD", _of(_registered(("com", "net", "org", "info")), registries.whois_gtld)
    yield "whois ccTLD", _of(_registered(registries.SUFFIXES), registries.whois_cctld)
    yield "rdap domain", _of(_registered(("org",)), registries.rdap_domain)
    for name, of_network in _OF_NETWORKS.items():
        yield name, _of(draw_network, of_network)


LAYOUTS: dict[str, Callable[[Draw], Made]] = dict(_layouts())
"""Name of a source's layout -> draw one output of it, with the record that was put in."""


def drawn(layout: str, seed: int, count: int) -> Iterator[Made]:
    """Yield outputs of one layout and the record each must give."""
    for index in range(count):
        yield LAYOUTS[layout](Draw(Random(f"records {layout} {seed} {index}")))  # noqa: S311 - generated text


_COMMANDS = {
    "nmap": "$ nmap -sV 192.0.2.0/24\n", "shodan": "$ shodan host 192.0.2.1\n", "dig": "$ dig example.com\n",
    "whois": "$ whois example.com\n", "rdap": "$ rdap example.com\n",
}  # fmt: skip
_SEAMS = (
    "",
    "",
    "\n",
    "\n\n",
    "prompt",
    "\nThen the team asked about the next one, and this came back.\n\n",
)
_MOST_PASTED = 6


def pasted(seed: int, count: int) -> Iterator[tuple[str, list[tuple[str, Record]]]]:
    """Yield outputs of different tools pasted together in any order, with the record of each.

    Between them stands nothing, a blank line or two, the command that was typed, or a sentence.
    """
    for index in range(count):
        rng = Random(f"pasted {seed} {index}")  # noqa: S311 - generated text
        text, wanted, last = "", [], ""
        for _ in range(rng.randint(2, _MOST_PASTED)):
            layout = rng.choice([name for name in LAYOUTS if name.split()[0] != last])
            last = layout.split()[0]
            output, record = LAYOUTS[layout](Draw(rng))
            seam = rng.choice(_SEAMS) if text else ""
            text += (_COMMANDS[last] if seam == "prompt" else seam) + output
            wanted.append((layout, record))
        yield text, wanted


def _count_pasted(runner: Runner, seed: int, count: int, table: Table, gaps: Table) -> None:
    """Add the row of pasted outputs, and what their records lack."""
    total = complete = 0
    missing: Counter[tuple[str, str]] = Counter()
    for index, (text, wanted) in enumerate(pasted(seed, count)):
        records = list(runner.run(Document(f"pasted {index}", text)).record_rows)
        for layout, record in wanted:
            lack = lacks(record, records, alone=False)
            total += 1
            complete += not lack
            missing.update((layout, f"{index}: {each}") for each in lack)
    table.add("pasted together", total, complete, percent(complete / total if total else None))
    for (layout, each), times in missing.most_common():
        gaps.add(f"pasted {layout}", each, times, "")


def tables(runner: Runner, seed: int, hosts: int, examples: int = 0) -> list[Table]:
    """Count complete records per layout, and what the others lack most.

    Args:
        runner: what reads the documents.
        seed: of all that is drawn.
        hosts: outputs per layout.
        examples: how many of the commonest gaps to list.
    """
    table = Table("Complete records", ("layout", "outputs", "complete", "share"))
    gaps = Table("What records lack", ("layout", "field", "times", "for instance"))
    for layout in LAYOUTS:
        complete = 0
        missing: Counter[str] = Counter()
        first: dict[str, str] = {}
        for index, (text, wanted) in enumerate(drawn(layout, seed, hosts)):
            result = runner.run(Document(f"{layout} {index}", text))
            lack = lacks(wanted, result.record_rows)
            complete += not lack
            for each in lack:
                field = each.partition("=")[0]
                missing[field] += 1
                first.setdefault(field, f"{index}: {each}")
        table.add(layout, hosts, complete, percent(complete / hosts if hosts else None))
        for field, times in missing.most_common(examples):
            gaps.add(layout, field, times, first[field])
    _count_pasted(runner, seed, hosts, table, gaps)
    return [table, gaps] if examples else [table]
