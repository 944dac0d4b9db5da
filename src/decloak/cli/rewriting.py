"""`decloak defang` and `decloak refang`: text in, the same text out, with its indicators written another way.

Text is read and written as it arrives, whole lines at a time; whatever is no UTF-8 passes unchanged.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import BinaryIO

from decloak.cli.blocks import blocks
from decloak.cli.tally import Tally
from decloak.core.document import Document
from decloak.core.errors import DecloakError, InputError
from decloak.core.result import Failure
from decloak.decode import decode
from decloak.indicators.defanged import DEFANGED, defanged
from decloak.options import Settings
from decloak.pipeline import Pipeline
from decloak.readers import Input, walk
from decloak.readers.streams import decompressed, open_input
from decloak.readers.unpack import DAMAGE, damage

__all__ = ["defang", "refang", "rewrite"]

Change = Callable[[str], str]
Piece = tuple[int, int, str]


def defang() -> Change:
    """Return what defangs the indicators of a text; those that are defanged already stay as they are."""
    pipeline = Pipeline(Settings(tagger="off", labels=DEFANGED))

    def change(text: str) -> str:
        found = pipeline.run(Document("-", text)).entities
        return _replaced(
            text,
            (
                (entity.start, entity.end, defanged(entity.label, entity.text))
                for entity in found
                if "defang" not in entity.obfuscation
            ),
        )

    return change


def refang() -> Change:
    """Return what undoes the defanging of a text, and no other disguise."""

    def change(text: str) -> str:
        edits = decode(text).edits
        return _replaced(
            text,
            ((each.start, each.end, each.replacement) for each in edits if each.family == "defang"),
        )

    return change


def _replaced(text: str, pieces: Iterable[Piece]) -> str:
    made: list[str] = []
    done = 0
    for start, end, replacement in pieces:
        if start >= done:
            made += text[done:start], replacement
            done = end
    return "".join((*made, text[done:]))


def rewrite(paths: tuple[str, ...], change: Change) -> int:
    """Write every input to standard output, changed, and return the exit code."""
    tally, out = Tally(quiet=False), sys.stdout.buffer
    for item in walk(paths):
        if isinstance(item, Failure):
            tally.add(item.id, (), item)
            continue
        try:
            _copy(item, change, out)
        except DAMAGE as error:
            tally.add(item.id, (), Failure.of(item.id, InputError(damage(error))))
        except DecloakError as error:
            tally.add(item.id, (), Failure.of(item.id, error))
        else:
            tally.add(item.id, ())
    return tally.exit_code(paths)


def _copy(item: Input, change: Change, out: BinaryIO) -> None:
    with open_input(item) as given:
        for block in blocks(decompressed(given)[0]):
            text = block.decode("utf-8", "surrogateescape")
            with suppress(UnicodeEncodeError):  # escapes of bytes always go back
                out.write(change(text).encode("utf-8", "surrogateescape"))
                out.flush()
