"""Cut lines: a file whose lines are documents, into stretches of whole lines."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import IO

from decloak.batch.pieces import Piece

__all__ = ["line_pieces"]

_BLOCK = 1 << 20


def line_pieces(whole: Piece, stream: IO[bytes], least: int) -> Iterator[Piece]:
    """Yield stretches that end with a line, of at least so many bytes but for the last.

    Args:
        whole: the piece of the file.
        stream: of its bytes, from the first.
        least: bytes, at least 1. A line of any length costs a block of memory.
    """
    stream.seek(0)
    start = position = first = lines = 0
    digest = hashlib.blake2b(digest_size=16)
    while True:
        want = least - (position - start)
        block = stream.read(min(want, _BLOCK)) if want > 0 else stream.readline(_BLOCK)
        digest.update(block)
        position += len(block)
        lines += block.count(b"\n")
        full = position - start >= least and block.endswith(b"\n")
        if (full or not block) and position > start:
            yield whole._replace(
                size=position - start,
                start=start,
                end=position,
                first=first,
                digest=digest.hexdigest(),
            )
            start, first = position, lines
            digest = hashlib.blake2b(digest_size=16)
        if not block:
            return
