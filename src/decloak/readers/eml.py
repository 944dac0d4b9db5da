"""EML: a mail message (RFC 5322), its parts and what is attached to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from decloak.core.document import Document
from decloak.core.result import Failure
from decloak.readers.base import Context

if TYPE_CHECKING:
    from decloak.readers.mail.message import Letter
    from decloak.readers.mail.mime import Part

__all__ = ["READER"]

_FIELD = re.compile(rb"([!-9;-~]{1,100}+)[ \t]*+:[^\r\n]*+(?:\r\n?|\n|\Z)")
_FOLDED = re.compile(rb"[ \t][^\r\n]*+(?:\r\n?|\n|\Z)")
_START = re.compile(rb"(?:\xef\xbb\xbf)?+(?:\r\n?|\n){0,3}+")
_SENT = frozenset(
    {b"from", b"received", b"return-path", b"sender", b"delivered-to", b"x-originating-ip"}
)
_MACHINE = frozenset(
    {b"message-id", b"mime-version", b"received", b"return-path", b"dkim-signature"}
)
_KNOWN = _SENT | _MACHINE | {b"to", b"cc", b"subject", b"date", b"reply-to", b"content-type"}
_NAMES = (".eml", ".mht", ".mhtml", ".emlx")
_LEAST_NAMED = 2
_TEXTS = frozenset(
    {
        "message/delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
        "text/enriched",
        "text/plain",
        "text/rfc822-headers",
    }
)
_PAGES = frozenset({"application/xhtml+xml", "text/html", "text/x-amp-html"})
_OF_PAGES = frozenset(
    {"application/javascript", "font/woff", "font/woff2", "text/css", "text/javascript"}
)
"""What a saved page brings along to be shown."""
_SIGNATURES = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)
_ENVELOPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_ENVELOPED = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"
"""The object identifier of enveloped data (RFC 5652)."""


class _Eml:
    """The reader of EML; see `decloak.readers.base.Reader`."""

    name = "eml"

    def knows(self, head: bytes, name: str) -> bool:
        """Whether it begins with the header of a message that was sent, or is named like one."""
        start = _START.match(head)
        position = start.end() if start else 0
        if head[position : position + 1].isdigit() and name.lower().endswith(".emlx"):
            position = head.find(b"\n", position) + 1
        found: set[bytes] = set()
        while field := _FIELD.match(head, position):
            found.add(field[1].lower())
            position = field.end()
            while fold := _FOLDED.match(head, position):
                position = fold.end()
        if position < len(head) and head[position : position + 1] not in {b"\r", b"\n"}:
            found &= _KNOWN if name.lower().endswith(_NAMES) else frozenset()
        if name.lower().endswith(_NAMES):
            return len(found & _KNOWN) >= _LEAST_NAMED
        return bool(found & _SENT and found & _MACHINE and len(found & _KNOWN) > _LEAST_NAMED)

    def read(self, data: bytes, context: Context) -> Iterator[Document | Failure]:
        """Yield the message, then what is attached to it, each by its content."""
        from decloak.readers.mail.headers import fields_of, parsed  # noqa: PLC0415 - when one is read
        from decloak.readers.mail.message import Letter  # noqa: PLC0415 - when one is read
        from decloak.readers.mail.mime import content_of, leaves  # noqa: PLC0415 - when one is read

        length, line_end, _ = data[:40].partition(b"\n")
        if context.name.lower().endswith(".emlx") and line_end and length.strip().isdigit():
            data = data[len(length) + 1 :][: int(length)]  # Apple Mail: its length comes first
        start = _START.match(data)
        data = data[start.end() :] if start else data
        header, body = parsed(data)
        letter = Letter(context)
        letter.header(fields_of(header.raw_items()))
        parts = list(leaves(data, header, body, max(context.budget.parts, 0) + 1))
        for part in parts:
            if part.type == "text/css":
                letter.sheets.append(content_of(data, part).decode("utf-8", "replace"))
        for part in parts:
            _take(letter, data, part)
        yield from letter.done()


def _take(letter: Letter, data: bytes, part: Part) -> None:
    """Give one part to the text of the message, or to what is attached."""
    from decloak.readers.mail.headers import parameter  # noqa: PLC0415 - when a message is read
    from decloak.readers.mail.message import Attached  # noqa: PLC0415 - when a message is read
    from decloak.readers.mail.mime import content_of  # noqa: PLC0415 - when a message is read

    def content() -> bytes:
        return content_of(data, part)

    if part.trouble:
        letter.warn(f"part {part.number} was not taken apart: {part.trouble}")
    name = parameter(part.header, "filename", "content-disposition")
    name = name or parameter(part.header, "name")
    disposition = str(part.header.get("content-disposition", "")).strip().lower()
    apart = bool(name) or disposition.startswith("attachment")
    charset = parameter(part.header, "charset")
    if part.type == "application/pgp-encrypted":
        letter.warn("the message is encrypted (OpenPGP): decrypt it first, for example with `gpg`")
    elif part.type in _SIGNATURES:
        letter.warn(f"the message is signed; the signature (part {part.number}) was not checked")
    elif part.type in _ENVELOPES:
        kind = parameter(part.header, "smime-type").lower()
        if kind.startswith(("enveloped", "authenveloped")) or _ENVELOPED in content()[:64]:
            letter.warn(
                f"part {part.number} is encrypted (S/MIME): decrypt it first, for example with `openssl cms`"
            )
        else:
            letter.warn(
                f"part {part.number} is signed in one piece (S/MIME): take it out first, for example with `openssl cms -verify`"
            )
    elif part.type in _TEXTS and not apart:
        letter.plain(content(), charset, part.number, part.alternative)
    elif part.type in _PAGES and not apart:
        letter.html(content(), charset, part.number, part.alternative)
    elif part.type in _OF_PAGES and not apart:
        letter.left_out[part.type] += 1
    elif data[part.start : part.end].strip():
        letter.attached.append(
            Attached(part.number, name, part.type, partial(_as_utf8, content, part.type, charset))
        )


def _as_utf8(content: Callable[[], bytes], kind: str, charset: str) -> bytes:
    """Return what is attached; a text whose character set only the message knows in UTF-8."""
    from decloak.readers.encoding import mark_of  # noqa: PLC0415 - when a message is read
    from decloak.readers.html.encoding import codec_of  # noqa: PLC0415 - when a message is read

    data = content()
    codec = (
        codec_of(charset) if charset and kind.startswith("text/") and kind not in _PAGES else None
    )
    if codec in {None, "utf-8"} or mark_of(data)[0]:
        return data
    return data.decode(codec or "utf-8", "replace").encode()


READER = _Eml()
