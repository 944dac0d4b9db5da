"""Mail message: its headers and texts as one document, then what is attached to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from decloak.core.document import Document
from decloak.core.result import Failure
from decloak.core.source_map import SourceMap
from decloak.readers.base import Context
from decloak.readers.html.encoding import codec_of, decode_page, decode_part
from decloak.readers.html.page import read_page
from decloak.readers.mail.compose import Composition
from decloak.readers.mail.headers import Field, sender_warnings

__all__ = ["Attached", "Letter"]

_WORD = re.compile(r"[^\s<>()\[\]{}\"'*_|,;\u00a0]+")
_EDGES = ".:!?/\\-"
_PICTURES = (
    b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"BM", b"RIFF", b"\0\0\1\0", b"II*\0", b"MM\0*",
)  # fmt: skip
_ENCODING = frozenset(
    {"content-disposition", "content-transfer-encoding", "content-type", "mime-version"}
)
_MOST_NAMED = 5
_MOST_WARNINGS = 50
_PGP = re.compile(r"^-----BEGIN PGP MESSAGE-----", re.MULTILINE)


class Attached(NamedTuple):
    """A part that is a document of its own.

    Attributes:
        number: of the part.
        name: as the message has it; empty where it has none.
        type: its media type, in lower case.
        content: gives its bytes when it is read.
    """

    number: str
    name: str
    type: str
    content: Callable[[], bytes]

    @classmethod
    def of(cls, number: str, name: str, kind: str, data: bytes) -> Attached:
        """Return a part whose bytes are there already."""
        return cls(number, name, kind, lambda: data)


class Letter:
    """One message while it is read."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.warnings: list[str] = []
        self.attached: list[Attached] = []
        self.sheets: list[str] = []
        self.left_out: Counter[str] = Counter()
        self._text = Composition()
        self._words: dict[str | None, set[str]] = {}
        self._pages: list[tuple[str, bytes]] = []

    def warn(self, warning: str) -> None:
        """Take note of what the user should know."""
        if len(self.warnings) < _MOST_WARNINGS:
            self.warnings.append(warning)
        elif len(self.warnings) == _MOST_WARNINGS:
            self.warnings.append("more warnings of this message were left out")

    def header(self, fields: Iterable[Field]) -> None:
        """Write the fields, each on a line, without those that say how the rest is encoded."""
        fields = [field for field in fields if field.name.lower() not in _ENCODING]
        for field in fields:
            self._text.write(f"{field.name}: ")
            self._text.add(field.value, {"header": field.name, "index": field.number})
            self._text.write("\n")
        for warning in sender_warnings(fields):
            self.warn(warning)

    def plain(self, data: bytes, charset: str, number: str, alternative: str | None = None) -> None:
        """Write a part of plain text."""
        text, warnings = _decoded(data, charset or self.context.options.encoding)
        for warning in warnings:
            self.warn(f"part {number}: {warning}")
        if _PGP.search(text):
            self.warn(f"part {number} is encrypted (OpenPGP): decrypt it first")
        self.text(text, {"part": number}, alternative)

    def text(self, text: str, place: dict[str, Any], alternative: str | None = None) -> None:
        """Write a text that stands in the message as it is."""
        if text.strip():
            self._words.setdefault(alternative, set()).update(_words(text))
            self._text.paragraph()
            self._text.add(text, place)

    def page(self, source: str, place: dict[str, Any], alternative: str | None = None) -> None:
        """Write a part of HTML; of an alternative to plain text only the lines that say more."""
        page = read_page(source, self.sheets)
        where = place.get("part", "the body")
        for warning in page.warnings:
            self.warn(f"{'part ' if 'part' in place else ''}{where}: {warning}")
        for index, payload in enumerate(page.payloads, 1):
            name = f"data-{where}-{index}"
            self.attached.append(Attached.of(str(where), name, payload.type, payload.data))
        said = self._words.get(alternative) if alternative is not None else None
        if said is None:
            self._text.paragraph()
            self._text.add(page.text, place, page.source_map)
            return
        place = {**place, "alternative": True}
        self._text.paragraph()
        for start, end in _news(page.text, said, page.source_map):
            self._text.add(page.text[start:end], place, page.source_map, start)

    def html(self, data: bytes, charset: str, number: str, alternative: str | None = None) -> None:
        """Write a part of HTML, as `page` does."""
        codec = codec_of(charset) if charset else None
        source, warnings = decode_page(data, codec or self.context.options.encoding)
        for warning in warnings:
            self.warn(f"part {number}: {warning}")
        self.page(source, {"part": number}, alternative)

    def done(self) -> Iterator[Document | Failure]:
        """Yield the message, then what is attached to it."""
        files: list[Attached] = []
        pictures: list[Attached] = []
        for each in self.attached:
            (pictures if _is_picture(each) else files).append(each)
        if pictures:
            names = ", ".join(each.name or each.number for each in pictures[:_MOST_NAMED])
            more = f" and {len(pictures) - _MOST_NAMED} more" if len(pictures) > _MOST_NAMED else ""
            self.warn(f"pictures were not read: {names}{more}")
        if self.left_out:
            kinds = ", ".join(f"{kind} ({count})" for kind, count in self.left_out.items())
            self.warn(f"parts that were not read: {kinds}")
        self._names()
        text, source_map = self._text.done()
        yield Document(
            self.context.name, text, warnings=tuple(self.warnings), source_map=source_map
        )
        taken: set[str] = set()
        for count, each in enumerate(files, 1):
            name = each.name.replace("\\", "/").rpartition("/")[2] or f"part-{each.number}"
            name = f"part-{each.number}-{name}" if name in taken else name
            taken.add(name)
            yield from self.context.inside(name, each.content())
            if self.context.budget.is_spent:
                if rest := len(files) - count:
                    message = f"{rest:,} more attachments were not read"
                    yield Failure(self.context.name, "InputError", message)
                return

    def _names(self) -> None:
        """Write the names of what is attached, each on a line."""
        named = [each for each in self.attached if each.name]
        if named:
            self._text.paragraph()
            self._text.write("Attachments:")
        for each in named:
            self._text.write("\n")
            self._text.add(each.name, {"part": each.number, "parameter": "filename"})


def _is_picture(part: Attached) -> bool:
    """Whether a part says that it is a picture and is one; what only says so is read."""
    return part.type.startswith("image/") and part.content().startswith(_PICTURES)


def _decoded(data: bytes, charset: str | None) -> tuple[str, tuple[str, ...]]:
    """Return plain text: in its character set, or else as UTF-8 or Windows-1252."""
    codec = codec_of(charset) if charset else None
    if codec is not None and codec != "cp1252":
        return decode_part(data, codec)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        return decode_part(data, "cp1252")


def _words(text: str) -> Iterator[str]:
    for match in _WORD.finditer(text):
        if word := match[0].strip(_EDGES):
            yield word


def _news(text: str, said: set[str], source_map: SourceMap) -> Iterator[tuple[int, int]]:
    """Yield the lines of a text that hold a word which was not said, and those that are hidden."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        places = source_map.places(start, end)
        if places and (
            any(place.get("hidden") for place in places)
            or any(word not in said for word in _words(text[start:end]))
        ):
            yield start, end
        start = end
