"""HTML words: what is known about elements, attributes and colours; read once, when a page is read."""

from __future__ import annotations

import tomllib
from enum import IntFlag
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

__all__ = ["Role", "Words", "colours", "roles", "words"]


class Words(NamedTuple):
    """The tables of ``data/elements.toml``; the comments there say what each is."""

    void: frozenset[str]
    head: frozenset[str]
    dropped: frozenset[str]
    hidden: frozenset[str]
    preformatted: frozenset[str]
    block: frozenset[str]
    paragraph: frozenset[str]
    ends_paragraph: frozenset[str]
    list: frozenset[str]
    barrier: frozenset[str]
    url: frozenset[str]
    text: frozenset[str]
    ends: dict[str, tuple[str, ...]]


class Role(IntFlag):
    """What has to be done at the tags of an element; most of them need nothing."""

    BLOCK = 1
    PARAGRAPH = 2
    BARRIER = 4
    LIST = 8
    ITEM = 16
    """Ends the open one of its kind in the same list."""
    ENDS = 32
    """Its start ends others."""
    PART = 64
    """Of a table."""
    FRAME = 128
    """The page, its head or its body."""
    LOOK = 256
    """Has a look of its own, whatever its attributes say."""
    LINE = 512
    """Of its own kind on the page: a line break, a table, a link."""


_PARTS = ("caption", "tbody", "td", "tfoot", "th", "thead", "tr")
_FRAMES = ("body", "frameset", "head", "html")
_LINES = ("a", "br", "table", "td", "th", "tr")


@cache
def roles() -> dict[str, int]:
    """Return the roles of every element that has some."""
    known = words()
    looks = known.hidden | known.dropped | known.preformatted | {"dialog"}
    items = [name for ended in known.ends.values() for name in ended if name not in _PARTS]
    found: dict[str, int] = {}
    for role, names in (
        (Role.BLOCK, known.block),
        (Role.PARAGRAPH, known.paragraph),
        (Role.BARRIER, known.barrier),
        (Role.LIST, known.list),
        (Role.ITEM, items),
        (Role.ENDS, known.ends_paragraph | known.ends.keys()),
        (Role.PART, _PARTS),
        (Role.FRAME, _FRAMES),
        (Role.LOOK, looks),
        (Role.LINE, _LINES),
    ):
        for name in names:
            found[name] = found.get(name, 0) | int(role)
    return found


@cache
def words() -> Words:
    """Return the tables."""
    table: dict[str, Any] = tomllib.loads(_read("elements.toml"))
    ends = {name: tuple(ended) for name, ended in table.pop("ends").items()}
    return Words(ends=ends, **{name: frozenset(members) for name, members in table.items()})


@cache
def colours() -> dict[str, tuple[int, int, int]]:
    """Return red, green and blue, each in [0, 255], of every named colour of CSS."""
    rows = (line.split("\t") for line in _read("css_colours.tsv").splitlines() if line[0] != "#")
    return {name: (int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)) for name, code in rows}


def _read(name: str) -> str:
    return (files("decloak.readers.html") / "data" / name).read_text("utf-8")
