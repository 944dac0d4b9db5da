"""Confirm: what stands below the threshold is asked about in its context, several times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from decloak.core.errors import ModelReplyError
from decloak.core.labels import LABELS
from decloak.identify.prompt import Talk, label_schema
from decloak.identify.reflect import Ask
from decloak.llm import Request, Usage

__all__ = ["Answer", "confirm"]

_NONE = "NONE"
_RIVALS = 4
"""Labels offered beside the one in question, so that "yes" is not the easy answer."""
_TEMPERATURE = 0.7


class Answer(NamedTuple):
    """What the samples say about one value.

    Attributes:
        agreeing: samples that chose the label in question.
        asked: samples that could be read.
        usage, seconds: what they cost.
    """

    agreeing: int
    asked: int
    usage: Usage
    seconds: float

    @property
    def share(self) -> float:
        """Self-consistency: the share of the samples that agree; 0 when none could be read."""
        return self.agreeing / self.asked if self.asked else 0.0


def confirm(ask: Ask, talk: Talk, label: str, value: str, *, samples: int, seed: int) -> Answer:
    """Ask what a value stands for, under a schema, with a new seed for each sample.

    Raises:
        ModelError: when the model cannot be asked; replies that cannot be read are left out.
    """
    choices = tuple(_choices(label, talk.labels))
    agreeing = asked = 0
    usage, seconds = Usage(), 0.0
    for number in range(samples):
        request = Request(
            talk.confirm(value, choices),
            schema=label_schema(choices),
            name="label",
            seed=seed + number,
            temperature=_TEMPERATURE,
            max_tokens=24,
        )
        try:
            reply = ask(request)
            said = reply.json()["label"]
        except ModelReplyError:
            continue
        asked += 1
        agreeing += said == label
        usage += reply.usage
        seconds += reply.seconds
        # The rest cannot change on which side of one half the share lies.
        if max(agreeing, asked - agreeing) * 2 > samples:
            break
    return Answer(agreeing, asked, usage, seconds)


def _choices(label: str, expected: Sequence[str]) -> Iterator[str]:
    rivals = [name for name in (*expected, *LABELS) if name != label]
    chosen = {label, *dict.fromkeys(rivals[:_RIVALS])}
    yield from (name for name in LABELS if name in chosen)  # not the one in question first
    yield _NONE
