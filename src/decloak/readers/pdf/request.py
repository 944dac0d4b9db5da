"""Request: what is asked of whoever reads a PDF, as it passes between processes."""

from __future__ import annotations

from typing import NamedTuple

from decloak.readers.base import Context

__all__ = ["Part", "Request"]

Part = tuple[str, bytes]
"""The name and the bytes of an embedded file."""


class Request(NamedTuple):
    """What a PDF is read as, and how much of it.

    Attributes:
        name: the id of its document.
        passwords: that are tried, in turn, after none.
        pages: that are read.
        size: bytes that text and embedded files may come to.
        parts: embedded files that are read.
    """

    name: str
    passwords: tuple[str, ...]
    pages: int
    size: int
    parts: int

    @classmethod
    def of(cls, context: Context) -> Request:
        """Return what a context asks for."""
        options, budget = context.options, context.budget
        size = max(min(options.limits.unpacked, budget.unpacked), 0)
        return cls(
            context.name, options.passwords, options.limits.pages, size, max(budget.parts, 0)
        )
