"""Requests: which passage a language model is asked to rewrite, and in what words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from string import Template
from typing import Any, Literal

from decloak.perturb.document import Marked

__all__ = ["TEMPLATE_VERSION", "Mode", "Prompt", "Task", "draw_task"]

Mode = Literal["obfuscate", "paraphrase"]
MODES: tuple[Mode, ...] = ("obfuscate", "paraphrase")

TEMPLATE_VERSION = 1
"""Of ``data/llm_*.txt``; stored with every sample."""

_TEXT = {"type": "string"}
_FIELDS: dict[Mode, tuple[str, ...]] = {
    "obfuscate": ("entity",),
    "paraphrase": ("passage", "entity"),
}

_LONGEST, _SHORTEST = 400, 60
"""Code points of a passage, at most and, where the text has them, at least."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is to be asked.

    Attributes:
        system, user: the two messages.
        schema: a JSON Schema of the reply.
        seed: of the sampling.
    """

    system: str
    user: str
    schema: Mapping[str, Any]
    seed: int


@dataclass(frozen=True, slots=True)
class Task:
    """One passage to rewrite.

    Attributes:
        text: the whole document.
        start, end: the passage in it, half-open code points, whole lines.
        marks: all entities of the document, in order.
        target: which of them is to be changed.
        mode: how.
    """

    text: str
    start: int
    end: int
    marks: tuple[Marked, ...]
    target: int
    mode: Mode

    @property
    def passage(self) -> str:
        """The passage."""
        return self.text[self.start : self.end]

    @property
    def entity(self) -> str:
        """The entity to change, as it stands there."""
        mark = self.marks[self.target]
        return self.text[mark.start : mark.end]

    def inside(self) -> tuple[int, ...]:
        """Return which marks stand in the passage."""
        return tuple(
            index
            for index, mark in enumerate(self.marks)
            if self.start <= mark.start and mark.end <= self.end
        )

    def prompt(self, seed: int) -> Prompt:
        """Return the request for this passage."""
        system, user = _template(self.mode)
        filled = user.substitute(
            label=self.marks[self.target].label, entity=self.entity, passage=self.passage
        )
        return Prompt(system, filled, _schema(self.mode), seed)

    @property
    def fields(self) -> tuple[str, ...]:
        """What a reply names: the entity as it is written now; in a paraphrase the passage too."""
        return _FIELDS[self.mode]


def _schema(mode: Mode) -> dict[str, Any]:
    fields = _FIELDS[mode]
    return {
        "type": "object",
        "properties": dict.fromkeys(fields, _TEXT),
        "required": list(fields),
        "additionalProperties": False,
    }


@cache
def _template(mode: Mode) -> tuple[str, Template]:
    text = files("decloak.perturb").joinpath(f"data/llm_{mode}.txt").read_text("utf-8")
    system, _, user = text.partition("\n===\n")
    return system, Template(user.rstrip("\n"))


def draw_task(text: str, marks: Sequence[Marked], rng: Random) -> Task | None:
    """Draw an entity of a document and the lines around it.

    Args:
        text: the document.
        marks: its entities, not overlapping.
        rng: the only source of chance.

    Returns:
        The task; None when no entity stands in lines short enough to rewrite.
    """
    ordered = tuple(sorted(marks))
    order = list(range(len(ordered)))
    rng.shuffle(order)
    for target in order:
        found = _lines(text, ordered, ordered[target])
        if found is not None:
            return Task(text, *found, ordered, target, rng.choice(MODES))
    return None


def _lines(text: str, marks: Sequence[Marked], mark: Marked) -> tuple[int, int] | None:
    """Return the lines around a mark, within the bounds and cutting no mark; None if they are not."""
    start = text.rfind("\n", 0, mark.start) + 1
    end = _line_end(text, mark.end)
    while end - start < _SHORTEST and end < len(text):
        further = _line_end(text, end + 1)
        if further - start > _LONGEST:
            break
        end = further
    cut = any(
        each.start < end and start < each.end and not (start <= each.start and each.end <= end)
        for each in marks
    )
    return None if cut or end - start > _LONGEST else (start, end)


def _line_end(text: str, position: int) -> int:
    found = text.find("\n", position)
    return len(text) if found < 0 else found
