"""MBOX: a mailbox, every message a document of its own with its number."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import IO

from decloak.core.document import Document
from decloak.core.errors import InputError
from decloak.core.result import Failure
from decloak.readers.base import Budget, Context
from decloak.readers.eml import READER as MESSAGE
from decloak.readers.streams import MAX_DOCUMENT

__all__ = ["READER"]

_BEGIN = re.compile(rb"From [^\r\n]{1,400}?\d\d:\d\d[^\r\n]{0,200}?\r?\n")
_FIELD = re.compile(rb"(?:>?From [^\r\n]*+\r?\n)?+[!-9;-~]{1,100}+:")
_QUOTED = re.compile(rb"^>(>*+From )", re.MULTILINE)
_LINE = 1 << 20


class _Mbox:
    """The reader of mailboxes; see `decloak.readers.base.Container`."""

    name = "mbox"

    def knows(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the content tells
        """Whether it begins with the line before a message, and a header behind that."""
        begin = _BEGIN.match(head)
        return begin is not None and _FIELD.match(head, begin.end()) is not None

    def read(self, data: bytes, context: Context) -> Iterator[Document | Failure]:
        """Yield the messages; see `unpack`."""
        yield from self.unpack(io.BytesIO(data), context)

    def unpack(self, stream: IO[bytes], context: Context) -> Iterator[Document | Failure]:
        """Yield the messages and what is attached to them, one message in memory at a time.

        A mailbox is as long as its messages, so that its number of messages has no limit; the limit of parts
        is that of each message.
        """
        for number, data in enumerate(_messages(stream), 1):
            name = context.part(str(number))
            budget = Budget(context.options.limits.parts, max(context.budget.unpacked, 0))
            try:
                yield from MESSAGE.read(data, replace(context, name=name, budget=budget))
            except Exception as error:  # noqa: BLE001 - one message costs no other one
                yield Failure.of(name, error)
            context.budget.unpacked = budget.unpacked


def _messages(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the bytes of each message, without the line before it and the quotes of such lines within.

    Raises:
        InputError: when one is longer than the limit of a document.
    """
    data = bytearray()
    blank, begun = True, False
    while line := stream.readline(_LINE):
        if blank and line.startswith(b"From ") and _BEGIN.match(line):
            if begun:
                yield _QUOTED.sub(rb"\1", bytes(data))
            data.clear()
            begun = True
        else:
            data += line
            if len(data) > MAX_DOCUMENT:
                message = f"a message is longer than {MAX_DOCUMENT >> 20} MiB; split it first"
                raise InputError(message)
        blank = not line.strip(b"\r\n")
    if begun:
        yield _QUOTED.sub(rb"\1", bytes(data))


READER = _Mbox()
