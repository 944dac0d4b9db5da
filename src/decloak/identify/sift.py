"""Sift: what a model states and the text does not hold goes, sentence by sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from decloak.identify.chunks import Chunk
from decloak.identify.claims import Ground, words_in
from decloak.identify.ground import Mention
from decloak.identify.places import names
from decloak.identify.prompt import Talk
from decloak.identify.sentences import key_of, sentences_of
from decloak.identify.verbalise import value_of, vocabulary

__all__ = ["Reader", "Removed", "Sieve"]

Reader = Callable[[str], Iterable[tuple[str, str]]]
"""Reads a narrative: yields (label, text) for each entity in it."""


class Removed(NamedTuple):
    """A sentence that was taken out of a report.

    Attributes:
        sentence: as the model wrote it.
        ungrounded: what it names and the text does not hold; empty for a sentence of the prompt.
    """

    sentence: str
    ungrounded: tuple[str, ...]

    @property
    def reason(self) -> str:
        """Why it was taken out."""
        return "ungrounded" if self.ungrounded else "instruction"


class Sieve:
    """Sifts what a model says about one chunk.

    A sentence stays when the chunk holds everything that it claims: each number, address and name;
    each value of the worked example that it repeats; each entity that the reader finds in it.

    Args:
        talk: what the model was shown.
        chunk: the same in the document.
        document: the decoded text.
        reader: finds entities in what the model says.
    """

    def __init__(self, talk: Talk, chunk: Chunk, document: str, reader: Reader) -> None:
        self._reader = reader
        shown = [document[low:high] for low, high in chunk.ranges]
        meant = dict.fromkeys(
            value
            for fact in chunk.facts
            for value in (fact.value, value_of(document, fact))
            if value
        )
        self._ground = Ground([*shown, *meant], words_in([*talk.vocabulary, *vocabulary()]))
        self._example = [
            value
            for value in dict.fromkeys(text for _, text in talk.example.entities)
            if not self._ground.holds(value)
        ]
        self._instructions = {
            key_of(each) for text in talk.instructions for each in sentences_of(text)
        }
        self.ungrounded: list[Mention] = []

    def sift(self, reply: str) -> tuple[str, tuple[Removed, ...]]:
        """Return what of a reply may be told, line by line, and what was taken out of it.

        Entities of the report that the chunk does not hold are kept in `ungrounded`.
        """
        made_up = self._read(reply)
        kept, removed = [], []
        for line in reply.splitlines():
            fine = []
            for sentence in sentences_of(line):
                fault = self._fault(sentence, made_up) if sentence.strip() else None
                if fault is None:
                    fine.append(sentence)
                else:
                    removed.append(fault)
            if any(each.strip() for each in fine):
                kept.append(" ".join(fine))
        return "\n".join(kept), tuple(removed)

    def _read(self, reply: str) -> list[Mention]:
        return [
            Mention(label, text, "llm.narrative")
            for label, text in dict.fromkeys(self._reader(reply))
            if not self._ground.bears(label, text)
        ]

    def _fault(self, sentence: str, made_up: list[Mention]) -> Removed | None:
        folded = self._ground.beside_spelt_out(sentence)
        found = [each for each in made_up if names(folded, each.text)]
        self.ungrounded += found
        shown = (value for value in self._example if names(folded, value))
        wrong = (*self._ground.ungrounded(sentence), *shown, *(each.text for each in found))
        if wrong:
            return Removed(sentence.strip(), tuple(dict.fromkeys(wrong)))
        return Removed(sentence.strip(), ()) if key_of(sentence) in self._instructions else None
