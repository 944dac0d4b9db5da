"""Joining: the results of many documents as one output, as their format asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import blake2b

from decloak.export.base import Exporter

__all__ = ["Joining"]


class Joining:
    """Puts results one after another: what stands between two, and what may stand there once only.

    Args:
        exporter: of the format.
    """

    def __init__(self, exporter: Exporter) -> None:
        self._exporter = exporter
        self._distinct = re.compile(exporter.distinct) if exporter.distinct else None
        self._seen: set[bytes] = set()
        self._written = 0

    def add(self, pieces: Iterable[str]) -> Iterator[str]:
        """Yield what is to be written of one result."""
        begun = False
        for piece in self._unseen(pieces) if self._distinct else pieces:
            if not begun and self._written:
                yield self._exporter.between
            begun = True
            yield piece
        self._written += begun

    def _unseen(self, pieces: Iterable[str]) -> Iterator[str]:
        """Yield the lines that share nothing with one before that only one may have."""
        begun = ""
        assert self._distinct is not None  # noqa: S101 - asked for by `add`
        for piece in pieces:
            *lines, begun = (begun + piece).split("\n")
            for line in lines:
                found = self._distinct.search(line)
                key = found[0] if found else line
                digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
                if digest not in self._seen:
                    self._seen.add(digest)
                    yield line + "\n"
