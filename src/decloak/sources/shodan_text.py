"""Shodan's command line: the text of ``shodan host`` and the table of ``shodan search``.

``shodan host 192.0.2.1`` prints the address, a block of ``Key:   value`` lines and one indented
line per port; ``shodan search --fields ip_str,port,org,hostnames`` prints tab-separated columns,
lists inside a column separated by semicolons.
"""

from __future__ import annotations

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.indicators.engine import compile_pattern
from decloak.sources.names import label_of_name

__all__ = ["SHODAN_SEARCH", "SHODAN_TEXT", "ShodanSearch", "ShodanText"]

_KEYS: dict[bytes, tuple[str, str]] = {
    b"Hostnames": ("names", "DOMAIN"),
    b"City": ("city", ""),
    b"Country": ("country", ""),
    b"Operating System": ("os", "OS"),
    b"Organization": ("organization", "ORGANIZATION"),
    b"Updated": ("updated", ""),
    b"Vulnerabilities": ("vulnerabilities", "CVE"),
}
_LISTS = {"names": ";", "vulnerabilities": "\t"}
_PORT = rb"[ \t]+[0-9]{1,5}/(?:tcp|udp)(?: [^\n]*)?[ \t]*$"
_LINES = compile_pattern(rb"[^\n]+", capture=False)
_ADDRESS = compile_pattern(
    rb"[ \t]*([0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]{2,44})[ \t]*"
)
_KEY = compile_pattern(rb"[ \t]*([A-Z][A-Za-z]{2,20}(?: [A-Za-z]+){0,3}):[ \t]*([^\n]*)")
_PORT_LINE = compile_pattern(
    rb"[ \t]*([0-9]{1,5})/(tcp|udp)(?:[ \t]+([^\n(]*[^\n( \t])(?:[ \t]*\(([^()\n]{1,256})\))?)?[ \t]*"
)
_TABBED = rb"[0-9A-Fa-f:.]{3,45}\t[0-9]{1,5}\t[^\n]*$"


class ShodanText:
    """Parser of what ``shodan host`` prints."""

    name = "shodan_text"
    source = "shodan"
    layout = "host"
    description = "the text of Shodan's command line for one host"
    anchor = (
        rb"(?m)^[ \t]*(?:Number of open ports:|Vulnerabilities:[ \t]+!?CVE-|\|-- (?:SSL|HTTP|Diffie|Bits|Cert)"
        rb"|Hostnames:[ \t]|(?:[^\n]{0,80}[$#%>] )?shodan host [0-9])|(?m)^" + _PORT
    )

    def score(self, view: View, start: int, end: int) -> float:
        """Return high only when the count of ports is there; its other lines are others' too."""
        head = view.shadow[start : min(end, start + 4096)]
        if b"Number of open ports:" in head:
            return 1.0
        return 0.5 if b"Hostnames:" in head and b"Ports:" in head else 0.0

    def parse(self, view: View, start: int, end: int, facts: Facts) -> None:
        """Add one host per address line, with its fields and ports."""
        shadow, host = view.shadow, -1
        for line in _LINES.finditer(shadow, start, end):
            low, high = line.span()
            if address := _ADDRESS.fullmatch(shadow, low, high):
                host = facts.open("host")
                facts.add(host, "address", "IP_ADDRESS", *address.span(1))
                continue
            is_port = _PORT_LINE.fullmatch(shadow, low, high)
            is_key = None if is_port else _KEY.fullmatch(shadow, low, high)
            if host < 0 and (is_port or (is_key and is_key.group(1) in _KEYS)):
                host = facts.open("host")
            if is_port:
                port = facts.open("port", host)
                for group, (field, label) in enumerate(_PORT_FIELDS, 1):
                    facts.add(port, field, label, *_span(is_port.span(group)))
            elif is_key and is_key.group(1) in _KEYS:
                field, label = _KEYS[is_key.group(1)]
                for begin, stop in _items(view.text, *is_key.span(2), sep=_LISTS.get(field, "\n")):
                    _add_item(view, facts, (host, field, label), begin, stop)


_PORT_FIELDS = (
    ("number", "PORT"),
    ("protocol", "PROTOCOL"),
    ("software", "SOFTWARE"),
    ("version", "VERSION"),
)


def _span(span: tuple[int, int]) -> tuple[int, int]:
    """Return an empty range for a group that did not take part."""
    return span if span[0] >= 0 else (0, 0)


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

    def score(self, view: View, start: int, end: int) -> float:
        """Return the share of lines that have an address, a tab and a port."""
        head = view.shadow[start : min(end, start + 4096)]
        lines = [line for line in head.split(b"\n") if line.strip()]
        good = sum(1 for line in lines if _ROW.fullmatch(line))
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
            if len(columns) > 2:
                facts.add(host, "organization", "ORGANIZATION", *columns[2])
            for column in columns[3:4]:
                for low, high in _items(text, *column, sep=";"):
                    if kind := label_of_name(text[low:high]):
                        facts.add(host, "names", kind, low, high)


_ROW = compile_pattern(ShodanSearch.anchor, capture=False)

SHODAN_TEXT = ShodanText()
SHODAN_SEARCH = ShodanSearch()
