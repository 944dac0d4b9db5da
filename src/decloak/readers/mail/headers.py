"""Mail headers: the fields of a header in their order, unfolded and decoded, whatever is broken in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import NamedTuple

from decloak.readers.html.encoding import codec_of

__all__ = ["Field", "decoded", "fields_of", "parameter", "parsed", "sender_warnings", "text_of"]

_END = re.compile(rb"\r?\n(?=\r?\n)|\r(?=\r)")
_FOLD = re.compile(r"[\r\n]++[ \t]?+")
# A run of encoded words; white space between two of them is none. What is too long for one stays as it is.
_WORD = r"=\?[^?\s]{1,60}+\?[bBqQ]\?[^?\r\n]{0,4000}+\?="
_WORDS = re.compile(rf"{_WORD}(?:\s*+{_WORD}){{0,200}}+")
_MOST_PARAMETERS = 2_048
"""Code points of a field with parameters; the library takes time in proportion to their square."""
_SENDER = re.compile(r"\s*+(?:\"([^\"]{0,300}+)\"|([^<\"]{0,300}+))\s*+<([^<>\s]{1,300}+)>")


class Field(NamedTuple):
    """One field of a header.

    Attributes:
        name: as it is written.
        number: which field of this name it is, from 1, in the order of the header.
        value: on one line, decoded.
    """

    name: str
    number: int
    value: str


def parsed(data: bytes) -> tuple[Message, int]:
    """Return the header of a message or a part, and where its body begins.

    A line that belongs to no header ends it: it is the first of the body.
    """
    if data.startswith((b"\n", b"\r\n")):
        return Message(compat32), data.index(b"\n") + 1
    match = _END.search(data)
    end = match.end() if match else len(data)
    message: Message = BytesParser(policy=compat32).parsebytes(data[:end], headersonly=True)
    for name in ("content-type", "content-disposition"):
        if len(value := str(message.get(name, ""))) > _MOST_PARAMETERS:
            message.replace_header(name, value[:_MOST_PARAMETERS])
    rest = message.get_payload()
    if isinstance(rest, str) and rest.strip():
        return message, max(end - len(rest.encode("utf-8", "surrogateescape")), 0)
    return message, min(end + (2 if data[end : end + 2] == b"\r\n" else 1), len(data))


def fields_of(pairs: Iterable[tuple[str, str]]) -> Iterator[Field]:
    """Yield the fields of a header from what the library parsed (``raw_items``)."""
    counts: Counter[str] = Counter()
    for name, raw in pairs:
        counts[name.lower()] += 1
        yield Field(name, counts[name.lower()], decoded(str(raw)))


def decoded(raw: str) -> str:
    """Return the value of a field on one line, with its encoded words read. Linear; never raises."""
    value = _FOLD.sub(" ", text_of(raw)).strip()
    return _WORDS.sub(_decoded_words, value) if "=?" in value else value


def text_of(raw: str) -> str:
    """Return text whose bytes beyond ASCII the library kept as surrogates."""
    if raw.isascii():
        return raw
    data = raw.encode("utf-8", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _decoded_words(match: re.Match[str]) -> str:
    """Read a run of encoded words; what cannot be read stays as it is written."""
    try:
        pieces = decode_header(match[0])
    except (MessageError, ValueError):
        return match[0]
    return "".join(_text(piece, charset) for piece, charset in pieces)


def _text(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    codec = codec_of(charset or "utf-8") or "utf-8"
    try:
        return piece.decode(codec)
    except UnicodeDecodeError:
        return piece.decode("cp1252", "replace")


def parameter(message: Message, name: str, header: str = "content-type") -> str:
    """Return a parameter of a field, decoded; empty where there is none or it is broken."""
    try:
        value = message.get_param(name, header=header)
    except (LookupError, TypeError, ValueError):
        return ""
    if isinstance(value, tuple):  # RFC 2231: character set, language, value
        charset, _, written = value
        return _text(written.encode("latin-1", "replace"), charset)
    return decoded(value).strip("\"' ") if value else ""


def sender_warnings(fields: Iterable[Field]) -> Iterator[str]:
    """Yield a warning for every sender whose name shows another host than the address has."""
    from decloak.readers.html.links import sides  # noqa: PLC0415 - where a message is read

    for field in fields:
        if field.name.lower() not in {"from", "sender", "reply-to"}:
            continue
        match = _SENDER.match(field.value)
        hosts = sides((match[1] or match[2] or "").strip(), f"mailto:{match[3]}") if match else None
        if hosts:
            yield f"{field.name} shows {hosts[0]} and is an address of {hosts[1]}"
