"""Platforms: labelled banners whose rows hold CPE names.

A row's name belongs to its labelled mention: of an application to SOFTWARE, of a system to OS. Rows are halved
by a hash of the name's product, so that no product of the scored half was looked at while tables were written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from decloak.kb.cpe_names import BadCpeError, Cpe, parse_cpe
from decloak.kb.lexicon import lookup
from decloak.kb.tables import pairs
from decloak.link.cpe import cpe_links

__all__ = ["Ask", "Case", "Score", "baseline", "cases", "is_scored", "linked", "measured"]

_LABELS = {"a": "SOFTWARE", "o": "OS"}
_GAP = 48

Stem = tuple[str, str, str]
Ask = Callable[["Case"], list[Cpe]]
"""A mention -> platforms, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Case:
    """A mention with the platforms that people gave it: none where it should be tied to nothing."""

    label: str
    mention: str
    version: str
    gold: frozenset[Stem]
    versions: frozenset[str]


@dataclass
class Score:
    """Counts over cases; shares of them are in `cells`."""

    asked: int = 0
    first: int = 0
    among: int = 0
    with_version: int = 0
    empty: int = 0
    refused: int = 0
    misses: list[str] = field(default_factory=list)

    def cells(self) -> tuple[str, ...]:
        """Return accuracy@1, recall@5, accuracy@1 with the version, and rejection, with what they are shares of."""
        return (
            _share(self.first, self.asked), _share(self.among, self.asked), _share(self.with_version, self.first),
            _share(self.refused, self.empty),
        )  # fmt: skip


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} % of {whole}" if whole else "-"


def is_scored(stem: Stem) -> bool:
    """Whether a product belongs to the half that is scored, and that nobody looks at."""
    return sha256(stem[2].encode()).digest()[0] % 2 == 1


def _stem(cpe: Cpe) -> Stem:
    return cpe.part, cpe.vendor, cpe.product


def cases(data: Path) -> Iterator[Case]:
    """Yield the mentions of ``banner.jsonl``: those of rows with one name for their label, and those with none."""
    for line in (data / "banner.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        entities = row["gold"]["entities"]
        named = [*_named(row["gold"].get("cpe", ()))]
        for part, label in _LABELS.items():
            mentions = [each for each in entities if each["label"] == label]
            gold = [cpe for cpe in named if cpe.part == part]
            if not mentions or (named and not gold):  # a name of another part may stand for it
                continue
            mention = max(mentions, key=_length)
            yield Case(
                label, mention["text"], _beside(mention, entities, row["text"]),
                frozenset(map(_stem, gold)), frozenset(cpe.version for cpe in gold) - {"*", "-"},
            )  # fmt: skip


def _named(names: list[str]) -> Iterator[Cpe]:
    for name in names:
        try:
            yield parse_cpe(name)
        except BadCpeError:  # the label noise of the data set
            continue


def _length(entity: Mapping[str, Any]) -> int:
    return int(entity["end"]) - int(entity["start"])


def _beside(mention: Mapping[str, Any], entities: list[dict[str, Any]], text: str) -> str:
    for each in sorted(entities, key=_start):
        gap = each["start"] - mention["end"]
        if (
            each["label"] == "VERSION"
            and 0 <= gap <= _GAP
            and "\n" not in text[mention["end"] : each["start"]]
        ):
            return str(each["text"])
    for each in entities:
        if each["label"] == "VERSION" and mention["start"] - each["end"] == 1:
            return str(each["text"])
    return ""


def _start(entity: Mapping[str, Any]) -> int:
    return int(entity["start"])


def linked(case: Case) -> list[Cpe]:
    """Ask what is measured."""
    entry = lookup(case.mention, case.label)
    value = entry.name if entry else case.mention
    return [
        parse_cpe(link.target)
        for link in cpe_links(None, case.label, value, case.version, case.mention)
    ]


def baseline(case: Case) -> list[Cpe]:
    """Ask a dictionary for the product that is spelt like the mention, and nothing else."""
    wanted = "_".join(case.mention.lower().split())
    found = []
    for _, stems in pairs("cpe"):
        for stem in stems.split():
            part, vendor, product = stem.split(":", 2)
            if product == wanted and _LABELS.get(part) == case.label:
                found.append(Cpe(part, vendor, product, case.version.lower() or "*"))
    return found


def measured(found: Iterator[Case], ask: Ask, *, scored: bool) -> Score:
    """Return the counts of one half; cases without a platform belong to both.

    Args:
        found: the cases.
        ask: what is measured.
        scored: the half that nobody looked at, or the other one.
    """
    score = Score()
    for case in found:
        if not case.gold:
            score.empty += 1
            score.refused += not ask(case)
            continue
        if any(is_scored(stem) for stem in case.gold) != scored:
            continue
        answers = ask(case)
        stems = [_stem(each) for each in answers]
        score.asked += 1
        score.among += bool(case.gold.intersection(stems[:5]))
        if stems and stems[0] in case.gold:
            score.first += 1
            cpe = answers[0]
            told = {
                cpe.version,
                cpe.version + cpe.update.replace("*", ""),
                f"{cpe.version}_{cpe.update}",
            }
            score.with_version += not case.versions or bool(told & case.versions)
        else:
            shown = ":".join(stems[0]) if stems else "nothing"
            score.misses.append(f"{case.label} {case.mention!r}: {shown}, not {min(case.gold)}")
    return score
