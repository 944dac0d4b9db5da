"""Echo: small models repeat sentences of the worked example as if they were about the data."""

from __future__ import annotations

import re

from decloak.identify.places import fold, names
from decloak.identify.select import Example

__all__ = ["without_echoes"]

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n")


def without_echoes(reply: str, example: Example, data: str) -> str:
    """Leave out the sentences of a reply that the example has too and that name what the data lacks.

    What is true of both stays. A reply of nothing else stays as it is.

    Args:
        reply: what the model said.
        example: the one that it was shown.
        data: the readable text that it was asked about.
    """
    told, values = fold(data), dict.fromkeys(text for _, text in example.entities)
    echoes = {
        _key(sentence)
        for sentence in _SENTENCE.split(example.narrative)
        if any(names(fold(sentence), value) and not names(told, value) for value in values)
    }
    lines = (
        " ".join(each for each in _SENTENCE.split(line) if _key(each) not in echoes)
        for line in reply.splitlines()
    )
    return "\n".join(line for line in lines if line.strip()) or reply


def _key(sentence: str) -> str:
    return " ".join(fold(sentence).split())
