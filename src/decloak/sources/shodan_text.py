"""Shodan's command line: the text of ``shodan host`` and the table of ``shodan search``.

``shodan host 192.0.2.1`` prints the address, a block of ``Key:   value`` lines and one indented
line per port; ``shodan search --fields ip_str,port,org,hostnames`` prints tab-separated columns,
lists inside a column separated by semicolons.
"""

from __future__ import annotations

import re

from decloak.core.document import View
from decloak.core.entity import Verdict
from decloak.core.facts import Facts
from decloak.indicators import read
from decloak.indicators.engine import Match, compile_pattern
from decloak.kb.lexicon import lookup
from decloak.sources.names import label_of_name, note_name

__all__ = ["SHODAN_SEARCH", "SHODAN_TEXT", "ShodanSearch", "ShodanText"]

_KEYS: dict[bytes, tuple[str, str]] = {
    b"Hostnames": ("names", "DOMAIN"),
    b"City": ("city", ""),
    b"Country": ("country", ""),
    b"Operating System": ("os", "OS"),
    b"Organization": ("organization", "ORGANIZATION"),
    b"ISP": ("isp", "ORGANIZATION"),
    b"ASN": ("asn", "ASN"),
    b"Updated": ("updated", ""),
    b"Vulnerabilities": ("vulnerabilities", "CVE"),
}
_LISTS = {"names": ";", "vulnerabilities": "\t"}
_MARGIN = rb"[ \t>]*"  # somebody may have quoted it
_PORT = rb"[ \t>]*[ \t][0-9]{1,5}/(?:tcp|udp)(?: [^\n]*)?[ \t]*$"
_LINES = compile_pattern(rb"[^\n]+", capture=False)
_IP = rb"(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]{2,44})"
_ADDRESS = compile_pattern(_MARGIN + rb"(" + _IP + rb")[ \t]*")
_KEY = compile_pattern(_MARGIN + rb"([A-Z][A-Za-z]{1,20}(?: [A-Za-z]+){0,3}):[ \t]*([^\n]*)")
_PORT_LINE = compile_pattern(_MARGIN + rb"([0-9]{1,5})/(tcp|udp)(?:[ \t]+([^\n]*))?")
_DATE = compile_pattern(rb"[ \t]*\t\([0-9]{4}-[0-9]{2}-[0-9]{2}\)[ \t]*$")  # of --history
_DETAIL = compile_pattern(_MARGIN + rb"\|-- Cert (?:Issuer|Subject): ([^\n]*)")
_ATTRIBUTE = compile_pattern(rb"(?:^|, )([A-Za-z]{1,24})=")
_ATTRIBUTES = {b"O": "ORGANIZATION", b"CN": "DOMAIN", b"emailAddress": "EMAIL"}
_PROMPT = rb"(?:[^\n]{0,80}[$#%>] )?shodan host (?:-[^\n]{1,80} )?[0-9]"
_INSIDE = compile_pattern(
    rb"[ \t>]*(?:(?:"
    + b"|".join(_KEYS)
    + rb"|Number of open ports|Ports|Bits|Generator|Fingerprint):|\|-- |[0-9]{1,5}/(?:tcp|udp)(?:[ \t]|$)"
    rb"|" + _IP + rb"[ \t]*$)",
    capture=False,
)
_TABBED = rb"[0-9A-Fa-f:.]{3,45}\t[0-9]{1,5}\t[^\n]*$"


class ShodanText:
    """Parser of what ``shodan host`` prints."""

    name = "shodan_text"
    source = "shodan"
    layout = "host"
    description = "the text of Shodan's command line for one host"
    anchor = (
        rb"(?m)^[ \t>]*(?:Number of open ports:|Vulnerabilities:[ \t]+!?CVE-|\|-- (?:SSL|HTTP|Diffie|Bits|Cert)"
        rb"|Hostnames:[ \t]|" + _PROMPT + rb")|(?m)^" + _PORT
    )
    opening = rb"[ \t>]*(?:" + _IP + rb"[ \t]*$|Hostnames:[ \t])|" + _PROMPT

    def knows(self, line: bytes) -> bool:
        """Whether a line is a field, a port or what hangs below one."""
        return _INSIDE.match(line) is not None

    def score(self, view: View, start: int, end: int) -> float:
        """Return high only when the count of ports is there; its other lines are others' too."""
        head = view.shadow[start : min(end, start + 4096)]
        if b"Number of open ports:" in head:
            return 1.0
        return 0.5 if b"Ports:" in head or b"shodan host " in head else 0.0

    def parse(self, view: View, start: int, end: int, facts: Facts) -> None:
        """Add one host per address line, with its fields and ports."""
        shadow, host = view.shadow, -1
        for line in _LINES.finditer(shadow, start, end):
            low, high = line.span()
            if address := _ADDRESS.fullmatch(shadow, low, high):
                host = facts.open("host")
                facts.add(host, "address", "IP_ADDRESS", *address.span(1))
            elif is_port := _PORT_LINE.fullmatch(shadow, low, high):
                host = host if host >= 0 else facts.open("host")
                _add_port(facts, host, shadow, is_port)
            elif detail := _DETAIL.fullmatch(shadow, low, high):
                _note_certificate(view, facts, *detail.span(1))
            elif (is_key := _KEY.fullmatch(shadow, low, high)) and is_key.group(1) in _KEYS:
                host = host if host >= 0 else facts.open("host")
                field, label = _KEYS[is_key.group(1)]
                for begin, stop in _items(view.text, *is_key.span(2), sep=_LISTS.get(field, "\n")):
                    _add_item(view, facts, (host, field, label), begin, stop)


def _add_port(facts: Facts, host: int, shadow: bytes, line: Match) -> None:
    """Add ``443/tcp nginx (1.18.0)``; the version is the last bracket, whatever is inside it."""
    port = facts.open("port", host)
    facts.add(port, "number", "PORT", *line.span(1))
    facts.add(port, "protocol", "PROTOCOL", *line.span(2))
    start, end = line.span(3)
    if start < 0:
        return
    cell = shadow[start:end].rstrip()
    if dated := _DATE.search(cell):
        cell = cell[: dated.start()]
    end = start + len(cell)
    version = _last_bracket(cell)
    name = cell[:version].rstrip() if version >= 0 else cell
    facts.add(port, "software", "SOFTWARE", start, start + len(name))
    if version >= 0:
        facts.add(port, "version", "VERSION", start + version + 1, end - 1)


def _last_bracket(cell: bytes) -> int:
    """Return where the bracket opens that closes at the end of a cell; -1 without one."""
    depth = 0
    for index in range(len(cell) - 1, -1, -1) if cell.endswith(b")") else ():
        depth += (cell[index] == 0x29) - (cell[index] == 0x28)
        if not depth:
            return index if index == 0 or cell[index - 1 : index] == b" " else -1
    return -1


def _note_certificate(view: View, facts: Facts, start: int, end: int) -> None:
    """Note the names in ``C=US, O=Example, Inc., CN=example.com``; a value may hold commas."""
    found = list(_ATTRIBUTE.finditer(view.shadow, start, end))
    stops = [match.start() for match in found[1:]] + [end]
    for match, stop in zip(found, stops, strict=False):
        label = _ATTRIBUTES.get(match.group(1), "")
        if label == "DOMAIN":
            note_name(view, match.end(), stop, facts, "port.certificate")
        elif label:
            facts.note(label, match.end(), stop, "port.certificate")


def _add_item(view: View, facts: Facts, target: tuple[int, str, str], start: int, end: int) -> None:
    """Add one value to (record, field, label), unless it is none of that field's."""
    host, field, label = target
    if label == "DOMAIN":
        label = label_of_name(view.text[start:end])
        if not label:
            return
    elif label == "CVE" and not view.text.startswith("CVE-", start):
        return  # a "!" marks what was tested and is not vulnerable
    facts.add(host, field, label, start, end)


def _items(text: str, start: int, end: int, *, sep: str) -> list[tuple[int, int]]:
    """Return the places of the items of a list, without the white space around them."""
    places = []
    position = start
    for item in text[start:end].split(sep):
        low = position + len(item) - len(item.lstrip())
        places.append((low, max(low, position + len(item.rstrip()))))
        position += len(item) + 1
    return places


class ShodanSearch:
    """Parser of the columns that ``shodan search`` prints: address, port, organization, names."""

    name = "shodan_search"
    source = "shodan"
    layout = "fields"
    description = "tab-separated columns of Shodan's command line"
    anchor = rb"(?m)^" + _TABBED
    opening = rb"[^\n]{0,80}[$#%>] shodan (?:search|parse) "

    def knows(self, line: bytes) -> bool:
        """Whether a line is a row."""
        return _ROW.match(line) is not None

    def score(self, view: View, start: int, end: int) -> float:
        """Return the share of lines that have an address, a tab and a port, and no other address."""
        head = view.shadow[start : min(end, start + 4096)]
        lines = [line for line in head.split(b"\n") if line.strip()]
        good = sum(1 for line in lines if _ROW.fullmatch(line) and not _FLOW.search(line))
        return 0.8 * good / len(lines) if lines else 0.0

    def parse(self, view: View, start: int, end: int, facts: Facts) -> None:
        """Add one host with one port per line."""
        text = view.text
        for row in _ROW.finditer(view.shadow, start, end):
            columns = _items(text, *row.span(), sep="\t")
            host = facts.open("host")
            facts.add(host, "address", "IP_ADDRESS", *columns[0])
            port = facts.open("port", host)
            facts.add(port, "number", "PORT", *columns[1])
            _add_columns(view, facts, (host, port), columns[2:])


def _add_columns(
    view: View, facts: Facts, records: tuple[int, int], columns: list[tuple[int, int]]
) -> None:
    """Add the columns behind address and port, which ``--fields`` names in any order, by what they hold."""
    text, (host, port) = view.text, records
    seen: set[str] = set()
    for index, (start, end) in enumerate(columns):
        items = _items(text, start, end, sep=";")
        following = text[slice(*columns[index + 1])] if index + 1 < len(columns) else ""
        if start == end:
            continue
        if text[start:end] in _TRANSPORTS:
            facts.add(port, "protocol", "PROTOCOL", start, end)
        elif "version" not in seen and "software" in seen and _is_version(text[start:end]):
            seen.add("version")
            facts.add(port, "version", "VERSION", start, end)
        elif any(_is_host(text[low:high]) for low, high in items):
            for low, high in items:
                if kind := label_of_name(text[low:high]):
                    facts.add(host, "names", kind, low, high)
        elif "software" not in seen and (_is_product(text[start:end]) or _is_version(following)):
            seen.add("software")
            facts.add(port, "software", "SOFTWARE", start, end)
        elif read("ASN", text[start:end]).verdict is Verdict.CONFIRMED and text[start] in "Aa":
            facts.add(host, "asn", "ASN", start, end)
        elif index == 0 and not _is_version(text[start:end]):
            facts.add(host, "organization", "ORGANIZATION", start, end)


_TRANSPORTS = frozenset({"tcp", "udp"})
_VERSION = re.compile(r"v?[0-9]{1,5}(?:\.[0-9A-Za-z]{1,12}){1,5}(?:[-+~ (][\w.+~ ()-]{1,40})?")


def _is_version(text: str) -> bool:
    return _VERSION.fullmatch(text) is not None


def _is_host(text: str) -> bool:
    """Whether an item is a name with a dot that resolvers know, or an address."""
    label = label_of_name(text)
    return label == "IP_ADDRESS" or (
        label == "DOMAIN" and not text.endswith(".") and " " not in text
    )


def _is_product(text: str) -> bool:
    entry = lookup(text)
    return entry is not None and entry.label in {"SOFTWARE", "OS"}


_FLOW = compile_pattern(rb"\t(?:[0-9]{1,3}\.){3}[0-9]{1,3}\t", capture=False)
_ROW = compile_pattern(ShodanSearch.anchor, capture=False)

SHODAN_TEXT = ShodanText()
SHODAN_SEARCH = ShodanSearch()
