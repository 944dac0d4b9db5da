"""XML tags with the place of every attribute's value, in one linear pass.

XML parsers decode what they report, so the places are gone. In well-formed XML a ``<`` always starts
markup (XML 1.0, production 14 and 10), so the text is cut there and every piece is read alone.
Nothing is expanded but the five predefined entities and character references; `refusal` asks
defusedxml first whether the document declares entities of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from decloak.core.document import View
from decloak.core.remember import remembered
from decloak.indicators.engine import compile_pattern

__all__ = ["Refusal", "Tag", "refusal", "tags", "unescape"]

_TAG = compile_pattern(
    rb"(/?)([A-Za-z_:][A-Za-z0-9_.:-]*)(?:[ \t\n]((?:[^>\"']|\"[^\"]*\"|'[^']*')*))?/?>"
)
_ATTRIBUTE = compile_pattern(
    rb"([A-Za-z_:][A-Za-z0-9_.:-]*)[ \t\n]*=[ \t\n]*(?:\"([^\"]*)\"|'([^']*)')"
)
_REFERENCE = re.compile(r"&(?:#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6})|(lt|gt|amp|quot|apos));")
_PREDEFINED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_SPACES = str.maketrans("\t\n\r", "   ")
_SKIPPED = ((b"!--", b"-->"), (b"![CDATA[", b"]]>"), (b"?", b"?>"))
_BLOCK = 1 << 20
_CACHED = 1024
_MAX_PIECE = 1 << 16  # script output is longer now and then; nothing here needs it


class Tag(NamedTuple):
    """One tag.

    Attributes:
        name: its name.
        closing: whether it ends an element.
        attributes: name -> half-open range of the value, from the tag's ``<``.
        text: range of the text that follows the tag, from the tag's ``<``.
    """

    name: bytes
    closing: bool
    attributes: dict[bytes, tuple[int, int]]
    text: tuple[int, int]


class Refusal(NamedTuple):
    """Why a document is not what it should be: `fatal` when nothing of it may be read."""

    reason: str
    fatal: bool


class _Nothing:
    """A target that keeps nothing."""


def refusal(text: str, start: int, end: int) -> Refusal | None:
    """Ask defusedxml whether a range is well-formed XML without entity declarations."""
    parser = XMLParser(target=_Nothing(), encoding="utf-8", forbid_entities=True)
    # Only what defusedxml forbids may call back into Python: expat alone reads 100 MB a second.
    expat = parser.parser
    expat.StartElementHandler = expat.EndElementHandler = None
    expat.DefaultHandlerExpand = None
    try:
        for position in range(start, end, _BLOCK):
            chunk = text[position : min(position + _BLOCK, end)]
            parser.feed(chunk.encode("utf-8", "replace"))
        parser.close()
    except DefusedXmlException as error:
        return Refusal(f"the XML was refused ({type(error).__name__})", fatal=True)
    except ParseError as error:
        return Refusal(f"the XML is not well formed ({error})", fatal=False)
    return None


def unescape(raw: str) -> str | None:
    """Return what an attribute's value means; None when it is what stands there."""
    value = raw.translate(_SPACES)
    if "&" in value:
        value = _REFERENCE.sub(_resolve, value)
    return None if value == raw else value


def _resolve(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _PREDEFINED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if code <= 0x10FFFF else match.group()


def tags(view: View, start: int, end: int) -> Iterator[tuple[int, Tag]]:
    """Yield the tags of a range with the offset of their ``<``; comments, CDATA and PIs left out."""
    shadow = view.shadow
    position = shadow.find(b"<", start, end)
    skipping = b""  # what ends the comment we are in
    while 0 <= position < end:
        edge = shadow.find(b"<", min(position + _BLOCK, end), end)
        edge = edge if edge >= 0 else end
        for piece in shadow[position + 1 : edge].split(b"<"):
            offset = position
            position += len(piece) + 1
            if skipping:
                if skipping in piece:
                    skipping = b""
                continue
            if piece[:1] in {b"!", b"?"}:
                for opening, closing in _SKIPPED:
                    if piece.startswith(opening) and piece.find(closing, len(opening)) < 0:
                        skipping = closing
                continue
            tag = _read_tag(piece) if len(piece) <= _CACHED else _read_long(piece)
            if tag is not None:
                yield offset, tag
        position = edge


def _read_long(piece: bytes) -> Tag | None:
    return _read(piece) if len(piece) <= _MAX_PIECE else None


@remembered(16384)
def _read_tag(piece: bytes) -> Tag | None:
    return _read(piece)


def _read(piece: bytes) -> Tag | None:
    match = _TAG.match(piece)
    if match is None:
        return None
    attributes: dict[bytes, tuple[int, int]] = {}
    if match.start(3) >= 0:
        for found in _ATTRIBUTE.finditer(piece, match.start(3), match.end(3)):
            a, b = found.span(2) if found.start(2) >= 0 else found.span(3)
            attributes.setdefault(found.group(1), (a + 1, b + 1))
    return Tag(match.group(2), bool(match.group(1)), attributes, (match.end() + 1, len(piece) + 1))
