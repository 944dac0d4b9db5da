"""Leaves: every single option, with what is known about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from decloak.options.cli import Cli

__all__ = ["Leaf", "leaves", "leaves_of"]

_PLAIN = Cli()


@dataclass(frozen=True, eq=False)
class Leaf:
    """One option.

    Attributes:
        group: the name of its group.
        name: its name within the group.
        field: its declaration.
        schema: its JSON Schema.
        cli: how it looks on the command line.
    """

    group: str
    name: str
    field: FieldInfo
    schema: dict[str, Any]
    cli: Cli

    @property
    def key(self) -> str:
        """``llm.rounds``: its name in ``--set`` and in a configuration file."""
        return f"{self.group}.{self.name}"

    @property
    def variable(self) -> str:
        """``DECLOAK_LLM_ROUNDS``: its variable of the environment."""
        return f"DECLOAK_{self.group}_{self.name}".upper()

    @property
    def switch(self) -> bool:
        """Whether it is on or off."""
        return self.schema.get("type") == "boolean"

    @property
    def many(self) -> bool:
        """Whether it takes several values."""
        return self.kind().get("type") == "array"

    @property
    def pair(self) -> bool:
        """Whether it takes two values, no more and no fewer."""
        return self.kind().get("maxItems") == 2

    def allowed(self) -> str:
        """Return what may be given, in words."""
        if self.cli.allowed is not None:
            return self.cli.allowed
        kind = self.kind()
        if "enum" in kind:
            return "one of " + ", ".join(map(str, kind["enum"]))
        if kind.get("type") == "boolean":
            return "true or false"
        if kind.get("type") in {"integer", "number"}:
            return _range(kind)
        return "texts, with commas between" if self.many else "text"

    def metavar(self) -> str:
        """Return what stands for its value in the help of a command."""
        kind = self.kind()
        if self.cli.metavar is not None:
            return self.cli.metavar
        if "enum" in kind and len(kind["enum"]) <= 10:
            return f"[{'|'.join(map(str, kind['enum']))}]"
        return {"integer": "N", "number": "X"}.get(kind.get("type", ""), "TEXT")

    def default(self) -> str:
        """Return the default as it would be written."""
        value = self.field.default
        if value is None or value == ():
            return "none"
        if isinstance(value, tuple):
            return ",".join(map(str, value))
        return str(value).lower() if isinstance(value, bool) else f"{value}"

    def from_text(self, text: str) -> Any:
        """Return the value that a text of the command line or the environment stands for; '' is none."""
        if not text.strip() and type(None) in get_args(self.field.annotation):
            return None
        if self.many:
            return [part.strip() for part in text.split(",") if part.strip()]
        return text

    def kind(self) -> dict[str, Any]:
        """Return the schema without the alternative ``null``."""
        for each in self.schema.get("anyOf", ()):
            if each.get("type") != "null":
                return dict(each)
        return self.schema


def _range(kind: dict[str, Any]) -> str:
    noun = "a whole number" if kind["type"] == "integer" else "a number"
    parts = [
        f"{word} {kind[key]}"
        for key, word in (
            ("minimum", "from"),
            ("exclusiveMinimum", "above"),
            ("maximum", "to"),
            ("exclusiveMaximum", "below"),
        )
        if key in kind
    ]
    return " ".join((noun, *parts))


def leaves_of(model: type[BaseModel]) -> tuple[Leaf, ...]:
    """Return the options of a model of groups, in order of declaration."""
    found = []
    for group, holder in model.model_fields.items():
        kind = holder.annotation
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            message = f"{group} is no group of options"
            raise TypeError(message)
        schemas = kind.model_json_schema()["properties"]
        for name, field in kind.model_fields.items():
            cli = next((each for each in field.metadata if isinstance(each, Cli)), _PLAIN)
            found.append(Leaf(group, name, field, schemas[name], cli))
    return tuple(found)


@cache
def leaves() -> tuple[Leaf, ...]:
    """Return every option of `Settings`, in order of declaration."""
    from decloak.options.model import Settings  # noqa: PLC0415 - which reads this module first

    return leaves_of(Settings)
