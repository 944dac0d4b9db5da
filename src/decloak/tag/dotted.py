"""Dotted tokens: IPv4 addresses, networks and ranges, and domain names, in one scan.

Addresses, names, versions, file names and code all look like ``a.b.c``. One scan takes maximal
dotted tokens; what each is depends on its own shape, which is remembered per distinct token, and
on the characters around it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from decloak.core.document import View
from decloak.core.entity import Candidate, Verdict
from decloak.indicators import read
from decloak.indicators.engine import compile_pattern
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
_PORT = compile_pattern(rb":[0-9]{1,5}", capture=False)
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
        low = scene.low
        for match in _TOKEN.finditer(without_known(scene)):
            start, end = match.start() + low, match.end() + low
            if (start, end) in known:
                continue
            shape = shape_of(text[start:end])
            if shape is Shape.NOTHING:
                if private and _is_private(text[start:end], private):
                    yield Candidate(start, end, "DOMAIN", "pattern.domain.private")
                continue
            if shape is Shape.IPV4:
                yield from _address(view, start, end, known)
            elif shape is Shape.RANGE:
                yield Candidate(start, end, "CIDR", "pattern.range")
            else:
                yield from _domain(view, start, end, shape)


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
    if follows_version_word(view, start):
        yield Candidate(start, end, "VERSION", "pattern.version.dotted")
        return
    if after in b"/- ":
        tail = _SUFFIX.match(shadow, end, min(end + 24, len(shadow)))
        if tail is not None:
            stop = tail.end()
            boundary = stop == len(shadow) or (
                shadow[stop] not in _WORD and shadow[stop : stop + 2] not in {b"/d", b".1"}
            )
            reading = read("CIDR", view.text[start:stop])
            if boundary and reading.verdict is Verdict.CONFIRMED:
                origin = "pattern.cidr" if after == 0x2F else "pattern.range"
                if (start, stop) not in known:
                    yield Candidate(start, stop, "CIDR", origin)
                return
    yield Candidate(start, end, "IP_ADDRESS", "pattern.ipv4")
    if after == 0x3A:
        port = _PORT.match(shadow, end, end + 6)
        if port is not None:
            stop = port.end()
            if (stop == len(shadow) or shadow[stop] not in b"0123456789:.") and (
                end + 1,
                stop,
            ) not in known:
                yield Candidate(end + 1, stop, "PORT", "pattern.port")


def _is_lookalike(name: str) -> bool:
    """Whether its letters want to be taken for others, as those of no file and of no code do."""
    return not name.isascii() and read("DOMAIN", name).resembles is not None


def _top(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _domain(view: View, start: int, end: int, shape: Shape) -> Iterator[Candidate]:
    shadow = view.shadow
    text = view.text
    while end > start and text[end - 1] in "-_":
        end -= 1
    before = shadow[start - 1] if start else 32
    after = shadow[end] if end < len(shadow) else 32
    origin = "pattern.domain"
    if before in b"\\$" or (before == 0x3E and shadow[start - 2 : start] == b"->"):
        origin = "pattern.domain.code-like"
    elif before in b"/-" and shadow[start - 2 : start] not in {b"//", b" -", b"\n-"}:
        origin = "pattern.domain.file-like" if start > 1 else origin
    elif before == 0x2E and start > 1 and shadow[start - 2] not in b"* \t\n\"'(,=%":
        return
    elif after == 0x28 or shape is Shape.CODE or after == 0x40:
        origin = "pattern.domain.code-like"
    elif shape is Shape.FILE:
        origin = "pattern.domain.file-like"
    elif not _is_lookalike(text[start:end]) and _top(text[start:end]) not in ESTABLISHED:
        if on_code_line(view, start, end):
            origin = "pattern.domain.code-like"
        elif on_file_line(view, start, end):
            origin = "pattern.domain.file-like"
    if origin != "pattern.domain" and shape is not Shape.CODE and names_a_host(view, start, end):
        origin = "pattern.domain.host"
    yield Candidate(start, end, "DOMAIN", origin)
