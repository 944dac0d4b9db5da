"""Results: what every system got right under every condition, and how conditions are grouped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from decloak.corpus.sample import Sample
from decloak.evaluation.tagger.conditions import (
    CLEAN,
    PRESETS,
    SEEN,
    UNSEEN,
    Condition,
    conditions,
)
from decloak.evaluation.tagger.mentions import Text
from decloak.evaluation.tagger.predict import Answers
from decloak.evaluation.tagger.systems import System
from decloak.evaluation.tagger.tally import Tally, tally
from decloak.evaluation.tagger.texts import draw, in_order, undisguised

__all__ = ["UNDISGUISED", "Results", "measure", "texts_by_condition"]

UNDISGUISED = "the same, undisguised"
"""The condition that holds what the disguised texts were made of."""


@dataclass(frozen=True, slots=True)
class Results:
    """Counts of all systems under all conditions.

    Attributes:
        systems: names, in the order of the tables.
        texts: condition -> its texts.
        kinds: condition -> its kind (see `Condition`).
        tallies: (condition, system) -> counts over those texts.
    """

    systems: tuple[str, ...]
    texts: Mapping[str, Sequence[Text]]
    kinds: Mapping[str, str]
    tallies: Mapping[tuple[str, str], Tally] = field(default_factory=dict)

    def named(self, *kinds: str) -> list[str]:
        """Return the conditions of some kinds, in order."""
        return [name for name, kind in self.kinds.items() if kind in kinds]

    def joined(self, names: Iterable[str], system: str) -> Tally:
        """Return the counts over several conditions."""
        return Tally.joined([self.tallies[name, system] for name in names])

    def lost(self, name: str, system: str) -> tuple[int, int]:
        """Count entities in disguise that a system finds undisguised: (lost in disguise, all)."""
        twins = self.tallies[UNDISGUISED, system]
        before = dict(zip(twins.ids, twins.found, strict=True))
        lost = total = 0
        for text, found in zip(self.texts[name], self.tallies[name, system].found, strict=True):
            for gold, was, is_found in zip(text.gold, before[text.id], found, strict=True):
                if was and (gold.start, gold.end) in text.disguised:
                    total += 1
                    lost += not is_found
        return lost, total

    def groups(self) -> dict[str, list[str]]:
        """Return the groups that the summary is about, with their conditions; none is empty."""
        groups = {
            "clean": self.named(CLEAN),
            UNDISGUISED: [name for name in self.texts if name == UNDISGUISED],
            "seen disguises": self.named(SEEN),
            "unseen disguises": self.named(UNSEEN),
            **{name: [name] for name in self.named(PRESETS)},
        }
        return {name: members for name, members in groups.items() if members}


def texts_by_condition(
    samples: Sequence[Sample],
    count: int,
    clean: int,
    seed: int,
    *,
    share: float = 1.0,
    chosen: Callable[[Condition], bool] | None = None,
) -> tuple[dict[str, list[Text]], dict[str, str]]:
    """Draw the texts of every condition.

    Args:
        samples: undisguised samples of one part of a corpus.
        count: documents per disguise.
        clean: documents as they are.
        seed: of the order and of the disguises.
        share: part of the entities that is disguised, of those that can be.
        chosen: which conditions to keep; all when None.

    Returns:
        Condition -> texts, and condition -> kind; conditions that fit no document are left out.
    """
    ordered = in_order(samples, seed)
    texts: dict[str, list[Text]] = {}
    kinds: dict[str, str] = {}
    for condition in conditions():
        if chosen is not None and not chosen(condition):
            continue
        made = draw(ordered, condition, clean if condition.kind == CLEAN else count, seed, share)
        if made:
            texts[condition.name], kinds[condition.name] = made, condition.kind
    used = {text.id for name, made in texts.items() if kinds[name] != CLEAN for text in made}
    if used:
        plain = {UNDISGUISED: undisguised(ordered, used)}
        first = {name: made for name, made in texts.items() if kinds[name] == CLEAN}
        texts, kinds[UNDISGUISED] = first | plain | texts, UNDISGUISED
    return texts, {name: kinds[name] for name in texts}


def measure(
    systems: Sequence[System],
    texts: Mapping[str, Sequence[Text]],
    kinds: Mapping[str, str],
    answers: Answers,
) -> Results:
    """Run every system over all texts and count.

    Args:
        systems: what is compared.
        texts: condition -> texts.
        kinds: condition -> kind.
        answers: where answers come from.
    """
    tallies: dict[tuple[str, str], Tally] = {}
    for system in systems:
        said = iter(answers.of(system, [text.text for made in texts.values() for text in made]))
        for name, made in texts.items():
            tallies[name, system.name] = tally(made, [next(said) for _ in made])
    return Results(tuple(system.name for system in systems), texts, kinds, tallies)
