"""Prompt: what is sent, for one context, one template and one piece of data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from decloak.identify.chunks import Chunk
from decloak.identify.context import Context
from decloak.identify.quote import boundary_of, quoted, tamed
from decloak.identify.select import Example, Instructions, Template, fill
from decloak.llm import Message

__all__ = ["Prepared", "Talk", "entities_schema", "label_schema", "missing_schema"]

_MOST_LABELS = 16
"""Labels named in one prompt; a small model forgets the rest anyway."""
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation about one piece of data. Text from outside enters quoted, and nowhere else.

    Attributes:
        context: what the data is about.
        template: chosen for the context.
        example: chosen among the template's.
        wording: the shared instructions.
        data: the readable text of the chunk.
    """

    context: Context
    template: Template
    example: Example
    wording: Instructions
    data: str

    @property
    def boundary(self) -> str:
        """The line before and after everything from outside in this conversation."""
        return boundary_of(self.data, purpose=self.template.name)

    @property
    def labels(self) -> tuple[str, ...]:
        """The entity types that are asked for."""
        return self.context.labels[:_MOST_LABELS]

    @property
    def instructions(self) -> tuple[str, ...]:
        """What the model was told to do; none of it is about the data."""
        wording = self.wording
        asked = (wording.narrate, wording.again, wording.critique)
        return (wording.role, wording.rules, *map(self._filled, asked))

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Texts whose words a report may use whatever the data says; no value is among them."""
        wording, template = self.wording, self.template
        return (
            wording.words, wording.role, wording.rules, wording.narrate, template.focus,
            *(asked for _, asked in template.also), *(name for _, name in template.acronyms),
        )  # fmt: skip

    def narrate(self) -> tuple[Message, ...]:
        """Ask for the report."""
        return (*self._example(self.wording.narrate, self.example.narrative), self._narrate())

    def again(self, narrative: str, omissions: Iterable[str]) -> tuple[Message, ...]:
        """Ask for what the report leaves out."""
        lines = "\n".join(" ".join(each.split())[:_LONGEST] for each in omissions)
        asked = f"{quoted(lines, self.boundary)}\n\n{self._filled(self.wording.again)}"
        return (*self._so_far(narrative), Message("user", asked))

    def critique(self, narrative: str) -> tuple[Message, ...]:
        """Ask the model to compare its report with the data."""
        return (*self._so_far(narrative), Message("user", self._filled(self.wording.critique)))

    def extract(self) -> tuple[Message, ...]:
        """Ask for a list of entities."""
        shown = [{"label": label, "text": text} for label, text in self.example.entities]
        answer = json.dumps({"entities": shown}, ensure_ascii=False)
        asked = f"{quoted(self.data, self.boundary)}\n\n{self._filled(self.wording.extract)}"
        return (*self._example(self.wording.extract, answer), Message("user", asked))

    def monolithic(self) -> tuple[Message, ...]:
        """Ask for a list of entities in one prompt without role, rules or example."""
        text = f"{self._filled(self.wording.monolithic)}\n\n{quoted(self.data, self.boundary)}"
        return (Message("user", text),)

    def confirm(self, value: str, choices: Sequence[str]) -> tuple[Message, ...]:
        """Ask what one value in the data stands for."""
        shown = tamed(" ".join(value.split())[:_LONGEST])
        text = (
            f"{quoted(self.data, self.boundary)}\n\n{self._filled(self.wording.confirm)}\n"
            f"Text in question: {json.dumps(shown, ensure_ascii=False)}\n"
            f"Labels: {', '.join(choices)}."
        )
        return self._system(), Message("user", text)

    def _system(self) -> Message:
        return Message("system", f"{self.wording.role}\n{self.wording.rules}")

    def _example(self, instruction: str, answer: str) -> tuple[Message, ...]:
        """Return the system message and the worked example.

        They are the same for all documents of a template, so a server that keeps the state of a
        prompt's beginning reads them once.
        """
        shown, name = self.example, self.template.name
        asked = fill(
            instruction,
            boundary=(line := boundary_of(shown.data, purpose=name)),
            focus=self.template.covering(
                labels := dict.fromkeys(label for label, _ in shown.entities)
            ),
            labels=", ".join(labels),
        )
        user = Message("user", f"{quoted(shown.data, line)}\n\n{asked}")
        return self._system(), user, Message("assistant", answer)

    def _narrate(self) -> Message:
        # What is asked for and not there is made up: only what was found, where anything was.
        labels = self.context.found[:_MOST_LABELS] or self.labels
        asked = self._filled(self.wording.narrate, labels)
        return Message("user", f"{quoted(self.data, self.boundary)}\n\n{asked}")

    def _so_far(self, narrative: str) -> tuple[Message, ...]:
        # What the model said may repeat what the data made it say.
        said = tamed(narrative) if narrative.strip() else self.wording.nothing
        return (*self.narrate(), Message("assistant", said))

    def _filled(self, instruction: str, labels: Sequence[str] = ()) -> str:
        return fill(
            instruction,
            boundary=self.boundary,
            focus=self.template.covering(self.context.found),
            labels=", ".join(labels or self.labels),
        )


class Prepared(NamedTuple):
    """A chunk, ready to be talked about.

    Attributes:
        chunk: what is told.
        talk: the prompts about it.
        size: tokens of its text.
    """

    chunk: Chunk
    talk: Talk
    size: int


def entities_schema(labels: Sequence[str]) -> Mapping[str, Any]:
    """Return the JSON Schema of a list of entities with these labels."""
    item = {
        "type": "object",
        "properties": {"label": {"enum": list(labels)}, "text": {"type": "string"}},
        "required": ["label", "text"],
        "additionalProperties": False,
    }
    return _object("entities", {"type": "array", "items": item})


def missing_schema() -> Mapping[str, Any]:
    """Return the JSON Schema of a list of missing values."""
    return _object("missing", {"type": "array", "items": {"type": "string"}})


def label_schema(choices: Sequence[str]) -> Mapping[str, Any]:
    """Return the JSON Schema of one label."""
    return _object("label", {"enum": list(choices)})


def _object(name: str, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "type": "object",
        "properties": {name: schema},
        "required": [name],
        "additionalProperties": False,
    }
