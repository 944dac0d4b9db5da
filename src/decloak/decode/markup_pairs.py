"""Markup pairs: tags that open in one word of a name and close in another, or around a cell.

``Post<i>gre SQL</i>`` is read as it is shown. Around a whole name markup stays, but in the tables
and fields of tools, which hold no markup of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.document import View
from decloak.decode.phrase_sense import is_holder, is_name_with, is_wordlike
from decloak.decode.sense import DOTTED, WORD, sense
from decloak.indicators.engine import Match, compile_pattern
from decloak.kb import lexicon

__all__ = ["pairs"]

_LONGEST = 96  # code points between the marks of a pair
_DEEPEST = 8  # marks open at once
_WORD_REACH = 48
_ENDS = str.maketrans(dict.fromkeys("\"'<>|,;()[]{}=:\t\n\r", " "))
_CLOSERS = ("</", "[/", "}")
_PORT = rb"^[ \t|]*[0-9]{1,5}/(?:tcp|udp|sctp)[ \t]+[a-z|]+[ \t]"
_FIELD = rb"^[ \t]*[A-Za-z][A-Za-z0-9 /_.-]{1,40}:[ \t]*$|\"[A-Za-z_.-]{2,30}\": ?\"$"


def pairs(view: View, marks: bytes) -> Iterator[tuple[int, int]]:
    """Yield the ranges of both marks of every pair that is taken out, in no order.

    Args:
        view: the text.
        marks: an RE2 pattern of tags, commands and emphasis.
    """
    text = view.text
    opened: list[Match] = []
    for mark in compile_pattern(marks, capture=False).finditer(view.shadow):
        start, end = mark.span()
        while opened and (start - opened[0].end() > _LONGEST or len(opened) > _DEEPEST):
            opened.pop(0)
        kind = _kind(text[start:end])
        partner = next((each for each in reversed(opened) if _matches(text, each, kind)), None)
        if (kind[0] in "*~_`" and partner is None) or kind[0] not in "*~_`/}":
            opened.append(mark)
            continue
        if partner is None:
            continue
        opened.remove(partner)
        if _is_taken_out(view, partner, mark):
            yield partner.span()
            yield mark.span()


def _kind(mark: str) -> str:
    """Return what pairs: ``b`` and ``/b``, ``{`` and ``}``, or the emphasis itself."""
    if mark[0] in "<[":
        name = mark[1:-1].rstrip("/ ")
        return ("/" if name[:1] == "/" else "") + mark[0] + _name(name.lstrip("/"))
    return "{" if mark[-1] == "{" else mark


def _name(tag: str) -> str:
    for place, char in enumerate(tag):
        if not char.isalnum():
            return tag[:place].lower()
    return tag.lower()


def _matches(text: str, opened: Match, kind: str) -> bool:
    own = _kind(text[opened.start() : opened.end()])
    return kind == "/" + own or (kind == "}" and own == "{") or (kind == own and kind[0] in "*~_`")


def _is_taken_out(view: View, opened: Match, closed: Match) -> bool:
    text = view.text
    start, end = opened.start(), closed.end()
    content = text[opened.end() : closed.start()]
    if text.startswith(("\\begin", "\\end"), start):
        return False
    if not content or "\n" in content or any(mark in content for mark in "<[{"):
        return False
    left, right = _word_before(text, start), _word_after(text, end)
    left = left if left[-1:].isalnum() else ""
    if left and text[max(start - len(left) - 1, 0)] == "\\":
        left = left[1:]  # the letter of an escape, as in JSON
    if not left and right in {"s", "es"} and text[start : start + 3] in {"<co", "<tt"}:
        return False
    right = right if right[:1].isalnum() else ""
    if not left and not right:
        return content == content.strip(" '\"") and _stands_around(view, opened, closed, content)
    if content[-1] == "," and " " not in content and left:
        return _ends_name(text, start, end, left + content[:-1])
    if " " not in content or text[opened.start()] in "*~_`":
        return False
    words = content.split(" ")
    first, last = left + words[0], words[-1] + right
    whole = left + content + right
    if lexicon.lookup(whole) is not None or is_name_with(
        text, start - len(left), end + len(right), whole
    ):
        return True
    broken = [pair for pair in ((left, words[0]), (words[-1], right)) if pair[0] and pair[1]]
    if not broken or not is_wordlike(whole) or any(_are_words(*pair) for pair in broken):
        return False
    known = any(sense(word) >= WORD for word in (first, last))
    return known or is_holder(text, start - len(left), end + len(right), whole)


def _ends_name(text: str, start: int, end: int, name: str) -> bool:
    """Whether a pair that closes behind a comma stands inside a name: ``Examp[b]le,[/b] Inc.``."""
    start -= len(name)
    return lexicon.lookup(name) is not None or is_holder(text, max(start, 0), end, name)


def _are_words(one: str, other: str) -> bool:
    both = len(one) > 2 and len(other) > 2 and lexicon.is_word(one) and lexicon.is_word(other)
    return both and sense(one + other) < WORD


def _stands_around(view: View, opened: Match, closed: Match, content: str) -> bool:
    """Whether a pair stands around a cell of a table or a whole value, not in a document."""
    text, start, end = view.text, opened.start(), closed.end()
    if text[opened.end() - 1] == "{" and sense(content) >= DOTTED:
        return True
    line_start = max(text.rfind("\n", max(start - 200, 0), start) + 1, start - 200)
    line = view.shadow[max(line_start, 0) : start]
    if compile_pattern(_PORT, capture=False).search(line) is not None:
        return True
    named = sense(content) >= DOTTED or is_holder(text, start, end, content)
    if text[start] in "*~_`" and not named:
        return False
    if text[end : end + 2].lstrip(" \r")[:1] not in {"", "\n", '"'}:
        return False
    return compile_pattern(_FIELD, capture=False).search(line) is not None


def _word_before(text: str, start: int) -> str:
    around = text[max(start - _WORD_REACH, 0) : start]
    return around[around.translate(_ENDS).rfind(" ") + 1 :]


def _word_after(text: str, end: int) -> str:
    return text[end : end + _WORD_REACH].translate(_ENDS).partition(" ")[0]
