"""Port lines of Nmap's normal output: ``22/tcp open ssh syn-ack ttl 64 OpenSSH 8.4p1 Debian 5``.

A scan repeats the same port lines for host after host, so what a line says is worked out once, as
places relative to the line, and kept.
"""

from __future__ import annotations

from typing import NamedTuple

from decloak.core.facts import Fact, Facts
from decloak.core.remember import remembered
from decloak.indicators.engine import compile_pattern
from decloak.sources.nmap_versions import split_version_cell

__all__ = [
    "PORT_START",
    "Part",
    "Port",
    "add_parts",
    "is_read_by_shape",
    "port_part",
    "read_port",
    "read_protocol",
    "split_cell",
]

STATES = rb"open\|filtered|closed\|filtered|open|closed|filtered|unfiltered"
PORT_START = rb"[0-9]{1,5}/(?:tcp|udp|sctp|ip)[ \t]+(?:open|closed|filtered|unfiltered)"
"""How a port line starts, wherever it stands."""

# The names of Nmap's reasons (portreasons.cc); only they may stand between service and version.
_REASONS = (
    rb"syn-ack|syn/ack|reset|conn-refused|no-responses?|no-response|udp-response|tcp-response"
    rb"|proto-response|unknown-response|localhost-response|script-set|user-set|data|init-ack|abort"
    rb"|echo-reply|timestamp-reply|addressmask-reply|arp-response|nd-response|port-unreach"
    rb"|host-unreach|proto-unreach|net-unreach|dest-unreach|admin-prohibited|host-prohibited"
    rb"|net-prohibited|source-quench|time-exceeded|param-problem|ipid-change|no-ipid-change"
    rb"|split-handshake-syn|no-route|beyond-scope|reject-route"
)
_PORT = compile_pattern(
    rb"(?i)([0-9]{1,5})/(tcp|udp|sctp|ip)[ \t]+(" + STATES + rb")(?:[ \t]+([^ \t]+)"
    rb"(?:[ \t]+((?:" + _REASONS + rb")(?:[ \t]ttl[ \t][0-9]+)?"
    rb"(?:[ \t]from[ \t]([0-9A-Fa-f.:]+))?)(?:[ \t]|$))?(.*))?"
)
_HEAD = compile_pattern(
    rb"(?i)[0-9]{1,5}/(?:tcp|udp|sctp|ip)[ \t]+(" + STATES + rb")(?:[ \t]+[^\s\v]+[ \t]*)?"
)
_REASON_WORDS = frozenset({*_REASONS.split(b"|"), b"no-responses"})
_NUMBERED_TAGS = frozenset({b"r0", b"sp0"})
_PROTOCOL = compile_pattern(rb"([0-9]{1,3})[ \t]+(" + STATES + rb")(?:[ \t]+([^ \t]+))?")
_SENTENCE_END = compile_pattern(rb"[0-9)]\.[ \t]+[A-Z]")
_DIRECTORY = compile_pattern(rb"\bDomain: ((?:[0-9A-Za-z_-]+\.)*[0-9A-Za-z_-]+?)(?:0?\.)?(?:,|$)")
_MAX_LINE = 2048
_new = tuple.__new__  # half the cost of calling the class; most facts of a scan are made here


class Part(NamedTuple):
    """One field of a record, placed within the line that says it.

    Attributes:
        start, end: half-open range within the line.
        field: the field's name; one with a dot belongs to no record and becomes a note.
        label: the entity label, or "".
        origin: key of its measured precision, worked out once.
        is_note: whether it belongs to no record.
    """

    start: int
    end: int
    field: str
    label: str
    origin: str
    is_note: bool


def add_parts(facts: Facts, record: int, offset: int, parts: tuple[Part, ...]) -> None:
    """Add the fields of a port to its record."""
    new = _new
    facts.items += [
        new(Fact, (offset + a, offset + b, -1 if note else record, field, label, origin, None))
        for a, b, field, label, origin, note in parts
    ]


def port_part(field: str, label: str, start: int, end: int) -> Part:
    """Return one field of a port at its place in the line."""
    is_note = "." in field
    origin = f"nmap.{field}" if is_note else f"nmap.port.{field}"
    return Part(start, end, field, label, origin, is_note)


class Port(NamedTuple):
    """What a port line says: fields before its version cell, and those of the cell.

    Attributes:
        head: the fields, with places in the line.
        cell: the fields of the version cell, with places in the cell.
        start: where the cell starts in the line.
    """

    head: tuple[Part, ...]
    cell: tuple[Part, ...] = ()
    start: int = 0


def read_port(line: bytes, collapsed: bool) -> Port | None:  # noqa: FBT001 - hot path
    """Read one port line from its first digit on; None when it is none.

    Args:
        line: shadow of the line, without leading white space.
        collapsed: whether lines were joined, so that sentences may end within it.
    """
    if len(line) > _MAX_LINE:
        return None
    if not collapsed:
        shape = line.translate(_ZEROS)
        words = shape.split(None, 3)
        cell = words[3] if len(words) > 3 else b""
        start = len(line) - len(cell)
        if found := _head(shape[:start]):
            if line[5:6] == b"/" and int(line[:5]) > 0xFFFF:
                return None
            inner = _cell(cell) if cell else ()
            if inner is not None:
                parts, opened = found
                return _new(Port, (parts, inner if opened else (), start))
    whole = _read_port(line, collapsed)
    return Port(whole) if whole else None


def is_read_by_shape(line: bytes) -> bool:
    """Whether `read_port` reads a line, not of several joined, and looks at the number of its digits alone."""
    shape = line.translate(_ZEROS)
    words = shape.split(None, 3)
    cell = words[3] if len(words) > 3 else b""
    head = shape[: len(line) - len(cell)]
    return (
        len(line) <= _MAX_LINE and _head(head) is not None and (not cell or _cell(cell) is not None)
    )


# Which digit it is changes nothing about the fields of most lines, so that all lines of one shape
# are worked out once: with zeros in place of their digits.
_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)


@remembered(4096)
def _head(shape: bytes) -> tuple[tuple[Part, ...], bool] | None:
    """Read what stands before a version cell; tell whether the state is an open one."""
    match = _HEAD.fullmatch(shape)
    parts = _read_port(shape.rstrip(), False) if match is not None else ()
    if match is None or not parts or not _IN_SENTENCES.isdisjoint(shape.lower().split()[2:3]):
        return None
    return parts, match.group(1).lower().startswith(b"open")


_IN_SENTENCES = frozenset(
    b"on in at to is are was were and or but for from with by as of the a an this that both only which while because so".split()
)
"""What follows a port and its state where a sentence goes on; no service is called so."""
_DOTTED = b"0.0"


def _is_dotted(word: bytes) -> bool:
    return not word.strip(b"0.") and word[:1] == word[-1:] == b"0" and b".." not in word


@remembered(32768)
def _cell(shape: bytes) -> tuple[Part, ...] | None:
    """Read a version cell; None where more than its shape decides."""
    head, space, last = shape.rpartition(b" ")
    if space and last != _DOTTED and _DOTTED in last and _is_dotted(last):
        # However long the numbers at the end are, the words before them mean the same.
        size = len(head) + 1 + len(_DOTTED)
        parts = _cell(head + b" " + _DOTTED)
        delta = len(shape) - size
        return parts and tuple(
            part._replace(end=part.end + delta) if part.end == size else part for part in parts
        )
    words = shape.split()
    if (
        b"(" in shape  # the information may name a system by its number
        or words[0].lower() in _REASON_WORDS
        or words[0] == b"Microsoft"
        or any(word.lower() in _NUMBERED_TAGS for word in words)
    ):
        return None
    return tuple(split_cell(shape, 0, len(shape)))


@remembered(32768)
def _read_port(line: bytes, collapsed: bool) -> tuple[Part, ...]:  # noqa: FBT001 - cached, private
    match = _PORT.match(line)
    if match is None or int(match.group(1)) > 0xFFFF:
        return ()
    parts = [
        port_part("number", "PORT", *match.span(1)),
        port_part("protocol", "PROTOCOL", *match.span(2)),
        port_part("state", "STATE", *match.span(3)),
    ]
    start, end = match.span(4)
    if start < 0:
        return tuple(parts)
    service = match.group(4).rstrip(b"?.,;|")
    if service.lower() in _IN_SENTENCES:  # "22/tcp open on the jump host"
        return tuple(parts)
    if service and service != b"unknown":
        parts.append(port_part("service", "SERVICE", start, start + len(service)))
    if match.start(6) >= 0:
        parts.append(port_part("reason.address", "IP_ADDRESS", *match.span(6)))
    sentence_over = collapsed and line[end - 1] in b".;,|" and match.start(5) < 0
    if match.group(3).lower().startswith(b"open") and not sentence_over:
        parts += split_cell(line, *match.span(7), collapsed=collapsed)
    return tuple(parts)


def split_cell(line: bytes, start: int, end: int, *, collapsed: bool = False) -> list[Part]:
    """Return the fields of a version cell, with places in the line."""
    cell = line[start:end]
    if collapsed:
        over = _SENTENCE_END.search(cell)
        cell = (cell[: over.start() + 1] if over else cell).rstrip(b" \t.,;|")
    start += len(cell) - len(cell.lstrip())
    cell = cell.strip()
    if not cell:
        return []
    split = split_version_cell(cell)
    parts = [
        port_part(field, label, start + a, start + b)
        for field, label, (a, b) in (
            ("software", "SOFTWARE", split.product),
            ("version", "VERSION", split.version),
            ("info", "", split.info),
            ("os", "OS", split.system),
        )
        if a < b
    ]
    found = _DIRECTORY.search(cell, *split.info) if split.info[1] else None
    if found is not None and found.group(1).count(b"."):
        # Nmap writes the terminating zero of the name as a digit: ``corp.local0.``
        parts.append(
            port_part("info.domain", "DOMAIN", start + found.start(1), start + found.end(1))
        )
    return parts


def read_protocol(line: bytes) -> tuple[Part, ...]:
    """Read one line of a protocol scan: ``1 open icmp``; empty when it is none."""
    match = _PROTOCOL.match(line)
    if match is None:
        return ()
    parts = [port_part("number", "", *match.span(1)), port_part("state", "STATE", *match.span(2))]
    service = match.group(3) if match.start(3) >= 0 else b""
    if service.rstrip(b"?") not in {b"", b"unknown"}:
        start = match.start(3)
        parts.append(port_part("service", "SERVICE", start, start + len(service.rstrip(b"?"))))
    return tuple(parts)
