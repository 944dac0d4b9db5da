r"""Defang doubts: weak marks that are something else than defanging.

``\.`` is of a regular expression, `` point `` of a French or Spanish sentence, ``.[ch]`` of a pattern
of file names. What the marks lead to may well read as a name: it must be a likely one.
"""

from __future__ import annotations

from collections.abc import Sequence

from decloak.decode.defang_marks import Mark
from decloak.decode.defang_words import is_common_top
from decloak.decode.wrap_words import EXTENSIONS
from decloak.kb import lexicon

__all__ = ["is_expression", "is_half_said"]

_REACH = 96
_METACHARACTERS = frozenset("^$*+?()[]{}|")
_ENDS = str.maketrans(dict.fromkeys(" \t\r\n\"'<>,;`", " "))
_FOREIGN = frozenset({"point", "punto", "punkt", "ponto", "period", "tochka"})
_FOREIGN_TOPS = frozenset({"de", "es", "it", "la", "no", "do", "al", "in", "me", "et", "is", "so"})
_SOURCES = frozenset({"ch", "co", "hc", "cc", "ly", "so", "in", "do", "ac", "am", "pm", "pl", "py", "sh", "md", "mk", "rs"})  # fmt: skip
_FEWEST = 4  # letters of a label that bare words may make a name of


def is_expression(text: str, start: int, end: int, name: str) -> bool:
    r"""Whether a name with ``\.`` at text[start:end] is part of a regular expression.

    Its token then holds other signs of one, is between slashes, or has one dot only and ends as
    files do.
    """
    left = text[max(start - _REACH, 0) : start]
    right = text[end : end + _REACH].translate(_ENDS).partition(" ")[0]
    left = left[left.translate(_ENDS).rfind(" ") + 1 :]
    left, right = left.lstrip("([{"), right.rstrip(")]}.:!?")
    if not _METACHARACTERS.isdisjoint(left + right):
        return True
    if left.startswith(("s/", "m/", "/", "y/", "qr/")) or right.startswith("/"):
        return "://" not in left
    host = name.rpartition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0].lower()
    labels = host.rstrip(".").split(".")
    if host.replace(".", "").isdigit():
        return False
    if len(labels) > 2 or "@" in name:
        return False
    return not is_common_top(labels[-1]) or labels[-1] in EXTENSIONS or labels[-1] in _SOURCES


def is_half_said(text: str, marks: Sequence[Mark], name: str) -> bool:
    """Whether marks are words of a sentence, or a pattern of file names."""
    if len(marks) == 1 and _surface(text, marks[0]).strip(" ").isalpha():
        word = _surface(text, marks[0]).strip(" ").lower()
        if word in _FOREIGN:
            return _is_sentence(name)
    tails = [mark for mark in marks if _surface(text, mark) in {".[", "[."}]
    if len(marks) == 2 and tails and not marks[1].replacement:
        inside = text[tails[0].end : marks[1].start].lower()
        before = text[max(tails[0].start - _REACH, 0) : tails[0].start].translate(_ENDS)
        token = before.rpartition(" ")[2]
        marked = "]" in token or "[" in token  # [[CC]YY]MMDD[.ss]
        return inside in _SOURCES or marked or ("/" in token and "://" not in token)
    if len(marks) == 1 and _surface(text, marks[0]) in {"{.", "(.", "[."}:
        before = text[max(marks[0].start - _REACH, 0) : marks[0].start].translate(_ENDS)
        return before.rpartition(" ")[2][:1] in {"@", "\\"}  # @samp{.xz}, of Texinfo
    return False


def _is_sentence(name: str) -> bool:
    """Whether a name with one spoken dot, in a language other than English, is two words of text."""
    label, _, top = name.lower().rstrip(".").rpartition(".")
    if top in _FOREIGN_TOPS and label.isalpha():
        return True
    return len(label) < _FEWEST or not is_common_top(top) or lexicon.is_word(label)


def _surface(text: str, mark: Mark) -> str:
    return text[mark.start : mark.end]
