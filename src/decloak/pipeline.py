"""Pipeline: the only file that knows the order of the stages."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import compress
from typing import TYPE_CHECKING, Any

from decloak.assemble import Records
from decloak.core.chosen import Chosen
from decloak.core.document import Decoded, Document, View
from decloak.core.entity import Entity, Status, Verdict
from decloak.core.errors import ArgumentError, ResourceError, SettingsError
from decloak.core.facts import Facts, Segment
from decloak.core.meant import Meant
from decloak.core.processes import Died, process_each
from decloak.core.remember import forget
from decloak.core.result import Failure
from decloak.core.span_set import SpanSet
from decloak.core.threads import usable_cores
from decloak.decode import Models, decode
from decloak.indicators import read
from decloak.indicators.allowed import Allowed
from decloak.indicators.edges import edged
from decloak.kb.store import chosen_store, the_store
from decloak.link import Linked, linkers
from decloak.options import Settings
from decloak.result import Result
from decloak.sources.run import read_sources
from decloak.tag import PROPOSERS, Scene, judge_of, reader_of
from decloak.tag.bearers import settled
from decloak.tag.standing import weighed
from decloak.verify import Decision, Decisions, Grounded, Sweep, agreed, questions
from decloak.verify.ground import undone_spots

if TYPE_CHECKING:  # a language model costs nothing where none is asked
    from decloak.identify import Identified, Identifier
    from decloak.llm import Account, ChatModel

__all__ = ["Pipeline", "models_of"]

_WINDOW = 1 << 21
"""Code points whose candidates are decided about at a time."""
_LARGE = 1 << 23
"""Code points from which entities and records are made only when they are asked for."""


class Pipeline:
    """Extract entities and records from documents.

    A pipeline is made once and used as often as wanted, by any number of threads at a time: the result of a
    document depends on that document alone. It can be pickled, and sent to another process: what is sent is
    what it was made with, and what it needs is opened again there. (`model` and `decoding` must be picklable
    for that, where they are given, and fit for threads.)

    Args:
        settings: what can change an output; the defaults when None.
        model: the language model to ask, instead of the one that the settings name.
        decoding: models for the decoders to ask, instead of those that the settings name.

    Attributes:
        account: what the language model was asked so far; None without one.
        identifier: what asks it; None without one.
        watch: told how many code points of a document's readable text are done, and of how many; None.

    Raises:
        SettingsError: when the settings name no language model, or ask for a tagger or a store that is not there.
        ModelFileError: when the tagger's model, or that of the decoder, is damaged.
        ToolError: when the extra that the model needs is not installed.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        model: ChatModel | None = None,
        decoding: Models | None = None,
    ) -> None:
        self.settings = _settings(settings)
        self._made_with = (self.settings, model, decoding)
        if self.settings.link.kb is not None:
            chosen_store(self.settings.link.kb)
        self._reader = reader_of(self.settings.tagger.mode, self.settings.tagger.model)
        self._models = decoding or models_of(self.settings)
        ignore = self.settings.output.ignore
        self._allowed = Allowed(ignore) if ignore else None
        self.account: Account | None = None
        self.watch: Callable[[int, int], None] | None = None
        self.identifier: Identifier | None = None
        if model is not None or self.settings.llm.uri is not None:
            self.identifier, self.account = _identifier(self.settings, model)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._made_with

    def run(self, document: Document) -> Result:
        """Process one document.

        Raises:
            ArgumentError: when this is no document.
            SettingsError: when the document or the settings insist on an unknown source.
        """
        if not isinstance(document, Document):
            message = (
                f"run takes a Document, not {_named(document)}: write Document(name, text), or "
                "decloak.extract(text) for a text alone"
            )
            raise ArgumentError(message)
        try:
            with _paused_collector(large=len(document.text) >= _WINDOW):
                return self._run(document)
        finally:
            forget(len(document.text))

    def read(self, document: Document) -> tuple[Decoded, list[Segment], Facts, str]:
        """Return the readable text, which tool wrote what, its facts, and the dominant source.

        Raises:
            SettingsError: as for `run`.
        """
        decoded, meant, segments, facts, source = self._read(document)
        return decoded, list(meant.stand(segments)), meant.facts(facts), source

    def _read(self, document: Document) -> tuple[Decoded, Meant, list[Segment], Facts, str]:
        """Return the same in offsets of the text as it may have been meant, and that text."""
        settings = self.settings
        decoded = decode(
            document.text,
            strategy=settings.decode.strategy,
            max_rounds=settings.decode.rounds,
            model=self._models,
        )
        meant = Meant(decoded)
        segments, facts, source = read_sources(
            meant.view, document.source or settings.reading.source
        )
        facts.sort()
        return decoded, meant, segments, facts, source

    def _run(self, document: Document) -> Result:
        settings = self.settings
        decoded, meant, segments, read_facts, source = self._read(document)
        facts = meant.facts(read_facts)
        sweep = Sweep(
            decoded.text,
            facts,
            undone=undone_spots(decoded),
            nested=settings.output.nested,
            keep_all=settings.output.review or self.identifier is not None,
        )
        private = _private_suffixes(decoded.text, facts)
        view = edged(meant.view)
        store = the_store(settings.link.kb)
        sitting = None
        if self._reader is not None:
            sitting = self._reader.sitting(len(document.text), len(decoded.edits))
        done = 0
        for low, high in _windows(meant.view):
            if self.watch is not None:
                self.watch(low, len(meant.view))
            found = sweep.window(meant.end(high))
            read = read_facts.span(done, done + len(found)) if meant.differs else found
            done += len(found)
            read = list(compress(read, sweep.standing(found)))
            spans = [fact for fact in read if fact[4]]
            known = SpanSet([fact[0] for fact in spans], [fact[1] for fact in spans])
            scene = Scene(view, low, high, known, tuple(segments), private)
            proposed = (each for tag in PROPOSERS for each in tag.propose(scene))
            if sitting is None:
                sweep.take(found, meant.stand(proposed))
                continue
            candidates = list(proposed)
            tagged = settled(sitting.read(scene, read, candidates), view.text, store)
            tagged = weighed(tagged, view.text, store)
            sweep.take(found, meant.stand(candidates), meant.stand(tagged))
        segments = list(meant.stand(segments))
        decisions, told = sweep.finish(), None
        if self.identifier is not None:
            decisions, told = _second_opinions(self.identifier, decoded, segments, facts, decisions)
        grounded = Grounded(decoded, self._wanted(decisions), linkers(store))
        entities: Sequence[Entity] = Linked(grounded, document.text, store)
        if self._allowed is not None:
            entities = self._without_allowed(self._allowed, entities)
        records = Records(decoded, facts, sweep.values)
        small = len(decoded.text) < _LARGE
        if (
            settings.output.nested or settings.output.review or decoded.alignment.runs.turned
        ) and decoded.alignment.runs:
            entities, small = sorted(entities, key=_by_place), True
        return Result(
            id=document.id,
            source=source,
            text=document.text,
            all_entities=tuple(entities) if small else entities,
            record_rows=tuple(records) if small else records,
            warnings=(
                *document.warnings,
                *decoded.warnings,
                *facts.warnings,
                *(sitting.warnings if sitting else ()),
                *(told.warnings if told else ()),
            ),
            edits=decoded.edits,
            identification=told.told.output() if told and settings.llm.trace else None,
            ungrounded=_unplaced(told) if told and settings.output.review else None,
            has_held=settings.output.review,
            source_map=document.source_map,
        )

    def run_many(self, documents: Iterable[Document | Failure]) -> Iterator[Result | Failure]:
        """Process documents one by one, in order; a failure is a value and ends nothing.

        Any error within one document is that document's failure, a bug with its trace; what is no document
        is a failure, too. What a large document (2^23 code points) has is made when it is asked for, outside
        of this. What reading `documents` itself raises goes to the caller.
        """
        for number, document in enumerate(documents, 1):
            if isinstance(document, Failure):
                yield document
                continue
            try:
                outcome: Result | Failure = self.run(document)
            except Exception as error:  # noqa: BLE001 - one document costs no other one
                name = document.id if isinstance(document, Document) else f"document {number}"
                outcome = Failure.of(name, error)
            yield outcome

    def batch(
        self,
        documents: Iterable[Document | Failure],
        *,
        jobs: int = 0,
        ordered: bool = True,
    ) -> Iterator[Result | Failure]:
        """Process documents in worker processes; a failure is a value and ends nothing.

        Documents are taken as workers become free, a group of some dozens at a time, so that a stream of any length
        is never held. A document that takes two workers with it is a failure.

        Args:
            documents: as for `run_many`.
            jobs: processes; 0 for one per usable core.
            ordered: whether results come in the order of the documents; else as they are done.

        Raises:
            SettingsError: where a language model is asked: that is done in one process.
        """
        if self.identifier is not None:
            message = "batch works in several processes, a language model in one: use run_many"
            raise SettingsError(message)
        run = partial(_outcome, self)
        for document, outcome in process_each(
            run,
            documents,
            jobs or usable_cores(),
            weight=_weight,
            ordered=ordered,
            preload=(__name__,),
        ):
            if isinstance(outcome, Died):
                message = (
                    "the worker process died at it, most likely out of memory; split the input"
                )
                name, kind = getattr(document, "id", "-"), ResourceError
                yield Failure(name, kind.__name__, message, kind.exit_code)
            else:
                yield outcome

    def _without_allowed(self, allowed: Allowed, entities: Sequence[Entity]) -> Sequence[Entity]:
        """Leave out what the user's file names; among what is to be reviewed it stays, with the line of that file."""

        def line_of(entity: Entity) -> int | None:
            return allowed.line_of(entity.label, entity.value, entity.text)

        if not self.settings.output.review:
            return Chosen(entities, lambda entity: line_of(entity) is None)
        return [
            entity
            if (line := line_of(entity)) is None
            else replace(
                entity, status=Status.REJECTED, evidence=(*entity.evidence, allowed.reason(line))
            )
            for entity in entities
        ]

    def _wanted(self, decisions: Decisions) -> Decisions:
        labels, floor = self.settings.output.kept(), self.settings.output.min_confidence
        if self.identifier is not None and not self.settings.output.review:
            decisions = Decisions.of(filter(_is_accepted, decisions))
        if labels is None and floor == 0:
            return decisions
        return Decisions.of(
            each
            for each in decisions
            if each.claim.confidence >= floor and (labels is None or each.label in labels)
        )


def _outcome(pipeline: Pipeline, document: Document | Failure) -> Result | Failure:
    """Process one document in a worker; what would be made when it is asked for is made there."""
    (outcome,) = pipeline.run_many([document])
    if isinstance(outcome, Failure):
        return outcome
    return replace(
        outcome, all_entities=tuple(outcome.all_entities), record_rows=tuple(outcome.record_rows)
    )


def _weight(document: Document | Failure) -> int:
    return len(document.text) if isinstance(document, Document) else 0


def _settings(given: Settings | None) -> Settings:
    if given is None or isinstance(given, Settings):
        return given or Settings()
    message = (
        f"a pipeline takes Settings, not {_named(given)}: write Pipeline(Settings(nested=True))"
    )
    raise ArgumentError(message)


def _named(value: object) -> str:
    return "None" if value is None else f"a {type(value).__name__}"


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
def _paused_collector(*, large: bool) -> Iterator[None]:
    """Pause the cyclic garbage collector: a document makes millions of tuples and no cycle.

    Left on, it walks all of them again and again and takes half of the time. What a large document made
    is old to it at once: the next collection of the young would walk all of it for nothing.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if large:  # all that is young moves to the oldest generation
            gc.freeze()
            gc.unfreeze()
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


def _identifier(settings: Settings, model: ChatModel | None) -> tuple[Identifier, Account]:
    """Open the language model; nothing is sent and nothing loaded yet."""
    from decloak.identify import Identifier  # noqa: PLC0415 - only with a model
    from decloak.llm import Account, open_model  # noqa: PLC0415 - likewise

    account = Account()
    if model is None:
        model = open_model(settings.llm.uri or "", settings.llm, account)
    return Identifier(model, _narrative_reader(settings), settings.llm), account


def _narrative_reader(settings: Settings) -> Callable[[str], Iterator[tuple[str, str]]]:
    """Return what reads a narrative like any prose: (label, text) of what is accepted in it."""
    reader = Pipeline(Settings(source="prose", strategy="off", tagger=settings.tagger))

    def read_narrative(text: str) -> Iterator[tuple[str, str]]:
        for entity in reader.run(Document("narrative", text)).entities:
            yield entity.label, entity.text

    return read_narrative


def models_of(settings: Settings) -> Models | None:
    """Return the models of the strategy that the settings name; None where they ask for none.

    Raises:
        SettingsError: when `consensus` is to ask a tagger and there is none.
        ModelFileError: when anything about the autoencoder's folder is amiss.
    """
    if not settings.decode.neural or settings.decode.strategy == "off":
        return None
    from decloak.decode.denoiser import shared_denoiser  # noqa: PLC0415 - only where it is asked

    judge = judge_of(settings.tagger.model) if settings.decode.strategy == "consensus" else None
    return Models(shared_denoiser(), judge)


def _is_accepted(decision: Decision) -> bool:
    return decision.status is Status.ACCEPTED


def _second_opinions(
    identifier: Identifier,
    decoded: Decoded,
    segments: Sequence[Segment],
    facts: Facts,
    decisions: Decisions,
) -> tuple[Decisions, Identified]:
    """Hear a language model on what was decided without it; ask about what is still unsure."""
    known = [(each.start, each.end, each.label) for each in decisions if _is_accepted(each)]
    told = identifier.identify(decoded, segments, facts, known)
    unsure = set(questions(agreed(decoded.text, decisions, told.voices)))
    open_questions = [each for each in questions(decisions) if each in unsure]
    identifier.confirm(decoded, segments, facts, open_questions, told)
    return agreed(decoded.text, decisions, told.voices), told


def _unplaced(told: Identified) -> tuple[dict[str, str], ...]:
    return tuple(
        {"label": each.label, "text": each.text, "origin": each.origin, "reason": "ungrounded"}
        for each in told.ungrounded
    )
