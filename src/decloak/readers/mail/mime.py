"""MIME: the leaves of a message in their order, numbered as mail programs number them.

The library decodes what a part holds; where the parts begin and end is found here, because its own splitting asks every
line for every boundary that is open, calls itself once per level, and keeps no bytes of a message within a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from typing import NamedTuple

from decloak.readers.mail.headers import parameter, parsed

__all__ = ["DEEPEST", "Part", "content_of", "leaves"]

DEEPEST = 32
"""Multiparts within each other."""


class Part(NamedTuple):
    """A part without parts of its own, or a whole that could not be taken apart.

    Attributes:
        number: ``1`` for the body of a message without parts; else ``1``, ``2``, ``2.1`` (RFC 3501).
        type: its media type, in lower case.
        header: its own header; the message's where it has no parts.
        start, end: of its body, in the bytes of the message.
        alternative: the number of the innermost ``multipart/alternative`` that it is part of, or None.
        trouble: why it is here and not its parts; empty for a leaf.
    """

    number: str
    type: str
    header: Message
    start: int
    end: int
    alternative: str | None = None
    trouble: str = ""


class _Whole(NamedTuple):
    """A range that still has to be looked at."""

    number: str
    header: Message
    start: int
    end: int
    alternative: str | None
    depth: int


def leaves(data: bytes, header: Message, start: int, most: int) -> Iterator[Part]:
    """Yield the leaves of a message, without recursion.

    Args:
        data: the message.
        header: of it.
        start: where its body begins.
        most: parts that are yielded; what holds more ends with one that says so.
    """
    waiting = [_Whole("", header, start, len(data), None, 0)]
    found = 0
    while waiting:
        whole = waiting.pop()
        kind = whole.header.get_content_type()
        multiple = kind.startswith("multipart/")
        boundary = parameter(whole.header, "boundary") if multiple else ""
        leaf = Part(
            whole.number or "1", kind, whole.header, whole.start, whole.end, whole.alternative
        )
        if found >= most:
            yield leaf._replace(trouble="past the limit of parts")
            return
        if not boundary:
            found += 1
            yield (
                leaf._replace(type="text/plain", trouble="it has no boundary") if multiple else leaf
            )
            continue
        if whole.depth >= DEEPEST:
            found += 1
            yield leaf._replace(trouble=f"its parts lie more than {DEEPEST} multiparts deep")
            continue
        ranges = list(_split(data, whole.start, whole.end, boundary, most))
        if not ranges:
            found += 1
            yield leaf._replace(type="text/plain", trouble="its boundary stands nowhere")
            continue
        alternative = whole.number or "0" if kind == "multipart/alternative" else whole.alternative
        inner: list[_Whole] = []
        for index, (first, last) in enumerate(ranges, 1):
            number = f"{whole.number}.{index}" if whole.number else str(index)
            own, body = parsed(data[first:last])
            inner.append(_Whole(number, own, first + body, last, alternative, whole.depth + 1))
        waiting += reversed(inner)


def _split(
    data: bytes, start: int, end: int, boundary: str, most: int
) -> Iterator[tuple[int, int]]:
    """Yield the range of every part between the lines of one boundary, one more than `most` at the most."""
    line = b"--" + boundary.encode("utf-8", "surrogateescape")
    pattern = re.compile(rb"(?:\A|(?<=[\r\n]))" + re.escape(line) + rb"(--)?[ \t]*+(?:\r?\n|\r|\Z)")
    first: int | None = None
    found = 0
    for match in pattern.finditer(data, start, end):
        if first is not None:
            yield first, max(first, _without_line_end(data, match.start()))
            found += 1
        first = match.end()
        if match[1] or found > most:
            return
    if first is not None and first < end:
        yield first, end


def _without_line_end(data: bytes, end: int) -> int:
    """Return where a part ends: the line end before a boundary belongs to the boundary."""
    if data[end - 2 : end] == b"\r\n":
        return end - 2
    return end - 1 if data[end - 1 : end] in {b"\n", b"\r"} else end


def content_of(data: bytes, part: Part) -> bytes:
    """Return the bytes of a part with its transfer encoding undone by the library."""
    body = data[part.start : part.end]
    encoding = str(part.header.get("content-transfer-encoding", "")).strip().lower()
    if encoding not in {"base64", "quoted-printable", "uuencode", "x-uuencode", "uue", "x-uue"}:
        return body
    carrier = Message()
    carrier["Content-Transfer-Encoding"] = encoding
    carrier.set_payload(body.decode("ascii", "surrogateescape"))
    try:
        content = carrier.get_payload(decode=True)
    except (ValueError, LookupError, OverflowError):
        return body
    return content if isinstance(content, bytes) else body
