"""Positions: places in a text where a product, a service or an organisation must stand.

Elsewhere an unknown word is most likely honest; here it is most likely a name, and a misspelt one
when it nearly is one that is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from decloak.core.document import View
from decloak.indicators.engine import compile_pattern

__all__ = ["Position", "positions"]


class Position(NamedTuple):
    """A stretch that holds a name.

    Attributes:
        start, end: half-open code-point range.
        kind: ``service``, ``product`` or ``organization``.
        port: for a service, the port and protocol it stands beside (``22/tcp``), else "".
    """

    start: int
    end: int
    kind: str
    port: str = ""


# Nmap's port table, also collapsed into one line: port, state, service, perhaps a product.
_PORT_LINE = (
    rb"\b(?P<port>[0-9]{1,5}/(?:tcp|udp|sctp))[ \t]+(?:open|closed|filtered|open\|filtered)[ \t]+"
    rb"(?P<service>[!-~\x80]{2,40})(?:[ \t]{1,40}(?P<product>[!-~\x80][ -~\x80]{2,60}))?"
)
# A word or two right before a version: `name/1.2`, `name 1.2.3`, `name_7.4`.
_VERSIONED = (
    rb"(?:^|[\s\"'(;,>])(?P<product>[A-Za-z][A-Za-z0-9.*~^|#@$!+-]{2,30})[/ _]v?[0-9]{1,4}\.[0-9]"
)
_HEADER = (
    rb"(?mi)\b(?:server|x-powered-by|product|user-agent|software)\"?[ \t]{0,3}[:=][ \t]{0,3}\"?"
    rb"(?P<product>[A-Za-z0-9][ -!#-~\x80]{2,60})"
)
_HOLDER = (
    rb"(?mi)(?:^[ \t]{0,8}|[\"])(?:registrar|registrant organi[sz]ation|registrant|org-?name|owner|"
    rb"organi[sz]ation|org|isp|admin organi[sz]ation|tech organi[sz]ation|descr|holder)\"?"
    rb"[ \t.]{0,20}:[ \t]{0,40}\"?(?P<organization>[!#-~\x80][ !#-~\x80]{2,60})"
)
_PATTERNS = (_PORT_LINE, _VERSIONED, _HEADER, _HOLDER)


def positions(view: View) -> Iterator[Position]:
    """Yield the positions of a text, each kind in order; they may overlap."""
    shadow = view.shadow
    for pattern in _PATTERNS:
        names = [
            name
            for name in ("service", "product", "organization")
            if f"<{name}>".encode() in pattern
        ]
        for match in compile_pattern(pattern).finditer(shadow):
            for name in names:
                start, end = match.span(name)
                if start < end:
                    port = view.text[slice(*match.span("port"))] if name == "service" else ""
                    yield Position(start, end, name, port)
