"""Base: what a reader is, what it may be asked for, and what it hands to other readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import IO, Protocol, runtime_checkable

from decloak.core.document import Document
from decloak.core.errors import InputError
from decloak.core.result import Failure

__all__ = ["Budget", "Container", "Context", "Limits", "Mapped", "Nested", "ReadOptions", "Reader"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one input may cost; what goes past one is named in a warning or a Failure."""

    depth: int = 4
    """Containers within containers: an archive in a mail in an archive."""
    parts: int = 10_000
    """Parts, members and attachments of one input, on all levels together."""
    unpacked: int = 1 << 30
    """Bytes that one input may come to, all parts together."""
    pages: int = 5_000
    """Pages of one document."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a user may insist on when files are read.

    Attributes:
        reader: its name; None to know formats by their content.
        encoding: of text without a byte-order mark; None for UTF-8.
        json_field: where a line of JSON lines has its text, a path with dots; None for ``text``.
        passwords: tried in turn where something is encrypted.
        exclude: shell patterns of what the path of a file or folder that is passed over ends in.
        hidden: whether hidden files of folders are read.
        limits: what one input may cost.
    """

    reader: str | None = None
    encoding: str | None = None
    json_field: str | None = None
    passwords: tuple[str, ...] = ("infected",)
    limits: Limits = Limits()
    exclude: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(slots=True)
class Budget:
    """What is left of the limits of one input, shared by all that it contains."""

    parts: int
    unpacked: int
    _limits: tuple[int, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._limits = self.parts, self.unpacked

    @classmethod
    def of(cls, limits: Limits) -> Budget:
        """Return what an input that has not been read may cost."""
        return cls(limits.parts, limits.unpacked)

    @property
    def is_spent(self) -> bool:
        """Whether a limit is passed: no part is read any more."""
        return self.parts < 0 or self.unpacked < 0

    def spend(self, size: int) -> None:
        """Take one part of so many bytes.

        Raises:
            InputError: when a limit is passed; it is named.
        """
        self.parts -= 1
        self.unpack(size)

    def unpack(self, size: int) -> None:
        """Take so many bytes that a compression within a part came to.

        Raises:
            InputError: when a limit is passed; it is named.
        """
        self.unpacked -= size
        parts, unpacked = self._limits
        if self.parts < 0:
            message = f"the input holds more than {parts:,} parts, the limit; unpack it first"
            raise InputError(message)
        if self.unpacked < 0:
            message = (
                f"unpacked the input is longer than {unpacked:,} bytes, the limit; unpack it first"
            )
            raise InputError(message)


class Nested(Protocol):
    """Reads what a container holds, with whatever reader its content asks for."""

    def __call__(
        self, name: str, data: bytes, context: Context
    ) -> Iterator[Document | Failure]:  # pragma: no cover - a protocol
        """Yield the documents of one part; never raises on content."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader knows beside the bytes.

    Attributes:
        name: the id of the document: the input's path; for a part ``container/part`` (`inside`).
        options: what the user insists on.
        budget: what is left of the limits, shared by all parts of one input.
        depth: containers around this one.
        nested: reads a part.
    """

    name: str
    options: ReadOptions
    budget: Budget
    nested: Nested
    depth: int = 0

    def part(self, part: str) -> str:
        """Return the id of a part: its name as the container has it; halves of surrogates are written out."""
        return f"{self.name}/{part.encode('utf-8', 'backslashreplace').decode()}"

    def inside(self, part: str, data: bytes) -> Iterator[Document | Failure]:
        """Read a part of this container; past a limit that is a Failure with the limit's name.

        Args:
            part: its name as the container has it; any text.
            data: its bytes, decoded as far as the container encodes them.
        """
        name = self.part(part)
        if self.depth >= self.options.limits.depth:
            most = self.options.limits.depth
            message = (
                f"it lies {self.depth + 1} containers deep, the limit is {most}; unpack it first"
            )
            yield Failure(name, InputError.__name__, message)
            return
        try:
            self.budget.spend(len(data))
        except InputError as error:
            yield Failure.of(name, error)
            return
        found = self.nested(name, data, replace(self, name=name, depth=self.depth + 1))
        del data  # what was read of it is not kept beside it
        yield from found


class Reader(Protocol):
    """One format: its bytes in, its documents out. A module that imports its library when it reads."""

    @property
    def name(self) -> str:
        """What ``--reader`` calls it."""
        ...

    def knows(self, head: bytes, name: str) -> bool:
        """Whether the content is of this format. Cheap, and imports nothing heavy.

        Args:
            head: the first 64 KiB, or all where there is less.
            name: the input's name; may break a tie and never decides alone.
        """
        ...

    def read(self, data: bytes, context: Context) -> Iterator[Document | Failure]:
        """Yield the document (with its source map and warnings) and those of its parts.

        Raises:
            DecloakError: when nothing can be read; it becomes the input's Failure.
        """
        ...


@runtime_checkable
class Container(Protocol):
    """A `Reader` of what holds only parts, which is never in memory as a whole."""

    def unpack(
        self, stream: IO[bytes], context: Context
    ) -> Iterator[Document | Failure]:  # pragma: no cover - a protocol
        """Yield the documents of its parts, each as it is met; see `Reader.read`.

        Args:
            stream: at its start; the file itself where that can be, and then seekable.
            context: as for `Reader.read`.
        """
        ...


@runtime_checkable
class Mapped(Protocol):
    """A `Reader` that leaves a text as it is and knows the places in it."""

    def mapped(self, document: Document) -> Document:  # pragma: no cover - a protocol
        """Return the document with its source map."""
        ...
