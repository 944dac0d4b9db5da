"""Measure: what a target finds clean and in disguise, by value; counts that add up."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from decloak.evaluation.attack.conditions import Attacked, Place
from decloak.evaluation.attack.targets import Answer, Found, Target
from decloak.evaluation.heldout.names import KINDS
from decloak.evaluation.score import key
from decloak.evaluation.tagger.mentions import Text

__all__ = ["INDICATORS", "Cell", "clean_answers", "is_found", "measure_target"]

INDICATORS = frozenset({"IP_ADDRESS", "DOMAIN", "URL", "EMAIL", "HASH", "CVE"})
"""Labels that every indicator extractor reports; the others are names, which they do not look for."""
_HOSTS = frozenset({"DOMAIN", "HOSTNAME", "URL"})
"""Labels that extractors take for each other: a name without a scheme is a URL to some."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Counts of one target under one condition. Cells add up.

    Attributes:
        hidden: indicators in disguise.
        found: of these, found with the right value.
        clean: of these, found when nothing is disguised.
        lost: of those found clean, not found in disguise.
        names, names_found: the same of everything that is no indicator.
        placed, exact: of the found ones, those that come with a place, and with exactly the right one.
        said: distinct values reported under indicator labels of which the gold is complete.
        wrong: of these, values of nothing that stands there.
        errors: texts without an answer.
        texts, characters: asked.
        seconds: that it took.
    """

    hidden: int = 0
    found: int = 0
    clean: int = 0
    lost: int = 0
    names: int = 0
    names_found: int = 0
    placed: int = 0
    exact: int = 0
    said: int = 0
    wrong: int = 0
    errors: int = 0
    texts: int = 0
    characters: int = 0
    seconds: float = 0.0

    def __add__(self, other: Cell) -> Cell:
        return Cell(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def share(self, part: str, whole: str) -> float | None:
        """Return one count as a share of another; None where there is nothing."""
        total = getattr(self, whole)
        return getattr(self, part) / total if total else None

    @property
    def precision(self) -> float | None:
        """Share of the reported indicators that stand there."""
        return 1 - self.wrong / self.said if self.said else None


def clean_answers(target: Target, texts: Sequence[Text]) -> list[Answer]:
    """Ask about every text as it is."""
    return [target.ask(text.text) for text in texts]


def measure_target(
    target: Target,
    texts: Sequence[Text],
    clean: Sequence[Answer],
    rows: Iterable[Attacked],
    advance: Callable[[], None] | None = None,
) -> Cell:
    """Ask about the texts of one condition.

    Args:
        target: whom to ask.
        texts: the clean texts.
        clean: what it says of them.
        rows: the texts of the condition.
        advance: called after every text.
    """
    total = Cell()
    for row in rows:
        is_clean = row.text == texts[row.clean].text
        answer = clean[row.clean] if is_clean else target.ask(row.text)
        total += _cell(texts[row.clean], clean[row.clean], answer, row)
        if advance is not None:
            advance()
    return total


def _cell(text: Text, before: Answer, answer: Answer, row: Attacked) -> Cell:
    now, then = _by_value(answer.found), _by_value(before.found)
    counts = dict.fromkeys(
        ("hidden", "found", "clean", "lost", "names", "names_found", "placed", "exact"), 0
    )
    asked = [each for each in row.places if each.hidden]
    if not asked:  # the clean text: all of it is asked for
        asked = list(row.places)
    for place in asked:
        hit = _hit(place, now)
        if place.label not in INDICATORS:
            counts["names"] += 1
            counts["names_found"] += hit is not None
            continue
        was = _hit(place, then, plain=True) is not None
        counts["hidden"] += 1
        counts["found"] += hit is not None
        counts["clean"] += was
        counts["lost"] += was and hit is None
        if hit is not None and hit.start >= 0:
            counts["placed"] += 1
            counts["exact"] += any(
                (each.start, each.end) == (place.start, place.end) for each in answer.found
            )
    said, wrong = _wrong(text, row.places, now)
    return Cell(
        **counts,
        said=said,
        wrong=wrong,
        errors=bool(answer.error),
        texts=1,
        characters=len(row.text),
        seconds=answer.seconds,
    )


Values = Mapping[tuple[str, str], Found]


def _by_value(found: Iterable[Found]) -> dict[tuple[str, str], Found]:
    made: dict[tuple[str, str], Found] = {}
    for each in found:
        made.setdefault((each.label, _same(each.label, each.value)), each)
        if each.resembles:
            made.setdefault((each.label, _same(each.label, each.resembles)), each)
    return made


def _same(label: str, value: str) -> str:
    """Return a value so that spellings which mean the same are equal, whoever writes them."""
    stripped = value.strip()
    if label in {"IP_ADDRESS", ""}:
        try:
            return str(ipaddress.ip_address(stripped.strip("[]")))
        except ValueError:
            if label:
                return stripped
    if label in {"DOMAIN", "HOSTNAME", "URL", "EMAIL", ""}:
        return key(label, stripped).rstrip("./") if label else stripped.casefold().rstrip("./")
    return key(label, stripped)


def is_found(place: Place, answer: Answer) -> bool:
    """Whether a target found an entity, by any of the values that are right."""
    return _hit(place, _by_value(answer.found)) is not None


def _hit(place: Place, found: Values, *, plain: bool = False) -> Found | None:
    """Return what says a right value under a label that may be meant."""
    for label in _labels(place.label):
        for value in (place.plain,) if plain else sorted(place.answers):
            hit = found.get((label, _same(label or "", value)))
            if hit is not None:
                return hit
    return None


def _labels(label: str) -> tuple[str, ...]:
    """Return the labels under which an entity may be reported: its own first, none last."""
    if label in KINDS:
        return (label, *sorted(KINDS - {label}), "")
    if label in _HOSTS:
        return (label, *sorted(_HOSTS - {label}), "")
    return (label, "")


def _wrong(text: Text, places: Sequence[Place], found: Values) -> tuple[int, int]:
    """Count distinct reported indicators, and those that are the value of nothing there.

    The host of a URL or of an address, and what is part of another entity in any way, is not counted.
    """
    right = {
        (label, _same(label, value))
        for place in places
        for label in _labels(place.label)
        for value in (*place.answers, place.plain)
    }
    inside = "\n".join(
        value.casefold() for place in places for value in (*place.answers, place.plain)
    )
    said = wrong = 0
    for (label, value), each in found.items():
        if label not in INDICATORS or not text.checks(label):
            continue
        if (label, value) in right:
            said += 1
        elif each.value.casefold() not in inside and value not in inside:
            said += 1
            wrong += 1
    return said, wrong
