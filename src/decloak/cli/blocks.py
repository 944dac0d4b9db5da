"""Blocks: a stream of text as whole lines, as they arrive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from decloak.core.document import Document
from decloak.core.errors import InputError
from decloak.core.result import Failure
from decloak.readers import STDIN, Input, text_document
from decloak.readers.streams import decompressed, open_input
from decloak.readers.unpack import DAMAGE, damage

__all__ = ["arriving", "blocks"]

_CHUNK = 1 << 16
_LONGEST = 1 << 22
"""Bytes without a line end after which a line is cut at a blank, or anywhere."""
_MARKS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))


def arriving(encoding: str | None) -> Iterator[Document | Failure]:
    """Yield what arrives on standard input, each time whole lines, named by the first: ``-:1``, ``-:17``.

    Args:
        encoding: what it is read as where no byte-order mark says otherwise; None for UTF-8.
    """
    line, name = 1, STDIN
    try:
        with open_input(Input(STDIN, None)) as given:
            for block in blocks(decompressed(given)[0]):
                name = f"{STDIN}:{line}"
                try:
                    yield text_document(name, block, encoding)
                except InputError as error:
                    yield Failure.of(name, error)
                line += block.count(b"\n")
    except DAMAGE as error:
        yield Failure.of(name, InputError(damage(error)))
    except InputError as error:
        yield Failure.of(name, error)


def blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield whole lines as they arrive.

    Raises:
        InputError: when the text is not in UTF-8, but in an encoding with a mark.
    """
    read = getattr(stream, "read1", stream.read)
    begun, first = b"", True
    while chunk := read(_CHUNK):
        begun += chunk
        if first and (name := next((n for mark, n in _MARKS if begun.startswith(mark)), None)):
            message = f"this is {name}; convert it to UTF-8 first: iconv -f {name} -t UTF-8"
            raise InputError(message)
        first = False
        end = begun.rfind(b"\n") + 1
        if not end and len(begun) > _LONGEST:
            end = max(begun.rfind(b" ") + 1, 0) or len(begun)
        if end:
            yield begun[:end]
            begun = begun[end:]
    if begun:
        yield begun
