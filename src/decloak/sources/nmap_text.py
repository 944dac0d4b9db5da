"""Nmap's normal output (``-oN`` and the screen), also indented, quoted or collapsed to one line."""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.engine import replayed
from decloak.indicators.engine import compile_pattern
from decloak.sources.lines import note_scanner_lines
from decloak.sources.nmap_host_lines import HostReader
from decloak.sources.nmap_ports import PORT_START

__all__ = ["NmapText", "lines_of"]

_REPORT = rb"Nmap scan report for [^ \t\n]"
# Where a line of Nmap's starts when several were joined into one.
_JOINT = (
    _REPORT
    + rb"|"
    + PORT_START
    + rb"|Host is up\b|Host seems down|Not shown: |PORT[ \t]+STATE\b|PROTOCOL[ \t]+STATE\b"
    rb"|Service Info: |MAC Address: |Device type: |Running(?: \(JUST GUESSING\))?: |OS CPE: "
    rb"|OS details: |Aggressive OS guesses: |No exact OS matches|Network Distance: |TRACEROUTE\b"
    rb"|HOP[ \t]+RTT\b|(?:Service|OS|OS and Service) detection performed|Read data files from: "
    rb"|Nmap done\b|(?:# )?Nmap [0-9][0-9.]*[A-Z0-9]* scan initiated|Starting Nmap "
    rb"|Other addresses for |rDNS record for |Host script results:|All [0-9]+ scanned ports "
    rb"|Discovered open port |Initiating |Completed |Scanning |Uptime guess: |Warning: |NSE: "
    rb"|[0-9]+ services? unrecognized|SF-Port[0-9]+-|Post-scan script results:"
)
_JOINED_LINE = compile_pattern(
    rb"(?m)^[^\n|][^\n]*?[ \t](?:" + _REPORT + rb"|" + PORT_START + rb"|Host is up\b)[^\n]*",
    capture=False,
)
# What every joined line has, and hardly any other: one look tells that there is none.
_JOIN = compile_pattern(
    rb"[ \t](?:" + _REPORT + rb"|" + PORT_START + rb"|Host is up\b)", capture=False
)
# Somebody may have put bars between the lines; a bar before anything else is script output.
_JOINTS = compile_pattern(rb"(?:^|[ \t])(?:(?:\|[ \t]+)?(" + _JOINT + rb")|(\|[_ ] ?[a-z0-9]))")
# A command somebody typed: all that is left above joined lines whose report's head was cut off.
_COMMAND = rb"[^\n]{0,80}[$#%>][ \t]*(?:sudo[ \t]+)?nmap[ \t]+-"
_SCRIPT = rb"\|[ _][a-z][a-z0-9]*(?:[-_.][a-z0-9]+)+:(?:[ \t][^\n]*[^|\n \t])?[ \t]*$"
# What it prints apart from its anchors: output of scripts, fingerprints, hops of a route.
_INSIDE = compile_pattern(
    rb"[ \t>]*(?:\||"
    + _JOINT
    + rb"|SF[-:]|OS:|Interesting ports on |Pre-scan script results:|Too many fingerprints"
    rb"|Network Distance:|Note: Host seems |Nmap |TCP/IP fingerprint:|[0-9]{1,2}[ \t]+(?:[0-9.]+ ms|--|\.\.\.)"
    rb"|=+NEXT SERVICE FINGERPRINT)",
    capture=False,
)
_STRONG = compile_pattern(
    rb"(?m)" + _REPORT + rb"|^[ \t]*(?:PORT|PROTOCOL)[ \t]+STATE[ \t]+SERVICE\b"
    rb"|(?:# |Starting )Nmap [0-9][0-9.]+[A-Z0-9]* (?:scan initiated|\( ?https?://)",
    capture=False,
)
_WEAK = compile_pattern(
    rb"(?m)^[ \t>]*" + PORT_START + rb"|^[ \t>]*(?:Host script results:|" + _SCRIPT + rb")"
    rb"|^Nmap done(?:: | at )[0-9A-Z]|^Discovered open port [0-9]"
    rb"|^Scanned at [0-9]{4}-|^" + _COMMAND,
    capture=False,
)
_JOINERS = b" \t.,;|>/-"  # what people put between lines they join
_BLOCK = 1 << 20


def lines_of(view: View, start: int, end: int) -> Iterator[tuple[int, bytes, bool]]:
    """Yield the lines of a range as (offset, shadow of the line, whether it was cut from a join).

    Works in blocks, so that a text of 100 MB is never held twice.
    """
    shadow = view.shadow
    joined = _JOINED_LINE.finditer(shadow, start, end)
    cut = next(joined, None)
    position = start
    while position < end:
        stop = end if cut is None else cut.start()
        while position < stop:
            edge = min(position + _BLOCK, stop)
            if edge < stop:
                newline = shadow.rfind(b"\n", position, edge)
                if newline < 0:
                    newline = shadow.find(b"\n", edge, stop)
                edge = newline + 1 if newline >= 0 else stop
            for line in shadow[position:edge].split(b"\n"):
                yield position, line, False
                position += len(line) + 1
            position = edge
        if cut is not None:
            line_end = cut.end()
            starts = [
                max(match.start(1), match.start(2))
                for match in _JOINTS.finditer(shadow, position, line_end)
            ]
            if not starts or starts[0] > position:
                starts.insert(0, position)
            for a, b in zip(starts, [*starts[1:], line_end], strict=True):
                yield a, shadow[a:b].rstrip(_JOINERS), True
            position = line_end + 1
            cut = next(joined, None)


class NmapText:
    """Nmap's normal output."""

    name = "nmap_text"
    source = "nmap"
    layout = "normal"
    first = 8
    ports = True
    description = "Nmap normal output (-oN, screen), with NSE scripts, also on one line"
    anchor = (
        rb"(?m)^(?:[^\n]{0,200}?" + _REPORT + rb"|[ \t>]*PORT[ \t]+STATE[ \t]+SERVICE\b"
        rb"|[ \t>]*PROTOCOL[ \t]+STATE[ \t]+SERVICE\b|[ \t>]*" + PORT_START + rb"\b"
        rb"|[ \t>]*(?:# |Starting )Nmap [0-9][0-9.]*[A-Z0-9]* (?:scan initiated|\( ?https?://)"
        rb"|[ \t>]*(?:# )?Nmap done(?:: | at )[0-9A-Z]|[ \t>]*Discovered open port [0-9]"
        rb"|[ \t>]*Service Info: (?:Hosts?|OSs?|Devices?|CPE): |[ \t>]*Scanned at [0-9]{4}-|"
        + rb"[ \t>]*(?:Host|Pre-scan|Post-scan) script results:|[ \t>]*"
        + _SCRIPT
        + rb"|"
        + _COMMAND
        + rb")"
    )
    opening = (
        rb"[ \t>]*(?:"
        + _REPORT
        + rb"|(?:# |Starting )Nmap [0-9]|(?:Host|Pre-scan) script results:)|"
        + _COMMAND
    )

    def score(self, view: View, start: int, end: int) -> float:
        """How sure it is: by the lines that only Nmap writes."""
        if _STRONG.search(view.shadow, start, end):
            return 0.98
        hits = sum(
            1 for _, _ in zip(range(3), _WEAK.finditer(view.shadow, start, end), strict=False)
        )
        return (0.0, 0.75, 0.85, 0.9)[hits]

    def knows(self, line: bytes) -> bool:
        """Whether a line is one of Nmap's."""
        return _INSIDE.match(line) is not None

    def parse(self, view: View, start: int, end: int, facts: Facts) -> None:
        """Add scans, hosts, ports and what the scripts say."""
        note_scanner_lines(view, start, end, facts)  # masscan writes one of Nmap's lines
        reader = HostReader(view, facts)
        read = reader.read
        joined = _JOIN.search(view.shadow, start, end) is not None
        if not joined:
            start = replayed(reader, self, view.shadow, start, end, facts)
        if joined or end - start > _BLOCK:
            for offset, line, collapsed in lines_of(view, start, end):
                if line:
                    read(offset, line, collapsed)
            return
        for line in view.shadow[start:end].split(b"\n"):
            if line:
                read(start, line, False)
            start += len(line) + 1
