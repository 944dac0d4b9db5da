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
from decloak.corpus.facts import Facts, dig_facts, nmap_facts, registration_facts
from decloak.corpus.label.dig_text import label_dig_text, label_dig_yaml
from decloak.corpus.label.dig_twin import Answer, read_answers
from decloak.corpus.label.json_text import label_rdap, label_shodan, rdap_values
from decloak.corpus.label.nmap_grepable import label_nmap_grepable
from decloak.corpus.label.nmap_markup import label_nmap_xml
from decloak.corpus.label.nmap_text import label_nmap_text
from decloak.corpus.label.nmap_twin import read_scan
from decloak.corpus.label.place import address
from decloak.corpus.label.whois_text import Value, label_whois
from decloak.corpus.sample import Label, Sample

__all__ = ["LONGEST", "Base", "Truth", "group_of", "label_run", "load_truth", "read_runs"]

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
    """What the lab served: entities and group by tool and target; empty outside the lab."""

    entities: dict[tuple[str, str], list[Value]] = field(default_factory=dict)
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
                truth.entities.setdefault(key, []).extend(
                    Value(each["label"], each["value"], each["field"]) for each in row["entities"]
                )
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                message = f"{path}:{number}: damaged line: {type(error).__name__} {error}"
                raise StoreError(message) from error
    return truth


def group_of(run: Run, truth: Truth) -> str:
    """Return what must stay together: the lab's group, else the host, the zone, the registration."""
    known = truth.groups.get((run.tool, run.target.lower()))
    if known:
        return known
    if run.tool in {"nmap", "shodan"} or address(run.target):
        return f"host/{run.target}"
    # A zone and its registration belong together: the last two labels name both.
    return "name/" + ".".join(run.target.lower().rstrip(".").split(".")[-2:])


class _Twins:
    """What must be read before texts can be labelled: answers and registrations by target."""

    def __init__(self, store: RunStore, truth: Truth) -> None:
        self.truth = truth
        self.answers: dict[str, list[Answer]] = {}
        self.registrations: dict[str, list[Value]] = {}
        for run in store.done("dig"):
            made = read_answers(run.text("yaml") or (run.text("stdout") if _is_yaml(run) else ""))
            self.answers.setdefault(run.target.lower(), []).extend(made)
        for run in store.done("rdap"):
            values = [Value(*each) for each in rdap_values(run.text("json"))]
            self.registrations.setdefault(run.target.lower(), []).extend(values)


def _is_yaml(run: Run) -> bool:
    return "+yaml" in run.command


def read_runs(folder: Path, truth: Truth | None = None) -> Iterator[Base]:
    """Yield the labelled texts of every good run of a store, tool by tool.

    Raises:
        StoreError: when the store is damaged.
    """
    store = RunStore(folder)
    truth = load_truth(folder) if truth is None else truth
    twins = _Twins(store, truth)
    for tool in ("nmap", "dig", "whois", "rdap", "shodan"):
        for run in store.done(tool):
            yield from label_run(run, twins)


def label_run(run: Run, twins: _Twins) -> Iterator[Base]:
    """Yield the labelled layouts of one run; nothing for a run without usable output."""
    make = {"nmap": _nmap, "dig": _dig, "whois": _whois, "rdap": _json, "shodan": _json}[run.tool]
    group = group_of(run, twins.truth)
    for layout, text, labels, facts in make(run, twins):
        cut = _cut(text, labels)
        if cut is None:
            continue
        sample = Sample(f"{run.tool}-{run.id}-{layout}", *cut[:1], run.tool, group, cut[1], layout)
        yield Base(sample, run.command if run.tool not in {"rdap", "shodan"} else (), facts)


def _cut(text: str, labels: Sequence[Label]) -> tuple[str, tuple[Label, ...]] | None:
    """Cut a long text at a line end; None when nothing is left that is worth a sample."""
    if len(text) > LONGEST:
        text = text[: text.rfind("\n", 0, LONGEST) + 1] or text[:LONGEST]
    if len(text.strip()) < 8 or len(_INVISIBLE.findall(text)) > len(text) // 50:
        return None
    return text, tuple(each for each in labels if each.end <= len(text))


_Made = Iterator[tuple[str, str, tuple[Label, ...], Facts | None]]


def _nmap(run: Run, _twins: _Twins) -> _Made:
    scan = read_scan(run.text("xml"))
    if scan is None:
        return
    facts = nmap_facts(scan)
    if text := run.text("normal") or run.text("stdout"):
        yield "normal", text, label_nmap_text(text, scan), facts
    if text := run.text("grepable"):
        yield "grepable", text, label_nmap_grepable(text, scan), None
    text = run.text("xml")
    yield "xml", text, label_nmap_xml(text), None


def _dig(run: Run, twins: _Twins) -> _Made:
    answers = twins.answers.get(run.target.lower(), [])
    text, yaml = run.text("stdout"), run.text("yaml")
    own = read_answers(yaml) or answers
    if _is_yaml(run):
        text, yaml = "", text
    if text:
        yield run.profile, text, label_dig_text(text, own, run.command), dig_facts(own)
    if yaml:
        yield "yaml", yaml, label_dig_yaml(yaml, own), None


def _whois(run: Run, twins: _Twins) -> _Made:
    text = run.text("stdout")
    key = run.target.lower()
    values, twin = twins.registrations.get(key, []), "rdap"
    if not values:
        values, twin = twins.truth.entities.get(("whois", key), []), "registry"
    if text and values:
        labels = label_whois(text, values, twin)
        yield "text", text, labels, registration_facts(run.target, values)


def _json(run: Run, _twins: _Twins) -> _Made:
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
    yield "json", text, label(text), None
