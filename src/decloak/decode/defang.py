"""Defang: undo what keeps an indicator from being clicked (``hxxp://evil[.]com``).

Marks that stand in one token are judged together: the token that they lead to decides. A mark that
nothing else is written like (``[.]`` between letters, ``hxxp://``) is also undone where the result
is only plausible (``box[.]htb``); all others need a well-formed indicator.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import Expert
from decloak.decode.defang_doubts import is_expression, is_half_said
from decloak.decode.defang_marks import ANY_MARK, Mark, Strength, find_marks
from decloak.decode.defang_words import is_determiner, is_prose, local_part
from decloak.decode.sense import DOTTED, INDICATOR, NAME, sense
from decloak.decode.version_places import is_version_place
from decloak.indicators.engine import compile_pattern
from decloak.kb.lexicon import is_word

__all__ = ["Defang"]

_CONTEXT = 256  # code points of a token that are looked at on either side of its marks
_MOST_MARKS = 64  # an IPv6 address has seven colons, a name of 253 octets at most 126 dots
_MOST_SPAN = 1024

_SPACES = "\x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_STOPS = (
    " \t\n\r\f\v\"'`<>()[]{}|,;\u201c\u201d\u2018\u2019\u00ab\u00bb\u2039\u203a\u201e\u201a\u300c\u300d\u300e\u300f"
    + _SPACES
)
_STOP_SET = frozenset(_STOPS)
_TO_SPACE = str.maketrans(dict.fromkeys(_STOPS, " "))
_NARROW_LEFT = str.maketrans(dict.fromkeys(_STOPS + "=:/@*&", " "))
_NARROW_RIGHT = str.maketrans(dict.fromkeys(_STOPS + "=:/@*&?#\\", " "))
_NOT_IN_NAMES = frozenset("\\^$*+?")
_CONFIDENCE = {
    Strength.LOOSE: 0.85,
    Strength.WEAK: 0.9,
    Strength.SPACED: 0.95,
    Strength.FIRM: 0.999,
    Strength.STRONG: 0.999,
}
_PLAUSIBLE = 0.9
_SHORT = 3  # letters of a label that may be a variable of a program (``v_dot_in``)
_NEAR = 64  # code points around a token in which a bracket is looked for

_COMMA_HOST = rb"(?i)(?:https?|h[x*_]{2}ps?|ftp)://[a-z0-9-]{1,63}(?:,[a-z0-9-]{1,63}){1,4}(?:[/:\s\x82]|$)"  # fmt: skip


class Defang:
    """Undo brackets, words and broken schemes in indicators."""

    name = "defang"
    version = 1
    expert: Expert = "symbol"
    families = ("defang",)
    trigger = ANY_MARK + rb"|" + _COMMA_HOST

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield one edit per mark that is undone."""
        edits = list(_comma_hosts(view))
        for cluster in _clusters(view.text, find_marks(view)):
            edits += _judge(view.text, cluster)
        edits.sort()
        end = 0
        for edit in edits:
            if edit.start >= end:
                yield edit
                end = edit.end


def _clusters(text: str, marks: Iterator[Mark]) -> Iterator[list[Mark]]:
    """Group marks between which no token ends."""
    held: list[Mark] = []
    for mark in marks:
        if held and not _together(text, held, mark):
            yield held
            held = []
        held.append(mark)
    if held:
        yield held


def _together(text: str, held: Sequence[Mark], mark: Mark) -> bool:
    gap = mark.start - held[-1].end
    if gap > _CONTEXT or len(held) >= _MOST_MARKS or mark.end - held[0].start > _MOST_SPAN:
        return False
    return _STOP_SET.isdisjoint(text[held[-1].end : mark.start])


def _judge(text: str, marks: Sequence[Mark]) -> Iterator[Edit]:
    """Yield the edits of a cluster: of all its marks, or of those that hold without the weakest."""
    marks = _fitting(text, marks)
    if not marks:
        return
    confidence = _confidence(text, marks)
    if confidence:
        yield from _edits(text, marks, confidence)
        return
    weakest = min(mark.strength for mark in marks)
    piece: list[Mark] = []
    for mark in marks:
        if mark.strength == weakest:
            if piece:
                yield from _judge(text, piece)
            piece = []
        else:
            piece.append(mark)
    if piece:
        yield from _judge(text, piece)


def _fitting(text: str, marks: Sequence[Mark]) -> list[Mark]:
    """Leave out marks whose neighbours cannot belong to the same token."""
    kept: list[Mark] = []
    for index, mark in enumerate(marks):
        before, after = text[mark.start - 1 : mark.start], text[mark.end : mark.end + 1]
        if kept and kept[-1].end == mark.start:
            before = kept[-1].replacement[-1:] or text[kept[-1].start - 1]
        if index + 1 < len(marks) and marks[index + 1].start == mark.end:
            after = marks[index + 1].replacement[:1] or after
        if _fits(mark, before, after):
            kept.append(mark)
    return kept


def _fits(mark: Mark, before: str, after: str) -> bool:
    if mark.scheme:
        return mark.replacement != "://" or after.isalnum() or after in "[("
    wordy_before = before.isalnum() or before in {"_", "-", "*"}
    wordy_after = after.isalnum() or after == "_"
    kind = mark.replacement
    if not kind:
        return before.isalnum()
    if kind == ".":
        if mark.strength is Strength.SPACED and after.isupper() and not before.isupper():
            return False  # a full stop: the next sentence begins
        return wordy_before and wordy_after
    if kind[0] == ":":
        return (before.isalnum() or before in {":", "]"}) and (after.isalnum() or after in {":", "[", "/"})  # fmt: skip
    if kind == "@":
        return (wordy_before or before in {".", "+"}) and (after.isalnum() or after == "[")
    if kind[0] == "/":
        return wordy_before or before in {"/", ":"}
    if kind[:3] == "www":
        return after == "." or (kind == "www." and after.isalnum())
    return before.isalnum() and after.isalnum()


def _confidence(text: str, marks: Sequence[Mark]) -> float:
    """Return how sure it is that the marks together are undone rightly; 0 when they are not."""
    weakest = min(mark.strength for mark in marks)
    if _unbalanced(text, marks):
        return 0.0
    core = _rendered(text, marks)
    start, end = marks[0].start, marks[-1].end
    lefts = _variants(text[max(start - _CONTEXT, 0) : start], left=True)
    rights = _variants(text[end : end + _CONTEXT], left=False)
    if marks[0].scheme and marks[0].replacement != "://":
        lefts = [""]
    for left in lefts:
        for right in rights:
            token = left + core + right
            if sense(token) == INDICATOR:
                doubt = weakest <= Strength.WEAK and _is_doubtful(text, marks, left, token, right)
                if weakest is Strength.SPACED:  # "an [.]onion domain"
                    doubt = token.count(".") == 1 and is_determiner(token.partition(".")[0])
                return 0.0 if doubt else _CONFIDENCE[weakest]
    strongest = max(mark.strength for mark in marks)
    if weakest >= Strength.FIRM and _is_version(text, start, lefts[-1], core + rights[-1]):
        return _CONFIDENCE[Strength.FIRM]
    if weakest < Strength.FIRM or strongest < Strength.STRONG:
        return 0.0
    if any(mark.scheme for mark in marks):
        return _CONFIDENCE[Strength.STRONG]
    return _PLAUSIBLE if _is_plausible(text, marks, lefts[-1] + core + rights[-1]) else 0.0


def _is_version(text: str, start: int, left: str, rest: str) -> bool:
    """Whether marks stand between the numbers of a version, behind what a version follows."""
    product, slash, number = left.rpartition("/")
    if sense(number.lstrip("v") + rest) != DOTTED:
        return False
    if rest.count(".") > 1 and rest[1:].replace(".", "").isdigit():
        return True  # a number with three parts
    if slash and sense(product) >= NAME:
        return True
    return is_version_place(text, start - len(number))


def _rendered(text: str, marks: Sequence[Mark]) -> str:
    parts: list[str] = []
    place = marks[0].start
    for mark in marks:
        parts += (text[place : mark.start], mark.replacement)
        place = mark.end
    return "".join(parts)


def _variants(around: str, *, left: bool) -> list[str]:
    """Return what belongs to the token on one side: up to a stop, and up to a separator."""
    found = []
    for table in (_TO_SPACE, _NARROW_LEFT if left else _NARROW_RIGHT):
        spaced = around.translate(table)
        if left:
            found.append(around[spaced.rfind(" ") + 1 :].lstrip("."))
        else:
            cut = spaced.find(" ")
            found.append(around if cut < 0 else around[:cut])
    return found if found[0] != found[1] else found[:1]


def _is_doubtful(text: str, marks: Sequence[Mark], left: str, token: str, right: str) -> bool:
    """Whether weak marks lead to an indicator by chance."""
    start, end = marks[0].start - len(left), marks[-1].end + len(right)
    before = text[start:end]
    if any(mark.scheme for mark in marks):
        host = token.partition("://")[2].partition("/")[0].rstrip(".")
        return "." not in host and ":" not in host and host.partition(":")[0] != "localhost"
    if is_half_said(text, marks, token):
        return True
    if sense(before) == INDICATOR:
        return True
    if any(mark.replacement == "@" for mark in marks):
        return "@" not in token
    if any("\\" in text[mark.start : mark.end] for mark in marks):
        # A regular expression or a quoted stream: what surrounds it would not surround a name.
        near = text[max(start - 48, 0) : end + 48]
        return (
            any(escape in near for escape in ("\\x", "\\r", "\\n", "\\d", "\\w", "\\s"))
            or text[start - 1 : start] in _NOT_IN_NAMES
            or text[end : end + 1] in _NOT_IN_NAMES
            or is_expression(text, start, end, token)
        )
    worded = [mark for mark in marks if text[mark.start] in " -_" and text[mark.end - 1] in " -_"]
    if len(worded) < len(marks):
        return False
    loose = any(mark.strength is Strength.LOOSE for mark in marks)
    surface = text[marks[0].start : marks[0].end]
    shouted = surface == " DOT " and token.islower()
    name = token.rstrip(".!?:")
    if surface[0] in "-_" and name.count(".") == 1:
        label = name.lower().partition(".")[0]
        made_up = len(label) > _SHORT and label.isalnum() and not is_word(label)
        return not made_up and is_prose(name, text[end : end + 40], loose=False)
    return is_prose(name, text[end : end + 40], loose=loose, shouted=shouted)


def _unbalanced(text: str, marks: Sequence[Mark]) -> bool:
    """Whether half a round bracket belongs to a pair that stands around something else."""
    halves = {text[mark.start : mark.end].strip("\\ ") for mark in marks}
    if not halves & {"(.", ".)"}:
        return False
    start, end = marks[0].start, marks[-1].end
    before, after = text[max(start - _NEAR, 0) : start], text[end : end + _NEAR]
    opened = max(before.count("(") - before.count(")"), 0)
    head = after.partition("(")[0]
    closed = head.count(")")
    return closed > opened if "(." in halves else opened > closed


def _is_plausible(text: str, marks: Sequence[Mark], token: str) -> bool:
    """Whether a token may be a name, an address or a version, delegated or not."""
    start, end = marks[0].start, marks[-1].end
    if text[start - 1 : start] in _NOT_IN_NAMES or text[end : end + 1] in _NOT_IN_NAMES:
        return False
    host = token.rpartition("@")[2].split("/", 1)[0].partition(":")[0]
    labels = host.rstrip(".").removeprefix("*.").split(".")
    if len(labels) < 2 or (len(labels[-1]) < 2 and not labels[-1].isdigit()):
        return False
    return all(label and label.replace("-", "").replace("_", "").isalnum() for label in labels)


def _edits(text: str, marks: Sequence[Mark], confidence: float) -> Iterator[Edit]:
    first = marks[0]
    surface = text[first.start : first.end].strip(" ()[]{}<>")
    spoken = surface.strip(":.*~_-").isalpha() or surface.startswith("\\")
    # What ends in a number is an address, at which nobody has mail.
    numbered = text[marks[-1].end : marks[-1].end + 1].isdigit()
    if first.replacement == "." and spoken and not numbered:
        yield from _spoken_at(text, first)
    for mark in marks:
        surface = text[mark.start : mark.end]
        reason = f"{surface.strip() or surface} stands for {mark.replacement or 'nothing'}"
        yield Edit(*mark[:3], "defang", "defang", confidence, reason)


def _spoken_at(text: str, mark: Mark) -> Iterator[Edit]:
    """Yield the edit of `` at `` before a name whose dots are spoken."""
    around = text[max(mark.start - _CONTEXT, 0) : mark.start]
    name = around[around.translate(_TO_SPACE).rfind(" ") + 1 :]
    end = mark.start - len(name)
    before = text[max(end - _CONTEXT, 0) : end]
    line = before[before.rfind("\n") + 1 :][-80:]
    if "@" not in name and local_part(before, line):
        yield Edit(end - 4, end, "@", "defang", "defang", 0.9, "at stands for @")


def _comma_hosts(view: View) -> Iterator[Edit]:
    """Yield the edits of commas in the authority of a URL."""
    for match in compile_pattern(_COMMA_HOST, capture=False).finditer(view.shadow):
        start, end = match.span()
        host_start = view.text.find("//", start, end) + 2
        host = view.text[host_start:end].rstrip("/: \t\r\n")
        if sense(host.replace(",", ".")) != INDICATOR:
            continue
        place = host.find(",")
        while place >= 0:
            at = host_start + place
            yield Edit(at, at + 1, ".", "defang", "defang", 0.9, "comma stands for .")
            place = host.find(",", place + 1)
