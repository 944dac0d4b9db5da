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
from collections.abc import Set as AbstractSet
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
    "port43", "server",
    "question.name", "osmatch.name", "osclass.osfamily", "portused.portid", "_shodan.module", "links.href", "nmaprun.scanner", "nmaprun.version", "program", "version", "times.srtt", "hop.rtt", "args",
    "command.name", "command.server", "command.port", "response_address", "response_port",
    "socket_protocol", "message.response", "message.query", "text", "comment", "scaninfo.protocol",
    "status.state", "notice",
})  # fmt: skip
"""Fields of which the lab's truth says nothing: what a tool was asked, what it guesses, what it says
of itself, of times, of servers."""

_GLOBAL = ("dig", "whois", "nmap")
"""Whose truth tells what any answer may hold: name servers and routers are shared by many."""

_SERVED = {"rdap": "whois", "shodan": "nmap"}
"""Whose truth a source can be compared with."""

_SEARCHED = frozenset({"DOMAIN", "HOSTNAME", "EMAIL", "URL", "ORGANIZATION", "IP_ADDRESS", "CIDR", "ASN",
                       "SOFTWARE", "VERSION", "MAC_ADDRESS", "CVE", "PORT", "SERVICE"})  # fmt: skip
"""Labels whose values plain search can find without mistaking other words for them."""


_SHARED = frozenset(
    {"DOMAIN", "HOSTNAME", "IP_ADDRESS", "CIDR", "EMAIL", "ORGANIZATION", "URL", "ASN"}
)
"""Labels of things that one zone, host or registration says of another."""


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


def compare(
    sample: Sample,
    served: Sequence[Value],
    world: AbstractSet[tuple[str, str]] = frozenset(),
    *,
    probed: bool = True,
) -> tuple[Counter[str], list[Disagreement]]:
    """Compare one text's labels with what was served.

    Args:
        sample: the text and its labels.
        served: what was served about its host, zone or registration; all of it is looked for.
        world: (label, canonical value) of everything served at all; a label is right when its
            value is among it.
        probed: whether the tool asked services what they are; else it guesses by the port.

    Returns:
        Counts ``right``, ``wrong``, ``unknown`` (the truth cannot tell) and ``missed``, also per label
        as ``right DOMAIN`` ...; and the disagreements.
    """
    truth = {_key(each.label, each.value) for each in served}
    told = " ".join(each.value for each in served if each.label in {"INFO", "SOFTWARE"}).casefold()
    covered = {each.label for each in served}
    shut = _shut(sample)
    counts: Counter[str] = Counter()
    found: list[Disagreement] = []
    for each in sample.entities:
        field = each.provenance.partition(":")[2].partition("@")[0]
        key = _key(each.label, each.value)
        if key in truth or key in world or (each.label in _WORDS and each.value.casefold() in told):
            counts.update(("right", f"right {each.label}"))
        elif (
            field in _OWN
            or each.label not in covered
            or _is_asked(each, field, shut)
            or (each.label == "SERVICE" and not probed)
        ):
            counts["unknown"] += 1
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


_WORDS = frozenset({"OS", "SOFTWARE"})
"""Labels of which a served text may hold the value as one of its words (``Debian/Ubuntu``)."""


def _is_asked(each: Label, field: str, shut: AbstractSet[tuple[int, int]]) -> bool:
    """Whether a label is about what nothing was served at: a closed port, a silent address, a notice."""
    if each.label == "URL":
        return True  # of the registry's own notices; those that were served are right already
    if each.label == "DOMAIN" and each.value.endswith((".in-addr.arpa", ".ip6.arpa")):
        return True  # the truth has the addresses themselves, not their reverse names and zones
    return (each.start, each.end) in shut or (
        each.label == "IP_ADDRESS" and field == "address.addr"
    )


def _is_probing(command: Sequence[str]) -> bool:
    return not _PROBES.isdisjoint(command) or not command[0].endswith("nmap")


_PROBES = frozenset({"-sV", "-A"})


def _shut(sample: Sample) -> set[tuple[int, int]]:
    """Return the places of ports that are not open, and of what is said of them.

    A state stands behind its port or before it, but always before the next port's number, so the
    labels from one port to the next belong together.
    """
    groups: list[list[Label]] = []
    for each in sorted(sample.entities, key=lambda label: (label.start, label.end)):
        if each.label == "PORT":
            groups.append([])
        if groups:
            groups[-1].append(each)
    return {
        (each.start, each.end)
        for group in groups
        for each in group
        if any(one.label == "STATE" for one in group)
        and not any(one.label == "STATE" and one.value.startswith("open") for one in group)
    }


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
    if any(
        e.label in {"URL", "EMAIL", "CPE", "VERSION", "SERVICE", "FILE_PATH", "CIDR"}
        for e in inside
    ):
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
    hosts = {each.value for each in sample.entities if each.label == "IP_ADDRESS"}
    return [value for host in sorted(hosts) for value in truth.entities.get((tool, host), ())]


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
    # The tools in turn, and within a tool its layouts in turn.
    turns: dict[str, list[list[tuple[Base, list[Value]]]]] = {}
    for kind in sorted(held):
        rng.shuffle(held[kind])
        turns.setdefault(kind[0], []).append(held[kind])
    while len(chosen) < count and any(turns.values()):
        for source in sorted(turns):
            layouts = turns[source]
            if layouts and len(chosen) < count:
                chosen.append(layouts[0].pop())
                first = layouts.pop(0)
                layouts += [first] if first else []
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
    world = {
        _key(each.label, each.value)
        for (tool, _), values in truth.entities.items()
        if tool in _GLOBAL
        for each in values
        if each.label in _SHARED
    }
    for base, served in _chosen(read_runs(runs, truth, independent=True), truth, count, seed):
        counts, wrong = compare(
            base.sample, served, world, probed=not base.command or _is_probing(base.command)
        )
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
        "says nothing (the tool's own name, times, servers, arguments, closed ports) and count neither way; "
        "a URL or a reverse name that was not served is always one of them, so their precision says "
        "nothing.\n"
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
