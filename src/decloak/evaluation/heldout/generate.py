"""Generate: texts with one value in disguise, from a seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from decloak.evaluation.heldout.carriers import carrier
from decloak.evaluation.heldout.documents import Place
from decloak.evaluation.heldout.families import ABBREVIATION, FAMILIES, OF_NAMES, is_look_alike
from decloak.evaluation.heldout.hidden import Hidden
from decloak.evaluation.heldout.names import KINDS, names, part_of
from decloak.evaluation.heldout.values import DRAW

__all__ = ["Item", "generate"]

IN_DOCUMENTS = 0.35
"""Share of the disguises that are put into labelled documents, where there are some."""
_OF_NAMES = 0.85  # share of names where a family is mostly about names
_AS_USUAL = 0.4  # share of names elsewhere
_BY_VOCABULARY = OF_NAMES | {"confusable", "diacritic"}
_TRIES = 200


@dataclass(frozen=True, slots=True)
class Item:
    """One text with one value in disguise.

    Attributes:
        family, label: the disguise, and what the value is.
        text, start, end: the text, and where the disguised value stands in it.
        plain, plain_start, plain_end: the same before.
        answers: every value that is right.
        look_alike: the value is another domain; what it resembles is asked for.
    """

    family: str
    label: str
    text: str
    start: int
    end: int
    plain: str
    plain_start: int
    plain_end: int
    answers: frozenset[str]
    look_alike: bool = False


def generate(
    seed: int, count: int, documents: Mapping[str, Sequence[Place]] | None = None
) -> Iterator[Item]:
    """Yield `count` texts of each family.

    Args:
        seed: any number; decides on the half of the names as well.
        count: texts per family.
        documents: labelled places, by label.
    """
    part = part_of(seed)
    for family in (*FAMILIES, ABBREVIATION):
        rng = Random(f"heldout/{seed}/{family}")  # noqa: S311 - repeatable, no secrets
        for _ in range(count):
            for _ in range(_TRIES):
                item = _item(rng, family, part, documents or {})
                if item is not None:
                    yield item
                    break


def _item(
    rng: Random, family: str, part: str, documents: Mapping[str, Sequence[Place]]
) -> Item | None:
    named = rng.random() < (_OF_NAMES if family in OF_NAMES else _AS_USUAL)
    if family == ABBREVIATION:
        name = rng.choice(names(part))
        if not name.aliases:
            return None
        place = Place(name.label, name.name, name.answers, *carrier(rng, name.label), listed=True)
        short = Hidden(rng.choice(name.aliases))
        return _filled(family, place, short, plain=short.text)
    able = sorted(label for label in documents if (label in KINDS) == named)
    if able and rng.random() < IN_DOCUMENTS:
        place = rng.choice(documents[rng.choice(able)])
        if named and family in _BY_VOCABULARY and not place.listed:
            return None
    elif named:
        name = rng.choice(names(part))
        place = Place(name.label, name.name, name.answers, *carrier(rng, name.label), listed=True)
    else:
        label = rng.choice(sorted(DRAW))
        value = DRAW[label](rng)
        place = Place(label, value, frozenset([value]), *carrier(rng, label), listed=False)
    hidden = FAMILIES[family](rng, place.value, place.label)
    if hidden is None or (hidden.text == place.value and not hidden.lead):
        return None
    return _filled(family, place, hidden, plain=place.value)


def _filled(family: str, place: Place, hidden: Hidden, plain: str) -> Item:
    before, after = place.before, place.after
    if hidden.quoted:
        before, after = ("> " + before).replace("\n", "\n> "), after.replace("\n", "\n> ")
    start, low = len(before) + len(hidden.lead), len(before)
    return Item(
        family,
        place.label,
        before + hidden.lead + hidden.text + hidden.tail + after,
        start,
        start + len(hidden.text),
        before + plain + after,
        low,
        low + len(plain),
        place.answers,
        is_look_alike(family, place.value, place.label, hidden.text),
    )
