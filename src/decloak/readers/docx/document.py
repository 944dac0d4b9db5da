"""Document: the parts of a DOCX read in turn and put together, with what a user should know of it."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from typing import Any

from decloak.core.document import Document
from decloak.core.errors import InputError
from decloak.core.source_map import Anchors, Place
from decloak.readers.base import Context
from decloak.readers.docx.package import DAMAGE, Package, Relation, feed
from decloak.readers.docx.styles import PLAIN, ReadStyles
from decloak.readers.docx.words import Line, Words
from decloak.readers.html.links import sides

__all__ = ["Part", "read_docx"]

Part = tuple[str, bytes]
"""The name and the bytes of an embedded file."""

_MAIN = "word/document.xml"
_BEHIND = {"footnotes": "", "endnotes": "", "comments": "", "header": "header", "footer": "footer"}
"""Kinds of parts that are read behind the body, and what numbers those that are numbered as a whole."""
_EMBEDDED = frozenset({"package", "oleObject", "aFChunk"})
_MACROS = frozenset({"vbaProject", "wordVbaData"})
_LOADED = frozenset(
    {
        "attachedTemplate",
        "oleObject",
        "frame",
        "subDocument",
        "externalLink",
        "image",
        "mailMergeSource",
    }
)
_STARTED = ("DDE", "DDEAUTO")
_MOST = 20
_MOST_PARTS = 1_000


class _Text:
    """The text as far as it was put together, and the places of its stretches."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._starts, self._length = array("q"), 0
        self._places: list[Place | None] = []

    def add(self, line: Line) -> None:
        """Add a line and its end."""
        for text, place in (*line, ("\n", None)):
            if not self._places or self._places[-1] != place:
                self._starts.append(self._length)
                self._places.append(place)
            self._parts.append(text)
            self._length += len(text)

    def document(self, name: str, warnings: Iterable[str]) -> Document:
        """Return all of it."""
        anchors = Anchors(self._starts, self._places)
        return Document(name, "".join(self._parts), warnings=tuple(warnings), source_map=anchors)


def read_docx(data: bytes, context: Context) -> tuple[Document, list[Part]]:
    """Read a DOCX and the files embedded in it.

    Raises:
        InputError: when it cannot be opened, or its main part cannot be read.
    """
    package = Package(data, context)
    reader = _Reader(package)
    main = reader.main_part()
    try:
        body = reader.words(main, {})
    except DAMAGE as error:
        message = f"its text is damaged ({error}); open it in an office program and save it again"
        raise InputError(message) from error
    reader.take(body)
    for kind, relation in reader.of_kinds(_BEHIND):
        reader.behind(kind, relation.target)
    text = reader.finish()
    parts = reader.embedded()
    return text.document(context.name, reader.warnings), parts


class _Reader:
    """Reads one document."""

    def __init__(self, package: Package) -> None:
        self.warnings: list[str] = []
        self._package, self._text = package, _Text()
        self._relations: dict[str, Relation] = {}
        self._all: list[Relation] = []
        self._words: list[Words] = []
        self._styles = PLAIN
        self._numbers: dict[str, int] = {}
        self._seen: set[str] = set()

    def main_part(self) -> str:
        """Return the name of the part that holds the body, whatever it is called."""
        found = self._related("")
        named = [each.target for each in found.values() if each.kind == "officeDocument"]
        main = next((name for name in named if name in self._package.names), _MAIN)
        self._relations = self._related(main)
        self._all += self._relations.values()
        styles = [each.target for each in self._all if each.kind == "styles"]
        target = ReadStyles()
        for name in styles[:1]:
            self._attempt(name, target)
        self._styles = target.styles()
        return main

    def words(self, name: str, place: Place) -> Words:
        """Read a part.

        Raises:
            Exception: one of `package.DAMAGE`.
        """
        relations = self._relations if not place and not self._words else self._related(name)
        words = Words(place, relations, self._styles)
        content = self._package.read(name)
        try:
            feed(content, words)
        except DAMAGE as error:
            words.close()
            if not words.lines:
                raise
            self.warnings.append(f"{name} is damaged ({error}); what stands before was read")
        return words

    def take(self, words: Words) -> None:
        """Take the lines of a part."""
        for line in words.lines:
            self._text.add(line)
        self._words.append(words)

    def of_kinds(self, kinds: Mapping[str, str]) -> list[tuple[str, Relation]]:
        """Return the parts of some kinds, kind by kind, as far as they are in the package."""
        return [
            (kind, each)
            for kind in kinds
            for each in self._relations.values()
            if each.kind == kind and not each.external and each.target in self._package.names
        ][:_MOST_PARTS]

    def behind(self, kind: str, name: str) -> None:
        """Read a part behind the body; one that cannot be read costs no other."""
        place: dict[str, Any] = {}
        if _BEHIND[kind]:
            self._numbers[kind] = self._numbers.get(kind, 0) + 1
            place = {_BEHIND[kind]: self._numbers[kind]}
        try:
            words = self.words(name, place)
        except (InputError, *DAMAGE) as error:
            self.warnings.append(f"{name} could not be read ({error})")
            return
        if _BEHIND[kind]:  # pages of several kinds often have one header
            words.lines = [line for line in words.lines if self._is_new(line)]
        self.take(words)

    def _is_new(self, line: Line) -> bool:
        text = "".join(text for text, _ in line)
        new = text not in self._seen
        self._seen.add(text)
        return new

    def finish(self) -> _Text:
        """Write where the links go behind all, and tell what was found."""
        targets: dict[str, list[Place]] = {}
        for words in self._words:
            for link, place in words.links:
                if link.code in _STARTED:
                    self._tell(f"{_named(place)}: a field starts a program: {link.target}")
                elif link.code != "HYPERLINK":
                    self._tell(f"{_named(place)}: a field loads {link.target}")
                elif found := sides(link.shown, link.target):
                    self._tell(f"{_named(place)}: a link shows {found[0]} and goes to {found[1]}")
                if link.shown != link.target:
                    targets.setdefault(link.target, []).append({**place, "annotation": "link"})
        for relation in self._all:
            if relation.external and relation.kind in _LOADED:
                self._tell(f"it loads {relation.target} when it is opened ({relation.kind})")
                targets.setdefault(relation.target, []).append({"relation": relation.kind})
        for target, places in targets.items():
            self._text.add([(target, places[0])])
        self._tell_marks()
        return self._text

    def _tell_marks(self) -> None:
        hidden = [place for words in self._words for place in words.hidden]
        if hidden:
            named = list(dict.fromkeys(map(_named, hidden)))
            more = f" and {len(named) - _MOST} more" if len(named) > _MOST else ""
            self.warnings.append(
                f"hidden text in {', '.join(named[:_MOST])}{more}; it was read and is marked as hidden"
            )
        if any(words.deleted for words in self._words):
            self.warnings.append(
                "it has tracked changes; deleted text was read and is marked as deleted"
            )
        if any(words.too_deep for words in self._words):
            self.warnings.append("what lies deeper than 100 tables and boxes was left out")
        names = self._package.names
        if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
            self.warnings.append("it holds macros, which were not read")
        if any("/activeX/" in name for name in names):
            self.warnings.append("it holds ActiveX controls, which were not read")

    def _tell(self, warning: str) -> None:
        if len(self.warnings) < _MOST and warning not in self.warnings:
            self.warnings.append(warning)

    def embedded(self) -> list[Part]:
        """Return the files that are embedded in the document."""
        parts = []
        for relation in self._all:
            if relation.kind not in _EMBEDDED or relation.external:
                continue
            try:
                parts.append((relation.target, self._package.read(relation.target, 1 << 30)))
            except (InputError, *DAMAGE) as error:
                self._tell(f"{relation.target} could not be read ({error})")
        if parts:
            self.warnings.append(f"it holds {len(parts)} embedded files")
        return parts

    def _related(self, name: str) -> dict[str, Relation]:
        try:
            found = self._package.relations(name)
        except (InputError, *DAMAGE) as error:
            self.warnings.append(
                f"where the links of {name or 'the document'} go is damaged ({error})"
            )
            return {}
        return found

    def _attempt(self, name: str, target: Any) -> None:
        try:
            feed(self._package.read(name), target)
        except (InputError, *DAMAGE):
            self._tell(f"{name} could not be read; text that a style hides is not known")


def _named(place: Place) -> str:
    """Return a place in words: ``paragraph 3``, ``table 1 row 2 column 3``."""
    return " ".join(f"{name} {value}" for name, value in place.items() if value is not True)
