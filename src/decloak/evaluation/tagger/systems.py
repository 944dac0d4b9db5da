"""Systems: what is compared. Each is a value that can be sent to another process and opened there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from decloak.core.document import Decoded as DecodedText
from decloak.core.document import Document
from decloak.decode import decode
from decloak.evaluation.tagger.mentions import Mention
from decloak.options import Settings, TaggerMode
from decloak.pipeline import Pipeline
from decloak.tag.model_folder import open_folder
from decloak.tag.neural import Tagger

__all__ = [
    "Decoded",
    "Extract",
    "NameAndVersion",
    "PipelineSystem",
    "System",
    "TaggerSystem",
    "digest",
    "in_raw",
]

Extract = Callable[[str], list[Mention]]
"""From a raw text to what is in it."""

_NAME_VERSION = re.compile(r"([A-Za-z][\w.+-]{0,60})/v?(\d[\w.+-]{0,60})")


class System(Protocol):
    """Something that finds entities."""

    @property
    def name(self) -> str:
        """As the tables say it."""
        ...

    @property
    def key(self) -> str:
        """Differs whenever its answers may differ."""
        ...

    def open(self) -> Extract:
        """Load what is needed; called once per process."""
        ...


@dataclass(frozen=True)
class TaggerSystem:
    """The model alone: all spans of the best labelling, whatever their confidence.

    Attributes:
        name: as the tables say it.
        model: its folder.
    """

    name: str
    model: Path

    @cached_property
    def key(self) -> str:
        """See `System`."""
        return f"tagger|{digest(self.model)}"

    def open(self) -> Extract:
        """See `System`."""
        tagger = Tagger(self.model)

        def raw(text: str) -> list[Mention]:
            return [
                Mention(
                    each.start, each.end, each.label, each.confidence, text[each.start : each.end]
                )
                for each in tagger.tag(text)
            ]

        return raw


@dataclass(frozen=True)
class Decoded:
    """A system on the decoded text, its spans mapped back to the raw text.

    Attributes:
        name: as the tables say it.
        inner: the system.
    """

    name: str
    inner: System

    @property
    def key(self) -> str:
        """See `System`."""
        return f"decoded|{self.inner.key}"

    def open(self) -> Extract:
        """See `System`."""
        extract = self.inner.open()

        def through(text: str) -> list[Mention]:
            made = decode(text)
            return in_raw(made, extract(made.text))

        return through


def in_raw(made: DecodedText, said: Iterable[Mention]) -> list[Mention]:
    """Map mentions of a decoded text to the raw text."""
    return [
        each._replace(start=low, end=high)
        for each in said
        for low, high in (made.alignment.to_raw(each.start, each.end),)
    ]


@dataclass(frozen=True)
class PipelineSystem:
    """The whole pipeline; what it accepts.

    Attributes:
        name: as the tables say it.
        tagger: ``auto``, ``always`` or ``off``.
        model: the folder of the tagger's model; unused with ``off``.
    """

    name: str
    tagger: TaggerMode = "auto"
    model: Path | None = None

    @cached_property
    def key(self) -> str:
        """See `System`."""
        model = digest(self.model) if self.model and self.tagger != "off" else ""
        return f"pipeline|{self.tagger}|{model}"

    def open(self) -> Extract:
        """See `System`."""
        pipeline = Pipeline(Settings(tagger=self.tagger, model=self.model))

        def run(text: str) -> list[Mention]:
            return [
                Mention(each.start, each.end, each.label, each.confidence, each.value)
                for each in pipeline.run(Document("-", text)).entities
            ]

        return run


@dataclass(frozen=True)
class NameAndVersion:
    """The plain pattern ``name/version``: the name is SOFTWARE, the rest VERSION."""

    name: str = "name/version pattern"
    key: str = "name/version 1"

    def open(self) -> Extract:
        """See `System`."""
        return _name_and_version


def _name_and_version(text: str) -> list[Mention]:
    found = []
    for match in _NAME_VERSION.finditer(text):
        for group, label in ((1, "SOFTWARE"), (2, "VERSION")):
            found.append(Mention(*match.span(group), label, 1.0, match[group]))
    return found


def digest(folder: Path) -> str:
    """Return 16 hex digits that differ when any file of a model folder differs.

    Raises:
        ModelFileError: when there is no such folder.
    """
    open_folder(folder)
    state = sha256()
    for file in sorted(each for each in folder.iterdir() if each.is_file()):
        state.update(f"{file.name}\0{file.stat().st_size}\0".encode())
        state.update(file.read_bytes())
    return state.hexdigest()[:16]
