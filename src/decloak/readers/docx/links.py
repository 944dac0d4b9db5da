"""Links: hyperlinks, by relation or by field, with what they show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from decloak.readers.docx.package import Relation
from decloak.readers.docx.values import value_of

__all__ = ["Link", "Links"]

_CODE = re.compile(
    r"\s*(HYPERLINK|INCLUDEPICTURE|INCLUDETEXT|DDE|DDEAUTO|LINK|IMPORT)\b(.*)",
    re.DOTALL | re.IGNORECASE,
)
_WORD = re.compile(r'"([^"]*)"?|([^\s"]+)')
_DEEPEST = 20
_LONGEST = 1 << 16
"""Characters of a field's code that are kept."""


class Link(NamedTuple):
    """What a link shows, where it goes, and the field that makes it: ``HYPERLINK``, ``DDEAUTO`` ..."""

    shown: str
    target: str
    code: str


@dataclass(slots=True)
class _Open:
    """A link or a field that is read now: its target or code, then what it shows."""

    is_field: bool
    code: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    in_code: bool = True
    length: int = 0


class Links:
    """Follows the hyperlinks and fields of one part.

    Args:
        relations: of the part.
    """

    def __init__(self, relations: Mapping[str, Relation]) -> None:
        self._relations = relations
        self._open: list[_Open] = []

    @property
    def in_code(self) -> bool:
        """Whether the text that is read now is the code of a field, and not shown."""
        return any(held.is_field and held.in_code for held in self._open)

    def start(self, name: str, attributes: Mapping[str, str]) -> Link | None:
        """Take the start of ``hyperlink``, ``fldSimple`` or ``fldChar``; a link when that ends one."""
        del self._open[:-_DEEPEST]
        if name == "hyperlink":
            relation = self._relations.get(value_of(attributes, "id"))
            target = relation.target if relation is not None and relation.external else ""
            self._open.append(_Open(is_field=False, code=[target], in_code=False))
        elif name == "fldSimple":
            code = value_of(attributes, "instr")[:_LONGEST]
            self._open.append(_Open(is_field=True, code=[code], in_code=False))
        elif name == "fldChar":
            kind = value_of(attributes, "fldCharType")
            if kind == "begin":
                self._open.append(_Open(is_field=True))
            elif kind == "separate" and self._open:
                self._open[-1].in_code = False
            elif kind == "end" and self._open and self._open[-1].is_field:
                return _link(self._open.pop())
        return None

    def end(self, name: str) -> Link | None:
        """Take the end of ``hyperlink`` or ``fldSimple``; the link that it was."""
        if name in {"hyperlink", "fldSimple"} and self._open:
            return _link(self._open.pop())
        return None

    def end_paragraph(self) -> None:
        """Take the end of a paragraph: no code goes on behind it, whatever is missing in the file."""
        for held in self._open:
            held.in_code = False
        del self._open[:-_DEEPEST]

    def add(self, text: str, *, is_code: bool) -> None:
        """Take a stretch of the code of a field, or of what is shown."""
        for held in self._open[-1:] if is_code else self._open[-4:]:
            held.length += len(text)
            if held.length <= _LONGEST:
                (held.code if is_code and held.in_code else held.shown).append(text)


def _link(held: _Open) -> Link | None:
    code, shown = "".join(held.code), "".join(held.shown).strip()
    if not held.is_field:
        return Link(shown, code, "HYPERLINK") if code else None
    match = _CODE.match(code)
    if match is None:
        return None
    words = [quoted or bare for quoted, bare in _WORD.findall(match[2])]
    named = [word for word in words if not word.startswith("\\")]
    kind = match[1].upper()
    if not named or (kind == "HYPERLINK" and match[2].strip().startswith("\\l")):
        return None
    return Link(shown, " ".join(named) if "DDE" in kind else named[0], kind)
