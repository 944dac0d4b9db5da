"""The lines of Nmap's normal output, one handler for each kind, found by the first character."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import ClassVar

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.core.remember import remembered
from decloak.indicators.engine import compile_pattern
from decloak.sources.names import label_of_name
from decloak.sources.nmap_command import note_targets
from decloak.sources.nmap_ports import Port, add_parts, is_read_by_shape, read_port, read_protocol
from decloak.sources.nmap_scripts import ScriptReader
from decloak.sources.nmap_systems import add_service_info, add_systems

__all__ = ["HostReader"]

_REPORT = compile_pattern(
    rb"(?:Nmap scan report for|Interesting (?:ports|protocols) on|Host|All [0-9]+ scanned ports on)"
    rb" ([^ \t()\[\]]+?)(?: \(([^ \t()]+)\))?[:.,]?"
    rb"(?:[ \t]+\[host (down)[^\]]*\]|[ \t]+(?:is|are|appears to be|seems) (\w+)[^\n]*)?[ \t.]*$"
)
_UP = compile_pattern(rb"Host (?:is|seems) (up|down)\b[^(\n]*(?:\((-?[0-9.]+m?s) latency\))?")
_MAC = compile_pattern(rb"MAC Address: ([0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5})(?: \((.*)\))?")
_BANNER = compile_pattern(
    rb"(?:# )?(?:Starting )?([Nn]map) (?:V\. )?([0-9][0-9A-Za-z.+-]*)"
    rb"(?: \( ?(https?://[^ )]+) ?\)(?: at (.*))?| scan initiated (.*?) as: (.*))"
)
_SHAPED = {"up": (_UP, range(1, 3)), "banner": (_BANNER, range(1, 7))}
_DONE = compile_pattern(rb"(?:# )?Nmap done at (.*?)(?: --|;|$)")
_OTHER = compile_pattern(rb"Other addresses for ([^ \t]+) \(not scanned\): (.*)")
_RDNS = compile_pattern(rb"rDNS record for ([^ \t]+): ([^ \t]+)")
_FOUND = compile_pattern(rb"Discovered (open) port ([0-9]{1,5})/(tcp|udp|sctp) on ([^ \t]+)")
_SCANNING = compile_pattern(
    rb"(?:Scanning|Skipping host) (?:([^ \t()]+) \(([^ \t()]+)\)|([^ \t()]*[.:][^ \t()]*)) (?:\[|due to )"
)
_HOP = compile_pattern(
    rb"[0-9]{1,3}[ \t]+(?:(-?[0-9.]+ ms)|--)[ \t]+(?:([^ \t()]+) \(([^ \t()]+)\)|([^ \t()]+))"
)
_PROMPT = compile_pattern(rb"[^\n]{0,120}?[$#%>][ \t]+(?:sudo[ \t]+)?((?:[^ \t]*/)?nmap)[ \t]+-")
_WORD = compile_pattern(rb"[^ \t,]+")
_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_MAX_SHAPE = 256
_UNKNOWN_VENDOR = frozenset({b"Unknown", b"unknown", b""})
_WHITE = b" \t>"  # also the mark of a quoted line
_MAX_NAME = 300


def _spans(kind: str, line: bytes) -> tuple[tuple[int, int], ...]:
    """Return the groups of a pattern that cares for no digit's value; empty without a match."""
    if len(line) > _MAX_SHAPE:
        return _spans_of_shape.__wrapped__(kind, line)
    return _spans_of_shape(kind, line.translate(_ZEROS))


@remembered(4096)
def _spans_of_shape(kind: str, shape: bytes) -> tuple[tuple[int, int], ...]:
    pattern, groups = _SHAPED[kind]
    match = pattern.match(shape)
    return () if match is None else tuple(match.span(group) for group in groups)


class HostReader:
    """Reads line after line and remembers which scan, host and port they belong to."""

    def __init__(self, view: View, facts: Facts) -> None:
        self._view = view
        self._facts = facts
        self._scan = self._host = self._port = -1
        self._table = ""  # "protocol" within a protocol scan, "route" within a traceroute
        self._scripts = ScriptReader(view, facts)

    def memory(self) -> tuple[Hashable, list[int]]:
        """Return all that the next line's meaning depends on, but for script output."""
        return self._table, [self._scan, self._host, self._port]

    def recall(self, state: Hashable, records: list[int]) -> None:
        """Go on as if the lines before had left this memory."""
        self._table = str(state)
        self._scan, self._host, self._port = records

    def read_line(self, start: int, stop: int) -> int:
        """Read one line of the text; return the offset from which reading goes on."""
        if start < stop:
            self.read(start, self._view.shadow[start:stop], False)
        return stop

    def is_exact(self, line: bytes) -> bool:
        """Whether what it made of a line depends on more than its shape: on the digits of a version cell."""
        bare = line.lstrip(_WHITE)
        return bare[:1].isdigit() and not is_read_by_shape(bare)

    def read(self, offset: int, line: bytes, collapsed: bool) -> None:  # noqa: FBT001 - hot path
        """Read one line.

        Args:
            offset: where it starts.
            line: its shadow, without the line end.
            collapsed: whether it was cut from lines that somebody joined.
        """
        first = line[0]
        if first in _WHITE:
            bare = line.lstrip(_WHITE)
            if not bare:
                return
            offset += len(line) - len(bare)
            line = bare
            first = line[0]
        if 0x30 <= first <= 0x39:
            self._digits(offset, line, collapsed)
        elif first == 0x7C:
            self._scripts.read(offset, line, self._host, self._port)
        elif handler := self._handlers.get(first):
            handler(self, offset, line.rstrip())

    def _digits(self, offset: int, line: bytes, collapsed: bool) -> None:  # noqa: FBT001
        port = read_port(line, collapsed)
        if port is None:
            if self._table == "route":
                self._hop(offset, line)
                return
            parts = read_protocol(line) if self._table == "protocol" else ()
            if not parts:
                return
            port = Port(parts)
        facts = self._facts
        host = self._host if self._host >= 0 else self._current_host()
        self._port = record = facts.open("port", host)
        head, cell, start = port
        add_parts(facts, record, offset, head)
        if cell:
            add_parts(facts, record, offset + start, cell)

    def _current_host(self) -> int:
        if self._host < 0:
            self._host = self._facts.open("host", self._scan)
        return self._host

    def _new_host(self) -> int:
        self._host, self._port, self._table = self._facts.open("host", self._scan), -1, ""
        return self._host

    def _name(self, host: int, start: int, end: int, *, again: bool = False) -> None:
        """Add a name or an address of the host; `again` for those after the first."""
        while end > start + 1 and self._view.text[end - 1] in ".:,":
            end -= 1
        label = label_of_name(self._view.text[start:end]) if end - start < _MAX_NAME else ""
        if label:
            field = "address" if label == "IP_ADDRESS" else "name"
            field += ("es" if field == "address" else "s") if again else ""
            self._facts.add(host, field, label, start, end)

    def _note(self, label: str, offset: int, span: tuple[int, int], detail: str) -> None:
        if span[0] >= 0:
            self._facts.note(label, offset + span[0], offset + span[1], detail)

    def _note_host(self, offset: int, span: tuple[int, int], detail: str) -> None:
        if span[0] >= 0 and span[1] - span[0] < _MAX_NAME:
            start, end = offset + span[0], offset + span[1]
            self._facts.note(label_of_name(self._view.text[start:end]) or "", start, end, detail)

    def _report(self, offset: int, line: bytes) -> None:
        if line.startswith(b"Nmap scan report for ") and line.endswith(b")"):
            name, _, address = line[21:-1].partition(b" (")
            if (
                address
                and name
                and len(name.translate(None, b" \t()[]")) == len(name)
                and len(address.translate(None, b" \t()")) == len(address)
            ):
                host = self._new_host()
                start = offset + 21
                self._name(host, start, start + len(name))
                self._name(host, offset + len(line) - 1 - len(address), offset + len(line) - 1)
                return
        match = _REPORT.match(line)
        if match is None:
            return
        host = self._new_host()
        for group in (1, 2):
            if match.start(group) >= 0:
                self._name(host, offset + match.start(group), offset + match.end(group))
        for group in (3, 4):
            if match.start(group) >= 0 and match.group(group) in {b"up", b"down"}:
                a, b = match.span(group)
                self._facts.add(host, "status", "STATUS", offset + a, offset + b)

    def _host_line(self, offset: int, line: bytes) -> None:
        spans = _spans("up", line)
        if spans:
            host = self._current_host()
            a, b = spans[0]
            self._facts.add(host, "status", "STATUS", offset + a, offset + b)
            if spans[1][0] >= 0:
                a, b = spans[1]
                self._facts.add(host, "latency", "LATENCY", offset + a, offset + b)
        elif line.startswith(b"HOP"):
            self._table = "route"
        elif line.startswith(b"Host script results"):
            self._port = -1
        else:
            self._report(offset, line)

    def _mac(self, offset: int, line: bytes) -> None:
        match = _MAC.match(line)
        if match is None:
            return
        host = self._current_host()
        a, b = match.span(1)
        self._facts.add(host, "mac", "MAC_ADDRESS", offset + a, offset + b)
        if match.start(2) >= 0 and match.group(2) not in _UNKNOWN_VENDOR:
            a, b = match.span(2)
            self._facts.add(host, "vendor", "ORGANIZATION", offset + a, offset + b)

    def _nmap(self, offset: int, line: bytes) -> None:
        if line.startswith(b"Nmap scan report"):
            self._report(offset, line)
        elif line.startswith(b"Note: Host seems "):
            self._note("STATUS", offset, (17, 21), "host.status")
        else:
            self._header(offset, line)

    def _starting(self, offset: int, line: bytes) -> None:
        if line.startswith(b"Service Info: "):
            add_service_info(self._view, offset, line, self._current_host(), self._facts)
            self._port = -1
        elif line.startswith((b"Starting Nmap ", b"Starting nmap ")):
            self._header(offset, line)
        elif match := _SCANNING.match(line):
            for group in (1, 2, 3):
                self._note_host(offset, match.span(group), "scan.scanning")

    def _header(self, offset: int, line: bytes) -> None:
        facts = self._facts
        spans = _spans("banner", line)
        if not spans:
            if not line.startswith((b"Nmap done at", b"# Nmap done at")):
                return
            done = _DONE.match(line)
            if done is not None and self._scan >= 0:
                facts.add(self._scan, "finished", "", offset + done.start(1), offset + done.end(1))
            return
        self._scan, self._host, self._port = facts.open("scan"), -1, -1
        for field, label, group in (
            ("scanner", "SOFTWARE", 1), ("version", "VERSION", 2), ("started", "", 4),
            ("started", "", 5), ("arguments", "", 6),
        ):  # fmt: skip
            a, b = spans[group - 1]
            if a >= 0:
                facts.add(self._scan, field, label, offset + a, offset + b)
        self._note("URL", offset, spans[2], "scan.url")
        a, b = spans[5]
        if a >= 0:
            note_targets(self._view, offset + a, offset + b, facts)

    def _prompt(self, offset: int, line: bytes) -> None:
        match = _PROMPT.match(line)
        if match is not None:
            note_targets(self._view, offset + match.start(1), offset + len(line), self._facts)

    def _about(self, offset: int, line: bytes) -> None:
        """Handle what starts with A, O or R: systems, other addresses, old summaries."""
        if line.startswith(b"All "):
            self._report(offset, line)
        elif line.startswith(b"Other addresses for "):
            self._names(offset, line)
        elif not line.startswith(b"OS:"):  # a fingerprint
            add_systems(offset, line, self._current_host, self._facts)

    def _names(self, offset: int, line: bytes) -> None:
        other = _OTHER.match(line)
        if other is not None:
            host = self._current_host()
            self._name(host, offset + other.start(1), offset + other.end(1), again=True)
            base = offset + other.start(2)
            for word in _WORD.finditer(other.group(2)):
                self._name(host, base + word.start(), base + word.end(), again=True)
        elif reverse := _RDNS.match(line):
            host = self._current_host()
            for group in (1, 2):
                a, b = reverse.span(group)
                self._name(host, offset + a, offset + b, again=True)

    def _discovered(self, offset: int, line: bytes) -> None:
        match = _FOUND.match(line)
        if match is not None:
            for label, group in (("STATE", 1), ("PORT", 2), ("PROTOCOL", 3)):
                self._note(label, offset, match.span(group), "scan.discovered")
            self._note_host(offset, match.span(4), "scan.discovered")

    def _heading(self, _offset: int, line: bytes) -> None:
        if line.startswith(b"PROTOCOL"):
            self._table = "protocol"
        elif line.startswith((b"PORT", b"TRACEROUTE")):
            self._table = "" if line.startswith(b"PORT") else "route"
        elif line.startswith((b"Pre-scan", b"Post-scan")):
            self._host = self._port = -1

    def _hop(self, offset: int, line: bytes) -> None:
        match = _HOP.match(line)
        if match is None:
            return
        self._note("LATENCY", offset, match.span(1), "hop.latency")
        for group in (2, 3, 4):
            a, b = match.span(group)
            if a < 0 or b - a >= _MAX_NAME:
                continue
            label = label_of_name(self._view.text[offset + a : offset + b])
            if label == "IP_ADDRESS":
                self._facts.add(self._current_host(), "hops", label, offset + a, offset + b)
            elif label:
                self._facts.note(label, offset + a, offset + b, "hop.name")

    # Functions, not bound methods: those would tie each reader, and all that it read, into a cycle.
    _handlers: ClassVar[dict[int, Callable[[HostReader, int, bytes], None]]] = {
        ord("#"): _header, ord("A"): _about, ord("D"): _discovered,
        ord("H"): _host_line, ord("I"): _report, ord("M"): _mac,
        ord("N"): _nmap, ord("O"): _about, ord("P"): _heading,
        ord("R"): _about, ord("S"): _starting, ord("T"): _heading,
        ord("r"): _names, ord("$"): _prompt, ord("["): _prompt,
    }  # fmt: skip
