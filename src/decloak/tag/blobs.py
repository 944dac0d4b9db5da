"""Blobs: what stands in a text and is no text: keys, images, code, bytes written as escapes."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["blobs_of", "parts_between"]

_RUN = re.compile(rb"[!-~]{1025,}")
"""Without any white space; of such length nobody reads it as words."""
_ENCODED = re.compile(rb"(?<![A-Za-z0-9+/=])(?:[A-Za-z0-9+/=]|\\[rn](?=[A-Za-z0-9+/=]{16})){40,}")
"""Base64, its line ends written out or not."""
_BYTES = re.compile(rb"[!#-;=?-~]{64,}")
_ESCAPE = re.compile(rb"\\(?:x[0-9A-Fa-f]{2}|u00[0-9A-Fa-f]{2}|[0-7]{3})")
_ESCAPES = 6
"""Bytes written as escapes in a run, from which it is no text."""
_MIXED = (re.compile(rb"[0-9]"), re.compile(rb"[A-Z]"), re.compile(rb"[a-z]"))


def blobs_of(shadow: bytes | bytearray, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where tool output holds blobs, in no order. Linear in the length."""
    for run in _ENCODED.finditer(shadow, start, end):
        if all(kind.search(shadow, *run.span()) for kind in _MIXED):
            yield run.span()
    for run in _BYTES.finditer(shadow, start, end):
        if sum(1 for _ in _ESCAPE.finditer(shadow, *run.span())) >= _ESCAPES:
            yield run.span()


def parts_between(
    shadow: bytes, start: int, end: int, *, tool: bool = False
) -> Iterator[tuple[int, int]]:
    """Yield the parts of a range between blobs.

    Args:
        shadow: of the text.
        start: where the range begins.
        end: where it ends.
        tool: whether a tool wrote it; of anything else only what is very long is a blob.
    """
    spans = [run.span() for run in _RUN.finditer(shadow, start, end)]
    if tool:
        spans += blobs_of(shadow, start, end)
    for low, high in sorted(spans):
        if start < low:
            yield start, low
        start = max(start, high)
    if start < end:
        yield start, end
