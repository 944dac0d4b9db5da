"""Campaign: a numbered range of mutated documents, each made from a seed and its number alone."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from mutations import mutated
from promises import broken_alone, broken_by_line_ends, broken_together

from decloak.core.document import Document
from decloak.core.result import Result
from decloak.options import Settings
from decloak.pipeline import Pipeline

__all__ = ["Campaign", "Violation", "minimised"]

_GROUP = 100
"""Documents that are also run as many."""
_TOGETHER = 6
"""Of so many documents, one is."""
_LINE_ENDS = 0.3
"""Share of the documents that are read with other line ends, too."""
_TRIES = 600
_WAYS = {
    "plain": Settings(tagger="off", review=True),
    "nested": Settings(tagger="off", review=True, nested=True),
    "canonical": Settings(tagger="off", review=True, strategy="canonical"),
    "realign": Settings(tagger="off", review=True, strategy="realign"),
    "undecoded": Settings(tagger="off", review=True, strategy="off"),
    **{
        name: Settings(tagger="off", review=True, source=name)
        for name in ("nmap", "dig", "whois", "shodan", "rdap", "prose")
    },
    "tagged": Settings(tagger="always", review=True),
}
"""Ways to read a document, by name."""
_OFTEN = 5  # of each so many documents, one is read in another way than the plain one


@dataclass(frozen=True)
class Violation:
    """A promise that a document broke.

    Attributes:
        number: of the document.
        kind: which promise, the same for the same fault.
        detail: what was seen.
        text: the document.
        way: how it was read.
    """

    number: int
    kind: str
    detail: str
    text: str
    way: str


class Campaign:
    """Runs documents and checks what was promised.

    Args:
        seeds: the texts to mutate, in groups.
        seed: of all chance.
        tagged_every: the model reads every so manieth document; 0 for none.
    """

    def __init__(self, seeds: Sequence[Sequence[str]], seed: int, tagged_every: int = 0) -> None:
        self._seeds = seeds
        self._seed = seed
        self._every = tagged_every
        self._pipelines: dict[str, Pipeline] = {}

    def document(self, number: int) -> tuple[str, str]:
        """Return a document by its number, and the way to read it."""
        rng = Random(f"{self._seed}:{number}")
        way = rng.choice(list(_WAYS)[:-1]) if rng.randrange(_OFTEN) == 0 else "plain"
        if self._every and number % self._every == 0:
            way = "tagged"
        return mutated(self._seeds, rng), way

    def violations(self, low: int, high: int) -> Iterator[Violation]:
        """Yield the promises that documents of a range break."""
        for start in range(low, high, _GROUP):
            yield from self._group(range(start, min(start + _GROUP, high)))

    def _group(self, numbers: range) -> Iterator[Violation]:
        read: dict[str, list[tuple[int, str, Result]]] = {}
        for number in numbers:
            text, way = self.document(number)
            found, result = self.broken(text, number, way)
            yield from (Violation(number, kind, detail, text, way) for kind, detail in found)
            if result is not None and number % _TOGETHER == 0:
                read.setdefault(way, []).append((number, text, result))
        for way, rows in read.items():
            texts, results = [row[1] for row in rows], [row[2] for row in rows]
            for place, detail in broken_together(self._pipeline(way), texts, results):
                yield Violation(rows[place][0], detail.partition(":")[0], detail, texts[place], way)

    def broken(
        self, text: str, number: int, way: str
    ) -> tuple[list[tuple[str, str]], Result | None]:
        """Return kind and detail of what one document breaks, and its result if there is one."""
        result = None
        try:
            result = self._run(text, way)
            rng = Random(f"{self._seed}:{number}:line ends")
            details = [*broken_alone(text, result, nested=way == "nested")]
            if rng.random() < _LINE_ENDS:
                details += broken_by_line_ends(
                    text, result, lambda other: self._run(other, way), rng
                )
        except Exception as error:  # noqa: BLE001 - that nothing is raised is the promise
            where = traceback.extract_tb(error.__traceback__)[-1]
            kind = f"{type(error).__name__} in {where.name}, line {where.lineno}"
            details = [f"{kind}: {traceback.format_exc()}"]
        return [(detail.partition(":")[0], detail) for detail in details], result

    def _run(self, text: str, way: str) -> Result:
        return self._pipeline(way).run(Document("x", text))

    def _pipeline(self, way: str) -> Pipeline:
        if way not in self._pipelines:
            self._pipelines[way] = Pipeline(_WAYS[way])
        return self._pipelines[way]


def minimised(campaign: Campaign, violation: Violation) -> str:
    """Return a smaller document that breaks the same promise (Zeller and Hildebrandt, 2002).

    What only happens to one of many is returned as it is.
    """
    left = [_TRIES]

    def still(text: str) -> bool:
        left[0] -= 1
        found, _ = campaign.broken(text, violation.number, violation.way)
        return any(kind == violation.kind for kind, _ in found)

    text = violation.text
    if not still(text):
        return text
    parts = 2
    while left[0] > 0 and len(text) > 1:
        size = max(len(text) // parts, 1)
        for low in range(0, len(text), size):
            if left[0] > 0 and still(shorter := text[:low] + text[low + size :]):
                text, parts = shorter, max(parts - 1, 2)
                break
        else:
            if size == 1:
                break
            parts *= 2
    return text
