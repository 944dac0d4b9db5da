"""Measure: recall and precision per family, beside what is found when nothing is disguised."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from decloak.core.document import Document
from decloak.core.entity import Entity
from decloak.evaluation.gold import GoldDocument
from decloak.evaluation.heldout.documents import places
from decloak.evaluation.heldout.generate import Item, generate
from decloak.evaluation.heldout.names import KINDS, part_of
from decloak.evaluation.report import Table, percent
from decloak.evaluation.runner import Runner

__all__ = ["Tally", "judge", "tables"]


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts that add up.

    Attributes:
        asked: values in disguise.
        found: of these, found in disguise.
        plain: of these, found when not disguised.
        both: found either way.
        wrong: entities at these places that are none of the right ones.
    """

    asked: int = 0
    found: int = 0
    plain: int = 0
    both: int = 0
    wrong: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.asked + other.asked, self.found + other.found, self.plain + other.plain,
            self.both + other.both, self.wrong + other.wrong,
        )  # fmt: skip

    @property
    def cells(self) -> tuple[object, ...]:
        """What a table says of it."""
        return (
            self.asked,
            percent(self.plain / self.asked if self.asked else None),
            percent(self.found / self.asked if self.asked else None),
            percent(self.both / self.plain if self.plain else None),
            percent(self.found / (self.found + self.wrong) if self.found + self.wrong else None),
        )


_NO_CONTROLS = dict.fromkeys(
    [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x2070)]
)
"""Direction controls (UAX 9), to be left out."""


def _same(label: str, value: str) -> str:
    """Return a value so that spellings which mean the same are equal; nothing here is decloak's."""
    if label == "IP_ADDRESS":
        try:
            address = ipaddress.ip_address(value.strip("[]"))
        except ValueError:
            return value
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        return str(mapped or address)
    if label in {"DOMAIN", "URL"}:
        return value.casefold().rstrip("./")
    return " ".join(value.casefold().split())


def _is_right(entity: Entity, item: Item, *, resembles: bool) -> bool:
    """Whether an entity says what was hidden; what kind of name a name is may differ."""
    if entity.label != item.label and not {entity.label, item.label} <= KINDS:
        return False
    right = {_same(item.label, answer) for answer in item.answers}
    if not resembles:
        return _same(item.label, entity.value) in right
    if item.label in KINDS and _same(item.label, entity.value) in right:
        return False  # plain letters were written over
    return entity.resembles is not None and _same(item.label, entity.resembles) in right


def _is_right_as_shown(entity: Entity, item: Item) -> bool:
    """Whether the order stored was taken for the value, and the one shown is what it resembles."""
    stored = item.text[item.start : item.end].translate(_NO_CONTROLS)
    as_stored = _same(item.label, entity.value) == _same(item.label, stored)
    return as_stored and _is_right(entity, item, resembles=True)


def judge(
    item: Item, entities: Iterable[Entity], before: Iterable[Entity]
) -> tuple[Tally, Sequence[Entity]]:
    """Compare what was found in disguise, and before, with what is right.

    Returns the counts, and the entities at the place. One that holds the place as a part (a URL
    around a domain) is neither right nor wrong.
    """
    here = [each for each in entities if each.start < item.end and item.start < each.end]
    right = [each for each in here if _is_right(each, item, resembles=item.look_alike)]
    if not right and item.family == "bidi":
        right = [each for each in here if _is_right_as_shown(each, item)]
    wrong = [
        each
        for each in here
        if each not in right and not (each.start < item.start and each.end > item.end)
    ]
    plain = any(
        _is_right(each, item, resembles=False)
        for each in before
        if each.start < item.plain_end and item.plain_start < each.end
    )
    found = bool(right)
    return Tally(1, found, plain, found and plain, len(wrong)), here


def tables(
    runner: Runner,
    seed: int,
    count: int,
    documents: Iterable[GoldDocument] = (),
    examples: int = 0,
) -> list[Table]:
    """Measure, per family and label.

    Args:
        runner: the pipeline.
        seed: another one gives other texts; below `names.FIRST_HELD` with the names of the half that
            may guide work on the decoders.
        count: texts per family.
        documents: labelled documents to hide values in, besides carriers of our own.
        examples: how many losses to list.
    """
    families: dict[str, Tally] = {}
    labels: dict[str, Tally] = {}
    losses = Table("Lost or wrong", ("family", "label", "plain", "text", "right", "said"))
    hosts = places(documents, part_of(seed))
    for item in generate(seed, count, hosts):
        entities = runner.run(Document("hidden", item.text)).entities
        before = runner.run(Document("plain", item.plain)).entities
        tally, here = judge(item, entities, before)
        for totals, name in ((families, item.family), (families, "all"), (labels, item.label)):
            totals[name] = totals.get(name, Tally()) + tally
        if len(losses.rows) < examples and (tally.wrong or tally.both < tally.plain):
            losses.add(*_told(item, tally, here))
    heads = ("disguised", "found plain", "recall", "of found plain", "precision")
    kind = "with" if hosts else "without"
    made = []
    for title, totals in (("family", families), ("label", labels)):
        table = Table(f"Held out, per {title}, {kind} labelled documents", (title, *heads))
        for name in sorted(totals, key="all".__eq__):
            table.add(name, *totals[name].cells)
        made.append(table)
    return [*made, losses] if examples else made


def _told(item: Item, tally: Tally, here: Iterable[Entity]) -> tuple[str, ...]:
    verdict = "found, and more" if tally.found else "lost"
    text = item.text
    shown = f"{text[max(0, item.start - 40) : item.start]}⟦{text[item.start : item.end]}⟧"
    said = ", ".join(f"{each.label}={each.value}~{each.resembles or ''}" for each in here)
    right = item.plain[item.plain_start : item.plain_end]
    return (f"{item.family}, {verdict}", item.label, right, shown + text[item.end :][:40],
            "; ".join(sorted(item.answers)), said)  # fmt: skip
