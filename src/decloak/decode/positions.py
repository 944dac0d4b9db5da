"""Positions: places in a text where a product, a service or an organisation must stand.

Elsewhere an unknown word is most likely honest; here it is most likely a name, and a misspelt one
when it nearly is one that is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from decloak.core.document import View
from decloak.indicators.engine import compile_pattern
from decloak.indicators.quads import is_quad, is_small
from decloak.kb.lexicon import is_word

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
    rb"\b([0-9]{1,5}/(?:tcp|udp|sctp))[ \t]+(?:open|closed|filtered|open\|filtered)[ \t]+"
    rb"([!-~\x80]{2,40})(?:[ \t]{1,40}([!-~\x80][ -~\x80]{2,60}))?"
)
# The same in Nmap's grepable layout: 22/open/tcp//ssh//OpenSSH 7.4p1/.
_GREPABLE = (
    rb"\b([0-9]{1,5}/open/(?:tcp|udp|sctp))//([!-.0-~\x80]{2,40})/[!-.0-~]{0,20}/"
    rb"([ -.0-~\x80]{3,60})?"
)
# The same in Nmap's XML; the system beside it.
_XML_PORT = (
    rb'<port protocol="(tcp|udp|sctp)" portid="([0-9]{1,5})">[^\n]{0,300}?<service name="([^"\n]{2,40})"'
    rb'(?: product="([^"\n]{3,60})")?'
)
_XML_SYSTEM = rb'<os(?:match|class)[ ][^>\n]{0,80}?(?:name|osfamily)="([^"\n]{3,60})"|\bostype="([^"\n]{3,60})"'
_SYSTEM = (
    rb"(?mi)(?:^[ \t|_]{0,8}|[;,] {0,4}|: {1,4})(?:os|os details|running(?: \([a-z ]{4,20}\))?|operating system)"
    rb"[ \t]{0,3}[:=][ \t]{0,10}\"?([A-Za-z][ !#-:<-~\x80]{2,60})"
)
# A word or two right before a version: `name/1.2`, `name 1.2.3`, `name_7.4`, `5.5-name-1.2`.
_VERSIONED = (
    rb"(?:^|[\s\"'(;,>]|[0-9]-)([A-Za-z][A-Za-z0-9.*~^|#@$!+-]{2,30})"
    rb"(?:[/ _]v?[0-9]{1,4}\.[0-9]|-[0-9]{1,4}(?:[.+~][0-9a-z]|[a-z]))"
)
_HEADER = (
    rb"(?mi)\b(?:server|x-powered-by|product|user-agent|software|banner)\"?[ \t]{0,3}[:=][ \t]{0,3}\"?"
    rb"([A-Za-z0-9][ -!#-~\x80]{2,60})"
)
# A cell of a Markdown table before one that begins with a version.
_CELL = rb"\|[ \t]{0,9}([A-Za-z][A-Za-z0-9 .*~^#@$!+'-]{2,40}?)[ \t]{0,9}\|[ \t]{0,9}v?[0-9]{1,4}\.[0-9]"
# A service in a line of a firewall's log, behind the port that it was seen at.
_LOGGED = (
    rb"(?i)\bd(?:st)?_?port=\"?([0-9]{1,5})\"?[ ,;][^\n]{0,80}?\bservice=\"?([!#-+.-:<-~-]{2,40})"
)
_HOLDER = (
    rb"(?mi)(?:^[ \t]{0,8}|[\"])(?:[a-z]{2,12}[ _-]){0,2}(?:registrar|registrant|org-?name|owner|"
    rb"organi[sz]ation|org|isp|descr|holder)\"?"
    rb"[ \t.]{0,20}:[ \t]{0,40}\"?([!#-~\x80][ !#-~\x80]{2,60})"
)
_NUMBER = compile_pattern(rb"[0-9]{1,3}(?:\.[0-9]{1,3}){3}", capture=False)
# What each match holds one of, in lower case; pattern; the kind of position that each of its groups holds.
_PATTERNS = (
    ((b"/tcp", b"/udp", b"/sctp"), _PORT_LINE, ("port", "service", "product")),
    ((b"/open/",), _GREPABLE, ("port", "service", "product")),
    ((b"<port protocol=",), _XML_PORT, ("protocol", "port", "service", "product")),
    ((b"<osmatch", b"<osclass", b"ostype="), _XML_SYSTEM, ("product", "product")),
    ((b"os", b"running", b"operating system"), _SYSTEM, ("product",)),
    ((b"",), _VERSIONED, ("product",)),
    (
        (b"server", b"x-powered-by", b"product", b"user-agent", b"software", b"banner"),
        _HEADER,
        ("product",),
    ),
    ((b"|",), _CELL, ("product",)),
    ((b"port=",), _LOGGED, ("number", "service")),
    (
        (b"registra", b"org", b"owner", b"isp", b"descr", b"holder"),
        _HOLDER,
        ("organization",),
    ),
)


def positions(view: View) -> Iterator[Position]:
    """Yield the positions of a text, each kind in order; they may overlap."""
    text, shadow = view.text, view.shadow
    low = shadow.lower()
    for needles, pattern, kinds in _PATTERNS:
        for needle in needles:
            if needle in low:
                break
        else:
            continue
        for match in compile_pattern(pattern).finditer(shadow):
            port = protocol = ""
            for group, kind in enumerate(kinds, 1):
                start, end = match.span(group)
                if kind == "number":
                    port = text[start:end] + "/tcp"
                elif kind == "protocol":
                    protocol = "/" + text[start:end]
                elif kind == "port":
                    port = text[start:end].replace("/open", "") + protocol
                elif start < end and not (
                    pattern is _VERSIONED and _is_at_address(view, start, end)
                ):
                    yield Position(start, end, kind, port if kind == "service" else "")


def _is_at_address(view: View, start: int, end: int) -> bool:
    """Whether four numbers stand behind a word that are rather an address than its version."""
    found = _NUMBER.match(view.shadow, end + 1, end + 17)
    if found is None or view.text[end] != " " or not is_quad(view.shadow, *found.span()):
        return False
    ordinary = all(map(is_word, view.text[start:end].split("-")))
    return ordinary or not is_small(view.shadow, *found.span())
