"""Markup: tags, entities, emphasis, colour codes and commands inside a token.

Inside is the point: markup around a token, between cells, or between words is what markup is for
and stays. What is taken out stands directly between characters of one token, and the token must
become an indicator or a known name by it. Terminal colour codes are taken out everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import Expert
from decloak.decode.markup_honest import is_manual, is_of_program, is_suffixed
from decloak.decode.markup_layers import REFERENCE, layered
from decloak.decode.markup_pairs import pairs
from decloak.decode.markup_underscores import UNDERSCORED, underscores
from decloak.decode.phrase_sense import is_holder, is_name_with, is_wordlike
from decloak.decode.sense import DOTTED, INDICATOR, LONGEST, NAME, WORD, beneath, sense, value_start
from decloak.decode.version_places import is_version_place
from decloak.indicators.engine import Match, compile_pattern
from decloak.kb.lexicon import lookup_all

__all__ = ["Ansi", "Markup"]

# Entities that stand for a character of an indicator, or for nothing that is shown. Those that XML
# needs (&lt; &gt; &amp; &quot; &apos;) belong to the document, not to the token.
_NAMED = {
    "period": ".", "colon": ":", "sol": "/", "commat": "@", "lowbar": "_", "UnderBar": "_",
    "dash": "-", "hyphen": "-", "num": "#", "percnt": "%", "equals": "=", "quest": "?",
    "shy": "", "zwnj": "", "zwj": "", "ZeroWidthSpace": "", "NoBreak": "", "NegativeThinSpace": "",
    "NegativeVeryThinSpace": "", "NegativeMediumSpace": "", "NegativeThickSpace": "",
    "lrm": "", "rlm": "", "InvisibleComma": "", "InvisibleTimes": "", "ApplyFunction": "",
}  # fmt: skip
_HIDDEN = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~:/?#@-+=%[](){}"
)
_SHOWN = _HIDDEN | frozenset(" ,&'")
_NOTHING = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")

_ENTITY = rb"&(?:amp;)*(?:#[0-9]+;?|#[xX][0-9A-Fa-f]+;?|(?:" + "|".join(_NAMED).encode() + rb");)"
_INLINE = (
    rb"b|i|u|s|em|strong|span|font|wbr|mark|code|small|big|del|ins|tt|kbd|samp|var|nobr|abbr"
    rb"|bdi|bdo|strike|q|cite|dfn|x"
)
_TAG = rb"<(?i:/?(?:" + _INLINE + rb")(?:\s[^<>]*)?/?|!--[^<>]*--)>"
_BBCODE = (
    rb"\[(?i:/?(?:b|i|u|s|url|code|color|colour|size|font|highlight|noparse|spoiler|plain)"
    rb"(?:=[^\[\]\s]+)?)\]"
)
_LATEX = (
    rb"\\(?:text(?:bf|tt|it|sf|rm|sc|sl|up|md|normal)|emph|mathrm|mathtt|mathbf|underline|mbox|url"
    rb"|texttt|nolinkurl)\{|\\(?:allowbreak|slash|linebreak|textunderscore|textperiodcentered)"
    rb"(?:\{\})?|\\(?:allowbreak|linebreak) |\\[-_%#@]|\{[.:/@-]\}|\{\}|\}"
)
_SHOWN_ANSI = rb"(?:\\(?:x1[bB]|033|e|u001[bB])|\^\[)\[[0-9;]*[mK]"
_EMPHASIS = rb"\*{1,3}|~~|`|__"

_MARK = b"|".join((_ENTITY, _TAG, _BBCODE, _SHOWN_ANSI, _LATEX, _EMPHASIS))
# What shows nothing at all; a joiner in an emoji or a script of its own has no ASCII beside it.
_EMPTY = (
    rb"(?:<wbr ?/?>|<!-- *-->|&(?:amp;)*(?:shy|zwnj|ZeroWidthSpace|NoBreak|#(?:0*(?:8203|8204|8288|65279|173)"
    rb"|[xX]0*(?:200[bBcC]|2060|[fF][eE][fF][fF]|[aA][dD])));|\\allowbreak\{\})+"
)
_SPACE = rb"&(?:nbsp|ensp|emsp|thinsp|#0*(?:32|160)|#[xX]0*(?:20|[aA]0));"
_SPACED = (
    rb"[A-Za-z0-9][A-Za-z0-9.,'-]{0,30}(?:" + _SPACE + rb"[A-Za-z0-9][A-Za-z0-9.,'-]{0,30}){1,5}"
)
_BREAKING = b"|".join((_TAG, _BBCODE, _SHOWN_ANSI, _EMPTY, rb"\\[a-z]{3,12}\{|\}", _EMPHASIS))
_PAIRED = b"|".join((_TAG, _BBCODE, rb"\\[a-z]{3,12}\{|\}", _EMPHASIS))
_PAIR_AT_EDGE = rb"(?:" + b"|".join((_TAG, _BBCODE, _EMPHASIS)) + rb")[A-Za-z0-9]"
_PLAIN = rb"[A-Za-z0-9.:/@_%?#=+-]"
# Joints that another decoder undoes: the token goes on behind them.
_JOINT = rb"\[(?:\.|:|/|@|-|://|dot|at)\]|\((?:\.|@|dot|at)\)"
# A token with marks: starts with a mark or a character, holds at least one mark beside a character.
_ATOM = rb"(?:" + _PLAIN + rb"|" + _MARK + rb"|" + _JOINT + rb")*"
_TOKEN = _ATOM + rb"(?:" + _MARK + rb")" + _ATOM

# What must be somewhere for a token of that kind to be there: a mark with a token character beside.
_TRIGGER = (
    rb"[A-Za-z0-9.:/@_>;&}-](?:" + b"|".join((_TAG, _BBCODE, _SHOWN_ANSI, _EMPHASIS)) + rb")[A-Za-z0-9.:/@_&<-]"
    rb"|" + _ENTITY + rb"|\\(?:text|emph|math|mbox|allowbreak|slash)|[A-Za-z0-9.:/@_-](?:\\[-_]|\{[.:/@-]?\})"
)  # fmt: skip

_LITERAL_LATEX = {"\\slash": "/", "\\textunderscore": "_", "\\textperiodcentered": "."}

# Country codes that end the names of files in which two underscores are common.
_FILE_SUFFIXES = (".py", ".pl", ".rs", ".sh", ".cc", ".so", ".md", ".mk", ".pm", ".ps")

_CONFIDENCE = 0.95

_Mark = tuple[int, int, str | None]  # start, end, and what the mark shows; None for what must stay


class Markup:
    """Take markup out of tokens that it breaks up."""

    name = "markup"
    version = 1
    expert: Expert = "symbol"
    families = ("markup",)
    trigger = b"|".join(
        (_TRIGGER, _EMPTY, _PAIR_AT_EDGE, UNDERSCORED, REFERENCE, _SPACE + rb"[A-Za-z0-9]")
    )

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield the edits of every token that reads better without its markup."""
        edits = {edit.start: edit for edit in (*_of_tokens(view), *_shown_as_nothing(view))}
        for start, end in (*pairs(view, _PAIRED), *underscores(view)):
            if start not in edits:
                reason = f"{_short(view.text[start:end])} in a name"
                edits[start] = Edit(start, end, "", "markup", "markup", _CONFIDENCE, reason)
        for edit in (*_spaces(view), *layered(view, _BREAKING)):
            edits.setdefault(edit.start, edit)
        end = 0
        for start in sorted(edits):
            if start >= end:
                yield edits[start]
                end = edits[start].end


def _spaces(view: View) -> Iterator[Edit]:
    """Yield the entities that stand for the spaces of a known name or of a holder's."""
    text = view.text
    space = compile_pattern(_SPACE, capture=False)
    for match in compile_pattern(_SPACED, capture=False).finditer(view.shadow):
        start, end = match.span()
        gaps = [gap.span() for gap in space.finditer(view.shadow, start, end)]
        shown = _applied(text, start, end, [(*gap, " ") for gap in gaps]).rstrip(".,")
        if (
            lookup_all(shown)
            or is_name_with(text, start, end, shown)
            or is_holder(text, start, end, shown)
        ):
            for first, last in gaps:
                yield Edit(first, last, " ", "markup", "markup", 0.99, "a space in a name")


def _shown_as_nothing(view: View) -> Iterator[Edit]:
    """Yield what shows nothing wherever it stands, beside a character of a word."""
    text = view.text
    for match in compile_pattern(_EMPTY, capture=False).finditer(view.shadow):
        start, end = match.span()
        if _is_plain(text[start - 1 : start]) or _is_plain(text[end : end + 1]):
            reason = f"{_short(text[start:end])} shows nothing"
            yield Edit(start, end, "", "markup", "markup", 1.0, reason)


def _is_plain(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _of_tokens(view: View) -> Iterator[Edit]:
    """Yield the edits of every token that reads better without its markup."""
    marks = compile_pattern(_MARK, capture=False)
    for match in compile_pattern(_TOKEN, capture=False).finditer(view.shadow):
        start, end = match.span()
        if end - start > 4 * LONGEST or end - start < 4:
            continue
        found = list(marks.finditer(view.shadow, start, end))
        if found[0].start() == start and found[-1].end() == end and len(found) < 2:
            continue
        yield from _of_token(view.text, start, end, found)


def _of_token(text: str, start: int, end: int, marks: list[Match]) -> Iterator[Edit]:
    """Yield the edits inside a token, when they make it mean something that its parts do not."""
    if text[start - 1 : start] == "\\" and text[start] in "nrt" and marks[0].start() > start:
        start += 1  # the letter of an escape, as in JSON
    start = value_start(text, start, marks[0].start() + 1)
    manual = is_manual(text, start, end)
    edits = [
        (mark.start(), mark.end(), _read(text[mark.start() : mark.end()], manual=manual))
        for mark in marks
    ]
    if _is_unpaired(text, edits) or is_of_program(text, start, end, edits):
        return
    if _is_spelt(text, start, end, edits):
        yield from _edits(text, edits)
        return
    start, end, edits = _inner(text, start, end, edits)
    if edits and _means_more(text, start, end, edits):
        yield from _edits(text, edits)


def _inner(text: str, start: int, end: int, edits: list[_Mark]) -> tuple[int, int, list[_Mark]]:
    """Return the token and its marks without those at the edges, which stand around it.

    Only an entity may be the first or the last letter of a token.
    """
    while edits and edits[0][0] == start and text[start] == "\\" and edits[0][2]:
        start = edits.pop(0)[1] - 1  # \\%hash, of Perl
    while (
        edits and edits[0][0] == start and not edits[0][2] and not _closes_early(text, end, edits)
    ):
        start = edits.pop(0)[1]
    while edits and not edits[-1][2] and not text[edits[-1][1] : end].strip(".:?"):
        if _closes_inside(text, start, edits):
            break
        end = edits.pop()[0]
    if sum(text[first:last] == "*" for first, last, _ in edits) % 2:
        return start, end, []  # https://*example.com*: wildcards
    return start, end, [edit for edit in edits if edit[2] is not None]


def _means_more(text: str, start: int, end: int, edits: list[_Mark]) -> bool:
    """Whether a token without its marks means something that its parts do not."""
    shown_token = _applied(text, start, end, edits)
    if shown_token.rstrip(".:?").endswith(_FILE_SUFFIXES) and "__" in text[start:end]:
        return False  # foo__init__.py
    after = beneath(shown_token)
    # Tags, colours and entities show the joined word; emphasis and commands need a better reason.
    shows_joined = all(text[first] in "<[&\x1b^\\}" for first, _, _ in edits)
    before = sense(text[start:end])
    least = WORD if shows_joined else DOTTED if not _has_emphasis(text, edits) else NAME
    if after == WORD and is_suffixed(text, start, end, edits):
        return False
    named = (shows_joined or not _has_emphasis(text, edits)) and (
        is_name_with(text, start, end, shown_token)
        or (is_wordlike(shown_token) and is_holder(text, start, end, shown_token))
    )
    number = after == DOTTED > before or (shows_joined and shown_token[:1].isdigit())
    versioned = number and after <= DOTTED and is_version_place(text, start)
    if not named and not versioned and (after < least or before >= after or before >= NAME):
        return False
    return after != INDICATOR or not _parts_suffice(text, start, end, edits)


def _edits(text: str, edits: list[_Mark]) -> Iterator[Edit]:
    for mark_start, mark_end, shown in edits:
        mark = text[mark_start:mark_end]
        reason = f"{mark} stands for {shown!r}" if shown else f"{_short(mark)} inside a token"
        yield Edit(mark_start, mark_end, shown or "", "markup", "markup", _CONFIDENCE, reason)


def _is_spelt(text: str, start: int, end: int, edits: list[_Mark]) -> bool:
    """Whether letters are written as character references, which nothing needs, in a name."""
    if any(text[first] != "&" or not shown for first, _, shown in edits):
        return False
    after = _applied(text, start, end, edits)
    if not is_wordlike(after):
        return False
    if sum(shown.isalnum() for _, _, shown in edits if shown) > 1:
        return True
    return is_name_with(text, start, end, after) or is_holder(text, start, end, after)


def _closes_early(text: str, end: int, edits: list[_Mark]) -> bool:
    """Whether the tag at a token's start is closed before the token ends: ``<b>Sam</b>ba``."""
    first = text[edits[0][0] : edits[0][1]]
    if first[0] in "*~`_":
        opened = edits[0][1]
        closed = next((mark for mark in edits[1:] if text[mark[0] : mark[1]] == first), None)
        return closed is not None and opened < closed[0] and text[closed[1] : end][:1].isalnum()
    if len(edits) < 2 or first[0] not in "<[\\" or first[1] == "/":
        return False
    closing = text[edits[-1][0] : edits[-1][1]]
    closes = closing[:2] == first[0] + "/" or (first[0] == "\\" and closing == "}")
    return closes and text[edits[-1][1] : end].strip(".:?") != ""


def _closes_inside(text: str, start: int, edits: list[_Mark]) -> bool:
    """Whether the last mark closes one that was opened inside the token."""
    marks = [text[first:last] for first, last, _ in edits]
    if marks[-1][0] in "*~`_":
        first, last, _ = edits[marks.index(marks[-1])]
        wildcard = marks[-1] == "*" and text[last : last + 1] == "."  # example*.com*
        return marks.count(marks[-1]) == 2 and first > start and not wildcard
    if marks[-1][:2] not in {"</", "[/"} and marks[-1] != "}":
        return False
    kind = marks[-1][0]
    if kind == "}":
        return sum(mark[0] == "\\" and mark[-1] == "{" for mark in marks) >= marks.count("}")
    opened = sum(mark[0] == kind and mark[1] != "/" for mark in marks)
    return opened >= len([mark for mark in marks if mark[0] == kind]) - opened


def _has_emphasis(text: str, edits: list[_Mark]) -> bool:
    """Whether there is emphasis around more than a joint: ``2**3**4.5`` is arithmetic."""
    places = [(first, last) for first, last, _ in edits if text[first] in "*~`_"]
    inner = zip(places[::2], places[1::2], strict=False)
    return any(text[opened[1] : closed[0]].strip("./:@-") for opened, closed in inner)


def _is_unpaired(text: str, edits: list[_Mark]) -> bool:
    """Whether emphasis opens or closes in the token but not both."""
    marks = [text[first:last] for first, last, _ in edits if text[first] in "*~`_"]
    if any(text[first - 1 : last] == "/*" for first, last, _ in edits if first):
        return True  # https://*example.com*/: a wildcard
    return any(marks.count(mark) % 2 for mark in set(marks))


def _read(mark: str, *, manual: bool) -> str | None:
    r"""Return what a mark shows: a character, nothing, or None for what must stay.

    Args:
        mark: a tag, an entity, a command or emphasis.
        manual: whether the text is roff, where ``\-`` is a hyphen, and not LaTeX.
    """
    if mark == "\\-":
        return "-" if manual else ""
    if mark[0] == "&":
        body = mark.rstrip(";").replace("amp;", "")[1:]
        if body[0] != "#":
            return _NAMED[body]
        digits = body[1:].lstrip("xX").lstrip("0")[:8]  # more digits than any code point has
        number = int(digits or "0", 16 if body[1] in "xX" else 10)
        char = chr(number) if number < 0x110000 else ""
        return char if char in _SHOWN else "" if char in _NOTHING else None
    if mark[0] == "{" and len(mark) == 3:
        return mark[1]
    if mark[0] == "\\" and len(mark) == 2 and mark[1] != "-":
        return mark[1]
    return _LITERAL_LATEX.get(mark.rstrip("{}"), "")


def _parts_suffice(text: str, start: int, end: int, edits: list[_Mark]) -> bool:
    """Whether marks end a part that is an indicator by itself, and begin another."""
    opened = edits[0][0]
    emphasised = text[edits[0][1] : edits[-1][0] if len(edits) > 1 else end]
    apart = len(edits) == 1 or not _is_plain(text[opened - 1 : opened])
    if len(edits) < 3 and text[opened] in "*~`_" and apart and sense(emphasised) == INDICATOR:
        return True  # 1.**example.com**: emphasis that closes at the edge stands around its part
    place = start
    row_start, row, part = -1, "", ""
    for mark_start, mark_end, shown in edits:
        if mark_start != place or row_start < 0:
            row_start, row, part = mark_start, "", text[place:mark_start]
        row += "" if shown else "/" if text[mark_start + 1 : mark_start + 2] == "/" else "o"
        place = mark_end
        # `</i><i>` ends one thing and begins another; a lone tag is inside what it shows.
        if row.startswith("/o") and len(part) > 3 and sense(part) == INDICATOR:
            return True
    return False


def _applied(text: str, start: int, end: int, edits: list[_Mark]) -> str:
    parts: list[str] = []
    place = start
    for mark_start, mark_end, shown in edits:
        parts += (text[place:mark_start], shown or "")
        place = mark_end
    return "".join((*parts, text[place:end]))


def _short(mark: str) -> str:
    return mark if len(mark) <= 24 else mark[:21] + "..."


class Ansi:
    """Take out terminal control sequences (ECMA-48): what a terminal shows is what is read."""

    name = "ansi"
    version = 1
    expert: Expert = "symbol"
    families = ("markup",)
    trigger = (
        rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)"
        rb"|[()*+][0-9A-Za-z]|[=>78DEHMNOZc])"
    )

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield one edit per row of control sequences."""
        rows = rb"(?:" + self.trigger + rb")+"
        for match in compile_pattern(rows, capture=False).finditer(view.shadow):
            yield Edit(
                *match.span(), "", "markup", self.name, 1.0, "terminal control sequence"
            )  # fmt: skip
