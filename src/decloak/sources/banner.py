"""Banners: what a service says when it is spoken to, as a whole text or as a line of another.

HTTP headers, SSH identification strings (RFC 4253, section 4.2), greetings of SMTP, FTP, POP3 and
IMAP servers, NTP variables, ``version.bind`` answers, MySQL server versions.
"""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.indicators.engine import compile_pattern
from decloak.kb.lexicon import Entry, lookup
from decloak.sources.names import note_name
from decloak.sources.products import MAX_PRODUCT_STRING, VERSION_PATTERN, Product, read_products

__all__ = ["BANNER", "Banner"]

_HEADER = (
    rb"(?:[Ss]erver|SERVER|[Xx]-[Pp]owered-[Bb]y|[Uu]ser-[Aa]gent|[Vv]ia|X-Generator|X-Server)"
)
_TOKEN = rb"[A-Za-z][A-Za-z0-9_.+-]{1,40}/v?[0-9][A-Za-z0-9_.+~-]{0,40}"
_LINE = (
    rb"(?:SSH-[12]\.[0-9]{1,2}-[!-~]"
    rb"|(?:220|214|554)[ -][^\n]{0,200}(?:SMTP|FTP|Sendmail|Exim|[Rr]eady|[Ss]erver)"
    rb"|\+OK [^\n]{0,200}(?:ready|POP3|Dovecot)"
    rb"|\* OK [^\n]{0,300}(?:IMAP|[Rr]eady)"
    rb"|HTTP/[0-9.]{1,3} [1-5][0-9]{2}(?: |$)"
    rb"|" + _HEADER + rb": ?[!-~]"
    rb"|version=\"?[A-Za-z]+ [0-9]"
    rb"|(?:OpenSSH|dropbear|libssh|paramiko)[_-][0-9]"
    rb"|" + _TOKEN + rb"(?: \([^)\n]{0,80}\)| " + _TOKEN + rb"){0,12}[ \t]*$)"
)
_NAMED_HEADER = compile_pattern(
    rb"[ \t]*(?:" + _HEADER + rb"|([Hh]ost)|[Xx]-[A-Za-z-]{1,40}):[ \t]*([^\n]*)"
)
_GREETING = compile_pattern(rb"[ \t]*(?:220|214|554)[ -]([A-Za-z0-9][A-Za-z0-9.-]{1,252})(?: |$)")
_IDENTIFICATION = compile_pattern(rb"[ \t]*SSH-[12]\.[0-9]{1,2}-([^\n]*)")
_BARE = compile_pattern(rb"[ \t\n\"']{0,64}([vV]?" + VERSION_PATTERN + rb")(?:[-_+ ,;:\"'\n(\[]|$)")
_IS_NO_VERSION = compile_pattern(
    rb"(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?:[-/:][0-9.]{1,15})?|[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{4}"
    rb"|(?:19|20)[0-9]{2}[./-][0-9]{1,2}[./-][0-9]{1,2}",
    capture=False,
)
_NAME_TO_VERSION = 3  # characters between a name and its version
_WORDS = compile_pattern(rb"[A-Za-z][A-Za-z0-9+!]{0,40}", capture=False)
_LINES = compile_pattern(rb"[^\n]+", capture=False)
_SHORTEST_WEAK = 4
_LONGEST_TEXT = 64
_LONGEST_NAME = 4  # words of a name that is looked up
# MariaDB and its proxies put this before their own version, for clients that expect MySQL 5.5.
_REPLICATION_PREFIX = "5.5.5-"


class Banner:
    """Parser of banners. `parse` believes every line; `anchor` finds lines worth believing."""

    name = "banner"
    source = "banner"
    layout = "banner"
    description = "greetings and headers of network services"
    anchor = rb"(?m)^[ \t]{0,8}" + _LINE

    def score(self, view: View, start: int, end: int) -> float:
        """Return how sure it is; short texts that only name a product and version score low."""
        if _ANCHOR.search(view.shadow, start, min(end, start + MAX_PRODUCT_STRING)):
            return 0.9
        if end - start > _SHORT or _NO_BANNER.search(view.shadow, start, end):
            return 0.0
        if any(product.label == "VERSION" for product in _read(view, start, end)):
            return 0.6
        return 0.0

    def parse(self, view: View, start: int, end: int, facts: Facts) -> None:
        """Note the software, systems, versions and names of every line."""
        for line in _LINES.finditer(view.shadow, start, end):
            _parse_line(view, *line.span(), facts)


_ANCHOR = compile_pattern(Banner.anchor, capture=False)
_SHORT = 400
_NO_BANNER = compile_pattern(
    rb"(?i)://|hxxp|\]\(|\b(?:the|is|are|was|were|has|have|been|which|that|this|these|their|into|from|and|its)\b",
    capture=False,
)


def _parse_line(view: View, start: int, end: int, facts: Facts) -> None:
    shadow = view.shadow
    end = min(end, start + MAX_PRODUCT_STRING)
    if header := _NAMED_HEADER.match(shadow, start, end):
        if header.start(1) >= 0:
            host = view.text[header.start(2) : end].partition(":")[0].rstrip()
            note_name(view, header.start(2), header.start(2) + len(host), facts, "banner.host")
            return
        start = header.start(2)
    elif greeting := _GREETING.match(shadow, start, end):
        note_name(view, *greeting.span(1), facts, "banner.name")
    elif identification := _IDENTIFICATION.match(shadow, start, end):
        start = identification.start(1)
    for product in _read(view, start, end):
        detail = f"banner.{product.label.lower()}"
        facts.note(product.label, product.start, product.end, detail)


def _read(view: View, start: int, end: int) -> list[Product]:
    """Return what `read_products` finds, a version that stands first, and known names."""
    end = min(end, start + MAX_PRODUCT_STRING)
    if view.text.startswith(_REPLICATION_PREFIX, start, end):
        start += len(_REPLICATION_PREFIX)
    found = read_products(view, start, end)
    bare = _BARE.match(view.shadow, start, end)
    found = [product for product in found if not _stands_for_itself(view, product, found)]
    if (
        bare
        and not _IS_NO_VERSION.fullmatch(view.shadow, *bare.span(1))
        and not any(product.start <= bare.start(1) for product in found)
    ):
        found.insert(0, Product("VERSION", *bare.span(1)))
    taken = bytearray(end - start)
    for product in found:
        taken[product.start - start : product.end - start] = b"\1" * (product.end - product.start)
    found += [
        p for p in _known(view, start, end) if not any(taken[p.start - start : p.end - start])
    ]
    return sorted(found, key=_place)


def _stands_for_itself(view: View, product: Product, found: list[Product]) -> bool:
    """Whether what looks like a version is an address or a date, as no name stands before it."""
    if product.label != "VERSION":
        return False
    if not _IS_NO_VERSION.fullmatch(view.shadow, product.start, product.end):
        return False
    return not any(
        other.label != "VERSION" and 0 < product.start - other.end <= _NAME_TO_VERSION
        for other in found
    )


def _place(product: Product) -> int:
    return product.start


def _believed(entry: Entry, name: str) -> bool:
    """Whether a name is meant: a banner is the context that a weak one asks for."""
    return not entry.is_weak(name) or (len(name) >= _SHORTEST_WEAK and not name.islower())


def _known(view: View, start: int, end: int) -> Iterator[Product]:
    """Yield names of the lexicon, longest first at each word."""
    words = [match.span() for match in _WORDS.finditer(view.shadow, start, end)]
    index = 0
    while index < len(words):
        step = 1
        for size in range(min(_LONGEST_NAME, len(words) - index), 0, -1):
            low, high = words[index][0], words[index + size - 1][1]
            if high - low > _LONGEST_TEXT:
                continue
            name = view.text[low:high].rstrip("!")
            entry = lookup(name)
            if entry and entry.label in {"SOFTWARE", "OS"} and _believed(entry, name):
                yield Product(entry.label, low, low + len(name))
                step = size
                break
        index += step


BANNER = Banner()
