"""Registry: the readers by name. A reader's module is imported when an input may be of its format."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from decloak.core.errors import SettingsError
from decloak.core.extras import need_extra
from decloak.core.registry import Registry
from decloak.readers.base import Reader

__all__ = ["BUILT_IN", "ENTRIES", "SAMPLE", "Entry", "detect", "insisted", "names"]

SAMPLE = 65_536
"""Bytes from the start by which a format is known."""

_SIGNS_WITHIN = 1 << 10

BUILT_IN = ("text", "jsonl")
"""What ``--reader`` also takes: one text as it stands, and a document per line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A reader that is not imported yet: `READER` of the module ``decloak.readers.NAME``.

    Attributes:
        name: of the module, and what ``--reader`` calls it.
        signs: one of these stands in the first 1,024 bytes of every input of the format; any other
            costs no import. Empty: every input is worth asking.
        extra: the extra that brings its library; None where it needs none.
    """

    name: str
    signs: tuple[bytes, ...]
    extra: str | None = None

    def load(self) -> Reader:
        """Import the reader; its library is imported when it reads.

        Raises:
            ToolError: when the extra is not installed.
        """
        module = importlib.import_module(f"decloak.readers.{self.name}")
        reader: Reader = module.READER
        return reader


_ENTRIES: tuple[Entry, ...] = (
    # A line per reader, in the order in which they are asked: what is written on top of another format
    # comes before it.
    Entry("pdf", (b"%PDF-",), "documents"),
)

ENTRIES: Registry[Entry] = Registry("reader")
for _entry in _ENTRIES:
    ENTRIES.add(_entry)


def names() -> tuple[str, ...]:
    """Return what ``--reader`` takes."""
    return (*BUILT_IN, *ENTRIES.names())


def detect(head: bytes, name: str) -> Entry | None:
    """Return the first reader that knows the content; None for plain text, or for what none knows.

    Args:
        head: the first `SAMPLE` bytes, or all where there is less.
        name: the input's name, to break a tie.

    Raises:
        ToolError: when the reader's module needs a library that is not installed.
    """
    start = head[:_SIGNS_WITHIN]
    for entry in ENTRIES:
        if entry.signs and not any(sign in start for sign in entry.signs):
            continue
        with need_extra(entry.extra or "documents"):
            if entry.load().knows(head, name):
                return entry
    return None


def insisted(name: str | None) -> Entry | None:
    """Return the reader that a user insists on; None for none, and for those of `BUILT_IN`.

    Raises:
        SettingsError: when there is none of this name.
    """
    if name is None or name in BUILT_IN:
        return None
    if name not in ENTRIES:
        message = f"there is no reader {name!r}; known: {', '.join(names())}"
        raise SettingsError(message)
    return ENTRIES.get(name)
