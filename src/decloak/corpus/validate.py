"""Validate: compare the labels with what the laboratory served, found by another way.

The labels come from a twin that the tool wrote. The second path knows nothing of it: it takes what
the lab put into its daemons, zones and registries (``truth.jsonl``) and finds that in the texts by
plain search. Where the two disagree, one of them is wrong; every disagreement is kept with its
place and sorted by a cause.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from decloak.core.errors import InputError
from decloak.corpus.card import markdown
from decloak.corpus.label.place import canonical
from decloak.corpus.label.whois_text import Value
from decloak.corpus.runs import Base, Truth, load_truth, read_runs
from decloak.corpus.sample import Label, Sample

__all__ = ["compare", "tables", "validate"]

_OWN = frozenset({
    "nmaprun.scanner", "nmaprun.version", "program", "version", "times.srtt", "hop.rtt", "args",
    "command.name", "command.server", "command.port", "response_address", "response_port",
    "socket_protocol", "message.response", "message.query", "text", "comment", "scaninfo.protocol",
    "status.state", "notice",
})  # fmt: skip
"""Fields of which the lab's truth says nothing: what a tool says of itself, of times, of servers."""

_SERVED = {"rdap": "whois", "shodan": "nmap"}
"""Whose truth a source can be compared with."""

_SEARCHED = frozenset({"DOMAIN", "HOSTNAME", "EMAIL", "URL", "ORGANIZATION", "IP_ADDRESS", "CIDR", "ASN",
                       "SOFTWARE", "VERSION", "MAC_ADDRESS", "CVE", "PORT", "SERVICE"})  # fmt: skip
"""Labels whose values plain search can find without mistaking other words for them."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One place where the two paths say different things."""

    kind: str
    cause: str
    label: str
    text: str
    field: str
    sample: str
    context: str

    def to_json(self) -> dict[str, str]:
        """Return a JSON-serialisable form."""
        return {name: getattr(self, name) for name in self.__slots__}


def _key(label: str, value: str) -> tuple[str, str]:
    return label, " ".join(canonical(label, value).casefold().split())


def _occurrences(text: str, label: str, value: str) -> Iterator[tuple[int, int]]:
    """Find a served value in the text, whole, in any case."""
    escaped = re.escape(value).replace(r"\ ", r"[ ]+")
    if label == "PORT":
        pattern = rf"(?<![\w./:-]){escaped}(?=/(?:tcp|udp|sctp|open|closed|filtered))"
    elif label == "SERVICE":
        pattern = rf"(?<=[ \t/]){escaped}(?=\??(?:[ \t/]|$))"
        lines = r"^\d+/(?:tcp|udp|sctp)[ ]+\S+[ ]+"
        for found in re.finditer(
            lines + f"({escaped})" + r"(?=\??(?:[ \t]|$))", text, re.MULTILINE
        ):
            yield found.span(1)
        return
    else:
        pattern = rf"(?<![\w.@-]){escaped}(?![\w-]|\.\w)"
    for found in re.finditer(pattern, text, re.IGNORECASE):
        yield found.span()


def compare(sample: Sample, served: Sequence[Value]) -> tuple[Counter[str], list[Disagreement]]:
    """Compare one text's labels with what was served.

    Returns:
        Counts ``right``, ``wrong``, ``unknown`` (the truth cannot tell) and ``missed``, also per label
        as ``right DOMAIN`` ...; and the disagreements.
    """
    truth = {_key(each.label, each.value): each for each in served}
    covered = {each.label for each in served}
    counts: Counter[str] = Counter()
    found: list[Disagreement] = []
    for each in sample.entities:
        field = each.provenance.partition(":")[2].partition("@")[0]
        if field in _OWN or each.label not in covered:
            counts["unknown"] += 1
        elif _agrees(each, truth):
            counts.update(("right", f"right {each.label}"))
        else:
            counts.update(("wrong", f"wrong {each.label}"))
            found.append(_said(sample, each, field))
    labelled = {(each.start, each.end): each for each in sample.entities}
    for value in {(v.label, v.value): v for v in served if v.label in _SEARCHED}.values():
        if len(value.value) < (1 if value.label == "PORT" else 3):
            continue
        for start, end in _occurrences(sample.text, value.label, value.value):
            there = labelled.get((start, end))
            if there is not None and there.label == value.label:
                counts.update(("hit", f"hit {value.label}"))
                continue
            cause = _why(sample, start, end, value.label)
            if cause is None:
                continue
            counts.update(("missed", f"missed {value.label}"))
            context = sample.text[max(0, start - 40) : end + 40]
            found.append(
                Disagreement(
                    "missed", cause, value.label, value.value, value.field, sample.id, context
                )
            )
    return counts, found


def _agrees(each: Label, truth: Mapping[tuple[str, str], Value]) -> bool:
    return _key(each.label, each.value) in truth


def _said(sample: Sample, each: Label, field: str) -> Disagreement:
    how = each.provenance.partition("@")[2]
    cause = f"labelled, not served ({how})"
    context = sample.text[max(0, each.start - 40) : each.end + 40]
    return Disagreement(
        "wrong", cause, each.label, sample.text[each.start : each.end], field, sample.id, context
    )


def _why(sample: Sample, start: int, end: int, label: str) -> str | None:
    """Say why a served value is not labelled here; None when it is part of what another label means."""
    over = [e for e in sample.entities if e.start < end and start < e.end]
    inside = [
        e for e in over if e.start <= start and end <= e.end and (e.start, e.end) != (start, end)
    ]
    if any(e.label in {"URL", "EMAIL", "CPE", "VERSION", "SERVICE", "FILE_PATH"} for e in inside):
        return None  # one thing is one entity: the host of a URL is part of it
    if over and over[0].label == label:
        return "labelled with other bounds"
    if over:
        return f"labelled as {over[0].label}"
    line = sample.text[sample.text.rfind("\n", 0, start) + 1 :].split("\n", 1)[0]
    if line.startswith("|"):
        return "in a script's output, no field of the twin names it"
    if line.startswith("SF") or "\\x" in line:
        return "in a fingerprint"
    if line.startswith((";", "%", "#", ">>>")):
        return "in a comment line"
    return "in a field, not labelled"


def _served(sample: Sample, truth: Truth) -> list[Value]:
    """Return what was served for a text: by its group; for a host, by the address it is about."""
    tool = _SERVED.get(sample.source, sample.source)
    if tool != "nmap":
        return truth.by_group.get((tool, sample.group), [])
    for each in sample.entities:
        if each.label == "IP_ADDRESS" and (tool, each.value) in truth.entities:
            return truth.entities[tool, each.value]
    return []


def _chosen(
    bases: Iterable[Base], truth: Truth, count: int, seed: int
) -> list[tuple[Base, list[Value]]]:
    """Draw texts evenly from the tools and layouts of which the truth tells something."""
    held: dict[tuple[str, str], list[tuple[Base, list[Value]]]] = {}
    rng = Random(seed)  # noqa: S311 - repeatable choice, no secrets
    seen: Counter[tuple[str, str]] = Counter()
    for base in bases:
        sample = base.sample
        target = _served(sample, truth)
        if not target:
            continue
        kind = (sample.source, sample.layout)
        seen[kind] += 1
        pool = held.setdefault(kind, [])
        if len(pool) < count:
            pool.append((base, target))
        elif (place := rng.randrange(seen[kind])) < count:
            pool[place] = (base, target)
    chosen: list[tuple[Base, list[Value]]] = []
    pools = [held[kind] for kind in sorted(held)]
    for pool in pools:
        rng.shuffle(pool)
    while len(chosen) < count and any(pools):
        for pool in pools:
            if pool and len(chosen) < count:
                chosen.append(pool.pop())
    return chosen


def validate(runs: Path, count: int = 200, seed: int = 0) -> dict[str, Any]:
    """Compare the labels of some texts with what was served.

    Args:
        runs: the store, with ``truth.jsonl``.
        count: texts to compare, drawn evenly from tools and layouts.
        seed: of the choice.

    Raises:
        InputError: when the store has no truth.
    """
    truth = load_truth(runs)
    if not truth.entities:
        message = f"{runs}: no truth.jsonl with entities: only the lab's stores can be validated"
        raise InputError(message)
    totals: Counter[str] = Counter()
    by_source: dict[str, Counter[str]] = {}
    found: list[Disagreement] = []
    documents = Counter[str]()
    for base, served in _chosen(read_runs(runs, truth, independent=True), truth, count, seed):
        counts, wrong = compare(base.sample, served)
        totals += counts
        by_source.setdefault(base.sample.source, Counter()).update(counts)
        documents[base.sample.source] += 1
        found += wrong
    causes = Counter((each.kind, each.label, each.cause) for each in found)
    return {
        "documents": documents.total(),
        "documents_by_source": dict(documents),
        "precision": _ratio(totals["right"], totals["wrong"]),
        "recall": _ratio(totals["hit"], totals["missed"]),
        "counts": {name: totals[name] for name in ("right", "wrong", "hit", "missed", "unknown")},
        "by_source": {name: _scores(counts) for name, counts in sorted(by_source.items())},
        "by_label": {
            label: _scores(
                Counter({k.split(" ")[0]: v for k, v in totals.items() if k.endswith(f" {label}")})
            )
            for label in sorted({k.split(" ")[1] for k in totals if " " in k})
        },
        "causes": [
            {"kind": kind, "label": label, "cause": cause, "count": number}
            for (kind, label, cause), number in causes.most_common()
        ],
        "disagreements": [each.to_json() for each in found],
    }


def _ratio(good: int, bad: int) -> float | None:
    return round(good / (good + bad), 5) if good + bad else None


def _scores(counts: Counter[str]) -> dict[str, Any]:
    return {
        "right": counts["right"],
        "wrong": counts["wrong"],
        "precision": _ratio(counts["right"], counts["wrong"]),
        "hit": counts["hit"],
        "missed": counts["missed"],
        "recall": _ratio(counts["hit"], counts["missed"]),
    }


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.2f} %"


def tables(told: Mapping[str, Any]) -> str:
    """Return the result as Markdown: figures per source and label, disagreements by cause."""
    head = ("right", "wrong", "precision", "found", "missed", "recall")

    def row(name: str, scores: Mapping[str, Any]) -> Sequence[object]:
        return (name, scores["right"], scores["wrong"], _percent(scores["precision"]),
                scores["hit"], scores["missed"], _percent(scores["recall"]))  # fmt: skip

    counts = told["counts"]
    intro = (
        f"{told['documents']} texts, compared with what the laboratory served (`decloak corpus validate "
        f"RUNS --documents {told['documents']}`): label precision {_percent(told['precision'])}, recall "
        f"{_percent(told['recall'])}. {counts['unknown']:,} labels are about things of which the truth "
        "says nothing (the tool's own name, times, servers, arguments).\n"
    )
    parts = [
        intro,
        markdown(("source", *head), [row(*item) for item in told["by_source"].items()]),
        markdown(("label", *head), [row(*item) for item in told["by_label"].items()]),
    ]
    if told["causes"]:
        causes = [(c["kind"], c["label"], c["cause"], c["count"]) for c in told["causes"][:30]]
        parts.append("Disagreements, by cause:\n")
        parts.append(markdown(("kind", "label", "cause", "places"), causes))
    return "\n".join(parts)
