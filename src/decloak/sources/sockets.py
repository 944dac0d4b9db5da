"""Sockets: lines of the tables of open sockets that netstat, ss and lsof print.

``tcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN 812/sshd``, ``LISTEN 0 511 *:80 *:* users:(("nginx",pid=900,fd=6))``,
``nginx 900 root 6u IPv4 12345 0t0 TCP *:80 (LISTEN)``. What such a line counts (queues, processes, descriptors) looks
like ports, so that it is told to be none.
"""

from __future__ import annotations

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.indicators.engine import compile_pattern
from decloak.kb.lexicon import lookup
from decloak.sources.names import label_of_name

__all__ = ["note_sockets"]

_STATES = (
    rb"(?:LISTEN(?:ING)?|ESTAB(?:LISHED)?|SYN[-_](?:SENT|RECV|RECEIVED)|FIN[-_]WAIT[-_]?[12]|TIME[-_]WAIT"
    rb"|CLOSE[-_]WAIT|CLOSED?|LAST[-_]ACK|CLOSING|UNCONN|BOUND)"
)
_PROTOCOL = rb"((?i:tcp|udp|raw|sctp|icmp)[46]{0,2})"
_SOCKET = rb"([0-9A-Za-z_.:*\[\]%-]{1,80}:(?:[0-9]{1,5}|\*|[a-z][a-z0-9-]{1,30}))"
_COUNT = rb"([0-9]{1,9})"
_GAP = rb"[ \t]{1,40}"
_NETSTAT = compile_pattern(
    rb"(?m)^[ \t]{0,8}" + _PROTOCOL + _GAP + rb"(?:" + _COUNT + _GAP + _COUNT + _GAP + rb")?"
    + _SOCKET + _GAP + _SOCKET + rb"(?:" + _GAP + _STATES + rb")?"
    rb"(?:" + _GAP + _COUNT + rb"(?:/([A-Za-z][A-Za-z0-9_.-]{0,40}))?)?"
)  # fmt: skip
_SS = compile_pattern(
    rb"(?m)^[ \t]{0,8}(?:" + _PROTOCOL + _GAP + rb")?" + _STATES + _GAP + _COUNT + _GAP + _COUNT + _GAP
    + _SOCKET + _GAP + _SOCKET
    + rb"(?:" + _GAP + rb"users:\(\(\"([A-Za-z][A-Za-z0-9_. /:-]{0,40})\",pid=" + _COUNT + rb",fd=" + _COUNT + rb"\))?"
)  # fmt: skip
_LSOF = compile_pattern(
    rb"(?m)^([A-Za-z][A-Za-z0-9_.\\-]{0,40})" + _GAP + _COUNT + _GAP + rb"[A-Za-z_][A-Za-z0-9_.-]{0,40}" + _GAP
    + rb"[0-9]{1,6}[rwu]?[a-zA-Z]?" + _GAP + rb"IPv[46]" + _GAP + rb"(?:0x)?[0-9a-f]{1,20}" + _GAP + rb"[0-9a-z]{1,12}" + _GAP
    + rb"(TCP|UDP)" + _GAP + _SOCKET + rb"(?:->" + _SOCKET + rb")?"
)  # fmt: skip
# For each layout: bytes without which no line of it is there, the pattern, and what its groups are.
_LAYOUTS = (
    (b":", _NETSTAT, ("protocol", "", "", "socket", "socket", "", "program")),
    (b" ", _SS, ("protocol", "", "", "socket", "socket", "program", "", "")),
    (b"IPv", _LSOF, ("program", "", "protocol", "socket", "socket")),
)
_HIGHEST_PORT = 0xFFFF


def note_sockets(view: View, start: int, end: int, facts: Facts, noted: set[int]) -> None:
    """Note what the lines of socket tables hold in a range; see `note_keyed`."""
    shadow = view.shadow
    for needle, pattern, kinds in _LAYOUTS:
        if shadow.find(needle, start, end) < 0:
            continue
        for match in pattern.finditer(shadow, start, end):
            for group, kind in enumerate(kinds, 1):
                low, high = match.span(group)
                if low < high and low not in noted:
                    for label, first, last in _parts(view, kind, low, high):
                        noted.add(first)
                        facts.note(label, first, last, f"socket.{kind or 'count'}")


def _parts(view: View, kind: str, start: int, end: int) -> list[tuple[str, int, int]]:
    """Return label and range of what a cell holds; the label of what is no entity is empty."""
    text = view.text
    if kind == "protocol":
        while text[end - 1].isdigit():
            end -= 1
        return [("PROTOCOL", start, end)] if text[start:end].lower() != "raw" else []
    if kind == "program":
        entry = lookup(text[start:end])
        known = entry is not None and entry.label == "SOFTWARE"
        return [("SOFTWARE" if known else "", start, end)]
    if kind != "socket":
        return [("", start, end)]
    return _socket(text, start, end)


def _socket(text: str, start: int, end: int) -> list[tuple[str, int, int]]:
    """Return the address and the port of ``192.0.2.1:80``, ``[2001:db8::1]:80``, ``:::80``, ``*:80``."""
    found = []
    colon = text.rindex(":", start, end)
    port = text[colon + 1 : end]
    low, high = start, colon
    if text[low:high].startswith("[") and text[high - 1] == "]":
        low, high = low + 1, high - 1
    zone = text.find("%", low, high)
    high = zone if zone >= 0 else high
    host = text[low:high]
    if (label := label_of_name(host)) in {"IP_ADDRESS", "DOMAIN", "HOSTNAME"} and any(
        map(str.isalnum, host)
    ):
        found.append((label, low, high))
    if port.isdigit():  # 0 is any port
        found.append(("PORT" if 0 < int(port) <= _HIGHEST_PORT else "", colon + 1, end))
    elif port[:1].isalpha():
        found.append(("SERVICE", colon + 1, end))
    return found
