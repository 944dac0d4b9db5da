"""Conditions: the same labelled texts clean and under every disguise, at every strength."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from decloak.evaluation.heldout.families import FAMILIES
from decloak.evaluation.heldout.names import KINDS
from decloak.evaluation.score import Gold
from decloak.evaluation.tagger.mentions import Text
from decloak.perturb import PERTURBATIONS, Marked, Perturbation, compose, disguise_document
from decloak.perturb.base import Disguised

__all__ = ["CLEAN", "STRENGTHS", "Attacked", "Place", "attacked", "conditions"]

CLEAN = "clean"
STRENGTHS = (0.05, 0.12, 0.2, 0.3, 1.0)
"""Shares of the entities that are disguised; the first four are those of the published experiments and around."""
_OUTER = ("zero_width", "markup")
"""What is put over another disguise."""
_HELD = "held out: "
"""Families written apart from the decoders and from training, see `decloak.evaluation.heldout`."""


@dataclass(frozen=True, slots=True)
class Place:
    """One entity of an attacked text.

    Attributes:
        start, end: where it stands now.
        label: its label.
        answers: values that are right; of a look-alike also what it resembles.
        plain: its value when nothing is disguised.
        hidden: whether it is disguised here.
    """

    start: int
    end: int
    label: str
    answers: frozenset[str]
    plain: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Attacked:
    """One text under one condition.

    Attributes:
        clean: index of the clean text.
        text: what the target is asked.
        places: its entities.
    """

    clean: int
    text: str
    places: tuple[Place, ...]


def conditions(
    strengths: Sequence[float] = STRENGTHS, *, compositions: bool = True, held: bool = True
) -> list[tuple[str, str, float]]:
    """Return (family, kind, strength) of every condition but the clean one.

    Args:
        strengths: shares of the entities to disguise; families of other kinds are measured at the highest.
        compositions: also one disguise over another.
        held: also the families that nothing was trained or written for.
    """
    names = list(PERTURBATIONS.names())
    made = [(name, "known", strength) for name in names for strength in strengths]
    full = max(strengths)
    if compositions:
        made += [
            (f"{inner}+{outer}", "composed", full)
            for outer in _OUTER
            for inner in names
            if inner not in _OUTER and inner != "soft_break"
        ]
    if held:
        made += [(_HELD + name, "held out", full) for name in FAMILIES]
    return made


def attacked(texts: Sequence[Text], family: str, strength: float, seed: int) -> Iterator[Attacked]:
    """Yield the texts that the family can be put on.

    Args:
        texts: clean labelled texts.
        family: as `conditions` names it; `CLEAN` for the texts as they are.
        strength: share of the entities to disguise.
        seed: the same seed, the same bytes.
    """
    for index, text in enumerate(texts):
        rng = Random(f"attack/{seed}/{family}/{strength}/{index}")  # noqa: S311 - repeatable, no secrets
        marks = list(_marks(text))
        if family == CLEAN:
            places = [_kept(each) for each in marks]
            yield Attacked(index, text.text, tuple(places))
            continue
        made = disguise_document(text.text, marks, [_perturbation(family)], rng, share=strength)
        if not made.planted:
            continue
        there = {(each.label, each.value) for each in made.kept}
        planted = [
            Place(
                each.start,
                each.end,
                each.label,
                frozenset(filter(None, (each.value, each.resembles, each.plain))),
                each.plain,
                (each.label, each.plain) not in there,
            )
            for each in made.planted
        ]
        kept = [_kept(each) for each in made.kept]
        yield Attacked(index, made.text, tuple(sorted((*planted, *kept), key=_start)))


def _start(place: Place) -> tuple[int, int]:
    return place.start, place.end


def _kept(mark: Marked) -> Place:
    return Place(mark.start, mark.end, mark.label, frozenset((mark.value,)), mark.value, False)


def _marks(text: Text) -> Iterator[Marked]:
    """Yield the entities that stand apart; of overlapping ones the first and longest."""
    last = 0
    for each in sorted(text.gold, key=_longest_first):
        if each.start >= last and each.value:
            yield Marked(each.start, each.end, each.label, each.value)
            last = each.end


def _longest_first(gold: Gold) -> tuple[int, int]:
    return gold.start, -gold.end


def _perturbation(family: str) -> Perturbation:
    if family.startswith(_HELD):
        return _Held(family.removeprefix(_HELD))
    inner, _, outer = family.partition("+")
    known = PERTURBATIONS.get(inner)
    return compose(known, PERTURBATIONS.get(outer)) if outer else known


_EVERY = frozenset(KINDS) | {
    "DOMAIN", "IP_ADDRESS", "URL", "EMAIL", "HASH", "CVE", "VERSION", "HOSTNAME", "OS",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Held:
    """A family of the held-out generator, as `disguise_document` wants it."""

    name: str

    @property
    def family(self) -> str:
        return self.name

    @property
    def labels(self) -> frozenset[str]:
        return _EVERY

    def apply(self, value: str, label: str, rng: Random) -> Disguised | None:
        hidden = FAMILIES[self.name](rng, value, label)
        if hidden is None or hidden.quoted or (hidden.text == value and not hidden.lead):
            return None
        return Disguised(hidden.text, value, lead=hidden.lead, tail=hidden.tail)


def count(rows: Iterable[Attacked]) -> int:
    """Count the entities in disguise."""
    return sum(place.hidden for row in rows for place in row.places)
