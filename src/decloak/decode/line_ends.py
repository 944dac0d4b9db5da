r"""Line ends: where a line ends in a program or in the source of a manual, and no token goes on.

``read.\n.SH NOTES`` is roff(7), ``done.\n    fi`` a program, ``# see example.com/a/\nx_y = 1`` a
comment and what follows it. That the joined halves would read as a name says nothing there.
"""

from __future__ import annotations

from typing import NamedTuple

from decloak.decode.wraps import Site

__all__ = ["ends_prose", "is_margin"]

_NEAR = 400  # code points in which other requests of roff are looked for
_LINE = 160
_LONG_WORD = 16  # characters of a digest, or the rest of one
_COMMENTS = ("#", "//", "--", ";", "%", "/*", "*", "'", '"', "REM ", "dnl ")
_KEYWORDS = frozenset(
    {"def", "class", "return", "if", "else", "elif", "import", "from", "my", "our", "local", "var",
     "let", "const", "function", "func", "fn", "static", "public", "private", "void", "int", "char",
     "sub", "use", "end", "then", "do", "for", "while", "echo", "export", "set", "unset", "try",
     "except", "raise", "assert", "with", "async", "await", "struct", "enum", "typedef"}
)  # fmt: skip
_IN_CODE = frozenset("()[]{}$;`\\|<>")
_OPERATORS = ("=", "+=", "-=", ":=", "==", "!=", "->", "=>", "(", "{", "[", "$", "&&", "||", "| ", ">", "<",
              "-", '"', "'", "`", ": ", "%", "+ ", "* ", "@", "~")  # fmt: skip


class _Lines(NamedTuple):
    """The line that ends and the one after it."""

    first: str
    second: str


def ends_prose(text: str, start: int, end: int, site: Site) -> bool:
    """Whether the line that ends at `start` is of a program or of roff, by what is around it.

    Args:
        text: all of the text.
        start: where the line end begins, with the white space around it.
        end: where it ends.
        site: the two halves that it separates.
    """
    if text[end] == "." and _is_request(text, start, end):
        return True
    newline = text.rfind("\n", start, end)
    if newline < 0 or site.quoted:
        return False
    line_start = max(text.rfind("\n", max(start - _LINE, 0), start) + 1, start - _LINE)
    line_end = text.find("\n", end, end + _LINE)
    lines = _Lines(
        text[line_start:start], text[newline + 1 : line_end if line_end >= 0 else end + _LINE]
    )
    if lines.first.lstrip().startswith("```"):
        return True
    return _leaves_comment(lines) or (_is_code(site, lines) and not _is_written_on(site))


def is_margin(text: str, start: int, end: int) -> bool:
    """Whether ``| `` at `end` is the margin of quoted text, not of a table or of Nmap's scripts.

    Args:
        text: all of the text.
        start: where the line before ends.
        end: where the bar stands.
    """
    line_start = max(text.rfind("\n", max(start - _LINE, 0), start) + 1, start - _LINE)
    following = text[end : end + _NEAR]
    if not text.startswith("| ", line_start) or "\n|_" in following:
        return False
    first, second = text[line_start + 1 : start], following[1:].partition("\n")[0]
    return "|" not in first and "|" not in second and first[:2].strip() != ""


def _is_request(text: str, start: int, end: int) -> bool:
    """Whether a line that begins with a dot is a request of roff: others stand around it."""
    word = text[end + 1 : end + 5]
    name = word[: next((at for at, char in enumerate(word) if not char.isalpha()), 4)]
    if (
        not 1 <= len(name) <= 3
        or (text[end + 1 + len(name) : end + 2 + len(name)] or "\n") not in ' \n\r\t"'
    ):
        return False
    if name.isupper() and any(char.islower() for char in text[max(start - 8, 0) : start]):
        return True
    around = (text[max(start - _NEAR, 0) : start], text[end + 1 : end + _NEAR])
    return any(_has_request(part) for part in around)


def _has_request(part: str) -> bool:
    place = part.find("\n.")
    while place >= 0:
        word = part[place + 2 : place + 5]
        if word[:1] == "\\" or (word[:2].isalpha() and not word[2:].isalnum()):
            return True
        place = part.find("\n.", place + 1)
    return False


def _leaves_comment(lines: _Lines) -> bool:
    """Whether the first line is a comment and the second is none."""
    first, second = lines.first.lstrip(), lines.second.lstrip()
    mark = next((mark for mark in _COMMENTS if first.startswith(mark)), None)
    if mark is None or mark in {"*", "'", ";", "%"} or (mark == '"' and first[1:2] != " "):
        return False
    return not second.startswith(mark)


def _is_code(site: Site, lines: _Lines) -> bool:
    """Whether the second line is a statement of a program."""
    second = lines.second.strip()
    word = second.split(" ", 1)[0]
    rest = second[len(word) :].lstrip()
    name = word.rstrip("(:,.")
    if name in _KEYWORDS and (rest or word == second):
        return bool(rest) and site.indented
    remark = rest[:1] == "(" and rest[1:2].isalpha() and ("/" in word or len(word) >= _LONG_WORD)
    if rest.startswith(_OPERATORS) and rest[:3] != "- -" and not remark:
        return True
    if (word.startswith("@") and "." in word) or (word.endswith(":") and rest and site.indented):
        return True
    return any(char in _IN_CODE for char in word.rstrip(")]}>;,.'\""))


def _is_written_on(site: Site) -> bool:
    """Whether the line is broken within a URL or at an at sign, and the rest is no statement."""
    return site.left.endswith(("[.]", "(.)", "[dot]", "://")) or site.right.startswith(
        ("[.]", "(.)", "[dot]", "[@]")
    )
