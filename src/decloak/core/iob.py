r"""Iob: tokens, and the IOB2 tags of entities over them.

``decloak-words-1``: a token is a run of letters, digits, marks and underscores, or one other
character that is no white space (``\w+|[^\w\s]`` with Unicode classes). ``192.0.2.10`` is seven
tokens. It needs no vocabulary, loses nothing and is the same everywhere; subword tokenizers of
encoders give more tokens for the same text, never fewer than one per word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

__all__ = ["TOKENIZER", "count_tokens", "spans", "tagged"]

TOKENIZER = r"decloak-words-1 (\w+|[^\w\s])"

_TOKEN = re.compile(r"\w+|[^\w\s]")


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the half-open range of every token."""
    for found in _TOKEN.finditer(text):
        yield found.span()


def count_tokens(text: str) -> int:
    """Return the number of tokens."""
    return len(_TOKEN.findall(text))


class _Labelled(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def label(self) -> str: ...


def tagged(text: str, entities: Sequence[_Labelled]) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, IOB2 tag) of every token; tokens are cut where an entity begins or ends.

    Args:
        text: the text.
        entities: sorted, free of overlaps.
    """
    edges = iter(sorted({edge for each in entities for edge in (each.start, each.end)}))
    edge = next(edges, len(text) + 1)
    left = iter(entities)
    entity = next(left, None)
    for low, high in spans(text):
        cuts = [low]
        while edge <= low:
            edge = next(edges, len(text) + 1)
        while edge < high:
            cuts.append(edge)
            edge = next(edges, len(text) + 1)
        for start, end in zip(cuts, [*cuts[1:], high], strict=True):
            while entity is not None and entity.end <= start:
                entity = next(left, None)
            if entity is None or start < entity.start:
                yield start, end, "O"
            else:
                first = not text[entity.start : start].strip()
                yield start, end, ("B-" if first else "I-") + entity.label
