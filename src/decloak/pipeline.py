"""Pipeline: the only file that knows the order of the stages."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from decloak.assemble import assemble
from decloak.config import Settings
from decloak.core.document import Decoded, Document
from decloak.core.entity import Candidate, Entity, Verdict
from decloak.core.errors import DecloakError
from decloak.core.facts import Facts, Segment
from decloak.core.result import Failure, Result
from decloak.decode import decode
from decloak.indicators import read
from decloak.link import links_of
from decloak.sources.run import read_sources
from decloak.tag import PROPOSERS, Scene
from decloak.verify import decide
from decloak.verify.ground import ground, undone_spots

__all__ = ["Pipeline", "extract"]


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
        candidates = _propose(decoded, facts, tuple(segments))
        decisions, values = decide(
            decoded.text,
            facts,
            candidates,
            undone=undone_spots(decoded),
            nested=settings.nested,
            keep_all=settings.review,
        )
        entities = ground(decoded, decisions, links_of)
        return Result(
            id=document.id,
            source=source,
            text=document.text,
            all_entities=tuple(self._wanted(entities)),
            records=assemble(decoded, facts, values),
            warnings=(*document.warnings, *decoded.warnings, *facts.warnings),
            edits=decoded.edits,
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

    def _wanted(self, entities: Iterable[Entity]) -> Iterator[Entity]:
        labels, floor = self.settings.labels, self.settings.min_confidence
        if labels is None and floor == 0:
            yield from entities
            return
        for entity in entities:
            if entity.confidence >= floor and (labels is None or entity.label in labels):
                yield entity


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


def _propose(decoded: Decoded, facts: Facts, segments: tuple[Segment, ...]) -> list[Candidate]:
    """Let every proposer look at what no fact explains yet."""
    known = {(fact.start, fact.end) for fact in facts.items if fact.label}
    scene = Scene(decoded.view, facts, known, segments, _private_suffixes(decoded.text, facts))
    return [candidate for proposer in PROPOSERS for candidate in proposer.propose(scene)]


def _private_suffixes(text: str, facts: Facts) -> frozenset[str]:
    """Return the top labels without a public suffix under which records name hosts."""
    names = {
        fact.value or text[fact.start : fact.end] for fact in facts.items if fact.label == "DOMAIN"
    }
    tops = {name.rpartition(".")[2].lower(): name for name in names if "." in name}
    return frozenset(
        top for top, name in tops.items() if read("DOMAIN", name).verdict is Verdict.SILENT
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
