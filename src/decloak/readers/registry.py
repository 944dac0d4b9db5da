"""Registry: the readers by name. A reader's module is imported when an input may be of its format."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from decloak.core.errors import SettingsError
from decloak.core.extras import need_extra
from decloak.core.registry import Registry
from decloak.readers.base import Reader

__all__ = [
    "BUILT_IN", "ENTRIES", "SAMPLE", "SIGNED", "Entry", "detect", "holds_container", "insisted", "names",
]  # fmt: skip

SAMPLE = 65_536
"""Bytes from the start by which a format is known."""

SIGNED = 1 << 10
"""Bytes from the start in which the signs of a format stand."""

BUILT_IN = ("text", "jsonl", "lines")
"""What ``--reader`` also takes: one text as it stands, a row of JSON per line, a text per line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A reader that is not imported yet: `READER` of the module ``decloak.readers.NAME``.

    Attributes:
        name: of the module, and what ``--reader`` calls it.
        signs: one of these stands in the first 1,024 bytes of every input of the format; any other
            costs no import. Empty: every input is worth asking.
        extra: the extra that brings its library; None where it needs none.
        container: whether it is a `Container`, whose parts are worth sharing out among processes.
        module: of ``decloak.readers``; "" where it is called like the reader.
    """

    name: str
    signs: tuple[bytes, ...]
    extra: str | None = None
    container: bool = False
    module: str = ""

    def may_be(self, head: bytes) -> bool:
        """Whether it is worth asking the reader about an input that begins so."""
        start = head[:SIGNED] if len(head) > SIGNED else head
        for sign in self.signs:  # a loop: `any` over a generator takes three times as long
            if sign in start:
                return True
        return not self.signs

    def load(self) -> Reader:
        """Import the reader; its library is imported when it reads.

        Raises:
            ToolError: when the extra is not installed.
        """
        module = importlib.import_module(f"decloak.readers.{self.module or self.name}")
        reader: Reader = module.READER
        return reader


_MAIL = (
    b"Delivered-To:", b"From:", b"MIME-Version:", b"Message-ID:", b"Message-Id:", b"Mime-Version:",
    b"Received:", b"Return-Path:", b"Return-path:",
)  # fmt: skip

_ENTRIES: tuple[Entry, ...] = (
    # A line per reader, in the order in which they are asked: what is written on top of another format
    # comes before it (Office documents before zip).
    Entry("docx", (b"PK\x03\x04",)),
    Entry("pdf", (b"%PDF-",), "documents"),
    Entry("zip", (b"PK\x03\x04", b"PK\x05\x06"), container=True),
    Entry("tar", (b"\0\0\0\0\0\0",), container=True),
    Entry("msg", (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",), "documents"),
    Entry("mbox", (b"From ",), container=True),
    Entry("eml", _MAIL),
    Entry("html", (b"<",)),
    Entry("csv", (b",", b"\t", b";", b"|"), module="cells"),
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
    start = head[:SIGNED]
    for entry in ENTRIES:
        if not entry.may_be(start):
            continue
        with need_extra(entry.extra or "documents"):
            if entry.load().knows(head, name):
                return entry
    return None


def holds_container(head: bytes, name: str) -> bool:
    """Whether it is a container that begins so, as far as its first bytes tell; see `detect`."""
    if not any(entry.container and entry.may_be(head) for entry in ENTRIES):
        return False
    entry = detect(head, name)
    return entry is not None and entry.container


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
