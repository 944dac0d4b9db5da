"""Run: from segments and facts to narratives, and from narratives to grounded opinions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from decloak.core.document import Decoded
from decloak.core.entity import Voice
from decloak.core.errors import ModelError
from decloak.core.facts import Fact, Facts, Segment
from decloak.identify.chunks import Chunk
from decloak.identify.confirm import confirm
from decloak.identify.desk import Desk, Identified
from decloak.identify.extract import extract
from decloak.identify.ground import Grounder, Mention
from decloak.identify.omissions import counts
from decloak.identify.prepare import prepare
from decloak.identify.prompt import Prepared, Talk
from decloak.identify.refine import Refined, refine
from decloak.identify.reflect import Effort, Narrative, narrate, without_model
from decloak.identify.select import Instructions
from decloak.identify.sift import Reader, Sieve
from decloak.llm import ChatModel
from decloak.options import LlmSettings

__all__ = ["Identified", "Identifier", "Prepared"]

_TELLING = frozenset({"full", "narrative"})
_MOST_QUESTIONS = 50
_MOST_UNGROUNDED = 100


class Identifier:
    """Lets one language model tell documents. A fault of the model costs what it would have added.

    Args:
        model: any model.
        reader: reads entities in a narrative.
        options: how the model is used.
    """

    def __init__(
        self, model: ChatModel, reader: Reader, options: LlmSettings | None = None
    ) -> None:
        self.model = model
        self.options = options or LlmSettings()
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
        desk = Desk(self.model, made)
        if self._down is not None:
            desk.note(self._down)
        for number, ready in enumerate(self.prepare(decoded, segments, facts, known)):
            if desk.may_send(number, ready.chunk):
                self._chunk(desk, decoded, facts, ready)
            elif self.options.mode in _TELLING:
                name, chunk = ready.talk.template.name, ready.chunk
                made.told.add(without_model(name, chunk, decoded.text, facts))
        self._close(desk)
        return made

    def prepare(
        self,
        decoded: Decoded,
        segments: Sequence[Segment],
        facts: Facts,
        known: Iterable[tuple[int, int, str]] = (),
    ) -> Iterator[Prepared]:
        """Yield what would be sent, chunk by chunk, without sending anything."""
        return prepare(self.model, self.options.room, decoded, segments, facts, known)

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
        desk = Desk(self.model, made)
        for ready in self.prepare(decoded, segments, facts):
            low, high = ready.chunk.start, ready.chunk.end
            for start, end, label in wanted:
                if low <= start < high and not ready.chunk.too_long and desk.may_ask:
                    self._question(desk, ready, (start, end, label), decoded.text[start:end])
        self._close(desk)

    def _close(self, desk: Desk) -> None:
        desk.sum_up()
        self._down = desk.lasting

    def _question(
        self, desk: Desk, ready: Prepared, place: tuple[int, int, str], value: str
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

    def _chunk(self, desk: Desk, decoded: Decoded, facts: Facts, ready: Prepared) -> None:
        mode, made = self.options.mode, desk.made
        mentions: list[Mention] = []
        talk = ready.talk
        if mode in _TELLING:
            talk = replace(talk, wording=self._wording(desk, talk))
            sieve = Sieve(talk, ready.chunk, decoded.text, self._reader)
            told = self._narrative(desk, decoded, facts, ready._replace(talk=talk), sieve)
            made.told.add(told)
            stated = _stated(ready.chunk.facts, told)
            made.voices += [Voice(f.start, f.end, f.label, "llm.narrative") for f in stated]
            mentions += [
                Mention(label, text, "llm.narrative")
                for label, text in self._reader(told.said)
                if label in talk.context.labels
            ]
            mentions += sieve.ungrounded
        if mode != "narrative" and desk.may_ask:
            mentions += self._listed(desk, ready)
        _ground(decoded.text, ready.chunk, mentions, made)

    def _narrative(
        self, desk: Desk, decoded: Decoded, facts: Facts, ready: Prepared, sieve: Sieve
    ) -> Narrative:
        options = self.options
        told = narrate(
            desk.ask,
            ready,
            decoded.text,
            facts,
            Effort(options.rounds, options.critique, options.seed, options.temperature),
            sieve,
        )
        if told.fault is not None:
            desk.note(told.fault)
        return told

    def _listed(self, desk: Desk, ready: Prepared) -> list[Mention]:
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

    def _wording(self, desk: Desk, talk: Talk) -> Instructions:
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
