"""Scripts: letters that are written up to an indicator, in scripts that part no words or join them to others.

Chinese, Japanese and Thai write no blanks, Korean and Arabic join particles to a name: ``地址为203.0.113.5，``.
Names in such letters stay whole (``例え.jp``), and so does a path that begins with them (``/wiki/日本語``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from decloak.core.document import View
from decloak.indicators.edges.likely import is_likely, stands, token_after, token_before
from decloak.indicators.engine import compile_pattern
from decloak.indicators.skeleton import skeleton
from decloak.indicators.suffixes import is_public_top

__all__ = ["beside_scripts"]

_SCRIPTS = (
    "\u0590-\u05ff"  # Hebrew
    "\u0600-\u060b\u060d-\u061a\u061d-\u061e\u0620-\u06d3\u06d5-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"  # Arabic, Syriac
    "\u0900-\u0963\u0966-\u0dff"  # Indic
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17b3\u17b6-\u17d3\u1950-\u19ff"  # Thai, Lao, Tibetan, Burmese, Khmer
    "\u1100-\u115e\u1161-\u11ff\u3130-\u3163\u3165-\u318f\ua960-\ua97f\uac00-\ud7ff"  # Hangul
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u303c\u3041-\u312f\u3190-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff"  # Chinese, Japanese
)
_STOPS = (
    "\u3001\u3002\u3008-\u3011\u3014-\u301b\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f\uff3b\uff3d\uff5b\uff5d"
    "\uff5e\uff61-\uff65\u060c\u061b\u061f\u06d4\u0964\u0965"
)
_RUN = re.compile(f"[{_SCRIPTS}]+|[{_STOPS}]+")
_FOREIGN = compile_pattern(rb"[\x80\x83]+", capture=False)
_FIRST = "\u0590"  # of the scripts; what Latin, Greek and Cyrillic letters come before
_DOTS = "\u3002\uff61"
_HAN = re.compile(
    "[\u2e80-\u2fdf\u3005-\u3007\u30a0-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_PARTICLES = re.compile(
    "[\u3041-\u3096\u0e40-\u0e44].*|\uc73c\ub85c|\uc5d0\uc11c|\uae4c\uc9c0|\ubd80\ud130|\uc785\ub2c8\ub2e4|\uc774\ub2e4"
)  # hiragana, vowels that begin Thai words, particles of Korean
_GLUED = re.compile(f"[{_SCRIPTS}{_STOPS}][a-zA-Z+*]+://$")
_IRI_JOINTS = "/=?&#_-%+."
_SINGLE = 1
_SHORTEST_HAN, _SHORTEST = 2, 3  # letters of a part of a path; what is shorter is a particle
_OTHER = 0x83  # of a shadow: punctuation
_MARK = re.compile("(?:[.@:/]|//|dot|at)[\uff09\u3011\u3015\uff3d\uff5d\u300d]")
_MARKED = re.compile("[\uff08\u3010\u3014\uff3b\uff5b\u300c](?:[.@:/]|//|dot|at)$")
_PORT = re.compile("[0-9]{1,5}(?![0-9.])")


def beside_scripts(view: View) -> Iterator[tuple[int, int]]:
    """Yield the letter or the punctuation mark beside each indicator, in order."""
    if view.is_ascii:
        return
    last = -1
    for start, end in _runs(view):
        before, after = token_before(view, start), token_after(view, end)
        if not before and not after:
            continue
        edges = _stop if view.shadow[start] == _OTHER else _letters
        for place in edges(view, start, end, before, after):
            if place > last:
                yield place, place + 1
                last = place


def _runs(view: View) -> Iterator[tuple[int, int]]:
    """Yield the ranges of letters of one kind of script, and of their punctuation."""
    text = view.text
    for match in _FOREIGN.finditer(view.shadow):
        start, end = match.span()
        if end - start > 1 or text[start] >= _FIRST:
            yield from (run.span() for run in _RUN.finditer(text, start, end))


def _letters(view: View, start: int, end: int, before: str, after: str) -> Iterator[int]:
    """Yield the first and the last letter of a run where an indicator ends or begins at it."""
    text = view.text
    if _is_label(before, after) or _is_top(text[start:end], before) or _is_lone(text, start, end):
        return
    goes_on = _goes_on(view, start, end, before) and not is_likely(after)
    if is_likely(before) and not goes_on and not _is_part(text[start]):
        yield start
    if is_likely(after) and after[0] not in ".,;:!?)]}>@" and not text[end - 1].isdecimal():
        yield end - 1


def _is_label(before: str, after: str) -> bool:
    """Whether a run is a label of a name, or the end of one: ``例え.jp``, ``www.例え.jp``, ``test-例え.jp``."""
    if after[:1] != "." or not after[1:2].isalpha():
        return False
    return not before or not before[-1].isalnum() or not is_likely(before)


def _is_top(run: str, before: str) -> bool:
    """Whether a run is the top label of a name: ``example.公司``."""
    if before[-1:] != "." or not before[-2:-1].isalnum():
        return False
    return is_public_top("xn--" + run.encode("punycode").decode("ascii"))


def _is_lone(text: str, start: int, end: int) -> bool:
    """Whether a run is one letter that looks like one of the word around it."""
    if (
        end - start != _SINGLE
        or not text[start - 1 : start].isalnum()
        or not text[end : end + 1].isalnum()
    ):
        return False
    return skeleton(text[start]).isascii()


def _is_part(char: str) -> bool:
    """Whether a character is no letter of its own: a mark, or a digit, with which addresses are written too."""
    return unicodedata.category(char)[0] == "M" or char.isdecimal()


def _goes_on(view: View, start: int, end: int, before: str) -> bool:
    """Whether a URL goes on: a part of its path or its query begins with these letters."""
    scheme = before.rfind("://")
    if scheme < 0 or before[-1] not in _IRI_JOINTS:
        return False
    rest = before[scheme + 3 :]
    if not rest:
        return True  # a host
    if before[-1] in "._-+%" and "/" not in rest:
        return False
    run = view.text[start:end]
    glued = _GLUED.search(view.text[max(start - len(before) - 1, 0) : start - len(rest)])
    if (
        glued is not None
        or (before[-1] == "/" and rest.count("/") == 1)
        or _PARTICLES.fullmatch(run) is not None
    ):
        return False
    return len(run) >= (_SHORTEST_HAN if _HAN.match(run) is not None else _SHORTEST)


def _stop(view: View, start: int, end: int, before: str, after: str) -> Iterator[int]:
    """Yield the first and the last mark of a run of punctuation that is no disguised joint."""
    text = view.text
    joint = end - start == _SINGLE and _is_joint(text, start, end, before, after)
    if joint:
        return
    if is_likely(before):
        yield start
    if is_likely(after):
        yield end - 1


def _is_joint(text: str, start: int, end: int, before: str, after: str) -> bool:
    """Whether a mark may stand for a full stop, a colon or a bracket around one."""
    mark = text[start]
    if mark in _DOTS:
        if not before[-1:].isalnum() or not after[:1].isalnum() or "://" in after:
            return False
        return not (stands(before) and stands(after.rstrip(".,;:!?)")))
    if mark == "\uff1a":
        return after[:2] == "//" or (before[-1:].isalnum() and _PORT.match(after) is not None)
    return (
        _MARK.match(text, end) is not None
        or _MARKED.search(text[max(start - 4, 0) : end - 1]) is not None
    )
