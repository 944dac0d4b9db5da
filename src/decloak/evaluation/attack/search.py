"""Search: the fewest disguises, one over another, under which a target loses an entity.

Breadth first over the budget: all families of one disguise, then every composition of two, until one is not seen
through. What it reports is robust accuracy: the share of the entities found clean that no disguise
within the budget hides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from decloak.evaluation.attack.conditions import Place
from decloak.evaluation.attack.measure import INDICATORS, is_found
from decloak.evaluation.attack.targets import Target
from decloak.evaluation.tagger.mentions import Text
from decloak.perturb import PERTURBATIONS, Marked, Perturbation, compose, disguise_document
from decloak.perturb.compose import OUTER

__all__ = ["Fall", "search"]

AROUND = 200
"""Code points of context on either side, cut at line ends: what is asked stays short."""


@dataclass(frozen=True, slots=True)
class Fall:
    """What the search found for one entity.

    Attributes:
        label: of the entity.
        plain: its value.
        budget: disguises that hide it; 0 when none within the budget does.
        family, written: the first that does, and what was written.
        asked: questions to the target.
    """

    label: str
    plain: str
    budget: int
    family: str = ""
    written: str = ""
    asked: int = 0


def search(
    target: Target,
    texts: Sequence[Text],
    *,
    most: int,
    budget: int = 2,
    tries: int = 2,
    seed: int = 1,
) -> list[Fall]:
    """Attack indicators that the target finds when nothing is disguised.

    Args:
        target: whom to ask.
        texts: clean labelled texts.
        most: entities to attack.
        budget: disguises one over another, 1 or 2.
        tries: drawings of each family.
        seed: of the drawings.
    """
    falls: list[Fall] = []
    for text, mark in _candidates(texts, seed):
        if len(falls) == most:
            break
        place = Place(
            mark.start, mark.end, mark.label, frozenset((mark.value,)), mark.value, hidden=True
        )
        if is_found(place, target.ask(text)):
            falls.append(_attack(target, text, mark, budget, tries, seed))
    return falls


def _candidates(texts: Sequence[Text], seed: int) -> Iterator[tuple[str, Marked]]:
    """Yield excerpts with one indicator each, in an order drawn by the seed; no value twice."""
    found = []
    seen: set[tuple[str, str]] = set()
    for text in texts:
        for gold in text.gold:
            if gold.label in INDICATORS and gold.value and (gold.label, gold.value) not in seen:
                seen.add((gold.label, gold.value))
                found.append((text.text, gold))
    Random(f"search/{seed}").shuffle(found)  # noqa: S311 - repeatable, no secrets
    for whole, gold in found:
        low = whole.rfind("\n", 0, max(gold.start - AROUND, 0)) + 1
        end = whole.find("\n", gold.end + AROUND)
        high = len(whole) if end < 0 else end
        low, high = max(low, gold.start - 4 * AROUND), min(high, gold.end + 4 * AROUND)
        excerpt = whole[low:high]
        if excerpt.count(whole[gold.start : gold.end]) == 1:
            yield excerpt, Marked(gold.start - low, gold.end - low, gold.label, gold.value)


def _attack(target: Target, text: str, mark: Marked, budget: int, tries: int, seed: int) -> Fall:
    asked = 0
    for depth in range(1, budget + 1):
        for family in _families(depth, mark.label):
            for draw in range(tries):
                rng = Random(f"search/{seed}/{family.name}/{draw}/{mark.value}")  # noqa: S311 - repeatable
                made = disguise_document(text, [mark], [family], rng)
                for planted in made.planted:
                    answers = filter(None, (planted.value, planted.resembles, planted.plain))
                    place = Place(
                        planted.start, planted.end, planted.label, frozenset(answers),
                        planted.plain, hidden=True,
                    )  # fmt: skip
                    asked += 1
                    if not is_found(place, target.ask(made.text)):
                        written = made.text[planted.start : planted.end]
                        return Fall(mark.label, mark.value, depth, family.name, written, asked)
    return Fall(mark.label, mark.value, 0, asked=asked)


def _families(depth: int, label: str) -> Iterator[Perturbation]:
    """Yield the families, or their compositions, that apply to a label."""
    known = [PERTURBATIONS.get(name) for name in PERTURBATIONS.names()]
    able = [each for each in known if label in each.labels]
    if depth == 1:
        yield from able
        return
    for outer in able:
        if outer.name in OUTER:
            for inner in able:
                if inner.name not in OUTER:
                    yield compose(inner, outer)
