"""Colon tokens: IPv6 addresses and networks, and hardware addresses."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from decloak.core.entity import Candidate, Verdict
from decloak.indicators import read
from decloak.indicators.engine import compile_pattern
from decloak.tag.base import Scene

__all__ = ["Colon"]

_TOKEN = compile_pattern(rb"[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*", capture=False)
_TAIL = compile_pattern(rb"%[A-Za-z0-9_.-]{1,20}|/[0-9]{1,3}", capture=False)
_ZERO = 0x30
_PORT = compile_pattern(rb"\]:([0-9]{1,5})(?:[^0-9A-Za-z_.:\x80]|[.:](?:[^0-9]|$)|$)")
# Address and port joined by a dot, as tcpdump and the socket tables of the BSDs write them.
_SOCKET = compile_pattern(rb"([0-9A-Fa-f:]{2,39})\.([0-9]{1,5})")
_CAPTURE = compile_pattern(
    rb"\bIP6 (?:[^ \n]{1,80} > )?$|^(?:tcp|udp)[46]{1,2}[ \t]", capture=False
)
_DASHED = compile_pattern(
    rb"\b(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}\b|\b(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}\b",
    capture=False,
)
_NAME = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_\x80")
_LONGEST = 64
_LONGEST_KEY = 24
_COLON = 0x3A
_LETTERS = frozenset(bytes((code,)) for code in _NAME)


class Colon:
    """Propose IP_ADDRESS (version 6), the PORT behind it, CIDR and MAC_ADDRESS."""

    name = "colon"
    labels = ("IP_ADDRESS", "CIDR", "MAC_ADDRESS", "PORT")
    origins = ("pattern.ipv6", "pattern.cidr6", "pattern.mac", "pattern.port", "pattern.socket")

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Yield addresses; times, port lists, scope operators and fingerprints are none."""
        shadow, text, known = scene.view.shadow, scene.view.text, scene.known
        for match in _TOKEN.finditer(shadow, scene.low, scene.high):
            start, end = _trimmed(shadow, *match.span())
            if start < end and (start, end) not in known:
                yield from _read(text, shadow, start, end, known)
        for match in _DASHED.finditer(shadow, scene.low, scene.high):
            start, end = match.span()
            around = shadow[start - 1 : start] + shadow[end : end + 1]
            if not {0x2D, 0x2E}.isdisjoint(around) or (start, end) in known:
                continue
            if read("MAC_ADDRESS", text[start:end]).verdict is Verdict.CONFIRMED:
                yield Candidate(start, end, "MAC_ADDRESS", "pattern.mac")


def _trimmed(shadow: bytes, start: int, end: int) -> tuple[int, int]:
    """Return the range of a token without the punctuation and the key around it; an empty one for part of a word."""
    nothing = end, end
    if end - start > _LONGEST or shadow[end : end + 1] in _LETTERS:
        return nothing
    if shadow[start - 1 : start] in _LETTERS and start:  # addr:2001:db8::1
        start = shadow.find(b":", start, end) + 1
        if shadow[start : start + 1] == b":" or not _is_key(shadow, start - 1):
            return nothing
    elif start and shadow[start - 1] in b".:":
        return nothing
    while end > start and shadow[end - 1] in b".:" and shadow[end - 2 : end] != b"::":
        end -= 1
    while start < end and shadow[start] == _COLON and shadow[start : start + 2] != b"::":
        start += 1
    return start, end


def _is_key(shadow: bytes, end: int) -> bool:
    """Whether a word ends there that is no number: the key of an address."""
    start = end
    while start and shadow[start - 1] in _NAME and end - start <= _LONGEST_KEY:
        start -= 1
    word = shadow[start:end]
    return (
        len(word) > 1 and not word[:1].isdigit() and shadow[start - 1 : start] not in {b":", b"."}
    )


def _read(
    text: str,
    shadow: bytes,
    start: int,
    end: int,
    known: Collection[tuple[int, int]],
) -> Iterator[Candidate]:
    token = text[start:end]
    if len(token) == 17 and token.count(":") == 5:
        if read("MAC_ADDRESS", token).verdict is Verdict.CONFIRMED:
            yield Candidate(start, end, "MAC_ADDRESS", "pattern.mac")
        return
    if token == "::":
        yield from _port(shadow, end, known)  # any address: `[::]:443`
        return
    if not _plausible(token) or read("IP_ADDRESS", token).verdict is not Verdict.CONFIRMED:
        yield from _socket(text, shadow, start, end)
        return
    tail = _TAIL.match(shadow, end, min(end + 24, len(shadow)))
    if tail is not None:
        stop = tail.end()
        if shadow[end] == 0x25:
            while text[stop - 1] in ".-":
                stop -= 1
            end = stop
        elif read("CIDR", text[start:stop]).verdict is Verdict.CONFIRMED:
            if (start, stop) not in known:
                yield Candidate(start, stop, "CIDR", "pattern.cidr6")
            return
    if (start, end) not in known:
        yield Candidate(start, end, "IP_ADDRESS", "pattern.ipv6")
    yield from _port(shadow, end, known)


def _port(shadow: bytes, end: int, known: Collection[tuple[int, int]]) -> Iterator[Candidate]:
    """Yield the port behind an address in brackets."""
    port = _PORT.match(shadow, end, min(end + 8, len(shadow)))
    if port is None or port.span(1) in known:
        return
    if shadow[port.start(1)] != _ZERO:  # 0 is any port
        yield Candidate(*port.span(1), "PORT", "pattern.port")


def _socket(text: str, shadow: bytes, start: int, end: int) -> Iterator[Candidate]:
    found = _SOCKET.fullmatch(shadow, start, end)
    if found is None:
        return
    low = max(0, start - 160)
    low = max(low, shadow.rfind(b"\n", low, start) + 1)
    address = text[start : found.end(1)]
    if (
        _CAPTURE.search(shadow[low:start])
        and read("IP_ADDRESS", address).verdict is Verdict.CONFIRMED
    ):
        yield Candidate(start, found.end(1), "IP_ADDRESS", "pattern.socket")
        yield Candidate(*found.span(2), "PORT", "pattern.socket")


def _plausible(token: str) -> bool:
    """Whether a well-formed IPv6 text is meant as one: ``::`` and ``ab::cd`` are code."""
    if not any(char.isdigit() for char in token):
        return token.count(":") >= 4
    return token != "::" and len(token) > 2
