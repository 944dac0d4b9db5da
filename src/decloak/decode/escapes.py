r"""Escapes: percent-encoding (RFC 3986) and string escapes (``\u002e``, ``\x2e``, ``\/``).

Undone where they hide an indicator or a name. In an honest URL the path and the query keep theirs;
what is undone there is the host, and a URL that is encoded as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.core.limits import MAX_URL
from decloak.decode.base import Expert
from decloak.decode.encodings import CERTAIN
from decloak.decode.phrase_sense import (
    is_bounded,
    is_holder,
    is_legal_form,
    is_name_with,
    is_wordlike,
)
from decloak.decode.sense import INDICATOR, NAME, WORD, beneath, gains, sense, value_start
from decloak.indicators.engine import Match, compile_pattern
from decloak.kb.lexicon import lookup

__all__ = ["Escapes", "Percent"]

_PLAIN = rb"A-Za-z0-9._~:/?#@!$&*+,;=\[\]%-"
_PERCENT = rb"%(?:25)*[0-9A-Fa-f]{2}"
_PERCENT_TOKEN = rb"[" + _PLAIN + rb"]*%[0-9A-Fa-f]{2}[" + _PLAIN + rb"]*"
_PLUS_TOKEN = rb"[A-Za-z][A-Za-z0-9._!-]*,?\+[A-Za-z0-9][A-Za-z0-9._/+,!-]*"

_BACKSLASH = (
    rb"\\{1,4}(?:u[0-9A-Fa-f]{4}|u\{0{0,6}[0-9A-Fa-f]{1,6}\}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}"
    rb"|x\{0{0,6}[0-9A-Fa-f]{1,6}\}|0[0-7]{2}|1[0-7]{2}|/)"
)
_BACKSLASH_TOKEN = (
    rb"[" + _PLAIN + rb"]*" + _BACKSLASH + rb"(?:[" + _PLAIN + rb"]|" + _BACKSLASH + rb")*"
)

# What an escape may hide: the characters of indicators. Quotes, spaces and controls stay escaped.
_TELLING = 4
"""Different letters in percent escapes, which need none (RFC 3986, section 2.3): somebody hides them."""
_HIDDEN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~:/?#@-+=&%")
_SHOWN = _HIDDEN | frozenset(" ,'()")
_HOST = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~:/@-")
_SEPARATORS = str.maketrans(dict.fromkeys("&,;=?#", " "))

_CONFIDENCE = 0.95
_SCHEME = 16  # letters of a scheme
_SHORT = 3  # letters that may be two or three octets of a byte string


class Percent:
    """Undo percent-encoding, also repeated, of hosts, addresses, names and whole URLs."""

    name = "percent"
    version = 1
    expert: Expert = "symbol"
    families = ("percent",)
    trigger = rb"%[0-9A-Fa-f]{2}|[A-Za-z,.!]\+[A-Za-z]"

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield one edit per escape that hides a character of an indicator or a name."""
        tokens = _PERCENT_TOKEN + rb"|" + _PLUS_TOKEN
        for match in compile_pattern(tokens, capture=False).finditer(view.shadow):
            start, end = match.span()
            if end - start > MAX_URL:
                continue
            start = value_start(view.text, start, end)
            if b"%" in view.shadow[start:end]:
                yield from _percent_token(view, start, end)
            else:
                yield from _plus_token(view.text, start, end)


def _percent_token(view: View, start: int, end: int) -> Iterator[Edit]:
    text = view.text
    if text[max(start - 1, 0)] == "\\" and "://" in text[max(start - 256, 0) : start].split()[-1]:
        return  # https://example.com/a\\_b?u=http%3A%2F%2F...: the tail of an honest URL
    scheme = text.find("://", start, end)
    if scheme >= 0 and "%" not in text[start:scheme]:
        # An honest URL so far: only its authority may be disguised.
        authority_end = _first_of(text, "/?#", scheme + 3, end)
        if text.find("%", scheme + 3, authority_end) >= 0:
            yield from _host_edits(view, scheme + 3, authority_end)
        return
    place = start
    for part in text[start:end].split(","):
        stop = place + len(part)
        whole = list(_whole_url(view, place, stop))
        yield from whole
        for low, high in () if whole else _pieces(text, place, stop):
            if text.find("%", low, high) >= 0:
                yield from _piece_edits(view, low, high)
        place = stop + 1


def _whole_url(view: View, start: int, end: int) -> Iterator[Edit]:
    """Undo all in a URL whose scheme is encoded: what parts its query is a part of it as well."""
    text = view.text
    if _first_of(text, "?#", start, end) == end:
        return
    escapes = _escapes(view, start, end)
    whole = [edit for match in escapes for edit in _undone(view, match, _HIDDEN)]
    after = _applied(text, start, end, whole)
    scheme = after.find("://")
    if not 0 < scheme <= _SCHEME or not after[:scheme].isalnum() or beneath(after) < NAME:
        return
    if text.startswith(after[: scheme + 3], start):
        return
    layers = min(text.count("25", e.start, e.end - 2) for e in whole[:3]) + 1
    yield from (edit for match in escapes for edit in _peeled(view, match, layers))


def _first_of(text: str, marks: str, start: int, end: int) -> int:
    places = (text.find(mark, start, end) for mark in marks)
    return min((place for place in places if place >= 0), default=end)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a token between separators of query strings, or of Nmap's grepable layout."""
    place = start
    token = text[start:end].translate(_SEPARATORS)
    if "/tcp//" in token or "/udp//" in token:
        token = token.replace("/", " ")
    for part in token.split(" "):
        if part:
            yield place, place + len(part)
        place += len(part) + 1


def _escapes(view: View, start: int, end: int) -> list[Match]:
    return list(compile_pattern(_PERCENT, capture=False).finditer(view.shadow, start, end))


def _host_edits(view: View, start: int, end: int) -> Iterator[Edit]:
    """Undo everything in the authority of a URL when that makes it a host."""
    edits = [edit for match in _escapes(view, start, end) for edit in _undone(view, match, _HOST)]
    if edits and gains(view.text[start:end], _applied(view.text, start, end, edits)):
        yield from edits


def _piece_edits(view: View, start: int, end: int) -> Iterator[Edit]:
    text = view.text
    escapes = _escapes(view, start, end)
    whole = [edit for match in escapes for edit in _undone(view, match, _HIDDEN)]
    after = _applied(text, start, end, whole)
    scheme = after.find("://")
    if 0 < scheme <= _SCHEME and after[:scheme].isalnum():
        if beneath(after) >= NAME:
            # Encoded as a whole: every escape loses as many layers as the scheme's colon has.
            layers = min(text.count("25", e.start, e.end - 2) for e in whole[:3]) + 1
            yield from (edit for match in escapes for edit in _peeled(view, match, layers))
        return
    if (
        sense(after) == INDICATOR
        and "@" in after
        and any(_is_needless(edit) for edit in whole)
        and all(_is_needless(edit) or edit.replacement in "@_+~" for edit in whole)
    ):  # it could be an address as it stands
        yield from (replace(edit, confidence=CERTAIN) for edit in whole)
        return
    head_end = _first_of(text, "/", start, end)
    head = [edit for edit in whole if edit.end <= head_end and edit.replacement in _HOST]
    if head and gains(text[start:end], _applied(text, start, end, head)):
        yield from head
        return
    named = [edit for match in escapes for edit in _undone(view, match, _SHOWN)]
    if named and _is_shown(text, start, end, named):
        yield from named
        return
    tail = [edit for edit in whole if edit.start > head_end]
    if tail and text.find("/", head_end + 1, end) < 0:  # Apache/2%2e4: the version of a product
        after = _applied(text, head_end + 1, end, tail)
        if gains(text[head_end + 1 : end], after) and after[:1].isdigit():
            yield from tail


def _is_needless(edit: Edit) -> bool:
    """Whether an escape hides a character that needs none in an address."""
    return edit.replacement.isalnum() or edit.replacement in ".-"


def _is_shown(text: str, start: int, end: int, edits: list[Edit]) -> bool:
    """Whether a token without its escapes is a name, or a word of a name, outside URLs."""
    after = _applied(text, start, end, edits)
    if gains(text[start:end], after):
        return True
    while end > start and text[end - 1] in ",;:":
        end -= 1
    after = after.rstrip(",;:")
    if not is_wordlike(after) or not is_bounded(text, start, end) or "/" in after:
        return False
    product, _, version = after.rpartition(" ")
    if version[:1].isdigit() and sense(product) == NAME:
        return True
    if is_name_with(text, start, end, after) or is_holder(text, start, end, after):
        return True
    letters = {edit.replacement for edit in edits if edit.replacement.isalpha()}
    return len(letters) >= _TELLING


def _undone(view: View, match: Match, allowed: frozenset[str]) -> Iterator[Edit]:
    """Yield the edit that undoes all layers of one percent escape."""
    start, end = match.span()
    char = chr(int(view.text[end - 2 : end], 16))
    if char in allowed:
        yield _percent_edit(view.text, start, end, char)


def _peeled(view: View, match: Match, layers: int) -> Iterator[Edit]:
    """Yield the edit that takes `layers` layers off one percent escape."""
    start, end = match.span()
    text = view.text
    own = (end - start - 1) // 2  # two digits for the character, two for every further layer
    if own > layers:
        left = "%" + "25" * (own - layers - 1) + text[end - 2 : end]
        if left != text[start:end]:
            yield _percent_edit(text, start, end, left)
        return
    yield from _undone(view, match, _HIDDEN)


def _percent_edit(text: str, start: int, end: int, replacement: str) -> Edit:
    reason = f"{text[start:end]} stands for {replacement!r}"
    return Edit(start, end, replacement, "percent", "percent", _CONFIDENCE, reason)


def _plus_token(text: str, start: int, end: int) -> Iterator[Edit]:
    """Undo the spaces of a form-encoded name, when the name is known."""
    token = text[start:end]
    while token[-1] in ",!-":
        token, end = token[:-1], end - 1
    plain = token.replace("+", " ")
    if not gains(token, plain) and not (
        is_bounded(text, start, end)
        and is_wordlike(plain)
        and (is_name_with(text, start, end, plain) or _is_form_encoded(text, start, end, plain))
    ):
        return
    place = token.find("+")
    while place >= 0:
        at = start + place
        yield Edit(at, at + 1, " ", "percent", "percent", 0.9, "+ stands for a space")
        place = token.find("+", place + 1)


def _is_form_encoded(text: str, start: int, end: int, plain: str) -> bool:
    """Whether every space of a holder's name is a plus; one alone may be part of the name."""
    several = plain.count(" ") > 1 or is_legal_form(plain.rpartition(" ")[2])
    return several and is_holder(text, start, end, plain)


def _applied(text: str, start: int, end: int, edits: list[Edit]) -> str:
    parts: list[str] = []
    place = start
    for edit in edits:
        parts += (text[place : edit.start], edit.replacement)
        place = edit.end
    return "".join((*parts, text[place:end]))


class Escapes:
    r"""Undo the escapes of programming languages and JSON inside indicators and names."""

    name = "escapes"
    version = 1
    expert: Expert = "symbol"
    families = ("markup",)
    trigger = _BACKSLASH

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield one edit per string escape that hides a character of an indicator or a name."""
        for match in compile_pattern(_BACKSLASH_TOKEN, capture=False).finditer(view.shadow):
            start, end = match.span()
            if end - start <= MAX_URL:
                yield from _backslash_token(view, value_start(view.text, start, end), end)


def _backslash_token(view: View, start: int, end: int) -> Iterator[Edit]:
    """Undo a token's escapes; one that hides a quote or the like ends the token."""
    text = view.text
    edits: list[Edit] = []
    spaces: list[int] = []  # indices of edits that show a space: only known names have them
    for match in compile_pattern(_BACKSLASH, capture=False).finditer(view.shadow, start, end):
        char = _character(text[match.start() : match.end()].lstrip("\\"))
        if char in _HIDDEN or char == " ":
            if char == " ":
                spaces.append(len(edits))
            reason = f"{text[match.start() : match.end()]} stands for {char!r}"
            edits.append(Edit(*match.span(), char, "markup", "escapes", _CONFIDENCE, reason))
        else:
            yield from _between_spaces(text, start, match.start(), edits, spaces)
            start, edits, spaces = match.end(), [], []
    yield from _between_spaces(text, start, end, edits, spaces)


def _between_spaces(
    text: str, start: int, end: int, edits: list[Edit], spaces: list[int]
) -> Iterator[Edit]:
    """Take a token with escaped spaces for one known name, or else for several tokens."""
    after = _applied(text, start, end, edits) if edits else ""
    if spaces and sense(after) == NAME and (len(spaces) < len(edits) or lookup(after) is not None):
        yield from edits
        return
    if spaces and beneath(after) == INDICATOR and beneath(text[start:end]) < INDICATOR:
        yield from edits  # spaces are part of the disguise within: 192 DOT 0 DOT 2 DOT 1
        return
    if edits and is_wordlike(after) and _is_spelt(text, start, end, edits, after):
        yield from edits
        return
    first = 0
    for index in spaces:
        yield from _useful(text, start, edits[index].start, edits[first:index])
        start, first = edits[index].end, index + 1
    yield from _useful(text, start, end, edits[first:])


def _is_spelt(text: str, start: int, end: int, edits: list[Edit], after: str) -> bool:
    """Whether letters are escaped, which nothing needs: a name that is not to be found."""
    spelt = sum(edit.replacement.isalnum() for edit in edits)
    if text[end : end + 1] == "\\" or text[start - 1 : start] == "\\":
        return False  # a path, or a string with octets that are no text
    if len(after) > _SHORT and spelt:
        partly = spelt > 1 and sum(map(str.isalnum, after)) > spelt and len(set(after)) > _SHORT
        if partly or sense(after) >= WORD:
            return True
    return is_name_with(text, start, end, after) or (
        "/" not in after and is_holder(text, start, end, after)
    )


def _character(escape: str) -> str:
    """Return what an escape without its backslashes stands for; empty when it is no character."""
    if escape == "/":
        return "/"
    digits = escape.lstrip("uUx").strip("{}")
    number = int(digits, 8 if escape[0] in "01" else 16)
    return chr(number) if number < 0x80 else ""


def _useful(text: str, start: int, end: int, edits: list[Edit]) -> Iterator[Edit]:
    """Yield those edits that turn a part of the token into something."""
    if not edits:
        return
    if gains(text[start:end], _applied(text, start, end, edits)):
        yield from edits
        return
    slash = text.rfind("/", start, end) + 1
    if slash > start and text.find("/", start, slash - 1) < 0:  # Apache/2\\x2e4
        tail = [edit for edit in edits if edit.start >= slash]
        if tail and gains(text[slash:end], _applied(text, slash, end, tail)):
            yield from tail
            return
    index = 0
    for piece_start, piece_end in _pieces(text, start, end):
        first = index
        while index < len(edits) and edits[index].end <= piece_end:
            index += 1
        own = edits[first:index]
        if not own:
            continue
        after = _applied(text, piece_start, piece_end, own)
        if not gains(text[piece_start:piece_end], after):
            continue
        if "://" in after:  # the rest of the token is its query
            yield from edits[first:]
            return
        yield from own
