"""Tokens: the subword pieces of words.

Each word is encoded on its own, so that its pieces depend on nothing but its spelling (and on
whether white space stands before it, for tokenizers whose pieces carry that), and are remembered.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Any

from decloak.tag.words import LINE_END, Words

__all__ = ["Encoder", "Pieces"]

_REMEMBERED = 1 << 15
"""Words whose pieces are kept; beyond, the memory starts afresh."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Pieces of words as columns.

    Attributes:
        ids: the id of every piece, word after word.
        offsets: where the pieces of each word begin in `ids`, and one more entry for their end.
    """

    ids: array[int]
    offsets: array[int]


class Encoder:
    """Turns words into pieces.

    Args:
        tokenizer: a `tokenizers.Tokenizer`; its post-processor is not used.
        line_end: the id that stands for a line end (the model's separator).
        unknown: the id for what the tokenizer drops entirely.
        word_pieces: most pieces of one word; the rest of a longer one is not read.
        prefix_space: whether a word after white space is encoded with a blank before it
            (byte-level BPE, as RoBERTa has).
    """

    def __init__(
        self,
        tokenizer: Any,
        *,
        line_end: int,
        unknown: int,
        word_pieces: int = 8,
        prefix_space: bool = False,
    ) -> None:
        self._tokenizer = tokenizer
        self._unknown = (unknown,)
        self._most = word_pieces
        self._prefix_space = prefix_space
        self._line_end = (line_end,)
        self._known: dict[str, tuple[int, ...]] = {}

    def encode(self, text: str, words: Words) -> Pieces:
        """Return the pieces of `words` of `text`; every word has at least one."""
        ids, offsets = array("i"), array("I")
        prefix, before = self._prefix_space, -1
        known = self._known
        for start, end in zip(words.starts, words.ends, strict=True):
            word = text[start:end]
            if prefix and start != before:
                word = " " + word
            before = end
            pieces = known.get(word)
            if pieces is None:
                pieces = self._learn(word)
            offsets.append(len(ids))
            ids.extend(pieces)
        offsets.append(len(ids))
        return Pieces(ids, offsets)

    def pieces(self, word: str) -> tuple[int, ...]:
        """Return the pieces of one word, at least one."""
        known = self._known.get(word)
        return self._learn(word) if known is None else known

    def _learn(self, word: str) -> tuple[int, ...]:
        if word.strip(" ") == LINE_END:
            pieces = self._line_end
        else:
            # Half of a surrogate pair is no character, and no tokenizer takes it.
            spelt = word if word.isascii() else word.encode("utf-8", "replace").decode()
            found = self._tokenizer.encode(spelt, add_special_tokens=False).ids
            pieces = tuple(found[: self._most]) or self._unknown
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[word] = pieces
        return pieces
