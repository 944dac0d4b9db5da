"""Dotted tokens: IPv4 addresses, networks and ranges, and domain names, in one scan.

Addresses, names, versions, file names and code all look like ``a.b.c``. One scan takes maximal
dotted tokens; what each is depends on its own shape, which is remembered per distinct token, and
on the characters around it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from decloak.core import native
from decloak.core.document import View
from decloak.core.entity import Candidate, Verdict
from decloak.core.span_set import SpanSet
from decloak.indicators import read
from decloak.indicators.engine import compile_pattern
from decloak.indicators.keys import key_before
from decloak.kb.fields import OPAQUE, role_of
from decloak.tag.base import Scene
from decloak.tag.shapes import Shape, shape_of
from decloak.tag.surroundings import (
    follows_version_word,
    is_numbering,
    names_a_host,
    on_code_line,
    on_file_line,
)
from decloak.tag.traps import ESTABLISHED
from decloak.tag.unknown import without_known

__all__ = ["Dotted"]

_TOKEN = compile_pattern(
    rb"[A-Za-z0-9_\x80][A-Za-z0-9_\x80-]*(?:\.[A-Za-z0-9_\x80-]+)+", capture=False
)
_SUFFIX = compile_pattern(
    rb"(?:/[0-9]{1,3}(?:\.[0-9]{1,3}){0,3}|[ ]?-[ ]?[0-9]{1,3}(?:\.[0-9]{1,3}){3})", capture=False
)
_ADDRESS_OF = compile_pattern(
    rb"\((?:(?:[0-9]{1,3}\.){3}[0-9]{1,3}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]{2,39})[:)/ ,]",
    capture=False,
)
_PORT = compile_pattern(
    rb"(?::|#|,? port[ =:]{1,3})([0-9]{1,5})(?:[^0-9A-Za-z_.:\x80-]|[.:](?:[^0-9]|$)|-[^0-9]|$)"
)
_LINKED = frozenset({b":", b"#", b" ", b",", b"|"})
_COMPOSITE = compile_pattern(rb"\|([0-9]{1,5})(?:[;, \t\r\n\"']|$)")
_SLASHED_PORT = compile_pattern(rb"/([0-9]{1,5})(?:[^0-9A-Za-z_.]|$)")
_SOCKET = compile_pattern(rb":[0-9]", capture=False)
# What reads `outside:192.0.2.1/443`: Cisco's ASA, PIX and FTD.
_FIREWALL = compile_pattern(rb"%(?:ASA|PIX|FTD)-|[ (][a-zA-Z][a-zA-Z0-9_-]{1,30}:$", capture=False)
# What joins address and port by a dot: tcpdump, and the socket tables of the BSDs and macOS.
_CAPTURE = compile_pattern(
    rb"\bIP6? (?:\([^\n]{0,120}\) )?(?:[^ \n]{1,80} > )?$|^[ \t|>]*(?:netstat: )?(?:tcp|udp|icm|ip)[0-9]{0,2}[ \t]+[0-9]+[ \t]+[0-9]+[ \t]"
    rb"|^[ \t]{4,}[^ \n]{1,80} > $|\b(?:block|pass|match) (?:in|out) on [a-z0-9_.]{2,16}: (?:[^ \n]{1,80} > )?$",
    capture=False,
)
_LINE = 256
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_\x80")
_BEFORE_NO = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-\x80")


class Dotted:
    """Propose IP_ADDRESS, CIDR, DOMAIN, PORT after an address, and VERSION that looks like one."""

    name = "dotted"
    labels = ("IP_ADDRESS", "CIDR", "DOMAIN", "PORT", "VERSION")
    origins = (
        "pattern.ipv4",
        "pattern.cidr",
        "pattern.range",
        "pattern.port",
        "pattern.socket",
        "pattern.domain",
        "pattern.domain.host",
        "pattern.domain.private",
        "pattern.domain.file-like",
        "pattern.domain.code-like",
        "pattern.version.dotted",
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Yield one candidate for each dotted token that means something."""
        view, known, private = scene.view, scene.known, scene.private
        text, shadow = view.text, view.shadow
        if b"." not in shadow:
            return
        for start, end in _unknown(scene):
            shape = shape_of(text[start:end])
            if shape is Shape.NOTHING:
                if text.count(".", start, end) > 1 and text[start].isalnum():
                    yield from _with_port(view, start, end)
                if private and _is_private(text[start:end], private):
                    yield Candidate(start, end, "DOMAIN", "pattern.domain.private")
                continue
            if shape is Shape.IPV4:
                yield from _address(view, start, end, known)
            elif shape is Shape.RANGE:
                if role_of(key_before(shadow, start)) not in {"VERSION", OPAQUE}:
                    yield Candidate(start, end, "CIDR", "pattern.range")
            else:
                yield from _domain(view, start, end, shape, known)


def _unknown(scene: Scene) -> Iterable[tuple[int, int]]:
    """Return the maximal dotted tokens of a window that are no known span."""
    known = scene.known
    if native.extension is not None and isinstance(known, SpanSet):
        found: list[tuple[int, int]] = native.extension.dotted_tokens(
            scene.view.shadow, scene.low, scene.high, known.starts, known.ends
        )
        return found
    low = scene.low
    spans = (
        (each.start() + low, each.end() + low) for each in _TOKEN.finditer(without_known(scene))
    )
    return (span for span in spans if span not in known)


def _is_private(token: str, private: frozenset[str]) -> bool:
    """Whether a token lies under a top label that this document's own records use."""
    if _top(token) not in private:
        return False
    return read("DOMAIN", token).verdict is Verdict.SILENT


def _address(
    view: View, start: int, end: int, known: Collection[tuple[int, int]]
) -> Iterator[Candidate]:
    """Yield an address, network or range that starts here, unless it is a version."""
    shadow = view.shadow
    before = shadow[start - 1] if start else 32
    after = shadow[end] if end < len(shadow) else 32
    if before in _BEFORE_NO and not (before == 0x2D and start > 1 and shadow[start - 2] in b" "):
        return
    if is_numbering(view, start):
        return
    if follows_version_word(view, start, end):
        yield Candidate(start, end, "VERSION", "pattern.version.dotted")
        return
    if after == 0x2F and _is_firewall(shadow, start):
        yield Candidate(start, end, "IP_ADDRESS", "pattern.ipv4")
        slashed = _SLASHED_PORT.match(shadow, end, min(end + 8, len(shadow)))
        if slashed is not None and slashed.span(1) not in known:
            yield Candidate(*slashed.span(1), "PORT", "pattern.port")
        return
    if after in b"/- ":
        tail = _SUFFIX.match(shadow, end, min(end + 24, len(shadow)))
        if tail is not None:
            stop = tail.end()
            boundary = stop == len(shadow) or (
                shadow[stop] not in _WORD
                and shadow[stop : stop + 2] not in {b"/d", b".1"}
                and _SOCKET.match(shadow, stop, stop + 2) is None
            )
            reading = read("CIDR", view.text[start:stop])
            if boundary and reading.verdict is Verdict.CONFIRMED:
                origin = "pattern.cidr" if after == 0x2F else "pattern.range"
                if (start, stop) not in known:
                    yield Candidate(start, stop, "CIDR", origin)
                return
    yield Candidate(start, end, "IP_ADDRESS", "pattern.ipv4")
    yield from _port(shadow, end, known)


def _is_called(shadow: bytes, end: int) -> bool:
    """Whether a call follows, and not the address of a host: `evil.example.com(192.0.2.1)`."""
    return shadow[end : end + 1] == b"(" and _ADDRESS_OF.match(shadow, end, end + 48) is None


def _is_lookalike(name: str) -> bool:
    """Whether its letters want to be taken for others, as those of no file and of no code do."""
    return not name.isascii() and read("DOMAIN", name).resembles is not None


def _top(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _port(shadow: bytes, end: int, known: Collection[tuple[int, int]]) -> Iterator[Candidate]:
    """Yield the port behind an address or a name that ends here: ``:443``, ``#5353``, `` port 22``."""
    if shadow[end : end + 1] not in _LINKED:
        return
    if shadow[end : end + 1] == b"|":  # MISP's `ip-dst|port`, in one cell
        paired = _COMPOSITE.match(shadow, end, min(end + 8, len(shadow)))
        if paired is not None and not _in_bars(shadow, end) and paired.span(1) not in known:
            yield Candidate(*paired.span(1), "PORT", "pattern.port")
        return
    if shadow[end] in b" ," and shadow.find(b"port", end, end + 7) < 0:
        return
    found = _PORT.match(shadow, end, min(end + 16, len(shadow)))
    if found is not None and found.span(1) not in known:
        yield Candidate(*found.span(1), "PORT", "pattern.port")


def _in_bars(shadow: bytes, bar: int) -> bool:
    """Whether the bar parts cells of a table, as others beside blanks or at the edges of the line do."""
    low = max(0, bar - _LINE)
    low = max(low, shadow.rfind(b"\n", low, bar) + 1)
    stop = shadow.find(b"\n", bar, bar + _LINE)
    line = shadow[low : stop if stop >= 0 else bar + _LINE].strip()
    return b" |" in line or b"| " in line or line[:1] == b"|" or line[-1:] == b"|"


def _is_firewall(shadow: bytes, start: int) -> bool:
    """Whether an address stands behind an interface or on a line of a firewall that parts ports by ``/``."""
    low = max(0, start - _LINE)
    low = max(low, shadow.rfind(b"\n", low, start) + 1)
    return _FIREWALL.search(shadow[low:start]) is not None


def _with_port(view: View, start: int, end: int) -> Iterator[Candidate]:
    """Yield address or name and port of ``192.0.2.1.443``, where a capture or a socket table says so."""
    shadow, text = view.shadow, view.text
    while not text[end - 1].isalnum():
        end -= 1
    dot = text.rfind(".", start, end)
    port = shadow[dot + 1 : end]
    low = max(0, start - _LINE)
    low = max(low, shadow.rfind(b"\n", low, start) + 1)
    if _CAPTURE.search(shadow[low:start]) is None:
        return
    shape = shape_of(text[start:dot])
    if shape in {Shape.IPV4, Shape.DOMAIN}:
        label = "IP_ADDRESS" if shape is Shape.IPV4 else "DOMAIN"
        yield Candidate(start, dot, label, "pattern.socket")
        if port.isdigit() and len(port) <= 5:
            yield Candidate(dot + 1, end, "PORT", "pattern.socket")


def _domain(
    view: View, start: int, end: int, shape: Shape, known: Collection[tuple[int, int]]
) -> Iterator[Candidate]:
    shadow = view.shadow
    text = view.text
    while end > start and text[end - 1] in "-_":
        end -= 1
    after = shadow[end] if end < len(shadow) else 32
    origin = _origin_of(view, start, end, shape)
    if origin is None:
        return
    if origin != "pattern.domain" and shape is not Shape.CODE and names_a_host(view, start, end):
        origin = "pattern.domain.host"
    yield Candidate(start, end, "DOMAIN", origin)
    if after == 0x3A and origin in {"pattern.domain", "pattern.domain.host"}:
        yield from _port(shadow, end, known)


def _origin_of(view: View, start: int, end: int, shape: Shape) -> str | None:
    """Return who proposes a name by the signs around it; None where it belongs to what stands before."""
    shadow, text = view.shadow, view.text
    before = shadow[start - 1] if start else 32
    after = shadow[end] if end < len(shadow) else 32
    origin = "pattern.domain"
    if before in b"\\$" or (before == 0x3E and shadow[start - 2 : start] == b"->"):
        origin = "pattern.domain.code-like"
    elif before == 0x2F and after == 0x2F and shadow[start - 2 : start - 1] == b"=":
        pass  # how dnsmasq names the domains of a rule: server=/corp.example/192.0.2.53
    elif before in b"/-" and shadow[start - 2 : start] not in {b"//", b" -", b"\n-"}:
        origin = "pattern.domain.file-like" if start > 1 else origin
    elif before == 0x2E and start > 1 and shadow[start - 2] not in b"* \t\n\"'(,=%":
        return None
    elif _is_called(shadow, end) or shape is Shape.CODE or after == 0x40:
        origin = "pattern.domain.code-like"
    elif shape is Shape.FILE:
        origin = "pattern.domain.file-like"
    elif not _is_lookalike(text[start:end]) and _top(text[start:end]) not in ESTABLISHED:
        if on_code_line(view, start, end):
            origin = "pattern.domain.code-like"
        elif on_file_line(view, start, end):
            origin = "pattern.domain.file-like"
    return origin
