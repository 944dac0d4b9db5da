"""Measure: the share of honest names whose value is not what stands in the text."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from decloak.core.document import Document
from decloak.core.entity import Entity
from decloak.evaluation.honest_names.fields import FIELDS, filled
from decloak.evaluation.honest_names.made import KINDS
from decloak.evaluation.report import Table, percent
from decloak.evaluation.runner import Runner

__all__ = ["Answer", "answers", "tables"]

NAMES = frozenset({"SOFTWARE", "OS", "ORGANIZATION", "MALWARE", "THREAT_ACTOR"})


class Answer(NamedTuple):
    """What became of one name.

    Attributes:
        kind, field: what it is, and where it stood.
        name: as it was written.
        text: the whole text.
        said: the accepted names at its places.
    """

    kind: str
    field: str
    name: str
    text: str
    said: tuple[Entity, ...]

    @property
    def changed(self) -> tuple[Entity, ...]:
        """Those whose value is not what stands there, white space folded."""
        return tuple(each for each in self.said if _folded(each.value) != _folded(each.text))

    @property
    def near(self) -> tuple[Entity, ...]:
        """Those that are said to resemble a known name."""
        return tuple(each for each in self.said if each.resembles)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def answers(runner: Runner, seed: int, count: int) -> Iterator[Answer]:
    """Yield what is said of `count` names, kinds and fields in turn."""
    rng = Random(f"{seed}/honest-names")  # noqa: S311 - repeatable text, no secrets
    kinds, fields = list(KINDS), list(FIELDS)
    for number in range(count):
        kind = kinds[number % len(kinds)]
        field = fields[number // len(kinds) % len(fields)]
        name = KINDS[kind](rng)
        text, places = filled(rng, field, name)
        said = tuple(
            entity
            for entity in runner.run(Document(f"{field}/{number}", text)).entities
            if entity.label in NAMES
            and any(entity.start < place + len(name) and place < entity.end for place in places)
        )
        yield Answer(kind, field, name, text, said)


def tables(runner: Runner, seed: int, count: int, examples: int = 40) -> list[Table]:
    """Measure, per kind of name and per kind of field.

    Args:
        runner: the pipeline.
        seed: another one gives other names.
        count: how many names.
        examples: how many changed values to list.
    """
    made = Table("Honest names", ("names", "count", "found", "value changed", "share", "resembles"))
    listed = Table("Changed", ("kind", "field", "name", "value", "evidence"))
    rows: dict[str, list[int]] = {}
    for answer in answers(runner, seed, count):
        for row in (answer.kind, f"in {answer.field}", "all"):
            counts = rows.setdefault(row, [0, 0, 0, 0])
            told = (True, bool(answer.said), bool(answer.changed), bool(answer.near))
            for which, is_so in enumerate(told):
                counts[which] += is_so
        for entity in answer.changed:
            if len(listed.rows) < examples:
                listed.add(answer.kind, answer.field, answer.name, entity.value,
                           ", ".join(entity.evidence))  # fmt: skip
    for row in sorted(rows, key=lambda row: (row == "all", row.startswith("in "))):
        total, found, changed, near = rows[row]
        made.add(row, total, percent(found / total), changed, f"{100 * changed / total:.2f} %",
                 percent(near / total))  # fmt: skip
    return [made, listed]
