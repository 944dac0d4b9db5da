"""Adaptive template selection: the versioned template and the examples that fit a context."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from decloak.core.errors import SettingsError
from decloak.identify.context import CATEGORIES, SOURCES, Context

__all__ = [
    "SLOT",
    "Example",
    "Instructions",
    "Template",
    "fill",
    "instructions",
    "select",
    "templates",
]

SLOT = re.compile(r"\[(boundary|context|focus|labels)\]")
"""A slot of an instruction. Only instructions have slots; text from a document is never filled in."""


@dataclass(frozen=True, slots=True)
class Example:
    """One worked example: data, the report on it, and the entities in both.

    Attributes:
        disguises: families and bent layouts that it shows; empty for clean text.
    """

    disguises: tuple[str, ...]
    data: str
    narrative: str
    entities: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Template:
    """What is asked about one source and category.

    Attributes:
        name: ``source-category@version``.
        focus: what a report covers, in order; of what every text of the kind has.
        also: what else it covers where its label was found: to ask for more is to have it made up.
        acronyms: short and full names that this category is full of.
        examples: at least one.
    """

    name: str
    focus: str
    also: tuple[tuple[str, str], ...]
    acronyms: tuple[tuple[str, str], ...]
    examples: tuple[Example, ...]

    def covering(self, labels: Collection[str]) -> str:
        """Return the focus for a text in which entities of these labels were found."""
        more = [each for label, each in self.also if label in labels]
        return " ".join((self.focus, *([f"Also: {'; '.join(more)}."] if more else [])))


@dataclass(frozen=True, slots=True)
class Instructions:
    """The wording that all templates share; every attribute may have slots.

    Attributes:
        words: may stand in any report, whatever the data says.
        nothing: stands for a report of which nothing is left.
    """

    version: int
    words: str
    nothing: str
    role: str
    rules: str
    narrate: str
    again: str
    critique: str
    extract: str
    monolithic: str
    confirm: str
    refine: str


def _read(name: str) -> dict[str, object]:
    path = files("decloak.identify") / "templates" / f"{name}.toml"
    return tomllib.loads(path.read_text("utf-8"))


@cache
def instructions() -> Instructions:
    """Return the shared wording."""
    table = {
        key: value.strip() if isinstance(value, str) else value
        for key, value in _read("base").items()
    }
    return Instructions(**table)  # type: ignore[arg-type] # a table of our own, checked by tests


@cache
def _template(source: str, category: str) -> Template:
    table = _read(f"{source}-{category}")
    acronyms, examples, also = table["acronyms"], table["examples"], table.get("also", {})
    if not (isinstance(acronyms, dict) and isinstance(examples, list) and isinstance(also, dict)):
        message = f"template {source}-{category} lacks acronyms or examples"
        raise SettingsError(message)
    return Template(
        f"{source}-{category}@{table['version']}",
        str(table["focus"]),
        tuple(also.items()),
        tuple(sorted(acronyms.items())),
        tuple(
            Example(
                tuple(each["disguises"]),
                each["data"].strip("\n"),
                each["narrative"].strip("\n"),
                tuple((label, text) for label, text in each["entities"]),
            )
            for each in examples
        ),
    )


def templates() -> tuple[Template, ...]:
    """Return all templates, source by source."""
    return tuple(_template(source, category) for source in SOURCES for category in CATEGORIES)


def select(context: Context) -> tuple[Template, Example]:
    """Return the template for a context and the example that is most like it."""
    template = _template(context.source, context.category)
    seen = set(context.disguises)
    # An example of a bent text for a bent text, of a clean one for a clean one; else the first.
    best = max(template.examples, key=lambda each: _likeness(each, seen))
    return template, best


def _likeness(example: Example, seen: set[str]) -> int:
    shown = set(example.disguises)
    return 4 * len(shown & seen) - len(shown - seen)


def fill(instruction: str, **slots: str) -> str:
    """Put values into the slots of an instruction; in one pass, so a value is never read for slots.

    Raises:
        KeyError: when a slot has no value.
    """
    return SLOT.sub(lambda match: slots[match[1]], instruction)
