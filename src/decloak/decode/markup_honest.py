"""Honest markup: what looks like markup inside a token and belongs to a program or a document.

``self.__class__.__name__`` is Python, ``{self.name}.example.com`` a format string, ``list[i].next`` an
index, and ``<code>Buffer</code>s`` the plural of a word.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["is_manual", "is_of_program", "is_suffixed"]

_Mark = tuple[int, int, str | None]

_REACH = 128  # code points in which the other tag of a pair is looked for
_SUFFIX = 3  # letters of an ending behind a closing tag
_LISTINGS = ("hljs", "token ", "pre", "highlight", "cm-", "pl-", "mtk", "sourceCode", "syntax")
_SHORT_CLASS = 2  # letters of the classes that Pygments writes
# Names between two underscores that Python gives a meaning to, and that stand between dots.
_SPECIAL = frozenset(
    {"all", "annotations", "bases", "builtins", "call", "cause", "class", "closure", "code", "context",
     "defaults", "dict", "doc", "file", "func", "globals", "init", "main", "members", "module", "mro",
     "name", "new", "objclass", "origin", "package", "path", "qualname", "self", "slots", "spec",
     "traceback", "type", "version", "wrapped"}
)  # fmt: skip


def is_of_program(text: str, start: int, end: int, marks: Sequence[_Mark]) -> bool:
    """Whether the marks of the token text[start:end] are signs of a programming language."""
    surfaces = [text[first:last] for first, last, _ in marks]
    closed = surfaces.count("}")
    if closed > sum(mark[0] == "\\" and mark[-1] == "{" for mark in surfaces):
        return True
    if "__" in surfaces and "://" not in text[start:end] and _is_special(text, start, end, marks):
        return True
    if any(
        _is_index(text, first, last, surfaces) for first, last, _ in marks if text[first] == "["
    ):
        return True
    return _is_highlighted(text, marks)


def is_manual(text: str, start: int, end: int) -> bool:
    """Whether the text around text[start:end] is the source of a manual: roff(7)."""
    if "\\-" not in text[start:end]:
        return False
    near = text[max(start - 4 * _REACH, 0) : end + 4 * _REACH]
    return any(
        sign in near
        for sign in ("\\fB", "\\fI", "\\fR", "\n.SH", "\n.TP", "\n.PP", "\n.RS", "\n.IP", "\n.B")
    )


def _is_special(text: str, start: int, end: int, marks: Sequence[_Mark]) -> bool:
    """Whether double underscores stand around a name after a dot: ``value.__name__``."""
    doubled = [(first, last) for first, last, _ in marks if text[first:last] == "__"]
    opener = (0, 0)
    for index, (first, last) in enumerate(doubled):
        if index % 2:
            if text[first - 1] == "." and (opener[0] == start or text[opener[0] - 1] == "."):
                return True  # __impl.__name
            continue
        opener = (first, last)
        if first == start or text[first - 1] != ".":
            continue
        close = text.find("__", last, end)
        name = text[last : close if close >= 0 else end].rstrip(".:")
        if not name.isidentifier():
            continue
        if name in _SPECIAL or close < 0 or not text[close + 2 : end].strip(".:/?"):
            return True
    return False


def _is_index(text: str, first: int, last: int, surfaces: Sequence[str]) -> bool:
    """Whether a tag in square brackets has no partner: the index of a list."""
    mark = text[first:last]
    name = mark.strip("[]/").partition("=")[0]
    if mark[1] == "/":
        return False
    if "=" in mark or any(each.lower() == f"[/{name.lower()}]" for each in surfaces):
        return False
    return f"[/{name}]" not in text[last : last + _REACH]


def _is_highlighted(text: str, marks: Sequence[_Mark]) -> bool:
    """Whether a tag of a highlighted listing stands around a member of an expression."""
    for first, last, _ in marks:
        mark = text[first:last]
        if (
            text[first - 1 : first] not in {".", ">", "-", ":"}
            or not text[last : last + 1].isalpha()
        ):
            continue
        value = mark.partition('class="')[2].partition('"')[0]
        if value.startswith(_LISTINGS) or 0 < len(value) <= _SHORT_CLASS:
            return True
    return False


def is_suffixed(text: str, start: int, end: int, marks: Sequence[_Mark]) -> bool:
    """Whether markup stands around a word but for its ending, or ends before its first letter."""
    first, last = marks[0], marks[-1]
    if text[first[0]] not in "<[\\":
        return False
    at_edge = first[0] == start or not text[start : first[0]].strip('("')
    return at_edge and end - last[1] <= _SUFFIX
