"""Reflect: a narrative is checked for omissions and completed, round by round.

What a round leaves out is named to the model, which writes sentences for it; they are added to the
narrative: what was told stays told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from decloak.core.errors import ModelError, ModelReplyError
from decloak.core.facts import Fact, Facts
from decloak.core.labels import LABELS
from decloak.identify.chunks import Chunk
from decloak.identify.omissions import is_named, missing
from decloak.identify.places import fold, names
from decloak.identify.prompt import Prepared, Talk, missing_schema
from decloak.identify.sentences import key_of, sentences_of
from decloak.identify.sift import Removed, Sieve
from decloak.identify.verbalise import verbalise
from decloak.llm import Message, Reply, Request, Usage

__all__ = ["Ask", "Effort", "Narrative", "Round", "narrate", "without_model"]

Ask = Callable[[Request], Reply]
_MOST_NAMED = 40
"""Omissions named in one turn."""
_NAMES = "The data also names "
_MOST_CRITICISED = 20
_LEAST_TOKENS, _MOST_TOKENS = 128, 1536


@dataclass(frozen=True, slots=True)
class Round:
    """One round of the loop.

    Attributes:
        narrative: as it stands after this round; the text holds all that it names.
        removed: what the model said in this round and the text does not hold.
        omissions: what it leaves out, one sentence for each record.
        usage: tokens of the round's requests.
        seconds: spent in the model.
    """

    narrative: str
    removed: tuple[Removed, ...]
    omissions: tuple[str, ...]
    usage: Usage
    seconds: float


@dataclass(slots=True)
class Narrative:
    """What a model told about a chunk, and what had to be added.

    Attributes:
        template: name of the template.
        rounds: in order; empty when the model gave nothing.
        added: sentences of the deterministic verbaliser for what still was missing.
        left: the facts that they state.
        fault: what went wrong in it, or None: the first report was broken off, or the loop ended early.
    """

    template: str
    rounds: list[Round] = field(default_factory=list)
    added: tuple[str, ...] = ()
    left: tuple[Fact, ...] = ()
    fault: ModelError | None = None

    @property
    def said(self) -> str:
        """What the model wrote."""
        return self.rounds[-1].narrative if self.rounds else ""

    @property
    def text(self) -> str:
        """What the model wrote and what was added."""
        return "\n".join((self.said, *self.added)).strip("\n")


class Effort(NamedTuple):
    """How far the loop goes.

    Attributes:
        rounds: at most so many, at least 1.
        critique: also let the model look for omissions, where the facts show none.
        seed: of the sampling.
        temperature: of the sampling.
    """

    rounds: int = 3
    critique: bool = True
    seed: int = 0
    temperature: float = 0.0


def narrate(
    ask: Ask, ready: Prepared, document: str, facts: Facts, effort: Effort, sieve: Sieve
) -> Narrative:
    """Let a model tell a chunk, and complete what it leaves out.

    Args:
        ask: the model; may raise `ModelError`.
        ready: the chunk and the prompts about it.
        document: the decoded text.
        facts: all facts.
        effort: how far to go.
        sieve: takes out what the chunk does not hold.
    """
    chunk, talk, size = ready
    rounds = effort.rounds
    told = Narrative(talk.template.name)
    loop = _Loop(ask, effort, sieve, max(_LEAST_TOKENS, min(_MOST_TOKENS, 2 * size)))
    try:
        narrative = _first(loop, talk, told)
        before = -1
        for number in range(1, rounds + 1):
            left = missing(document, chunk.facts, facts, narrative)
            omissions = [each.text for each in verbalise(document, left, facts, chunk.facts)]
            if not omissions and effort.critique and number < rounds:
                omissions = loop.criticise(talk, narrative)
            told.rounds.append(loop.round(narrative, omissions))
            stalled = 0 <= before <= len(omissions)
            if not omissions or number == rounds or (stalled and number > 2):
                break
            before = len(omissions)
            said = loop.say(talk.again(narrative, omissions[:_MOST_NAMED]))
            more = loop.sifted(_new_lines(narrative, said))
            if not more:  # nothing new, or nothing true; asking again would cost the same
                told.rounds.append(loop.round(narrative, omissions))
                break
            narrative = f"{narrative}\n{more}".lstrip("\n")
    except ModelError as error:
        told.fault = error
    _complete(told, chunk, document, facts)
    return told


def _first(loop: _Loop, talk: Talk, told: Narrative) -> str:
    """Return the first report. One that was broken off counts as far as it goes, and is completed."""
    try:
        reply = loop.say(talk.narrate())
    except ModelReplyError as error:
        reply = _new_lines("", error.reply or "")
        if not reply:
            raise
        told.fault = error
    return loop.sifted(reply)


def without_model(template: str, chunk: Chunk, document: str, facts: Facts) -> Narrative:
    """Return what the verbaliser alone tells of a chunk."""
    told = Narrative(template)
    _complete(told, chunk, document, facts)
    return told


def _complete(told: Narrative, chunk: Chunk, document: str, facts: Facts) -> None:
    """Add what is still missing, in the words of the verbaliser."""
    left = missing(document, chunk.facts, facts, told.said)
    added = [each.text for each in verbalise(document, left, facts, chunk.facts)]
    folded = fold(told.said)
    if told.rounds:  # what the critique found and nobody told
        added += [each for each in told.rounds[-1].omissions if each.startswith(_NAMES)]
    told.left = tuple(left)
    told.added = tuple(dict.fromkeys(each for each in added if not names(folded, each)))


class _Loop:
    """One conversation: asks, and keeps count of what each round costs."""

    def __init__(self, ask: Ask, effort: Effort, sieve: Sieve, max_tokens: int) -> None:
        self._ask, self._sieve = ask, sieve
        self._removed: tuple[Removed, ...] = ()
        self._seed, self._temperature = effort.seed, effort.temperature
        self._max_tokens = max_tokens
        self._usage, self._seconds = Usage(), 0.0

    def say(self, messages: Sequence[Message]) -> str:
        """Return the reply, each line once."""
        request = Request(
            tuple(messages),
            seed=self._seed,
            temperature=self._temperature,
            max_tokens=self._max_tokens,
        )
        return _new_lines("", self._counted(request).text)

    def sifted(self, reply: str) -> str:
        """Return what of a reply may be told; the round keeps the rest."""
        kept, removed = self._sieve.sift(reply)
        self._removed += removed
        return kept

    def criticise(self, talk: Talk, narrative: str) -> list[str]:
        """Return what the model finds missing, as far as the data names it and the report does not."""
        request = Request(
            talk.critique(narrative),
            schema=missing_schema(),
            name="missing",
            seed=self._seed,
            max_tokens=256,
        )
        try:
            values = self._counted(request).json()["missing"]
        except ModelReplyError:
            return []  # a second opinion that cannot be read is none
        data, told = fold(talk.data), fold(narrative)
        found = (
            " ".join(value.split())
            for value in values[:_MOST_CRITICISED]
            if 1 < len(value) <= 200
            and value.upper().replace(" ", "_") not in LABELS  # the head of a column
            and names(data, value)
            and not is_named(told, "", value)
        )
        return [f"{_NAMES}{value}." for value in dict.fromkeys(found)]

    def _counted(self, request: Request) -> Reply:
        reply = self._ask(request)
        self._usage += reply.usage
        self._seconds += reply.seconds
        return reply

    def round(self, narrative: str, omissions: Iterable[str]) -> Round:
        """Return the round that ends here, with what went and what it cost since the last one."""
        made = Round(narrative, self._removed, tuple(omissions), self._usage, self._seconds)
        self._removed, self._usage, self._seconds = (), Usage(), 0.0
        return made


def _new_lines(before: str, reply: str) -> str:
    """Return the lines of a reply without the sentences that were said before."""
    seen = {key_of(each) for each in sentences_of(before)}
    kept = []
    for line in reply.splitlines():
        fresh = []
        for sentence in sentences_of(line):
            key = key_of(sentence)
            if key and key not in seen:
                seen.add(key)
                fresh.append(sentence.strip())
        if fresh:
            kept.append(" ".join(fresh))
    return "\n".join(kept)
