"""Glyphs: which characters are look-alikes to be read plainly, and which make another name.

Shared by the decoders `confusable` and `diacritic`, because a token may carry both disguises and is
judged by what it becomes without either. In a DNS name only what IDNA itself maps is undone (UTS
46: compatibility forms and the ideographic full stops), with punctuation and the scheme; any other
letter makes another name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from decloak import indicators
from decloak.core.document import View
from decloak.core.entity import Verdict
from decloak.core.remember import remembered
from decloak.decode.once import once
from decloak.decode.vocabulary import completes_name, is_name_word, is_strong
from decloak.indicators.engine import compile_pattern
from decloak.indicators.skeleton import plain_form, skeleton
from decloak.kb.lexicon import lookup, lookup_all
from decloak.kb.port_names import is_port_name

__all__ = ["Glyph", "glyphs"]

_TOKEN = rb"[!-~]{0,128}[\x80\x83][!-~\x80\x83]{0,256}"

_WRAPPING = "\"'`()[]{}<>.,;:!?*|"
_JOINTS = str.maketrans(dict.fromkeys("#()<>\"'`,;|={}", "\n"))  # between values, in no name
_UNFANG = str.maketrans("", "", "[](){}\\")
_WORD_ENDS = str.maketrans(dict.fromkeys("/_:,;()[]{}=|\"'<>`*.!?@#&", " "))
_ADDRESSES = frozenset(
    {"IP_ADDRESS", "CIDR", "HASH", "CVE", "MAC_ADDRESS", "ASN", "TECHNIQUE", "CPE"}
)
_NAMES = frozenset({"DOMAIN", "URL", "EMAIL"})
_SCHEMES = ("http", "hxxp", "ftp", "fxp", "ssh:", "sftp", "ldap", "rtsp", "smb:", "tcp:", "udp:")
_STATES = frozenset({"open", "closed", "filtered", "open|filtered"})
_WIDE_DASHES = frozenset("\uff0d\ufe63")  # compatibility forms of the hyphen, not of print
_MIDDLE_DOTS = frozenset("\u00b7\u2022\u2219\u22c5")
# Quotation marks and dashes of print are honest; only what names and numbers are made of matters.
_MEANT = frozenset(".:/@-_[](){}%#?=&+0123456789") | frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)
_VERSION_CHARS = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.+~:-")


class Glyph(NamedTuple):
    """Code points to be read plainly.

    Attributes:
        start, end: half-open range; a combining mark stands with the character it is put on.
        plain: what to read.
        family: ``confusable`` or ``diacritic``.
        confidence: in [0, 1].
        reason: why.
    """

    start: int
    end: int
    plain: str
    family: str
    confidence: float
    reason: str


@cache
def _family(char: str) -> str:
    """Return the disguise that a character belongs to; "" when it looks like no ASCII."""
    plain = plain_form(char)
    if char.isascii() or not plain.isascii() or (plain and not _MEANT.issuperset(plain)):
        return ""
    if unicodedata.category(char) in {"Mn", "Mc", "Me"}:
        return "diacritic"
    parts = unicodedata.normalize("NFD", char)
    accented = len(parts) > 1 and parts[0].isascii()
    return (
        "diacritic" if accented or char in "\u0142\u0141\u00f8\u00d8\u0111\u0110" else "confusable"
    )


@cache
def _compatible(char: str) -> str:
    """Return the ASCII that UTS 46 maps a character to, or ""."""
    mapped = "." if char in "\u3002\uff61" else unicodedata.normalize("NFKC", char)
    return mapped if mapped.isascii() else ""


def glyphs(view: View, family: str) -> Iterator[Glyph]:
    """Yield the glyphs of one family that are to be read plainly, sorted, not overlapping."""
    if not view.is_ascii:
        yield from (glyph for glyph in _all_glyphs(view) if glyph.family == family)


@once
def _all_glyphs(view: View) -> list[Glyph]:
    text = view.text
    found: list[Glyph] = []
    for match in compile_pattern(_TOKEN, capture=False).finditer(view.shadow):
        start, end = match.span()
        found += _of_stretch(text, start, text[start:end])
    return found


def _of_stretch(text: str, start: int, token: str) -> Iterator[Glyph]:
    """Judge a token whole, or else piece by piece: ``192.0.2.1#53(192.0.2.1)`` is three."""
    found = _of_token(token)
    if found is not None:
        yield from _moved(found, start)
        return
    for place, piece in _pieces(token):
        if piece.isascii():
            continue
        found = _of_token(piece) if len(piece) < len(token) else None
        if found is None:
            found = tuple(_of_words(text, start + place, piece))
        yield from _moved(found, start + place)


def _moved(found: Iterable[Glyph], by: int) -> Iterator[Glyph]:
    for start, end, plain, family, confidence, reason in found:
        yield Glyph(start + by, end + by, plain, family, confidence, reason)


def _pieces(token: str) -> Iterator[tuple[int, str]]:
    place = 0
    for piece in token.translate(_JOINTS).split("\n"):
        if piece:
            yield place, token[place : place + len(piece)]
        place += len(piece) + 1


@remembered(1 << 15)
def _of_token(token: str) -> tuple[Glyph, ...] | None:
    """Judge a token by its shape alone; None when it is neither an indicator nor hopeless."""
    if not any(map(_family, token)):
        return ()
    plain = "".join(map(plain_form, token))
    if _is_footnoted(token):
        return ()
    label = _shape(plain)
    if label in _NAMES:
        if _is_unresolvable(token, label):
            return tuple(_plainly(token, 0, len(token), "", f"{label} in look-alike characters"))
        return tuple(_in_name(token))
    if label == "VERSION":
        return tuple(_plainly(token, 0, len(token), "-", "a version in look-alike characters"))
    if label:
        return tuple(_plainly(token, 0, len(token), "", f"{label} in look-alike characters"))
    return None


def _is_footnoted(token: str) -> bool:
    """Whether all that is not ASCII is one mark or number hung on at the end."""
    body = token.rstrip(_WRAPPING)
    return (
        bool(body)
        and body[:-1].isascii()
        and body[-1] in "\u00b9\u00b2\u00b3\u00ae\u00a9\u2122\u2026\u2013\u2014\u00b0"
    )


def _shape(plain: str) -> str:
    """Return the label of an indicator in plain spelling, ``VERSION``, or ""."""
    core = plain.strip(_WRAPPING)
    bare = core.translate(_UNFANG)
    low = bare.lower()
    if "://" in low[:12] and low.startswith(_SCHEMES):
        return "URL"
    candidates = dict.fromkeys(
        (
            core,
            bare,
            bare.rpartition(":")[0],
            bare.rpartition(":")[2],
            bare.partition("/")[0],
            bare.rpartition("=")[2],
            bare.partition("#")[0],
        )
    )
    for candidate in candidates:
        found = indicators.classify(candidate)
        if found is not None and found[1].verdict is Verdict.CONFIRMED:
            return found[0]
    product, _, version = bare.rpartition("_")
    if (
        _is_version(bare.removeprefix("v"))
        or _is_version(bare.rpartition("/")[2])
        or (_is_version(version) and lookup(product) is not None)
    ):
        return "VERSION"
    number, slash, protocol = bare.partition("/")
    return "PORT" if slash and number.isdigit() and protocol in {"tcp", "udp", "sctp"} else ""


def _is_unresolvable(token: str, label: str) -> bool:
    """Whether a label is so loaded with marks that DNS has no room for it (RFC 1035, 2.3.4).

    Nobody can hold such a name, so it cannot be another name than the one it looks like.
    """
    core = token.strip(_WRAPPING)
    if core.isascii() or indicators.read(label, core).verdict is not Verdict.REFUTED:
        return False
    marks = sum(unicodedata.combining(char) > 0 for char in core)
    return marks > 4 and indicators.read(label, skeleton(core)).verdict is Verdict.CONFIRMED


def _is_version(text: str) -> bool:
    return (
        text[:1].isdigit()
        and "." in text
        and text.partition(".")[2][:1].isdigit()
        and _VERSION_CHARS.issuperset(text)
    )


def _in_name(token: str) -> Iterator[Glyph]:
    """Yield what may be undone in a URL, domain or e-mail address."""
    plain = [plain_form(char) for char in token]
    scheme_end = "".join(part[:1] or " " for part in plain).find("://") + 1
    for place, char in enumerate(token):
        family = _family(char)
        if not family:
            continue
        reading = plain[place]
        mark = bool(reading) and not reading.isalnum()
        if not (mark or place < scheme_end):
            reading = _compatible(char)
        if (
            reading or place < scheme_end
        ):  # a scheme is one of few words: marks on it hide nothing else
            # Sure: a resolver is asked for the same name before and after.
            yield Glyph(
                place, place + 1, reading, "confusable", 0.999, "what IDNA maps, or punctuation"
            )


def _plainly(token: str, first: int, last: int, kept: str, reason: str) -> Iterator[Glyph]:
    """Yield every look-alike of a stretch; those that look like a character in `kept` stay."""
    place = first
    while place < last:
        end = place + 1
        while end < last and _family(token[end]) == "diacritic" and not plain_form(token[end]):
            end += 1
        char = token[place]
        family = _family(char) or ("diacritic" if end > place + 1 else "")
        plain = plain_form(char)
        honest = kept and (char in _MIDDLE_DOTS or (plain in kept and char not in _WIDE_DASHES))
        if family and plain.isascii() and not honest:
            confidence = _confidence(reason)
            yield Glyph(place, end, plain, family, confidence, reason)
        place = end


def _confidence(reason: str) -> float:
    """Return what the reading is worth: a number in the plain is what it is beyond doubt."""
    if reason.startswith("a version"):
        return 0.97
    return 0.999 if reason.endswith("look-alike characters") else 0.9


def _of_words(text: str, offset: int, token: str) -> Iterator[Glyph]:
    """Judge the words of a token by the vocabulary and by what stands around them."""
    plain = [plain_form(char) for char in token]
    # One code point each, so that offsets stay: what has no ASCII form parts words too.
    marked = "".join(
        char if part == "" else part[0] if part.isascii() else " "
        for char, part in zip(token, plain, strict=True)
    ).translate(_WORD_ENDS)
    whole = len(token.rstrip(_WRAPPING))
    whole = token.find("/", 0, whole) if "/" in token[:whole] else whole
    if is_strong("".join(plain[:whole])) and lookup(token[:whole]) is None:
        yield from _plainly(token, 0, whole, "", f"reads {''.join(plain[:whole])!r}")
        return
    position = 0
    for piece in marked.split(" "):
        start, end = position, position + len(piece)
        position = end + 1
        while end > start and token[end - 1] in "-+":
            end -= 1
        surface = token[start:end]
        if surface.isascii():
            continue
        word = "".join(plain[start:end])
        if _reads_as_name(text, offset + start, offset + end, surface, word):
            yield from _plainly(token, start, end, "", f"reads {word!r}")


def _reads_as_name(text: str, start: int, end: int, surface: str, word: str) -> bool:
    if not 2 <= len(word) <= 40 or not word.isascii() or lookup(surface) is not None:
        return False
    if is_strong(word) and (len(word) >= 4 or _is_unnatural(surface)):
        return True
    known = bool(lookup_all(word))
    if len(word) > 2 and (known or is_name_word(word)) and _is_unnatural(surface):
        return True
    if known and len(word) >= 5 and sum(not char.isascii() for char in surface) > 1:
        return True
    after = text[end : end + 3]
    if known and after[:1] in {"/", " "} and after[1:].lstrip("v")[:1].isdigit():
        return True
    before = text[max(start - 40, 0) : start].split()
    if before and before[-1] in _STATES and is_port_name(word):
        return True
    return completes_name(text, start, end, word)


@remembered(1 << 12)
def _is_unnatural(surface: str) -> bool:
    """Whether no language writes this: scripts mixed in a word, styled letters, stray marks."""
    composed = unicodedata.normalize("NFC", surface)
    latin = any(char.isascii() and char.isalpha() for char in composed)
    for char in composed:
        if char.isascii():
            continue
        category = unicodedata.category(char)
        if category in {"Mn", "Me"}:
            return True
        if _family(char) == "confusable" and (latin or bool(_compatible(char))):
            return True
    return False
