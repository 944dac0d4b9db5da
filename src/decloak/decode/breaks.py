r"""Breaks: soft hyphens, and line ends that a typesetter or a mail program put inside a token.

A line end is taken out only where the joined token is an indicator or a known name and its halves
are not: tables, lists and prose end lines between things, not inside them. Kinds of break:
hyphenation, a bare wrap at a joint (``192.0.\n2.1``), a wrap of a full line, quoted-printable
``=\n`` (RFC 2045, section 6.7), and the margin ``> `` of a quoted mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import Expert
from decloak.decode.broken_values import SITES, is_broken_value
from decloak.decode.line_ends import ends_prose, is_margin
from decloak.decode.phrase_sense import is_name_with
from decloak.decode.sense import DOTTED, INDICATOR, NAME, WORD, sense
from decloak.decode.version_places import is_version_place
from decloak.decode.wraps import (
    JOINTS,
    Site,
    is_evident,
    is_hex,
    is_path,
    is_port,
    is_wrapped,
    reads,
)
from decloak.indicators.engine import compile_pattern
from decloak.indicators.margins import margins_of
from decloak.kb import lexicon

__all__ = ["Breaks"]

_SOFT_HYPHEN = "\u00ad"
_QUOTE = rb"(?:[ \t]{0,4}(?:> ?){1,6}|\| )"
_GAP = rb" {0,2}\n(?:[ \t]{1,24}|" + _QUOTE + rb")?"
_DOT = rb"[\[({](?:\.|dot)[\])}]"

# Where a line may end inside a token. Lines that tools write end between tokens, so a joint, a
# scheme, an at sign, a quoted margin or a full line must say that this one may not.
_SITE = (
    rb"[A-Za-z0-9./:@_?&%](?:[\x81\x83-]|-?=)" + _GAP + rb"[A-Za-z0-9./:@_?&%-]"  # a hyphen, `=`
    rb"|[A-Za-z] =\r?\n[A-Z]"
    rb"|[A-Za-z0-9_/:-][/@?&%_]"
    + _GAP
    + rb"(?:[a-z0-9_~]|%[0-9A-Fa-f]{2}|[A-Z][A-Za-z0-9_%-]*[/.=?&0-9])"  # after a joint
    rb"|[A-Za-z0-9_-]\." + _GAP + rb"[a-z0-9]"
    rb"|[A-Z0-9]\." + _GAP + rb"(?:COM|NET|ORG|INFO|BIZ|RU|CN|IO)\b"
    rb"|" + _DOT + _GAP + rb"[A-Za-z0-9]"
    rb"|(?:\b[0-9A-Fa-f]{1,4}:|::)" + _GAP + rb"[0-9A-Fa-f:]"
    rb"|(?:[tx]ps?|[FfXx][Tt]p):/?" + _GAP + rb"/"
    rb"|://[A-Za-z0-9.\]-]+:" + _GAP + rb"[0-9]{2,5}\b"
    rb"|[A-Za-z0-9_]"
    + _GAP
    + rb"(?:[.@][A-Za-z0-9]|[/?&]+[A-Za-z0-9_~%.-]|%[0-9A-Fa-f]{2}|:[0-9A-Fa-f:]|"
    + _DOT
    + rb"|://)"
    rb"|\b(?i:cve)(?:-[0-9]{4})?" + _GAP + rb"-[0-9]{4}"
    rb"|(?:://|@)[A-Za-z0-9](?:[!#-&(-;=?-~]*[a-z0-9])?" + _GAP + rb"[a-z0-9]"  # inside a label
    rb"|[.@/:][A-Za-z0-9_-]+ {0,2}\n" + _QUOTE + rb"[A-Za-z0-9]"
    rb"|[0-9A-Fa-f]{16}" + _GAP + rb"[0-9A-Fa-f]"  # inside a digest
)
# A full line that ends inside a label: apart, for the automaton of both together is far larger.
_FULL = (
    rb"[^\n]{48}[.@/:](?:[A-Za-z0-9_-]*[a-z_-]" + _GAP + rb"[a-z_]|[0-9]{1,2}" + _GAP + rb"[0-9])"
)
# The short first row of a digest: apart, because the row before may end with the same break.
_SHORT_ROW = rb"\b[0-9A-Fa-f]{4,15}" + _GAP + rb"[0-9A-Fa-f]{12}"
_SHY = rb"\x81"

_MARKS_OF_BREAKS = "=-\u2010\u00ad"
_NEAR = 80  # code points of a line in which a tab is looked for
_REACH = 256  # code points of a token looked at on either side
_DIGEST_LENGTHS = frozenset({32, 40, 56, 64, 96, 128})
_END = re.compile("[ \"'<>|,;`\n\r\t\f\v\u00a0]")
_SHA1_BITS = 160
_NAME_OF_DIGEST = re.compile("sha[-_ ]?(1|224|256|384|512)(?![0-9])|md5")
_LEADS = (":", "=", "*", "-", "+", "\u2022")
_WORDS_OF_NAME = 3
_OPENING = "\"'([{<"
_CLOSING = ".:!?)]}*\u201d\u2019"
_POSSESSIVE = ("\u2019s", "'s")
_CONFIDENCE = 0.999  # both halves and the joined token have been judged


class Breaks:
    """Join tokens that a line end broke; take out soft hyphens."""

    name = "breaks"
    version = 1
    expert: Expert = "symbol"
    families = ("soft_break",)
    trigger = rb"\n|" + _SHY

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield the removal of each break and of each soft hyphen."""
        text = view.text
        taken = 0
        soft = _next_soft_hyphens(text, 0)
        for start, end, within in _line_ends(view):
            while soft[0] < start - 1:
                yield from _soft_hyphens(text, *soft)
                soft = _next_soft_hyphens(text, soft[1])
            edit = _joined(text, start, end, within=within) if start >= taken else None
            if edit is not None:
                taken = edit.end
                yield edit
                while soft[0] < taken:
                    soft = _next_soft_hyphens(text, soft[1])
        while soft[0] < len(text):
            yield from _soft_hyphens(text, *soft)
            soft = _next_soft_hyphens(text, soft[1])


def _next_soft_hyphens(text: str, start: int) -> tuple[int, int]:
    """Return the range of the next row of soft hyphens; at the end of the text when there is none."""
    place = text.find(_SOFT_HYPHEN, start)
    if place < 0:
        return len(text), len(text)
    end = place + 1
    while text[end : end + 1] == _SOFT_HYPHEN:
        end += 1
    return place, end


def _soft_hyphens(text: str, start: int, end: int) -> Iterator[Edit]:
    """Yield the removal of a row beside a letter; tables of a character set hold one bare."""
    before, after = text[start - 1 : start], text[end : end + 1]
    plain = before.isascii() and after.isascii() and not (before + after).isspace()
    if plain or (before.isalpha() and after.isalpha()):
        yield Edit(start, end, "", "soft_break", "breaks", 1.0, "soft hyphen")


def _sites(shadow: bytes, *patterns: bytes) -> set[int]:
    return {
        shadow.rfind(b"\n", *match.span())
        for pattern in patterns
        for match in compile_pattern(pattern, capture=False).finditer(shadow)
    }


def _line_ends(view: View) -> Iterator[tuple[int, int, bool]]:
    """Yield the range of each break (trailing spaces, the line end, the margin), and whether a value may go on."""
    text, shadow = view.text, view.shadow
    broken = _sites(shadow, *SITES)
    newlines = broken | _sites(shadow, _SITE, _FULL, _SHORT_ROW)
    stamped = {start for start, _ in margins_of(view, 0, len(text))} if newlines else ()
    for newline in sorted(newlines):
        start, end = newline, newline + 1
        if end in stamped:
            continue  # the next line of a log, not the rest of this one
        while text[start - 1] in " \r":
            start -= 1
        if text[end] == "|":
            if not is_margin(text, start, end):
                continue
            end += 1
        while text[end] in " \t>":
            end += 1
        yield start, end, newline in broken


def _joined(text: str, start: int, end: int, *, within: bool) -> Edit | None:
    """Return the edit that joins the halves around a break; None when they belong apart."""
    if within and is_broken_value(text, start, end):
        return _edit(start, end, "broken inside a value")
    if text[start - 1] not in _MARKS_OF_BREAKS and _is_record(text, start, end):
        return None
    site = _site(text, start, end)
    if site.hyphen == "=" and text[end - 1] == " ":
        named = text[end - 2] == "\n" and _joins_name(text, start - 1, site)
        return _edit(start - 1, end - 1, "quoted-printable line end") if named else None
    if site.hyphen == "=" and text[end - 1] == "\n" and text[start - 2 : start - 1] == " ":
        named = _joins_name(text, start - 2, site)
        return _edit(start - 1, end, "quoted-printable line end") if named else None
    if site.hyphen == "=" and text[end - 1] == "\n" and not _ends_in_key(site.left):
        quoted = _is_quoted(text, start, end, site)
        return _edit(start - 1, end, "quoted-printable line end") if quoted else None
    if site.hyphen == "=":
        site = site._replace(left=site.left + "=", hyphen="")
    if site.hyphen and (site.right[:1].isalnum() or site.hyphen == _SOFT_HYPHEN):
        kept = _without_hyphen(text, start, end, site)
        if kept is None:
            return None
        return _edit(start if kept else start - 1, end, "hyphenated at a line end")
    if ends_prose(text, start, end, site):
        return None
    if _is_digest(text, site, start, end) or is_wrapped(site):
        return _edit(start, end, "wrapped inside a token")
    return None


def _is_record(text: str, start: int, end: int) -> bool:
    """Whether either line is a record with fields a tab apart, as of a zone file."""
    line_start = text.rfind("\n", max(start - _NEAR, 0), start)
    if "\t" in text[max(line_start, start - _NEAR, 0) : start].lstrip():
        return True
    return "\t" in text[end : end + _NEAR].partition("\n")[0]


def _edit(start: int, end: int, reason: str) -> Edit:
    return Edit(start, end, "", "soft_break", "breaks", _CONFIDENCE, reason)


def _site(text: str, start: int, end: int) -> Site:
    line_start = text.rfind("\n", max(start - 1024, 0), start) + 1
    line = text[max(line_start, start - _REACH) : start]
    following = text[end : end + _REACH]
    before, behind = _END.search(line[::-1]), _END.search(following)
    left_start = len(line) - before.start() if before else 0
    left = line[left_start:].lstrip("([{")
    right = following[: behind.start()] if behind else following
    rest = following[len(right) :].partition("\n")[0].strip()
    lead = line[:left_start].strip(" \t>|")
    hyphen = left[-1:] if left[-1:] in _MARKS_OF_BREAKS else ""
    margin = text[start:end].strip(" \r\n\t")
    return Site(
        left=left[:-1] if hyphen else left,
        right=right.rstrip(")]}*"),
        hyphen=hyphen,
        quoted=(">" in margin and text[line_start : line_start + 8].lstrip()[:1] == ">")
        or margin == "|",
        indented=text[end - 1] in " \t" and not margin,
        line_length=start - line_start,
        alone=not rest and lead == "",
        leading=lead == "",
        named=line[:left_start].rstrip().endswith(_LEADS),
        rest=rest,
        lead=line[:left_start],
    )


def _is_quoted(text: str, start: int, end: int, site: Site) -> bool:
    """Whether a line that ends with ``=`` is quoted-printable: the joined token says so."""
    left, right = site.left, site.right.rstrip(_CLOSING)
    for owner in _POSSESSIVE:
        right = right.removesuffix(owner)
    if not left or not right:
        return False
    if (_is_padded(left) or (left.isalpha() and lexicon.is_word(left))) and reads(
        right
    ) == INDICATOR:
        return False  # the padding of base64, a key before its value
    joined = reads(left + right)
    if joined == INDICATOR or (joined >= NAME and not (left + right)[0].islower()):
        return True
    if joined >= NAME > reads(left) or _is_version(text, start - 1 - len(left), left, right):
        return True
    if not left[-1].isalnum() or not right[0].isalnum():
        return False
    token = left + right
    if _is_named(text, start - 1 - len(left), end + len(right), token):
        return True
    return token.isalpha() and sense(token) >= WORD > min(sense(left), sense(right))


def _joins_name(text: str, start: int, site: Site) -> bool:
    """Whether a space beside the line end stands between two words of a known name."""
    before = text[max(start - _REACH, 0) : start]
    words = before[before.rfind("\n") + 1 :].split(" ")[-_WORDS_OF_NAME:]
    name = site.right
    for word in reversed(words):
        name = f"{word.lstrip(_OPENING)} {name}"
        if lexicon.lookup(name.rstrip(".,;:!?")) is not None:
            return True
    return False


def _is_version(text: str, start: int, left: str, right: str) -> bool:
    """Whether both halves are of one version: a dot is at the break, or a product's name before."""
    number = left[left.rfind("/") + 1 :]
    if not number[:1].isdigit() or sense(left + right) != DOTTED:
        return False
    return left[-1] == "." or right[0] == "." or is_version_place(text, max(start, 0))


def _is_padded(left: str) -> bool:
    """Whether the equals sign is the padding of base64."""
    mixed = not (left.islower() or left.isupper()) and left.isalnum()
    return mixed and len(left) > 6 and len(left) % 4 == 3


def _is_named(text: str, start: int, end: int, token: str) -> bool:
    """Whether the joined token is a word of a name, whose other words stand on either line."""
    return is_name_with(text, max(start, 0), end, token)


def _ends_in_key(left: str) -> bool:
    """Whether a URL ends with the key of a parameter, whose equals sign is its own."""
    return (
        "://" in left
        and "=" not in left[max(left.rfind("?"), left.rfind("&"), 0) :]
        and "?" in left
    )


def _without_hyphen(text: str, start: int, end: int, site: Site) -> bool | None:
    """Say whether the hyphen stays (True), goes (False), or the halves belong apart (None)."""
    left, right = site.left, site.right
    if not left or not right:
        return None
    if site.hyphen == "-" and reads(left) >= NAME:
        word = right.rstrip(".:!?")
        if left.isalpha() and word.isalpha() and lexicon.lookup(left + word) is not None:
            return None if lexicon.is_word(word) else False
        return _within_path(left, site) if "://" in left else None
    dropped = reads(left + right)
    kept = reads(left + "-" + right) if site.hyphen == "-" else 0.0
    if site.hyphen == _SOFT_HYPHEN and _is_version(text, start - 1 - len(left), left, right):
        return False
    if max(dropped, kept) < NAME:
        return False if _is_split_word(text, start, end, site) else None
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


def _within_path(left: str, site: Site) -> bool | None:
    """Say the same of a URL that is whole without its second half."""
    right = site.right.rstrip(".:!?")
    word = _last_label(left) + _first_label(right)
    if reads(site.right) >= NAME or is_port(right) or "/" not in left.rpartition("://")[2]:
        return None
    if lexicon.is_word(word) and not lexicon.is_word(_first_label(right)):
        return False
    if any(mark in right for mark in "/=&?") or (is_evident(site) and is_path(right)):
        return True
    return None


def _is_split_word(text: str, start: int, end: int, site: Site) -> bool:
    """Whether a word of a name was hyphenated: only the joined one is a word."""
    left, right = site.left, site.right.rstrip(".:!?")
    if not right or _is_named(text, start - 1 - len(left), end + len(right), left + right):
        return bool(right)
    if not (left + right).isalpha():
        return False
    if not left[0].isupper() or right[0].isupper() or not lexicon.is_word(left + right):
        return False
    return not (lexicon.is_word(left) and lexicon.is_word(right))


def _last_label(token: str) -> str:
    return token[max(token.rfind(mark) for mark in JOINTS) + 1 :]


def _first_label(token: str) -> str:
    return token[: min((place for place in map(token.find, JOINTS) if place >= 0), default=99)]


def _is_digest(text: str, site: Site, start: int, end: int) -> bool:
    """Whether two rows of hexadecimal digits are one digest, and not two rows of a dump."""
    left, right = site.left.rpartition("=")[2].rpartition(":")[2], site.right.rstrip(".:?!")
    if len(left) + len(right) not in _DIGEST_LENGTHS or not is_hex(left + right):
        return False
    if reads(left + right) != INDICATOR:
        return False
    whole = {len(left), len(right)} & _DIGEST_LENGTHS
    if whole and (site.alone or len(left) == len(right)):
        # A list of digests, unless what stands before says how long the digest is.
        told = list(_NAME_OF_DIGEST.finditer(site.lead.lower()))
        bits = (len(left) + len(right)) * 4
        return bool(told) and told[-1][1] == ("1" if bits == _SHA1_BITS else str(bits))
    return len(left) != len(right) or not _is_dump(
        text, start - len(left), end + len(right), len(left)
    )


def _is_dump(text: str, start: int, end: int, length: int) -> bool:
    """Whether rows of the same length stand before or after."""
    before = text[max(start - length - 4, 0) : start].split("\n")
    after = text[end : end + length + 4].split("\n")
    rows = (*before[-2:-1], *after[1:2])
    return any(len(row.strip()) >= length - 3 and is_hex(row.strip()) for row in rows)
