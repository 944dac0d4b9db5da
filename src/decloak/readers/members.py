"""Members: the parts of an archive, each read no further than its limits allow."""

from __future__ import annotations

from typing import Any

from decloak.core.errors import InputError
from decloak.readers.base import Context
from decloak.readers.streams import MAX_DOCUMENT

__all__ = ["content_of", "refuse_deeper"]

_CHUNK = 1 << 20


def refuse_deeper(context: Context) -> None:
    """Refuse an archive whose members lie too deep, before any of them is unpacked.

    Raises:
        InputError: names the limit.
    """
    most = context.options.limits.depth
    if context.depth >= most:
        message = f"its members lie {context.depth + 1} containers deep, the limit is {most}; unpack it first"
        raise InputError(message)


def content_of(stream: Any, context: Context) -> tuple[bytes, Exception | None]:
    """Return the content of one member, as far as the limits go, and the error that ended it.

    Args:
        stream: the member, opened, with ``read1``; read to its end, or one byte past a limit.
        context: of the archive.
    """
    data = bytearray()
    most = min(context.budget.unpacked, MAX_DOCUMENT)
    try:
        # read1: what came before the damage is kept.
        while len(data) <= most and (chunk := stream.read1(min(_CHUNK, most + 1 - len(data)))):
            data += chunk
    except Exception as error:  # noqa: BLE001 - every library of compression has its own
        return bytes(data), error
    return bytes(data), None
