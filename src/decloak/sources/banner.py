"""Banners: what a service says when it is spoken to, as a whole text or as a line of another.

HTTP headers, SSH identification strings (RFC 4253, section 4.2), greetings of SMTP, FTP, POP3 and
IMAP servers, NTP variables, ``version.bind`` answers, MySQL server versions.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.core.remember import remembered
from decloak.indicators.engine import Pattern, compile_pattern
from decloak.indicators.quads import is_quad, is_small, is_version
from decloak.kb.lexicon import Entry, ends_with_product, entries, lookup, names_own_product
from decloak.sources.names import note_name
from decloak.sources.products import (
    MAX_PRODUCT_STRING,
    SYSTEMS,
    VERSION_PATTERN,
    Product,
    read_products,
)

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
    # An address is no value of these headers: nslookup's `Server: 192.0.2.53`.
    rb"|" + _HEADER + rb": ?(?:[!-/:-~]|[0-9]{1,3}(?:\.[0-9]{1,3})?[^0-9.])"
    rb"|version=\"?[A-Za-z]+ [0-9]"
    rb"|(?:OpenSSH|dropbear|libssh|paramiko)[_-][0-9]"
    rb"|" + _TOKEN + rb"(?: \([^)\n]{0,80}\)| " + _TOKEN + rb"){0,12}[ \t]*$)"
)
# Names of headers have capitals and no blanks; of small ones only those that HTTP/2 servers send.
_INSIDE = compile_pattern(
    rb"[ \t]{0,8}(?:[A-Z][A-Za-z0-9]*(?:-[A-Za-z0-9]+){0,6}: |[0-9]{3}[ -]"
    rb"|(?:accept-ranges|age|allow|alt-svc|cache-control|connection|content-[a-z-]+|date|etag|expires|location"
    rb"|last-modified|pragma|server|set-cookie|strict-transport-security|transfer-encoding|vary|via|x-[a-z-]+): "
    rb"|" + _LINE + rb")",
    capture=False,
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
    opening = rb"[ \t]{0,8}(?:HTTP/[0-9.]{1,3} [1-5]|SSH-[12]\.|(?:220|214|554)[ -]|\+OK |\* OK )"

    def knows(self, line: bytes) -> bool:
        """Whether a line is a header or goes on with a greeting."""
        return _INSIDE.match(line) is not None

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
    rb"(?i)://|hxxp|\]\(|\b(?:the|is|are|was|were|has|have|been|which|that|this|these|their|into|from|and|its"
    rb"|oid|coords?|grid|mem|cpu|load|progress|elapsed|duration|chapter|section|figure|page|step|pid"
    rb"|exit|bytes|ip|ips|address|c2)\b|[\"'][ \t]{0,4}:[ \t]|^[^\n]{0,32}(?:\b|_)[0-9]{2}:[0-9]{2}:[0-9]{2}\b|\"[a-z_]{2,40}\":"
    rb"|\b[A-Z]{3,5}_[A-Z_]{3,32}/[0-9]{3}\b|^#|\b(?:open|closed) (?:tcp|udp) [0-9]|\bon port [0-9]|\] \["
    rb"|[a-z0-9\]][=~]=[0-9]|\bpkg:|@[0-9]+\.|[a-z]:[a-z0-9.-]+:[0-9]|\.(?:jar|war|whl|rpm|deb|tar|tgz|msi|min\.js)\b"
    rb"|(?m:^(?:ii|rc) |[0-9][a-z0-9.+~]* (?:amd64|i386|arm64|noarch|all)$|\.(?:x86_64|noarch)$)|[0-9]ubuntu[0-9.]* amd64|(?m:^package: |^[a-z_]+(?:,[a-z_ ]+)+$)"
    rb"|(?-i:(?m:^[a-z0-9][a-z0-9+.-]{1,40} [0-9][^ \n]{0,40}(?:[0-9]ubuntu[0-9]|[+~]deb[0-9])))"
    rb"|^(?:image:|from )|[0-9]-alpine|[0-9] ms\b|\b(?:LISTEN|ESTAB)|[0-9] > [0-9]"
    rb"|(?:\b[A-Za-z][A-Za-z.]*=[^ ,\n]+ ){2}[A-Za-z][A-Za-z.]*=[^ \n]"
    rb"|\.(?:exe|dll|docx?|docm|xls[mxb]?|pdf|ps1|vbs|hta|lnk|bat|scr)\b",
    capture=False,
)


def _parse_line(view: View, start: int, end: int, facts: Facts) -> None:
    shadow = view.shadow
    end = min(end, start + MAX_PRODUCT_STRING)
    head, colon, _ = shadow[start:end].partition(b":")
    bare = head.lstrip(b" \t")
    if colon and _is_header(bare) and (header := _NAMED_HEADER.match(shadow, start, end)):
        if header.start(1) >= 0:
            host = view.text[header.start(2) : end].partition(":")[0].rstrip()
            note_name(view, header.start(2), header.start(2) + len(host), facts, "banner.host")
            return
        start = header.start(2)
        if view.text.startswith(_BROWSER, start, end):
            facts.note(
                "USER_AGENT", start, start + len(view.text[start:end].rstrip()), "banner.agent"
            )
            return
    elif bare[:3] in _GREETING_CODES and (greeting := _GREETING.match(shadow, start, end)):
        note_name(view, *greeting.span(1), facts, "banner.name")
    elif bare[:4] == b"SSH-" and (identification := _IDENTIFICATION.match(shadow, start, end)):
        start = identification.start(1)
    for product in _read(view, start, end):
        facts.note(
            product.label, start + product.start, start + product.end, _DETAILS[product.label]
        )


def _is_header(name: bytes) -> bool:
    """Whether a line may name a header that is read; the pattern has the last word."""
    return name in _HEADER_NAMES or name[:2] in {b"X-", b"x-"}


_DETAILS = {label: f"banner.{label.lower()}" for label in ("SOFTWARE", "OS", "VERSION")}
_BROWSER = "Mozilla/"  # a whole that names many products which are not there
_GREETING_CODES = frozenset({b"220", b"214", b"554"})
_HEADER_NAMES = frozenset(
    first + rest
    for name in (b"Server", b"X-powered-by", b"User-agent", b"Via", b"Host")
    for first in (name[:1].upper(), name[:1].lower())
    for rest in (name[1:], name[1:].replace(b"-a", b"-A"))
) | {b"SERVER"}


def _read(view: View, start: int, end: int) -> tuple[Product, ...]:
    """Return the products of a string, with places in it."""
    end = min(end, start + MAX_PRODUCT_STRING)
    size = end - start
    if size <= 0:
        return ()
    text = view.shadow[start : end + 1]  # with the next character, which patterns look at
    if not text.isascii():
        return tuple(_moved(_products(view, start, end), -start))
    found = _of_shape(text.translate(_ZEROS), size)
    return _of_text(text, size) if found is None else found


_QUAD_SHAPE = compile_pattern(rb"0{1,3}(?:\.0{1,3}){3}", capture=False)
_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_NO_DATE = bytes.maketrans(b"/-", b"..")


@remembered(8192)
def _of_shape(shape: bytes, size: int) -> tuple[Product, ...] | None:
    """Read a string whose digits became zeros; None where their values decide.

    They do in names (``Win32``), in dates, in what may be an address, and in the prefix of MariaDB.
    """
    folded = shape.lower()
    if b"0000.0" in folded.translate(_NO_DATE) or folded.startswith(b"0.0.0-"):
        return None
    if _QUAD_SHAPE.search(folded) is not None:
        return None
    if b"0" in folded and _numbered_names().search(folded):
        return None
    return _of_text.__wrapped__(shape, size)


@remembered(2048)
def _of_text(text: bytes, size: int) -> tuple[Product, ...]:
    return tuple(_products(View(text.decode("ascii")), 0, size))


@cache
def _numbered_names() -> Pattern:
    """Return a pattern of all known names with digits, in lower case, zeros for digits."""
    names = {name.lower().encode() for entry in entries() for name in entry.names if name.isascii()}
    names |= {system.encode() for system in SYSTEMS}
    shapes = sorted({name.translate(_ZEROS) for name in names if not name.isalpha()})
    return compile_pattern(
        b"|".join(_escaped(shape) for shape in shapes if b"0" in shape), capture=False
    )


def _escaped(name: bytes) -> bytes:
    return b"".join(b"\\x%02x" % byte for byte in name)


def _moved(products: list[Product], shift: int) -> Iterator[Product]:
    for label, start, end in products:
        yield Product(label, start + shift, end + shift)


def _products(view: View, start: int, end: int) -> list[Product]:
    """Return what `read_products` finds, a version that stands first, and known names."""
    if view.text.startswith(_REPLICATION_PREFIX, start, end):
        start += len(_REPLICATION_PREFIX)
    found = read_products(view, start, end)
    bare = _BARE.match(view.shadow, start, end)
    found = [_less_words(view.text, product) for product in _without_addresses(view, found)]
    if (
        bare
        and not _IS_NO_VERSION.fullmatch(view.shadow, *bare.span(1))
        and not any(product.start <= bare.start(1) for product in found)
    ):
        found.insert(0, Product("VERSION", *bare.span(1)))
    known = list(_known(view, start, end))
    if known:
        taken = bytearray(end - start)
        for product in found:
            taken[product.start - start : product.end - start] = b"\1" * (
                product.end - product.start
            )
        found += [p for p in known if not any(taken[p.start - start : p.end - start])]
    return sorted(found, key=_place)


def _less_words(text: str, product: Product) -> Product:
    """Leave words in small letters before a known name out: `runs OpenSSH`."""
    label, start, end = product
    first, space, rest = text[start:end].partition(" ")
    if label != "VERSION" and space and first.islower() and first.isalpha():
        known = lookup(rest)
        if known is not None and known.label == label and lookup(text[start:end]) is None:
            return Product(label, start + len(first) + 1, end)
    return product


def _without_addresses(view: View, found: list[Product]) -> list[Product]:
    """Drop what looks like a version and is an address or a date, with what seemed its product.

    Four numbers are a version after a known name or a slash only: ``Firefox 3.6.0.1`` and
    ``C2 IP: 192.0.2.1`` have one shape.
    """
    kept: list[Product] = []
    for product in found:
        if product.label == "VERSION" and _IS_NO_VERSION.fullmatch(
            view.shadow, product.start, product.end
        ):
            before = kept[-1] if kept else None
            if before is None or product.start - before.end > _NAME_TO_VERSION:
                continue
            if not _is_version(view, before, product):
                if not _is_known(view, before):
                    kept.pop()
                continue
        kept.append(product)
    return kept


def _is_version(view: View, before: Product, product: Product) -> bool:
    """Whether numbers right behind a name are its version, and no address or date."""
    shadow, start, end = view.shadow, product.start, product.end
    if not is_quad(shadow, start, end):
        return _is_known(view, before) or view.text[before.end] == "/"
    if is_version(shadow, start, end, ends_with_product):
        return True
    joined = view.text[start - 1 : start] in {"/", "_"}
    return is_small(shadow, start, end) and (joined or _is_known(view, before))


def _is_known(view: View, product: Product) -> bool:
    return lookup(view.text[product.start : product.end]) is not None


def _place(product: Product) -> int:
    return product.start


def _believed(entry: Entry, name: str) -> bool:
    """Whether a name is meant: a banner is the context that a weak one asks for."""
    return not entry.is_weak(name) or (len(name) >= _SHORTEST_WEAK and not name.islower())


def _known(view: View, start: int, end: int) -> Iterator[Product]:
    """Yield names of the lexicon, longest first at each word."""
    text = view.text
    words = [match.span() for match in _WORDS.finditer(view.shadow, start, end)]
    first_words = _first_words()
    index = 0
    while index < len(words):
        step = 1
        low, high = words[index]
        if text[low:high].rstrip("!").lower() not in first_words:
            index += 1
            continue
        for size in range(min(_LONGEST_NAME, len(words) - index), 0, -1):
            high = words[index + size - 1][1]
            if high - low > _LONGEST_TEXT:
                continue
            name = text[low:high].rstrip("!")
            entry = lookup(name)
            if (
                entry
                and entry.label in {"SOFTWARE", "OS"}
                and _believed(entry, name)
                and not names_own_product(text, low, name, entry)
            ):
                yield Product(entry.label, low, low + len(name))
                step = size
                break
        index += step


@cache
def _first_words() -> frozenset[str]:
    """Return the words with which names of the lexicon begin, as `_WORDS` cuts them."""
    found = set()
    for label in ("SOFTWARE", "OS"):
        for entry in entries(label):
            for name in entry.names:
                folded = name.casefold().encode("latin-1", "replace")
                if match := _WORDS.match(folded):
                    found.add(match.group().rstrip(b"!").decode("ascii"))
    return frozenset(found)


BANNER = Banner()
