"""Pipeline: the only file that knows the order of the stages."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from decloak.assemble import Records
from decloak.config import Settings
from decloak.core.document import Document, View
from decloak.core.entity import Entity, Verdict
from decloak.core.errors import DecloakError
from decloak.core.facts import Facts
from decloak.core.result import Failure, Result
from decloak.decode import decode
from decloak.indicators import read
from decloak.link import links_of
from decloak.sources.run import read_sources
from decloak.tag import PROPOSERS, Scene
from decloak.verify import Decisions, Grounded, Sweep
from decloak.verify.ground import undone_spots

__all__ = ["Pipeline", "extract"]

_WINDOW = 1 << 21
"""Code points whose candidates are decided about at a time."""
_LARGE = 1 << 23
"""Code points from which entities and records are made only when they are asked for."""


class Pipeline:
    """Extract entities and records from documents. Holds no state between documents.

    Args:
        settings: what can change an output; the defaults when None.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()

    def run(self, document: Document) -> Result:
        """Process one document.

        Raises:
            SettingsError: when the document or the settings insist on an unknown source.
        """
        with _paused_collector():
            return self._run(document)

    def _run(self, document: Document) -> Result:
        settings = self.settings
        decoded = decode(document.text, strategy=settings.strategy, max_rounds=settings.max_rounds)
        segments, facts, source = read_sources(decoded.view, document.source or settings.source)
        facts.sort()
        sweep = Sweep(
            decoded.text,
            facts,
            undone=undone_spots(decoded),
            nested=settings.nested,
            keep_all=settings.review,
        )
        private = _private_suffixes(decoded.text, facts)
        for low, high in _windows(decoded.view):
            found = sweep.window(high)
            known = {(fact[0], fact[1]) for fact in found if fact[4]}
            scene = Scene(decoded.view, low, high, known, tuple(segments), private)
            sweep.take(found, (each for tag in PROPOSERS for each in tag.propose(scene)))
        entities: Sequence[Entity] = Grounded(decoded, self._wanted(sweep.finish()), links_of)
        records = Records(decoded, facts, sweep.values)
        small = len(decoded.text) < _LARGE
        if settings.nested or any(run.reversed for run in decoded.alignment.runs):
            entities, small = sorted(entities, key=_by_place), True
        return Result(
            id=document.id,
            source=source,
            text=document.text,
            all_entities=tuple(entities) if small else entities,
            records=tuple(records) if small else records,
            warnings=(*document.warnings, *decoded.warnings, *facts.warnings),
            edits=decoded.edits,
            has_held=settings.review,
        )

    def run_many(self, documents: Iterable[Document | Failure]) -> Iterator[Result | Failure]:
        """Process documents one by one, in order; a failure is a value and ends nothing."""
        for document in documents:
            if isinstance(document, Failure):
                yield document
                continue
            try:
                yield self.run(document)
            except DecloakError as error:
                yield Failure(document.id, type(error).__name__, str(error), error.exit_code)

    def _wanted(self, decisions: Decisions) -> Decisions:
        labels, floor = self.settings.labels, self.settings.min_confidence
        if labels is None and floor == 0:
            return decisions
        return Decisions.of(
            each
            for each in decisions
            if each.claim.confidence >= floor and (labels is None or each.label in labels)
        )


def _by_place(entity: Entity) -> tuple[int, int]:
    return entity.start, entity.end


def _windows(view: View) -> Iterator[tuple[int, int]]:
    """Cut a text into windows at line ends, so that work in progress never outgrows one.

    A stretch without a line end stays whole: what is proposed never crosses a line end, and may
    cross anything else.
    """
    low, length = 0, len(view)
    while low < length:
        high = low + _WINDOW
        if high < length:
            end = view.shadow.rfind(b"\n", low, high)
            if end < 0:
                end = view.shadow.find(b"\n", high)
            high = end + 1 if end >= 0 else length
        yield low, min(high, length)
        low = high


@contextmanager
def _paused_collector() -> Iterator[None]:
    """Pause the cyclic garbage collector: a document makes millions of tuples and no cycle.

    Left on, it walks all of them again and again and takes half of the time.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _private_suffixes(text: str, facts: Facts) -> frozenset[str]:
    """Return the top labels without a public suffix under which records name hosts."""
    tops: dict[str, str] = {}
    for start, end, value in facts.labelled("DOMAIN"):
        name = text[start:end] if value is None else value
        tops[name[name.rfind(".") + 1 :]] = name
    return frozenset(
        top.lower()
        for top, name in tops.items()
        if "." in name and read("DOMAIN", name).verdict is Verdict.SILENT
    )


def extract(text: str, **settings: Any) -> Result:
    """Extract entities and records from one text.

    Args:
        text: the text, with whatever disguises it has.
        settings: fields of `Settings` (``labels``, ``min_confidence``, ``nested`` ...).

    Raises:
        pydantic.ValidationError: on an unknown setting or a value out of range.
    """
    if labels := settings.get("labels"):
        settings["labels"] = frozenset(labels)
    return Pipeline(Settings(**settings)).run(Document("-", text))
