"""Settings: the groups together, and the flat keywords that lead to their options."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Self, Unpack

from pydantic import BaseModel, ConfigDict, Field

from decloak.options.groups import (
    DecodeSettings,
    Group,
    LinkSettings,
    LlmSettings,
    OutputSettings,
    ReadingSettings,
    TaggerSettings,
)
from decloak.options.leaves import Leaf, leaves

if TYPE_CHECKING:  # made from this module
    from decloak.options.keywords import Keywords

__all__ = ["Settings", "keywords"]


class Settings(BaseModel):
    """Everything that can change an output: frozen, hashable, picklable, the same after JSON and back.

    Takes groups (``Settings(llm={"rounds": 2})``) and flat keywords, by one rule: an option is known by its
    name where no other group has it (``nested=True``), by its group and name always (``llm_rounds=2``),
    and by its group alone where it is the group's main one (``tagger="off"``, ``llm="gguf:PATH"``).

    Raises:
        pydantic.ValidationError: on an unknown name or a value out of range.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    decode: DecodeSettings = Field(default=DecodeSettings(), description="how disguises are undone")
    tagger: TaggerSettings = Field(default=TaggerSettings(), description="the tagger")
    llm: LlmSettings = Field(default=LlmSettings(), description="a language model")
    link: LinkSettings = Field(default=LinkSettings(), description="what entities are tied to")
    reading: ReadingSettings = Field(
        default=ReadingSettings(), description="how input becomes text"
    )
    output: OutputSettings = Field(
        default=OutputSettings(), description="what is kept, and how it is written"
    )

    def __init__(self, /, **given: Unpack[Keywords]) -> None:
        super().__init__(**_nested(dict(given)))

    def updated(self, **given: Unpack[Keywords]) -> Self:
        """Return the settings with some other values, checked; keywords as in the constructor.

        Raises:
            pydantic.ValidationError: on an unknown name or a value out of range.
        """
        state = {name: dict(getattr(self, name)) for name in type(self).model_fields}
        for name, value in _nested(dict(given)).items():
            if isinstance(value, dict) and name in state:
                state[name] |= value
            else:
                state[name] = value
        return type(self).model_validate(state)

    @property
    def digest(self) -> str:
        """SHA-256 of the settings as JSON, in hex: equal for equal settings, on every machine."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


@cache
def keywords() -> dict[str, tuple[Leaf, bool]]:
    """Return every flat keyword: its option, and whether it is of the version before."""
    every = leaves()
    found: dict[str, tuple[Leaf, bool]] = {
        f"{each.group}_{each.name}": (each, False) for each in every
    }
    names = [each.name for each in every]
    for each in every:
        if names.count(each.name) == 1 and each.name not in Settings.model_fields:
            found[each.name] = each, False
        if each.cli.keyword is not None:
            found[each.cli.keyword] = each, True
    return found


def _nested(given: dict[str, Any]) -> dict[str, Any]:
    """Return keywords as groups; what is no keyword stays, and is refused by the model."""
    made: dict[str, Any] = {}
    flat: list[tuple[Leaf, Any]] = []
    known = keywords()
    for name, value in given.items():
        if name in Settings.model_fields:
            main = _main(name)
            if isinstance(value, (Group, Mapping)):
                made[name] = dict(value)
            else:
                made[name] = value if main is None else {main: value}
        elif name in known:
            leaf, former = known[name]
            if former:
                message = (
                    f"{name} is {leaf.group}_{leaf.name} now; the old name goes in the next version"
                )
                warnings.warn(message, DeprecationWarning, stacklevel=4)
            flat.append((leaf, value))
        else:
            made[name] = value
    for leaf, value in flat:
        group = made.setdefault(leaf.group, {})
        if isinstance(group, dict):  # else the group is refused anyway
            group[leaf.name] = value
    return made


def _main(group: str) -> str | None:
    kind = Settings.model_fields[group].annotation
    return kind.main if isinstance(kind, type) and issubclass(kind, Group) else None
