"""HTML tree: which element is open where, with the end tags that people leave out, as a browser sees it.

No tree is built: of every element stay its name, its parent and which of its kind it is, in columns.
"""

from __future__ import annotations

from array import array
from collections import Counter
from typing import NamedTuple

from decloak.readers.html.style import Look
from decloak.readers.html.words import Role, roles, words

__all__ = ["DEEPEST", "Elements", "Open", "Stack"]

DEEPEST = 512
"""Levels of elements; what lies deeper counts as a child of the element there, as in Chromium."""

_UNCOUNTED = frozenset({"html", "head", "body"})
_CELLS = frozenset({"td", "th", "caption"})
_TABLE_PARTS = frozenset({"caption", "tbody", "td", "tfoot", "th", "thead", "tr"})
_BARRIER, _LIST, _ITEM = int(Role.BARRIER), int(Role.LIST), int(Role.ITEM)
_COUNTED = _BARRIER | _LIST | _ITEM
_GROUPS = frozenset({"tbody", "thead", "tfoot"})


class Elements:
    """All elements of a page. Number 0 is the page itself; picklable."""

    __slots__ = ("_ids", "_kinds", "_names", "_ordinals", "_parents")

    def __init__(self) -> None:
        self._names: list[str] = [""]
        self._ids = {"": 0}
        self._kinds, self._parents = array("I", [0]), array("I", [0])
        self._ordinals = array("I", [0])

    def add(self, name: str, parent: int, ordinal: int) -> int:
        """Return the number of a new element."""
        kind = self._ids.get(name)
        if kind is None:
            kind = self._ids[name] = len(self._names)
            self._names.append(name)
        self._kinds.append(kind)
        self._parents.append(parent)
        self._ordinals.append(ordinal)
        return len(self._kinds) - 1

    def path(self, element: int) -> str:
        """Return the way to an element, as an XPath: ``/html/body/p[2]/a[1]``."""
        steps: list[str] = []
        while element:
            name = self._names[self._kinds[element]]
            steps.append(name if name in _UNCOUNTED else f"{name}[{self._ordinals[element]}]")
            element = self._parents[element]
        return "/" + "/".join(reversed(steps))


class Open(NamedTuple):
    """An element that is open.

    Attributes:
        name: in lower case.
        element: its number.
        look: how what it holds is shown.
    """

    name: str
    element: int
    look: Look


class _Frame(NamedTuple):
    """How many elements of each name are open since one was that hides those before it."""

    owner: str
    counts: Counter[str]


class Stack:
    """The elements that are open. Every step is amortised constant time."""

    def __init__(self, look: Look) -> None:
        self.elements = Elements()
        self.open: list[Open] = [Open("", 0, look)]
        self._barriers = [_Frame("", Counter())]
        self._lists = [_Frame("", Counter())]
        self._children: dict[int, Counter[str]] = {}
        self._roles = roles()
        self.has_body = False

    @property
    def top(self) -> Open:
        """The innermost element."""
        return self.open[-1]

    def push(self, name: str, look: Look, *, void: bool = False) -> int:
        """Open an element, or note one that has no content; return its number."""
        holder = self.open[min(len(self.open), DEEPEST) - 1].element
        ordinals = self._children.get(holder)
        if ordinals is None:
            ordinals = self._children[holder] = Counter()
        ordinals[name] += 1
        element = self.elements.add(name, holder, ordinals[name])
        if void:
            return element
        self.open.append(Open(name, element, look))
        self._barriers[-1].counts[name] += 1
        role = self._roles.get(name, 0)
        if role & _COUNTED:
            if role & _ITEM:
                self._lists[-1].counts[name] += 1
            if role & _BARRIER:
                self._barriers.append(_Frame(name, Counter()))
            if role & (_BARRIER | _LIST):
                self._lists.append(_Frame(name, Counter()))
        return element

    def before(self, name: str) -> list[Open]:
        """Close what the start of an element ends; return it, the innermost first."""
        if name in _TABLE_PARTS:
            return self._to_table(name)
        closed: list[Open] = []
        if name in words().ends_paragraph and self._barriers[-1].counts["p"]:
            closed += self._pop_to("p")
        for ended in words().ends.get(name, ()):
            if self._lists[-1].counts[ended]:
                closed += self._pop_to(ended)
        return closed

    def end(self, name: str) -> list[Open]:
        """Close an element by its end tag; return what that closes, the innermost first.

        An end tag of nothing that is open closes nothing.
        """
        if name == "table":
            if any(frame.owner == "table" for frame in self._barriers[-2:]):
                return self._pop_to("table")
            return []
        if name in _TABLE_PARTS:
            return self._end_part(name)
        if name in words().barrier:
            return self._pop_to(name) if self._barriers[-1].owner == name else []
        if name in _UNCOUNTED or not self._barriers[-1].counts[name]:
            return []
        return self._pop_to(name)

    def close(self) -> Open:
        """Close the innermost element, whatever it is."""
        return self._pop_to(self.open[-1].name)[0]

    def is_open(self, name: str) -> bool:
        """Whether an element of that name is open, as far as end tags reach."""
        return self._barriers[-1].counts[name] > 0

    def in_table(self) -> bool:
        """Whether rows and cells can stand here."""
        return self._barriers[-1].owner == "table"

    def _end_part(self, name: str) -> list[Open]:
        if name in _CELLS:
            return self._pop_to(name) if self._barriers[-1].owner == name else []
        closed: list[Open] = []
        within = len(self._barriers) > 1 and self._barriers[-1].owner in _CELLS
        frame = self._barriers[-2 if within else -1]
        if frame.owner == "table" and frame.counts[name]:
            closed = self._pop_to(name)
        return closed

    def _to_table(self, name: str) -> list[Open]:
        """Close the cell, the row or the group that a new one follows."""
        closed: list[Open] = []
        frames = self._barriers
        if len(frames) > 1 and frames[-1].owner in _CELLS and frames[-2].owner == "table":
            closed += self._pop_to(frames[-1].owner)
        if frames[-1].owner == "table":
            for ended in words().ends.get(name, ()):
                if frames[-1].counts[ended]:
                    closed += self._pop_to(ended)
        return closed

    def missing(self, name: str) -> tuple[str, ...]:
        """Return the rows and groups that have to be opened before a part of a table."""
        if not self.in_table():
            return ()
        counts = self._barriers[-1].counts
        group = () if any(counts[part] for part in _GROUPS) else ("tbody",)
        if name == "tr":
            return group
        if name in {"td", "th"}:
            return group if counts["tr"] else (*group, "tr")
        return ()

    def _pop_to(self, name: str) -> list[Open]:
        """Close everything down to the innermost element of a name, which is open."""
        closed: list[Open] = []
        while len(self.open) > 1:
            item = self.open.pop()
            closed.append(item)
            self._children.pop(item.element, None)
            role = self._roles.get(item.name, 0)
            if role & _COUNTED:
                if role & _BARRIER:
                    self._barriers.pop()
                if role & (_BARRIER | _LIST):
                    self._lists.pop()
                if role & _ITEM:
                    self._lists[-1].counts[item.name] -= 1
            self._barriers[-1].counts[item.name] -= 1
            if item.name == name:
                break
        return closed
