"""Nmap's grepable output (``-oG``): one line for a host, fields by tabs, ports by commas.

A port is ``number/state/protocol/owner/service/rpc information/version/``. Nmap writes a slash
within a field as a vertical bar, so a service's ``ssl|http`` means ``ssl/http``. A terminal turns the
tabs into blanks; whoever pastes its lines may join them, or break them between ports.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.core.remember import remembered
from decloak.indicators.engine import Match, compile_pattern
from decloak.sources.names import label_of_name
from decloak.sources.nmap_command import note_targets
from decloak.sources.nmap_ports import Part, add_parts, port_part, split_cell

__all__ = ["NmapGrepable"]

Span = tuple[int, int]

_PORT = (
    rb"[0-9]{1,5}/(?:open\|filtered|closed\|filtered|open|closed|filtered|unfiltered)"
    rb"/(?:tcp|udp|sctp|ip)?/"
)
_TIME = rb"(?:Timestamp: [0-9]{1,12}[ \t]+)?"  # before a host, in masscan's lines
_HOST = (
    _TIME
    + rb"Host: [^ \t\n]{1,253} \([^ \t\n()]{0,255}\)[ \t]+(?:Status|Ports|Protocols|OS|Ignored State): "
)
_JOINED = compile_pattern(rb"[ \t]Host: ([^ \t\n]{1,253}) \(([^ \t\n()]{0,255})\)")
_FIELD = compile_pattern(
    rb"[ \t](?:Status|Ports|Protocols|OS|Ignored State|Seq Index|IP ID Seq): ", capture=False
)
_LINE = compile_pattern(
    rb"(?m)^[ \t>]*(?:" + _TIME + rb"(Host): ([^ \t\n]+) \(([^ \t\n()]*)\)([^\n]*)"
    rb"|# (Nmap) ([0-9][0-9A-Za-z.+-]*) scan initiated ([^\n]*?) as: ([^\n]*)"
    rb"|# Nmap done at ([^\n]*?) -- |((?:\|[ \t]*)?" + _PORT + rb"[^\n]*))"
)
_ENTRY = compile_pattern(
    rb"([0-9]{1,5})/(open\|filtered|closed\|filtered|open|closed|filtered|unfiltered)"
    rb"/(tcp|udp|sctp|ip)?/([^/\n]*)/([^/\n]*)/([^/\n,]*)(?:/([^/\n,][^/\n]*|)/?)?"
)
_MAX_ENTRY = 2048  # Nmap cuts every field at 80 to 160 bytes
_ENTRIES = compile_pattern(
    rb"[0-9]{1,5}/(?:open|closed|filtered|unfiltered)(?:\|filtered)?/(?:tcp|udp|sctp|ip)?/"
    rb"(?:[^/\n]*/){2}[^/\n,]*(?:/(?:[^/\n,][^/\n]*|)/?)?",
    capture=False,
)
_PROTOCOL_ENTRY = compile_pattern(
    rb"([0-9]{1,3})/(open\|filtered|closed\|filtered|open|closed|filtered|unfiltered)/([^/, \t\n]+)/"
)
_STRONG = compile_pattern(rb"(?m)^[ \t>]*" + _HOST, capture=False)
_BROKEN = compile_pattern(rb"(?m)^[ \t>|]*" + _PORT, capture=False)
_INSIDE = compile_pattern(rb"[ \t>]*(?:Host: |# Nmap |# Ports scanned: )", capture=False)
_SCORE = compile_pattern(rb"(?m)^# Nmap [0-9][^\n]* scan initiated [^\n]* -oG ", capture=False)


class NmapGrepable:
    """Nmap's grepable output."""

    name = "nmap_grepable"
    source = "nmap"
    layout = "grepable"
    description = "Nmap grepable output (-oG)"
    anchor = rb"(?m)^[ \t>]*(?:" + _HOST + rb"|# Ports scanned: TCP\(|(?:\|[ \t]*)?" + _PORT + rb")"
    opening = rb"[ \t>]*(?:# Nmap [0-9][^\n]* scan initiated|" + _HOST + rb")"

    def score(self, view: View, start: int, end: int) -> float:
        """How sure it is: host lines are enough, nothing else writes them."""
        if _STRONG.search(view.shadow, start, end):
            return 0.99
        if _BROKEN.search(view.shadow, start, end):
            return 0.9
        return 0.3 if _SCORE.search(view.shadow, start, end) else 0.0

    def knows(self, line: bytes) -> bool:
        """Whether a line is one of this output."""
        return _INSIDE.match(line) is not None

    def parse(self, view: View, start: int, end: int, facts: Facts) -> None:
        """Add scans, hosts and ports. The lines of one host that follow each other are one host."""
        scan = host = -1
        current = b""
        for match in _LINE.finditer(view.shadow, start, end):
            if match.start(1) >= 0:
                for address, name, rest in _hosts(view.shadow, match):
                    here = view.shadow[slice(*address)]
                    if host < 0 or here != current:
                        host, current = facts.open("host", scan), here
                        _add_names(view, address, name, host, facts)
                    _read_fields(view, *rest, host, facts)
            elif match.start(10) >= 0:
                _read_ports(view, *match.span(10), host, facts)
            elif match.start(5) >= 0:
                scan, host = facts.open("scan"), -1
                facts.add(scan, "scanner", "SOFTWARE", *match.span(5))
                facts.add(scan, "version", "VERSION", *match.span(6))
                facts.add(scan, "started", "", *match.span(7))
                facts.add(scan, "arguments", "", *match.span(8))
                note_targets(view, *match.span(8), facts)
            elif scan >= 0:
                facts.add(scan, "finished", "", *match.span(9))


def _hosts(shadow: bytes, line: Match) -> Iterator[tuple[Span, Span, Span]]:
    """Yield the address, the name and the range of the fields of each host of a line."""
    address, name, (start, end) = line.span(2), line.span(3), line.span(4)
    for found in _JOINED.finditer(shadow, start, end):
        yield address, name, (start, found.start())
        address, name, start = found.span(1), found.span(2), found.end()
    yield address, name, (start, end)


def _fields(shadow: bytes, start: int, end: int) -> Iterator[Span]:
    """Yield the ranges between tabs, or from one known name to the next where there are none."""
    if shadow.find(b"\t", start, end) < 0:
        starts = [found.start() for found in _FIELD.finditer(shadow, start, end)]
        yield from pairwise([*starts, end])
        return
    while start <= end:
        stop = shadow.find(b"\t", start, end)
        stop = stop if stop >= 0 else end
        yield start, stop
        start = stop + 1


def _add_names(
    view: View, address: tuple[int, int], name: tuple[int, int], host: int, facts: Facts
) -> None:
    for start, end in (address, name):
        label = label_of_name(view.text[start:end]) if end - start < 300 else ""
        if label:
            facts.add(host, "address" if label == "IP_ADDRESS" else "name", label, start, end)


def _read_fields(view: View, start: int, end: int, host: int, facts: Facts) -> None:
    """Read the fields after a host, ``Name: value``."""
    shadow = view.shadow
    for begin, until in _fields(shadow, start, end):
        field = shadow[begin:until]
        colon = field.find(b": ")
        key = field[:colon].strip()
        value, stop = begin + colon + 2, begin + len(field.rstrip())
        if key == b"Status":
            word = shadow[value:stop]
            if word in {b"Up", b"Down"}:
                facts.add(host, "status", "STATUS", value, stop)
        elif key == b"Ports":
            _read_ports(view, value, stop, host, facts)
        elif key == b"Protocols":
            for match in _PROTOCOL_ENTRY.finditer(shadow, value, stop):
                port = facts.open("port", host)
                facts.add(port, "number", "", *match.span(1))
                facts.add(port, "state", "STATE", *match.span(2))
                if match.group(3) != b"unknown":
                    facts.add(port, "service", "SERVICE", *match.span(3))
        elif key == b"OS":
            facts.add(host, "os", "OS", value, stop)


def _read_ports(view: View, start: int, end: int, host: int, facts: Facts) -> None:
    for place in _ENTRIES.finditer(view.shadow, start, end):
        port = facts.open("port", host)
        entry = place.group()
        parts = _read_entry(entry) if len(entry) <= _MAX_ENTRY else ()
        add_parts(facts, port, place.start(), parts)
        if b"|" in entry and parts:
            facts.items[-len(parts) :] = [
                fact._replace(value=_slashes(view.text[fact.start : fact.end]))
                if fact.field != "state"
                else fact
                for fact in facts.items[-len(parts) :]
            ]


@remembered(32768)
def _read_entry(entry: bytes) -> tuple[Part, ...]:
    """Read ``22/open/tcp//ssh//OpenSSH 8.4p1/``; scans repeat an entry for many hosts."""
    match = _ENTRY.match(entry)
    if match is None or int(match.group(1)) > 0xFFFF:
        return ()
    parts = [
        port_part("number", "PORT", *match.span(1)),
        port_part("state", "STATE", *match.span(2)),
    ]
    if match.start(3) >= 0:
        parts.append(port_part("protocol", "PROTOCOL", *match.span(3)))
    service = match.group(5).rstrip(b"?")
    if service and service != b"unknown":
        start = match.start(5)
        parts.append(port_part("service", "SERVICE", start, start + len(service)))
    return (*parts, *split_cell(entry, *match.span(7))) if match.start(7) >= 0 else tuple(parts)


def _slashes(text: str) -> str | None:
    """Return the text with its vertical bars read as slashes; None when there are none."""
    return text.replace("|", "/") if "|" in text else None
