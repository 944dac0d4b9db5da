r"""Tokens: the tokenizer that the corpus is counted, compared and exported with.

``decloak-words-1``: a token is a run of letters, digits, marks and underscores, or one other
character that is no white space (``\w+|[^\w\s]`` with Unicode classes). ``192.0.2.10`` is seven
tokens. It needs no vocabulary, loses nothing and is the same everywhere; subword tokenizers of
encoders give more tokens for the same text, never fewer than one per word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["TOKENIZER", "count_tokens", "spans"]

TOKENIZER = r"decloak-words-1 (\w+|[^\w\s])"

_TOKEN = re.compile(r"\w+|[^\w\s]")


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the half-open range of every token."""
    for found in _TOKEN.finditer(text):
        yield found.span()


def count_tokens(text: str) -> int:
    """Return the number of tokens."""
    return len(_TOKEN.findall(text))
