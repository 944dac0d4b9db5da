"""Sentences: how a report is cut up, and when two sentences say the same."""

from __future__ import annotations

import re

from decloak.identify.places import fold

__all__ = ["key_of", "sentences_of"]

_END = re.compile(r"(?<=[.!?])\s+(?![a-z])|\n")
"""A small letter goes on with the sentence: the full stop was that of `Inc.` or of `example.com.`"""


def sentences_of(text: str) -> list[str]:
    """Cut a text at its line ends and behind full stops; what is left may be blank."""
    return _END.split(text)


def key_of(sentence: str) -> str:
    """Return what two sentences have in common that differ in case and white space only."""
    return " ".join(fold(sentence).split())
