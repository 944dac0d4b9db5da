"""Runs: turn a store of raw runs into labelled texts, each layout from its twin."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from decloak.acquire.store import Run, RunStore
from decloak.core.errors import StoreError
from decloak.corpus.facts import Facts, dig_facts, nmap_facts, registration_facts, shodan_facts
from decloak.corpus.label.dig_text import label_dig_text, label_dig_yaml, unexplained
from decloak.corpus.label.dig_twin import Answer, read_answers
from decloak.corpus.label.json_text import label_rdap, label_shodan, rdap_values
from decloak.corpus.label.nmap_grepable import label_nmap_grepable
from decloak.corpus.label.nmap_hosts import hosts_in
from decloak.corpus.label.nmap_markup import label_nmap_xml
from decloak.corpus.label.nmap_text import label_nmap_text
from decloak.corpus.label.nmap_twin import read_scan
from decloak.corpus.label.place import address
from decloak.corpus.label.shodan_text import label_shodan_text, read_host
from decloak.corpus.label.whois_text import Value, label_whois
from decloak.corpus.sample import Label, Sample

__all__ = [
    "LONGEST",
    "Base",
    "Truth",
    "group_of",
    "label_run",
    "load_truth",
    "read_runs",
    "zone_of",
]

LONGEST = 20_000
"""Longest text of a sample, in code points; longer output is cut at a line end."""

_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Base:
    """A labelled text as the tool wrote it, with what reports can tell about it.

    Attributes:
        sample: the text and its labels.
        command: the arguments of the run; empty for an API.
        facts: for reports; None where another layout of the same run has them.
    """

    sample: Sample
    command: tuple[str, ...] = ()
    facts: Facts | None = None


@dataclass(slots=True)
class Truth:
    """What the lab served: entities by tool and target, by tool and group; groups by tool and target."""

    entities: dict[tuple[str, str], list[Value]] = field(default_factory=dict)
    by_group: dict[tuple[str, str], list[Value]] = field(default_factory=dict)
    groups: dict[tuple[str, str], str] = field(default_factory=dict)


def load_truth(folder: Path) -> Truth:
    """Read ``truth.jsonl`` of a store; empty when there is none.

    Raises:
        StoreError: at a line that is no object of that shape.
    """
    truth = Truth()
    path = folder / "truth.jsonl"
    if not path.exists():
        return truth
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.endswith(b"\n"):
                break  # torn: the writer was killed
            try:
                row = json.loads(line)
                key = (row["tool"], row["target"].lower())
                truth.groups[key] = row["group"]
                values = [Value(e["label"], e["value"], e["field"]) for e in row["entities"]]
                truth.entities.setdefault(key, []).extend(values)
                truth.by_group.setdefault((row["tool"], row["group"]), []).extend(values)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                message = f"{path}:{number}: damaged line: {type(error).__name__} {error}"
                raise StoreError(message) from error
    return truth


def group_of(run: Run, truth: Truth, target: str = "") -> str:
    """Return what must stay together: the lab's group, else the host, the zone, the registration.

    Args:
        run: the run.
        truth: the lab's groups.
        target: one of several targets of the run.
    """
    asked = (target or run.target).lower().rstrip(".")
    known = truth.groups.get((run.tool, asked)) or truth.groups.get(("nmap", asked))
    told = run.meta.get("groups", "").split()
    if known or (len(told) == 1 and not target):
        return known or told[0]
    if address(asked):
        return f"host:{asked}"
    # A zone and its registration belong together: the last two labels name both.
    return "domain:" + ".".join(asked.split(".")[-2:])


def zone_of(name: str, truth: Truth) -> str:
    """Return the group of the zone that a host's name is in; empty when there is none."""
    labels = name.lower().rstrip(".").split(".")
    if not truth.groups:
        return "domain:" + ".".join(labels[-2:]) if len(labels) > 1 else ""
    for i in range(len(labels) - 1):
        known = truth.groups.get(("dig", ".".join(labels[i:])))
        if known:
            return known
    return ""


class _Twins:
    """What must be read before texts can be labelled: answers and registrations by target."""

    def __init__(self, store: RunStore, truth: Truth, *, independent: bool) -> None:
        self.truth = truth
        self.independent = independent
        self.homes: dict[str, str] = {}  # address -> group, of hosts whose name is in a zone
        self.answers: dict[str, list[Answer]] = {}
        self.registrations: dict[str, list[Value]] = {}
        for run in store.done("dig"):
            if "questions" in run.meta:
                continue
            made = read_answers(run.text("yaml") or (run.text("stdout") if _is_yaml(run) else ""))
            self.answers.setdefault(run.target.lower(), []).extend(made)
        for run in store.done("rdap"):
            values = [Value(*each) for each in rdap_values(run.text("json"))]
            self.registrations.setdefault(run.target.lower(), []).extend(values)


def _is_yaml(run: Run) -> bool:
    return "+yaml" in run.command


def read_runs(
    folder: Path, truth: Truth | None = None, *, independent: bool = False
) -> Iterator[Base]:
    """Yield the labelled texts of every good run of a store, tool by tool.

    Args:
        folder: the store.
        truth: what the lab served; read from the folder when None.
        independent: use none of the truth's entities for labels, so that they can be measured on it.

    Raises:
        StoreError: when the store is damaged.
    """
    store = RunStore(folder)
    truth = load_truth(folder) if truth is None else truth
    twins = _Twins(store, truth, independent=independent)
    for tool in ("nmap", "dig", "whois", "rdap", "shodan"):
        for run in store.done(tool):
            yield from label_run(run, twins)


def label_run(run: Run, twins: _Twins) -> Iterator[Base]:
    """Yield the labelled layouts of one run; nothing for a run without usable output."""
    if "questions" in run.meta:
        return  # the answers about several zones in one text: it would be in several groups
    make = {"nmap": _nmap, "dig": _dig, "whois": _whois, "rdap": _json, "shodan": _json}[run.tool]
    for number, made in enumerate(make(run, twins)):
        cut = _cut(made.text, made.labels)
        if cut is None:
            continue
        name = f"{run.tool}-{run.id}-{made.layout}-{number:02}"
        group = group_of(run, twins.truth, made.target)
        group = twins.homes.get(group.removeprefix("host:"), group)
        sample = Sample(name, cut[0], run.tool, group, cut[1], made.layout)
        yield Base(sample, made.command, made.facts)


def _cut(text: str, labels: Sequence[Label]) -> tuple[str, tuple[Label, ...]] | None:
    """Cut a long text at a line end; None when nothing is left that is worth a sample."""
    if len(text) > LONGEST:
        text = text[: text.rfind("\n", 0, LONGEST) + 1] or text[:LONGEST]
    if len(text.strip()) < 8 or len(_INVISIBLE.findall(text)) > len(text) // 50:
        return None
    return text, tuple(each for each in labels if each.end <= len(text))


@dataclass(frozen=True, slots=True)
class _Made:
    """One labelled layout of a run, or one host's part of it."""

    layout: str
    text: str
    labels: Sequence[Label]
    facts: Facts | None = None
    command: tuple[str, ...] = ()
    target: str = ""


def _nmap(run: Run, twins: _Twins) -> Iterator[_Made]:
    scan = read_scan(run.text("xml"))
    if scan is None:
        return
    facts = {host.address: nmap_facts(host) for host in scan.hosts}
    for host in scan.hosts:
        home = zone_of(host.names[0], twins.truth) if host.names else ""
        if home:
            twins.homes[host.address] = home
    layouts: list[tuple[str, str, Sequence[Label]]] = []
    if text := run.text("normal") or run.text("stdout"):
        layouts.append(("normal", text, label_nmap_text(text, scan)))
    if text := run.text("grepable"):
        layouts.append(("grepable", text, label_nmap_grepable(text, scan)))
    layouts.append(("xml", run.text("xml"), label_nmap_xml(run.text("xml"))))
    targets = set(run.target.split())
    for layout, text, labels in layouts:
        for address_, low, high in hosts_in(layout, text):
            if not address_:
                continue
            # A scan of several hosts is cut up: each is in a group of its own.
            inside = [
                each._replace(start=each.start - low, end=each.end - low)
                for each in labels
                if low <= each.start and each.end <= high
            ]
            others = targets - {address_}
            command = tuple(word for word in run.command if word not in others)
            told = facts.get(address_) if layout == "normal" else None
            target = address_ if len(targets) > 1 else ""
            yield _Made(layout, text[low:high], inside, told, command, target)


def _dig(run: Run, twins: _Twins) -> Iterator[_Made]:
    answers = twins.answers.get(run.target.lower(), [])
    text, yaml = run.text("stdout"), run.text("yaml")
    own = read_answers(yaml)
    if _is_yaml(run):
        text, yaml, own = "", text, read_answers(text)
    target = run.command[run.command.index("-x") + 1] if "-x" in run.command[:-1] else ""
    if text:
        labels = label_dig_text(text, own or answers, run.command, alone=not own)
        # Without a twin of its own, a text counts only when every line of it is explained.
        if own or unexplained(text, labels) == 0:
            facts = dig_facts(own) if own else None
            yield _Made(run.profile, text, labels, facts, run.command, target)
    if yaml and own:
        yield _Made("yaml", yaml, label_dig_yaml(yaml, own), None, (), target)


def _whois(run: Run, twins: _Twins) -> Iterator[_Made]:
    text = run.text("stdout")
    key = run.target.lower()
    values, names = list(twins.registrations.get(key, [])), ["rdap"]
    served = [] if twins.independent else twins.truth.entities.get(("whois", key), [])
    if served:
        # RDAP tells less than some layouts do: the registry's own record fills that in.
        names = ["rdap+registry"] if values else ["registry"]
        values += served
    if text and values:
        labels = label_whois(text, values, names[0])
        facts = registration_facts(run.target, values)
        yield _Made("text", text, labels, facts, run.command)


def _json(run: Run, _twins: _Twins) -> Iterator[_Made]:
    text = run.text("json")
    label = label_rdap if run.tool == "rdap" else label_shodan
    try:
        loaded: Any = json.loads(text)
    except ValueError:
        return
    # Half of the people who keep such an answer have let a program indent it.
    indent = int(run.id[-1], 16) % 2 == 1
    if indent and "\n" not in text.strip() and isinstance(loaded, Mapping):
        text = json.dumps(loaded, indent=2, ensure_ascii=False) + "\n"
    host = read_host(text) if run.tool == "shodan" else None
    yield _Made("json", text, label(text), None if host is None else shodan_facts(host))
    told = run.text("stdout")
    if told and host is not None:
        yield _Made("host", told, label_shodan_text(told, host), None, run.command)
