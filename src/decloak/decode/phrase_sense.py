"""Phrase sense: whether a token is a word of a name (``Rockwell Automation``, ``Example LLC``)."""

from __future__ import annotations

from decloak.core.remember import remembered
from decloak.decode.surroundings import is_service_cell
from decloak.kb import lexicon
from decloak.kb.port_names import is_port_name

__all__ = ["is_bounded", "is_holder", "is_legal_form", "is_name_with", "is_wordlike"]

_WORDS = 3  # words on either side that may belong to the name
_REACH = 64  # code points on either side in which they are looked for
_LETTERS = 3  # fewest letters of a name
_NO_SIGNS = str.maketrans("", "", ".,&'-()/+_!")
_EDGES = frozenset(" \t\r\n\"'(),;:<>|[]{}")
_LEGAL_FORMS = frozenset(
    [
        "llc",
        "ltd",
        "limited",
        "inc",
        "incorporated",
        "corp",
        "corporation",
        "company",
        "gmbh",
        "ag",
        "kg",
        "se",
        "plc",
        "s.a",
        "s.a.s",
        "sa",
        "sas",
        "bv",
        "b.v",
        "nv",
        "n.v",
        "oy",
        "oyj",
        "ab",
        "as",
        "a/s",
        "aps",
        "srl",
        "s.r.l",
        "sarl",
        "spa",
        "s.p.a",
        "pty",
        "kk",
        "ooo",
        "zao",
        "pjsc",
        "jsc",
        "sp.z.o.o",
        "kft",
    ]
)
_FIELDS = frozenset(
    [
        "registrar",
        "registrant",
        "organization",
        "organisation",
        "org",
        "orgname",
        "org-name",
        "owner",
        "holder",
        "isp",
        "descr",
        "company",
        "vendor",
        "netname",
        "product",
        "software",
        "server",
        "service",
        "asn",
        "provider",
        "hosting",
    ]
)
_TRIMMED = "\"'`()[]{}<>,;:!?*|"


def is_name_with(text: str, start: int, end: int, token: str) -> bool:
    """Whether `token`, read instead of text[start:end], is part of a known name around it.

    A service that IANA lists is one where the port of a scan has its service. The words beside it must stand on the same line, a single space apart, and belong to the name.
    """
    left = text[max(start - _REACH, 0) : start]
    right = text[end : end + _REACH]
    left = left[left.rfind("\n") + 1 :]
    if is_port_name(token.lower()) and (
        is_service_cell(text, start) or left.endswith('service name="')
    ):
        return True
    before = left[left.rfind("\t") + 1 :].split(" ")
    after = right.partition("\n")[0].partition("\t")[0].split(" ")
    if before[-1] or after[0]:
        return False  # more of the token stands beside it
    return _is_named(
        tuple(before[:-1][-_WORDS:]), token.strip(_TRIMMED), tuple(after[1 : _WORDS + 1])
    )


@remembered(1 << 12)
def _is_named(before: tuple[str, ...], token: str, after: tuple[str, ...]) -> bool:
    for first in range(len(before), -1, -1):
        for last in range(len(after) + 1):
            words = (*before[first:], token, *after[:last])
            if len(words) > 1 and lexicon.lookup(" ".join(words).strip(_TRIMMED)) is not None:
                return True
    return False


def is_wordlike(text: str) -> bool:
    """Whether text is made as names of organisations and products are: mostly letters."""
    if text.rstrip(".").lower() in _LEGAL_FORMS:
        return True
    letters = sum(char.isalpha() for char in text)
    return (
        letters >= _LETTERS
        and letters * 5 >= len(text) * 3
        and text.isascii()
        and text.replace(" ", "").translate(_NO_SIGNS).isalnum()
    )


def is_holder(text: str, start: int, end: int, token: str) -> bool:
    """Whether `token`, read instead of text[start:end], is the name of an organisation or product.

    A legal form at its end says so, or a field before it whose value is such a name.
    """
    words = token.split(" ")
    following = text[end : end + _REACH].partition("\n")[0].split(" ")
    last = following[1] if following[0] == "" and len(following) > 1 else words[-1]
    before = text[max(start - _REACH, 0) : start].rstrip(" ")
    previous = before.rpartition(" ")[2].rstrip(",")
    named = len(words) > 1 or (previous[:1].isupper() and previous.isalnum())
    if (named and is_legal_form(words[-1])) or (last != words[-1] and is_legal_form(last)):
        return True
    line = text[max(start - 2 * _REACH, 0) : start]
    line = line[line.rfind("\n") + 1 :]
    name, colon, value = line.rpartition(":")
    if not colon or len(value.split()) > _WORDS + 1:
        return False
    name = name.rstrip("\" '.\t")
    key = name[max(name.rfind(mark) for mark in '",{;|') + 1 :].strip().lower()
    return key.rpartition(" ")[2] in _FIELDS or key.partition(" ")[0] in _FIELDS


def is_legal_form(word: str) -> bool:
    """Whether a word says what kind of company a name is of."""
    return word.rstrip(_TRIMMED).rstrip(".").lower() in _LEGAL_FORMS


def is_bounded(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] is a whole word, outside URLs, paths and assignments."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return (not before or before in _EDGES) and (not after or after in _EDGES)
