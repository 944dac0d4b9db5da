"""Systems: the published steps one by one, put around a tagger."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from decloak.core.alignment import Edit
from decloak.core.document import Decoded as DecodedText
from decloak.core.document import Document, View
from decloak.core.entity import Verdict
from decloak.decode import Models, decode
from decloak.decode.base import Proposals
from decloak.decode.clusters import greedy
from decloak.decode.run import STRATEGIES
from decloak.evaluation.tagger.folders import described
from decloak.evaluation.tagger.mentions import Mention
from decloak.evaluation.tagger.systems import Extract, System, TaggerSystem, in_raw
from decloak.indicators import read
from decloak.options import Settings
from decloak.pipeline import Pipeline

__all__ = ["EXPERTS", "DecodedBy", "Optioned", "Vetoed", "WithoutCrf", "decoded_by"]

EXPERTS = ("symbol", "typographic")
"""Experts that propose edits by themselves. The semantic one weighs what others propose."""


@dataclass(frozen=True)
class Vetoed:
    """A system whose entities are removed where their text fails the pattern of their label.

    Attributes:
        name: as the tables say it.
        inner: the system.
    """

    name: str
    inner: System

    @property
    def key(self) -> str:
        """See `System`."""
        return f"vetoed|{self.inner.key}"

    def open(self) -> Extract:
        """See `System`."""
        extract = self.inner.open()

        def kept(text: str) -> list[Mention]:
            return [
                each
                for each in extract(text)
                if read(each.label, each.value or text[each.start : each.end]).verdict
                is not Verdict.REFUTED
            ]

        return kept


@dataclass(frozen=True)
class DecodedBy:
    """A system on the text as one strategy decodes it, its spans mapped back.

    Attributes:
        name: as the tables say it.
        strategy: of `decloak.decode`, ``off``, or one of `EXPERTS` alone.
        inner: the system.
    """

    name: str
    strategy: str
    inner: System

    @property
    def key(self) -> str:
        """See `System`."""
        return f"decoded by {self.strategy}|{self.inner.key}"

    def open(self) -> Extract:
        """See `System`."""
        extract = self.inner.open()

        def through(text: str) -> list[Mention]:
            made = decoded_by(self.strategy, text)
            return in_raw(made, extract(made.text))

        return through


def decoded_by(strategy: str, text: str) -> DecodedText:
    """Decode with a strategy, or with one expert alone: all that it proposes, the most certain first."""
    if strategy not in EXPERTS or strategy in STRATEGIES:
        return decode(text, strategy=strategy)

    def alone(_view: View, proposals: Proposals, _models: Models) -> list[Edit]:
        own = [edit for decoder, made in proposals if decoder.expert == strategy for edit in made]
        return list(greedy(tuple(sorted(own, key=_certain))))

    STRATEGIES[strategy] = alone  # known for the time of one call: users cannot ask for it
    try:
        return decode(text, strategy=strategy)
    finally:
        del STRATEGIES[strategy]


def _certain(edit: Edit) -> tuple[float, int]:
    return -edit.confidence, edit.start - edit.end


@dataclass(frozen=True)
class Optioned:
    """The pipeline with some options.

    Attributes:
        name: as the tables say it.
        options: as keywords of `Settings`.
    """

    name: str
    options: tuple[tuple[str, Any], ...]

    @property
    def key(self) -> str:
        """See `System`."""
        return f"pipeline|{json.dumps(self.options)}"

    def open(self) -> Extract:
        """See `System`."""
        pipeline = Pipeline(Settings(**dict(self.options)))

        def run(text: str) -> list[Mention]:
            return [
                Mention(each.start, each.end, each.label, each.confidence, each.value)
                for each in pipeline.run(Document("-", text)).all_entities
            ]

        return run


@dataclass(frozen=True)
class WithoutCrf:
    """The tagger with each word labelled by itself: all potentials between labels are zero.

    Attributes:
        name: as the tables say it.
        model: its folder.
    """

    name: str
    model: Path

    @property
    def key(self) -> str:
        """See `System`."""
        return f"without CRF|{TaggerSystem(self.name, self.model).key}"

    def open(self) -> Extract:
        """See `System`."""
        with described(self.model, _flat) as folder:
            return TaggerSystem(self.name, folder).open()


def _flat(told: dict[str, object]) -> dict[str, object]:
    crf = told["crf"]
    if not isinstance(crf, dict):
        return told
    return told | {"crf": {name: _zero(each) for name, each in crf.items()}}


def _zero(value: object) -> object:
    if isinstance(value, list):
        return [_zero(each) for each in value]
    return 0.0 if isinstance(value, float | int) else value
