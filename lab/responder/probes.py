"""Nmap's service probes, read from the installed Nmap: what it sends and what it recognises.

The file is read where Nmap is installed and never copied: its licence is not ours. Format:
https://nmap.org/book/vscan-fileformat.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.daemons import LabError

__all__ = ["Match", "Probe", "load", "unescape"]

_FOLDERS = ("/usr/share/nmap", "/usr/local/share/nmap")
_FIELDS = re.compile(r"\s(cpe:|[pvihod])(?P<quote>[^\sa-z0-9])(.*?)(?P=quote)a?(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Match:
    """One line that turns an answer into a name.

    Attributes:
        service: what Nmap calls the service.
        pattern: of the answer, for Python's `re` over bytes decoded as Latin-1.
        flags: of `re`.
        fields: p, v, i, h, o, d -> template with $1 and the like.
    """

    service: str
    pattern: str
    flags: int
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Probe:
    """What is sent, where it is tried first, and the answers it knows.

    Attributes:
        transport: tcp or udp.
        name: NULL is the probe that sends nothing.
        payload: the bytes.
        ports: tried there first.
        tls_ports: likewise, inside TLS.
        rarity: 1 to 9; scans of a lower intensity leave it out.
        matches: in the order they are tried.
    """

    transport: str
    name: str
    payload: bytes
    ports: tuple[int, ...]
    tls_ports: tuple[int, ...]
    rarity: int
    matches: tuple[Match, ...]


def unescape(text: str) -> bytes:
    """Undo C escapes as the file uses them."""
    return text.encode("latin-1").decode("unicode_escape").encode("latin-1")


def _ports(text: str) -> tuple[int, ...]:
    made: list[int] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        made += range(int(first), int(last or first) + 1)
    return tuple(made)


def _match(line: str) -> Match | None:
    _, service, rest = line.split(" ", 2)
    rest = rest.lstrip()
    if not rest.startswith("m") or len(rest) < 3:
        return None
    end = rest.find(rest[1], 2)
    if end < 0:
        return None
    tail = re.match(r"[is]*", rest[end + 1 :])
    options = tail.group() if tail else ""
    flags = (re.IGNORECASE if "i" in options else 0) | (re.DOTALL if "s" in options else 0)
    fields = {
        found[1]: found[3]
        for found in _FIELDS.finditer(rest[end + 1 + len(options) :])
        if found[1] != "cpe:"
    }
    return Match(service, rest[2:end], flags, fields)


def load(path: Path | None = None) -> tuple[Probe, ...]:
    """Read every probe with its matches; lines of an unknown shape are passed over.

    Raises:
        LabError: when Nmap is not installed.
    """
    candidates = [path] if path else [Path(f) / "nmap-service-probes" for f in _FOLDERS]
    for each in candidates:
        if each.is_file():
            return tuple(_parse(each.read_text("latin-1").splitlines()))
    message = "nmap-service-probes is not installed (Debian: nmap-common)"
    raise LabError(message)


def _parse(lines: list[str]) -> Iterator[Probe]:
    head: tuple[str, str, bytes] | None = None
    settings: dict[str, str] = {}
    matches: list[Match] = []
    for line in [*lines, "Probe END"]:
        keyword, _, rest = line.partition(" ")
        if keyword == "Probe":
            if head:
                yield Probe(
                    *head,
                    _ports(settings["ports"]) if "ports" in settings else (),
                    _ports(settings["sslports"]) if "sslports" in settings else (),
                    int(settings.get("rarity", "1")),
                    tuple(matches),
                )
            settings, matches = {}, []
            if rest != "END":
                transport, name, data = rest.split(" ", 2)
                payload = unescape(data[2 : data.index(data[1], 2)])
                head = (transport.lower(), name, payload)
        elif keyword == "match":
            found = _match(line)
            if found:
                matches.append(found)
        elif keyword in {"ports", "sslports", "rarity"}:
            settings[keyword] = rest
