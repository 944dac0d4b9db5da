"""What Nmap says about the system of a host: Service Info, OS details, guesses, CPE names."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.indicators.engine import compile_pattern
from decloak.sources.names import label_of_name

__all__ = ["add_service_info", "add_systems"]

_CPE = compile_pattern(rb"cpe:[/2][^ \t,;]+")
_ACCURACY = compile_pattern(rb"[ \t]*\([0-9]{1,3}%\)$")
_MAX_ITEMS = 64


def _items(line: bytes, start: int, end: int, mark: bytes) -> Iterator[tuple[int, int]]:
    """Yield the stripped parts of a list."""
    for _ in range(_MAX_ITEMS):
        stop = line.find(mark, start, end)
        stop = end if stop < 0 else stop
        part = line[start:stop]
        begin = start + len(part) - len(part.lstrip())
        finish = start + len(part.rstrip(b" \t."))
        if begin < finish:
            yield begin, finish
        if stop == end:
            return
        start = stop + len(mark)


def add_service_info(view: View, offset: int, line: bytes, host: int, facts: Facts) -> None:
    """Read ``Service Info: Host: x; OSs: Unix, Linux; Device: printer; CPE: cpe:/...``."""
    for start, end in _items(line, len(b"Service Info:"), len(line), b";"):
        colon = line.find(b":", start, end)
        key = line[start:colon].strip()
        for a, b in _items(line, colon + 1, end, b","):
            if key in {b"OS", b"OSs"}:
                field = "os" if key == b"OS" else "oses"
                facts.add(host, field, "OS", offset + a, offset + b)
            elif key in {b"Host", b"Hosts"}:
                _add_host_name(view, offset + a, offset + b, host, facts)
            elif key == b"CPE" and _CPE.fullmatch(line, a, b):
                facts.add(host, "cpes", "CPE", offset + a, offset + b)


def _add_host_name(view: View, start: int, end: int, host: int, facts: Facts) -> None:
    """Add the name a service gave for its host; it may be an address in brackets."""
    text = view.text[start:end].strip(".[]") if end - start < 300 else ""
    start += view.text[start:end].find(text)
    label = label_of_name(text)
    if label:
        field = "addresses" if label == "IP_ADDRESS" else "names"
        facts.add(host, field, label, start, start + len(text))


def add_systems(offset: int, line: bytes, host: Callable[[], int], facts: Facts) -> None:
    """Read a line of system detection, whichever it is; `host` gives the record when needed."""
    colon = line.find(b": ")
    key = line[:colon] if 0 < colon < 40 else b""
    end = len(line.rstrip())
    if key == b"OS CPE":
        for match in _CPE.finditer(line, colon + 2):
            facts.add(host(), "cpes", "CPE", offset + match.start(), offset + match.end())
        return
    if key == b"OS details":
        # One name may hold commas: ``Windows 7 SP1, Windows 8, or Windows 8.1 Update 1``.
        mark = b"\n" if line.find(b", or ") >= 0 else b", "
        parts = list(_items(line, colon + 2, end, mark))
        for a, b in parts:
            facts.add(host(), "os" if len(parts) == 1 else "oses", "OS", offset + a, offset + b)
    elif key == b"Aggressive OS guesses":
        for a, b in _items(line, colon + 2, end, b"%), "):
            name = line[a:b].rstrip(b"%)") + b"%)"
            accuracy = _ACCURACY.search(name)
            stop = a + accuracy.start() if accuracy else b
            facts.add(host(), "oses", "OS", offset + a, offset + stop)
    elif key in {b"Running", b"Running (JUST GUESSING)"}:
        for a, b in _items(line, colon + 2, end, b", "):
            accuracy = _ACCURACY.search(line[a:b])
            stop = a + accuracy.start() if accuracy else b
            if not line.endswith(b" embedded", a, stop):
                facts.add(host(), "oses", "OS", offset + a, offset + stop)
