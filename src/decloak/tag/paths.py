"""Paths: files of Windows and of Unix-like systems."""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.entity import Candidate
from decloak.indicators.engine import compile_pattern
from decloak.indicators.paths import UNIX_ROOTS
from decloak.tag.base import Scene

__all__ = ["Paths"]

_ROOTS = b"|".join(root.encode() for root in sorted(UNIX_ROOTS, key=len, reverse=True))
_WINDOWS = compile_pattern(
    rb"(?:\b[A-Za-z]:|\\\\[A-Za-z0-9_.$-]{1,64}|%[A-Za-z_()0-9]{3,24}%)\\{1,2}"
    # A folder: with blanks in it, without them up to what NTFS allows, or a placeholder (``<user>``).
    rb"(?:(?:[^\\/:*?\"<>|\r\n\x00-\x1f,;]{1,64}|[^\\/:*?\"<>|\s\x00-\x1f,;]{1,255}|<[A-Za-z][A-Za-z0-9_. -]{0,30}>)\\{1,2})*[^\\/:*?\"<>|\s\x00-\x1f,;()']{0,96}",
    capture=False,
)
_NEXT = compile_pattern(rb" (?:HK(?:LM|CU|CR|U|CC|EY_[A-Z_]{4,24}):?|[A-Za-z]:)\\", capture=False)
_UNIX = compile_pattern(
    rb"(?:/(?:" + _ROOTS + rb")|~)/[A-Za-z0-9_.@+%~\x80-][A-Za-z0-9_.@+%~/\x80-]*", capture=False
)
# What bash opens as a connection: /dev/tcp/192.0.2.1/443.
_SOCKET = compile_pattern(rb"/dev/(?:tcp|udp)/[^/]+/[0-9]{1,5}", capture=False)
_BEFORE_NO = frozenset(
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:-<\\\x80"
)
_LONGEST = 512


class Paths:
    """Propose FILE_PATH for absolute paths; mere file names are no paths."""

    name = "paths"
    labels = ("FILE_PATH",)
    origins = ("pattern.path.windows", "pattern.path.unix")

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Yield absolute paths, trimmed of the sentence around them."""
        shadow, text = scene.view.shadow, scene.view.text
        if b"\\" in shadow:
            for match in _WINDOWS.finditer(shadow, scene.low, scene.high):
                start, end = match.span()
                following = _NEXT.search(shadow, start + 3, end)
                if following is not None:  # what comes next is a path or key of its own
                    last = text.rfind("\\", start, following.start())
                    end = text.find(" ", last, following.end())
                while end > start and text[end - 1] in ".'\")]`":
                    end -= 1
                if 4 <= end - start <= _LONGEST:
                    yield Candidate(start, end, "FILE_PATH", "pattern.path.windows")
        if b"/" in shadow:
            for match in _UNIX.finditer(shadow, scene.low, scene.high):
                start, end = match.span()
                if start and shadow[start - 1] in _BEFORE_NO and not _in_angles(shadow, start, end):
                    continue
                while text[end - 1] in ".-~%+@/":
                    end -= 1
                if 5 <= end - start <= _LONGEST and _SOCKET.fullmatch(shadow, start, end) is None:
                    yield Candidate(start, end, "FILE_PATH", "pattern.path.unix")


def _in_angles(shadow: bytes, start: int, end: int) -> bool:
    """Whether a path of several parts stands between angle brackets, as no closing tag does."""
    return shadow[start - 1 : start] == b"<" and shadow[end : end + 1] == b">"
