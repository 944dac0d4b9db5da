"""Products: the names and versions in a string that is known to name software.

A ``Server`` header, a greeting, the answer to ``version.bind``: the place says that products are
named here, so ``name/1.2`` or ``Name 1.2.3`` need no vocabulary. Outside such a place the same
shapes mean nothing, and nobody should call this.
"""

from __future__ import annotations

from typing import NamedTuple

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.core.remember import remembered
from decloak.indicators.engine import compile_pattern
from decloak.kb.lexicon import is_word, lookup

__all__ = [
    "MAX_PRODUCT_STRING",
    "SYSTEMS",
    "VERSION_PATTERN",
    "Product",
    "note_products",
    "read_products",
]

MAX_PRODUCT_STRING = 2048
"""Longest string that is read as a list of products; nothing honest is longer."""

# Digits, dots, and what packagers and release managers hang on (8.4p1, 9.9.3-P2, 1.0.2k-fips,
# 7.6.9.v20130131, 4.2.6p2@1.2194-o); a distribution's own revision after a hyphen stays outside.
_TAIL = (
    rb"(?:[a-zA-Z]{1,8}[0-9]{0,6}[a-z]?[0-9]{0,4}){0,1}"
    rb"(?:@[0-9][0-9.]{0,20})?"
    rb"(?:[-.+](?:P|S|W|R|h|rc|RC|alpha|beta|rel|pre|GA|Final|SP|ESV|M|rpz|rl|r|o|SNAPSHOT)"
    rb"\.?[0-9][0-9.]{0,12}[a-z]?|-(?:ESV|alpha|beta|dev|SNAPSHOT|STABLE|r|o)){0,3}"
    rb"(?:_hpn[0-9]{1,3}v[0-9]{1,3}|~[a-z0-9]{1,16}(?:-[0-9]{1,4})?)?"
)
# Trains of Cisco and Juniper: 15.0(2)SE11, 9.8(2), 7.0(3)I7(9), 20.4R3-S1.3.
_TRAIN = (
    rb"[0-9]{1,2}\.[0-9]{1,2}\([0-9]{1,3}[a-z]?(?:\.[0-9]{1,3})?\)"
    rb"(?:[A-Z]{1,4}[0-9]{0,4}[a-z]?(?:\([0-9]{1,3}[a-z]?\))?)?"
    rb"|[0-9]{2}\.[0-9][RXIB][0-9]{1,3}(?:-[SD][0-9]{1,3}(?:\.[0-9]{1,3})?)?"
)
_DOTTED = (
    rb"(?:"
    + _TRAIN
    + rb"|[0-9]{1,10}(?:\.[0-9]{1,14}[A-Z]?|\.[a-z]{1,3}[0-9]{0,10}|\.GA|\.Final){1,8}"
    + _TAIL
    + rb")"
)
_NUMBER = rb"(?:[0-9]{1,10}|R[0-9](?:_[0-9]{1,3}){1,3})" + _TAIL
VERSION_PATTERN = rb"(?:" + _DOTTED + rb")"
_WORD = rb"[A-Za-z][A-Za-z0-9+&!]{0,40}(?:[-_.][A-Za-z][A-Za-z0-9+]{0,40}){0,6}"
_NAME = _WORD + rb"(?: (?:[A-Z][A-Za-z0-9+-]{0,40}|for|of)){0,5}"
_KEYWORD = rb"(?:[Vv]\.?|(?:[Vv]er(?:sion|\.)?|VERSION|[Rr]elease|[Rr]ev(?:ision)?)[ :=]{1,3}[vV]?)"
_PRODUCTS = compile_pattern(
    rb"("
    + _NAME
    + rb")(?:/[vV]?\.?|[ ,]{0,2} "
    + _KEYWORD
    + rb")("
    + _DOTTED
    + rb"|"
    + _NUMBER
    + rb")"
    rb"|(" + _NAME + rb")(?:(?:[-_ ]|: )" + _KEYWORD + rb"?| ?\([vV]?)(" + _DOTTED + rb")"
    rb"|\b" + _KEYWORD + rb" ?(" + _DOTTED + rb")"
    rb"|\(((?:[A-UW-Z]|[A-Za-z]{2,4})" + _DOTTED + rb")\)"
)
_VERSION_GROUPS = (2, 4, 5, 6)
_NAMELESS = 5  # from this group on, the version stands alone
_PROTOCOLS = frozenset(
    {"http", "https", "upnp", "dlnadoc", "ssh", "tls", "ssl", "rtsp", "sip", "jsp", "servlet",
     "smtp", "esmtp", "ftp", "mime", "xml", "http server", "port", "dlna", "ip", "utc", "gmt"}
)  # fmt: skip
# Systems in banners that are too short or too plain to be known by name anywhere else.
SYSTEMS = frozenset({"win32", "win64", "win2003", "windows", "unix", "darwin", "sunos", "qnx"})
_PLAIN = frozenset(
    {"server", "station", "firmware", "kernel", "nkernel", "service", "system software", "on", "at",
     "from", "build", "model", "version", "release", "revision", "port", "software", "web server", "ftp server", "with", "and", "by"}
)  # fmt: skip
_WORDS = compile_pattern(rb"[A-Za-z][A-Za-z0-9]{1,40}", capture=False)
# Vendors that stand before a product's own name; the name alone is the product.
_VENDORS = ("Microsoft", "Apache", "Oracle", "IBM", "Sun", "Cisco", "HP", "Mbedthis", "Embedthis")
_VENDOR_LEADS = frozenset(f"{vendor} " for vendor in _VENDORS)
_WHOLE = frozenset({"apache httpd", "apache-coyote", "oracle http server"})


_LEADS = frozenset({"to", "is", "by", "on", "at", "the", "from", "running", "Welcome", "This"})


class Product(NamedTuple):
    """One name or version that a product string holds: its label and place."""

    label: str
    start: int
    end: int


def read_products(view: View, start: int, end: int) -> list[Product]:
    """Return the software, systems and versions named in a range, in order of the text."""
    end = min(end, start + MAX_PRODUCT_STRING)
    text, shadow = view.text, view.shadow
    found: list[Product] = []
    numbered = len(shadow[start:end].translate(None, b"0123456789")) < end - start
    for match in _PRODUCTS.finditer(shadow, start, end) if numbered else ():
        group = next(group for group in _VERSION_GROUPS if match.start(group) >= 0)
        version = Product("VERSION", *match.span(group))
        if group < _NAMELESS:
            low, high = match.span(group - 1)
            name = text[low:high]
            if _is_protocol(name) or _in_path(text, start, low):
                continue
            low += _plain_lead(name)
            name = text[low:high]
            if not _is_plain(name):
                found.append(_named(text, low, high))
        found.append(version)
    taken = [(product.start, product.end) for product in found]
    found += [
        system
        for system in _systems(view, start, end)
        if not any(low < system.end and system.start < high for low, high in taken)
    ]
    return sorted(found, key=_place)


def _in_path(text: str, start: int, low: int) -> bool:
    """Whether a name stands inside a path or URL: ``a/name``, ``.name``, ``](name``."""
    before = text[max(start, low - 2) : low]
    return before[-1:] in {".", "@", "\\", "%"} or (
        before[-1:] == "/" and (before[:1].isalnum() or before[:1] in {"/", "]"})
    )


def _place(product: Product) -> int:
    return product.start


def _is_protocol(name: str) -> bool:
    """Whether a version belongs to a protocol (``Linux UPnP/1.0``), not to a product."""
    return name.casefold() in _PROTOCOLS or name.endswith((" UPnP", " HTTP", " DLNADOC"))


def _plain_lead(name: str) -> int:
    """Return the length of ordinary words before a name: ``Welcome to Example``."""
    lead = 0
    while (word := name[lead:].partition(" ")[0]) in _LEADS and lead + len(word) < len(name):
        lead += len(word) + 1
    return lead


def _is_plain(name: str) -> bool:
    """Whether a name is an ordinary word that merely stands before a version."""
    return name.casefold() in _PLAIN or (name.islower() and lookup(name) is None and is_word(name))


@remembered(8192)
def _is_system(folded: str) -> bool:
    entry = lookup(folded, "OS")
    return folded in SYSTEMS or (entry is not None and not entry.is_weak(folded))


def _named(text: str, low: int, high: int) -> Product:
    name = text[low:high]
    folded = name.casefold()
    if _is_system(folded):
        return Product("OS", low, high)
    if folded not in _WHOLE:
        for vendor in _VENDORS:
            if name.startswith(vendor) and name[len(vendor) : len(vendor) + 1] in {" ", "-"}:
                return Product("SOFTWARE", low + len(vendor) + 1, high)
    return Product("SOFTWARE", low, high)


def _systems(view: View, start: int, end: int) -> list[Product]:
    """Return operating systems that stand there by name, without a version; with their vendor's."""
    found: list[Product] = []
    before = (start, start)
    for match in _WORDS.finditer(view.shadow, start, end):
        low, high = match.span()
        if _is_system(view.text[low:high].casefold()):
            whole = view.text[before[0] : low] in _VENDOR_LEADS and _is_system(
                view.text[before[0] : high].casefold()
            )
            found.append(Product("OS", before[0] if whole else low, high))
        before = low, high
    return found


def note_products(view: View, start: int, end: int, facts: Facts, detail: str) -> None:
    """Note every product of a range; a range without any that can be told is left alone."""
    for product in read_products(view, start, end):
        facts.note(product.label, product.start, product.end, f"{detail}.{product.label.lower()}")
