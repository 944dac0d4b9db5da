r"""Breaks: soft hyphens, and line ends that a typesetter or a mail program put inside a token.

A line end is taken out only where the joined token is an indicator or a known name and its halves
are not: tables, lists and prose end lines between things, not inside them. Kinds of break:
hyphenation, a bare wrap at a joint (``192.0.\n2.1``), a wrap of a full line, quoted-printable
``=\n`` (RFC 2045, section 6.7), and the margin ``> `` of a quoted mail.
"""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import Expert
from decloak.decode.sense import INDICATOR, NAME
from decloak.decode.wraps import FULL_LINE, JOINTS, Site, is_hex, is_wrapped, reads
from decloak.indicators.engine import compile_pattern
from decloak.kb import lexicon

__all__ = ["Breaks"]

_SOFT_HYPHEN = "\u00ad"
_MARGIN = rb"(?:[ \t]{1,8}|(?:> ?){1,6})?"
_BREAK = rb" {0,2}\n" + _MARGIN

# Where a line may end inside a token. The first byte and the last one are characters of the token.
_SITE = (
    rb"[A-Za-z0-9./:@_?&%-][=\x81\x83-]" + _BREAK + rb"[A-Za-z0-9./:@_?&%-]"  # hyphen, `=`
    rb"|[A-Za-z0-9/:][./:@_?&%=]" + _BREAK + rb"[A-Za-z0-9]"  # after a joint
    rb"|[A-Za-z0-9/:]" + _BREAK + rb"[./:@_?&%][A-Za-z0-9/:]"  # before a joint
    rb"|[.@/:][A-Za-z0-9_-]{1,63}" + _BREAK + rb"[A-Za-z0-9]"  # inside a label
    rb"|[0-9A-Fa-f]{4}" + _BREAK + rb"[0-9A-Fa-f]{4}"  # inside a digest
)
_SHY = rb"\x81"

_MARKS_OF_BREAKS = "=-\u2010\u00ad"
_REACH = 256  # code points of a token looked at on either side
_DIGEST_LENGTHS = frozenset({32, 40, 56, 64, 96, 128})
_ENDS = str.maketrans(dict.fromkeys("\"'<>|,;()[]{}`\n\r\t\f\v\u00a0", " "))


class Breaks:
    """Join tokens that a line end broke; take out soft hyphens."""

    name = "breaks"
    version = 1
    expert: Expert = "symbol"
    families = ("soft_break",)
    trigger = _SITE + rb"|" + _SHY

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield the removal of each break and of each soft hyphen."""
        text = view.text
        taken = 0
        soft = _next_soft_hyphen(text, 0)
        for start, end in _line_ends(view):
            while soft < start - 1:
                yield _soft_hyphen(soft)
                soft = _next_soft_hyphen(text, soft + 1)
            edit = _joined(text, start, end) if start >= taken else None
            if edit is not None:
                taken = edit.end
                yield edit
                while soft < taken:
                    soft = _next_soft_hyphen(text, soft + 1)
        while soft < len(text):
            yield _soft_hyphen(soft)
            soft = _next_soft_hyphen(text, soft + 1)


def _next_soft_hyphen(text: str, start: int) -> int:
    place = text.find(_SOFT_HYPHEN, start)
    return len(text) if place < 0 else place


def _soft_hyphen(place: int) -> Edit:
    return Edit(place, place + 1, "", "soft_break", "breaks", 1.0, "soft hyphen")


def _line_ends(view: View) -> Iterator[tuple[int, int]]:
    """Yield the range of each break: trailing spaces, the line end, the margin."""
    text, shadow = view.text, view.shadow
    for match in compile_pattern(_SITE, capture=False).finditer(shadow):
        newline = shadow.rfind(b"\n", match.start(), match.end())
        start, end = newline, newline + 1
        while text[start - 1] in " \r":
            start -= 1
        while text[end] in " \t>":
            end += 1
        yield start, end


def _joined(text: str, start: int, end: int) -> Edit | None:
    """Return the edit that joins the halves around a break; None when they belong apart."""
    if not _may_join(text, start, end):
        return None
    site = _site(text, start, end)
    if site.hyphen == "=" and text[end - 1] == "\n" and not _ends_in_key(site.left):
        return _edit(start - 1, end, "quoted-printable line end") if _is_quoted(site) else None
    if site.hyphen == "=":
        site = site._replace(left=site.left + "=", hyphen="")
    if site.hyphen and site.right[:1].isalnum():
        kept = _without_hyphen(site)
        if kept is None:
            return None
        return _edit(start if kept else start - 1, end, "hyphenated at a line end")
    if _is_digest(text, site, start, end) or is_wrapped(site):
        return _edit(start, end, "wrapped inside a token")
    return None


def _may_join(text: str, start: int, end: int) -> bool:
    """Rule out, cheaply, what most line ends are: the end of a line."""
    before, after = text[start - 1], text[end]
    if before in _MARKS_OF_BREAKS:
        return True
    if before == "." and after.isupper():
        return False  # a sentence, or a name with its root dot
    if before == ":":
        return (
            after in "/:" or text[start - 2] == ":" or is_hex(text[max(start - 5, 0) : start - 1])
        )
    if before in JOINTS or after in JOINTS or text[end - 1] == ">":
        return True
    if is_hex(text[start - 4 : start]) and is_hex(text[end : end + 4]):
        return True
    if after.isupper() != before.isupper() and not (before.isdigit() or after.isdigit()):
        return False
    if text[end - 1] != "\n":
        return ">" in text[start:end]
    line_start = text.rfind("\n", max(start - FULL_LINE, 0), start) + 1
    if line_start == 0:
        return True
    tail = text[line_start:start]
    return "@" in tail or "://" in tail


def _edit(start: int, end: int, reason: str) -> Edit:
    return Edit(start, end, "", "soft_break", "breaks", 0.9, reason)


def _site(text: str, start: int, end: int) -> Site:
    line_start = text.rfind("\n", max(start - 1024, 0), start) + 1
    before = text[max(line_start, start - _REACH) : start].translate(_ENDS)
    after = text[end : end + _REACH].translate(_ENDS)
    left = before[before.rfind(" ") + 1 :]
    right = after.partition(" ")[0]
    hyphen = left[-1:] if left[-1:] in _MARKS_OF_BREAKS else ""
    margin = text[start:end].strip(" \r\n\t")
    quoted = ">" in margin and text[line_start : line_start + 1] == ">"
    indented = text[end - 1] in " \t" and not margin
    return Site(
        left[:-1] if hyphen else left, right, hyphen, quoted, indented, start - line_start
    )  # fmt: skip


def _is_quoted(site: Site) -> bool:
    """Whether a line that ends with ``=`` is quoted-printable: the joined token says so."""
    joined = reads(site.left + site.right)
    return joined == INDICATOR or (joined >= NAME and reads(site.left) < NAME)


def _ends_in_key(left: str) -> bool:
    """Whether a URL ends with the key of a parameter, whose equals sign is its own."""
    return (
        "://" in left
        and "=" not in left[max(left.rfind("?"), left.rfind("&"), 0) :]
        and "?" in left
    )


def _without_hyphen(site: Site) -> bool | None:
    """Say whether the hyphen stays (True), goes (False), or the halves belong apart (None)."""
    left, right = site.left, site.right
    if not left or (site.hyphen == "-" and reads(left) >= NAME):
        return None
    dropped = reads(left + right)
    kept = reads(left + "-" + right) if site.hyphen == "-" else 0.0
    if max(dropped, kept) < NAME:
        return None
    last, first = _last_label(left), _first_label(right)
    if (
        site.hyphen == "-"
        and reads(right) == INDICATOR
        and left.isalpha()
        and lexicon.is_word(left)
    ):
        # "a well-\nknown.example" could be prose: join only what makes a word.
        return None if not lexicon.is_word(last + first) else False
    if dropped < NAME:
        return True
    words = lexicon.is_word(last) and lexicon.is_word(first) and not lexicon.is_word(last + first)
    return kept >= NAME and words


def _last_label(token: str) -> str:
    return token[max(token.rfind(mark) for mark in JOINTS) + 1 :]


def _first_label(token: str) -> str:
    return token[: min((place for place in map(token.find, JOINTS) if place >= 0), default=99)]


def _is_digest(text: str, site: Site, start: int, end: int) -> bool:
    """Whether two rows of hexadecimal digits are one digest, and not two rows of a dump."""
    left, right = site.left, site.right.rstrip(".:")
    if len(left) + len(right) not in _DIGEST_LENGTHS or not is_hex(left + right):
        return False
    if {len(left), len(right)} & _DIGEST_LENGTHS or reads(left + right) != INDICATOR:
        return False
    alone_before = text[max(start - len(left) - 9, 0) : start - len(left)]
    after = text[end + len(right) : end + len(right) + 9]
    dump_before = "\n" in alone_before[-1:] and is_hex(alone_before[:-1])
    return not dump_before and not ("\n" in after[:1] and is_hex(after[1:]))
