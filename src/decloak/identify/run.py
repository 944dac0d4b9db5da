"""Run: from segments and facts to narratives, and from narratives to grounded opinions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from decloak.core.document import Decoded
from decloak.core.entity import Entity, Voice
from decloak.core.errors import (
    ModelAccessError,
    ModelError,
    ModelFileError,
    ModelLimitError,
    ModelNameError,
)
from decloak.core.facts import Fact, Facts, Segment
from decloak.identify.chunks import Chunk, chunks_of
from decloak.identify.confirm import confirm
from decloak.identify.context import assess
from decloak.identify.extract import extract
from decloak.identify.ground import Grounder, Mention
from decloak.identify.omissions import counts
from decloak.identify.prompt import Prepared, Talk
from decloak.identify.refine import Refined, refine
from decloak.identify.reflect import Effort, Narrative, narrate, without_model
from decloak.identify.select import Instructions, instructions, select
from decloak.identify.trace import Told
from decloak.llm import ChatModel, Reply, Request

__all__ = ["Identified", "Identifier", "Mode", "Options", "Prepared"]

Mode = Literal["full", "narrative", "structured", "monolithic"]
Reader = Callable[[str], Iterable[tuple[str, str]]]
"""Reads a narrative: yields (label, text) for each entity in it."""

_TELLING = frozenset({"full", "narrative"})
_LASTING = (ModelAccessError, ModelFileError, ModelLimitError, ModelNameError)
"""What the next document would run into as well."""
_STRIKES, _STRIKES_OF_SERVER = 6, 3
"""Useless replies in a row after which the rest of a document is not sent; a server that cannot be
reached, which was tried several times already, counts for more of them."""
_MOST_CHUNKS = 400
_MOST_QUESTIONS = 50
_MOST_UNGROUNDED = 100
_LEAST_ROOM = 48


@dataclass(frozen=True, slots=True)
class Options:
    """How a model is used.

    Attributes:
        mode: ``full`` for narrative and structured extraction, one of them alone, or
            ``monolithic`` for one prompt per document, which serves for comparison.
        rounds: of the loop that completes a narrative, at least 1.
        samples: answers to each question about what is below its threshold; 0 asks none.
        critique: let the model look for omissions too.
        refine: let the model word the instruction anew, once for each template.
        seed: of the sampling.
        temperature: of the sampling of narratives.
        room: tokens of data in one prompt, at most.
    """

    mode: Mode = "full"
    rounds: int = 3
    samples: int = 3
    critique: bool = True
    refine: bool = False
    seed: int = 0
    temperature: float = 0.0
    room: int = 1200


@dataclass(slots=True)
class Identified:
    """What the model had to say about one document.

    Attributes:
        voices: grounded opinions, in decoded offsets.
        ungrounded: what it named and the text does not hold.
        warnings: for the user; each cause once.
        told: what was asked and answered, chunk by chunk.
    """

    voices: list[Voice] = field(default_factory=list)
    ungrounded: list[Mention] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    told: Told = field(default_factory=Told)


class Identifier:
    """Lets one language model tell documents. A fault of the model costs what it would have added.

    Args:
        model: any model.
        reader: reads entities in a narrative.
        options: how the model is used.
    """

    def __init__(self, model: ChatModel, reader: Reader, options: Options | None = None) -> None:
        self.model = model
        self.options = options or Options()
        self._reader = reader
        self._down: ModelError | None = None
        self._wordings: dict[str, Refined] = {}

    def identify(
        self,
        decoded: Decoded,
        segments: Sequence[Segment],
        facts: Facts,
        known: Iterable[tuple[int, int, str]] = (),
    ) -> Identified:
        """Tell a document, ground what was told, and say what went wrong.

        Args:
            decoded: the readable text and the way back.
            segments: which tool wrote which stretch.
            facts: what the grammars found, sorted.
            known: start, end and label of what was found outside the facts; a narrative has to name
                it like they.
        """
        made = Identified()
        desk = _Desk(self, made)
        if self._down is not None:
            desk.note(self._down)
        for number, ready in enumerate(self.prepare(decoded, segments, facts, known)):
            if desk.may_send(number, ready.chunk):
                self._chunk(desk, decoded, facts, ready)
            elif self.options.mode in _TELLING:
                name, chunk = ready.talk.template.name, ready.chunk
                made.told.add(without_model(name, chunk, decoded.text, facts))
        desk.sum_up()
        return made

    def prepare(
        self,
        decoded: Decoded,
        segments: Sequence[Segment],
        facts: Facts,
        known: Iterable[tuple[int, int, str]] = (),
    ) -> Iterator[Prepared]:
        """Yield what would be sent, chunk by chunk, without sending anything."""
        text = decoded.text
        base = instructions()
        disguises = _disguises(decoded)
        everything = _with_known(facts.span(0, len(facts)), known)
        place = 0
        for segment in segments:
            first = place
            while place < len(everything) and everything[place].start < segment.end:
                place += 1
            found = everything[first:place]
            families = [name for at, name in disguises if segment.start <= at < segment.end]
            context = assess(text, segment, found, facts, families)
            template, example = select(context)
            empty = Talk(context, template, example, base, "")
            fixed = self.model.count("\n".join(each.content for each in empty.narrate()))
            room = min(self.options.room, (self.model.context - fixed - 64) // 4)
            for chunk in chunks_of(text, segment, found, facts, max(room, 1), self.model.count):
                data = chunk.text(text)
                if chunk.too_long or room < _LEAST_ROOM:
                    yield Prepared(chunk._replace(too_long=True), empty, 0)
                elif any(char.isalnum() for char in data):
                    talk = replace(empty, data=data)
                    yield Prepared(chunk, talk, self.model.count(data))

    def confirm(
        self,
        decoded: Decoded,
        segments: Sequence[Segment],
        facts: Facts,
        questions: Iterable[tuple[int, int, str]],
        made: Identified,
    ) -> None:
        """Ask about places below their threshold; add the answers to what was made.

        Args:
            decoded: the readable text and the way back.
            segments: which tool wrote which stretch.
            facts: what the grammars found, sorted.
            questions: start, end and label of each place in the decoded text, sorted.
            made: what `identify` returned.
        """
        wanted = list(questions)[:_MOST_QUESTIONS]
        if not wanted or not self.options.samples or self._down is not None:
            return
        desk = _Desk(self, made)
        for ready in self.prepare(decoded, segments, facts):
            low, high = ready.chunk.start, ready.chunk.end
            for start, end, label in wanted:
                if low <= start < high and not ready.chunk.too_long and desk.may_ask:
                    self._question(desk, ready, (start, end, label), decoded.text[start:end])
        desk.sum_up()

    def _question(
        self, desk: _Desk, ready: Prepared, place: tuple[int, int, str], value: str
    ) -> None:
        options = self.options
        try:
            answer = confirm(
                desk.ask, ready.talk, place[2], value, samples=options.samples, seed=options.seed
            )
        except ModelError as error:
            desk.note(error)
            return
        desk.made.told.spend(answer.usage, answer.seconds)
        if answer.share > 0.5:
            desk.made.voices.append(Voice(*place, "llm.confirmed", answer.share))

    def _chunk(self, desk: _Desk, decoded: Decoded, facts: Facts, ready: Prepared) -> None:
        mode, made = self.options.mode, desk.made
        mentions: list[Mention] = []
        talk = ready.talk
        if mode in _TELLING:
            talk = replace(talk, wording=self._wording(desk, talk))
            told = self._narrative(desk, decoded, facts, ready._replace(talk=talk))
            made.told.add(told)
            stated = _stated(ready.chunk.facts, told)
            made.voices += [Voice(f.start, f.end, f.label, "llm.narrative") for f in stated]
            mentions += [
                Mention(label, text, "llm.narrative")
                for label, text in self._reader(told.said)
                if label in talk.context.labels
            ]
        if mode != "narrative" and desk.may_ask:
            mentions += self._listed(desk, ready)
        _ground(decoded.text, ready.chunk, mentions, made)

    def _narrative(self, desk: _Desk, decoded: Decoded, facts: Facts, ready: Prepared) -> Narrative:
        options = self.options
        told = narrate(
            desk.ask,
            ready,
            decoded.text,
            facts,
            Effort(options.rounds, options.critique, options.seed, options.temperature),
        )
        if told.fault is not None:
            desk.note(told.fault)
        return told

    def _listed(self, desk: _Desk, ready: Prepared) -> list[Mention]:
        try:
            mentions, usage, seconds, fault = extract(
                desk.ask,
                ready.talk,
                monolithic=self.options.mode == "monolithic",
                seed=self.options.seed,
                size=ready.size,
            )
        except ModelError as error:
            desk.note(error)
            return []
        if fault is not None:
            desk.note(fault)
        desk.made.told.spend(usage, seconds)
        return mentions

    def _wording(self, desk: _Desk, talk: Talk) -> Instructions:
        if not self.options.refine:
            return talk.wording
        name = talk.template.name
        if name not in self._wordings:
            self._wordings[name] = refine(
                desk.ask, talk.wording, talk.template, seed=self.options.seed
            )
        refined = self._wordings[name]
        desk.made.told.refined[name] = refined.reason or "accepted"
        return replace(talk.wording, narrate=refined.text)

    def fail(self, error: ModelError) -> None:
        """Remember a fault that the next document would run into as well."""
        if isinstance(error, _LASTING):
            self._down = error


class _Desk:
    """Asks for one document, and keeps what went wrong."""

    def __init__(self, owner: Identifier, made: Identified) -> None:
        self._owner = owner
        self.made = made
        self._faults: Counter[str] = Counter()
        self._first: dict[str, str] = {}
        self._strikes = 0
        self._unsent = self._too_long = 0
        self.may_ask = True

    def ask(self, request: Request) -> Reply:
        """Ask the model.

        Raises:
            ModelError: what `ChatModel.complete` raises.
        """
        reply = self._owner.model.complete(request)
        self._strikes = 0
        return reply

    def note(self, error: ModelError) -> None:
        """Count a fault; after some in a row, or a lasting one, nothing more is sent."""
        self._faults[error.cause] += 1
        self._first.setdefault(error.cause, str(error))
        self._strikes += _STRIKES_OF_SERVER if error.passing else 1
        self._owner.fail(error)
        if isinstance(error, _LASTING) or self._strikes >= _STRIKES:
            self.may_ask = False

    def may_send(self, number: int, chunk: Chunk) -> bool:
        """Whether the next chunk may be sent; count it where it may not."""
        self._too_long += chunk.too_long
        if not self.may_ask or number >= _MOST_CHUNKS:
            self._unsent += not chunk.too_long
            return False
        return not chunk.too_long

    def sum_up(self) -> None:
        """Turn what went wrong into warnings, each cause once."""
        name = self._owner.model.name
        for cause, count in self._faults.items():
            times = "" if count == 1 else f" ({count} times)"
            self._warn(f"language model {name}: {cause}{times}: {self._first[cause]}")
        if self._unsent:
            self._warn(f"language model {name}: {self._unsent} parts were not sent to it")
        if self._too_long:
            self._warn(
                f"language model {name}: {self._too_long} records are too long for its prompt"
            )
        self._faults.clear()
        self._unsent = self._too_long = 0

    def _warn(self, message: str) -> None:
        shown = f"{message}; extracted without it"
        if shown not in self.made.warnings:
            self.made.warnings.append(shown)


def known_places(decoded: Decoded, entities: Iterable[Entity]) -> list[tuple[int, int, str]]:
    """Return start and end of entities in the decoded text, with their labels."""
    to_decoded = decoded.alignment.to_decoded
    places = ((to_decoded(entity.start, entity.end), entity.label) for entity in entities)
    return [(*place, label) for place, label in places if place is not None]


def _with_known(facts: list[Fact], known: Iterable[tuple[int, int, str]]) -> list[Fact]:
    """Return the facts, and what else is known as facts that belong to no record, sorted."""
    stated = {(fact.start, fact.end) for fact in facts}
    more = [
        Fact(start, end, -1, "entity", label, "text.entity")
        for start, end, label in known
        if (start, end) not in stated
    ]
    return sorted([*facts, *more], key=_start) if more else facts


def _start(fact: Fact) -> int:
    return fact.start


def _disguises(decoded: Decoded) -> list[tuple[int, str]]:
    """Return where disguises were undone, in decoded offsets, and their families."""
    found = []
    for edit in decoded.edits[:1000]:
        place = decoded.alignment.to_decoded(edit.start, edit.end)
        if place is not None:
            found.append((place[0], edit.family))
    return found


def _stated(found: Sequence[Fact], told: Narrative) -> list[Fact]:
    """Return the facts that the model itself stated."""
    if not told.rounds:
        return []
    left = set(told.left)
    return [fact for fact in found if counts(fact) and fact not in left]


def _ground(document: str, chunk: Chunk, mentions: Iterable[Mention], made: Identified) -> None:
    """Turn mentions into opinions on places; keep those that stand nowhere."""
    grounder = Grounder(document, chunk.ranges)
    known = {(fact.start, fact.end, fact.label) for fact in chunk.facts}
    for mention in dict.fromkeys(mentions):
        places = grounder.places(mention)
        if not places:
            if len(made.ungrounded) < _MOST_UNGROUNDED:
                made.ungrounded.append(mention)
            continue
        # "22" may stand in many places; where the grammar has it as a port, that is meant.
        meant = [each for each in places if (each.start, each.end, mention.label) in known]
        made.voices += [
            Voice(each.start, each.end, mention.label, mention.origin, 1 / (1 + each.slips))
            for each in meant or places
        ]
