"""Spool: text that is made whole before any of it is written, and so never written by half.

It is held in memory up to a size and then in a file without a name, which is gone with the process
however that ends.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO

from decloak.core.errors import OutputError

__all__ = ["Spool", "spooled"]

_MOST_HELD = 4 << 20
"""Code points that are held in memory."""
_STEP = 1 << 20


class Spool:
    """Takes text piece by piece and gives it back once, a piece at a time."""

    def __init__(self) -> None:
        self._held: list[str] = []
        self._size = 0
        self._file: IO[str] | None = None

    def add(self, piece: str) -> None:
        """Take one more piece.

        Raises:
            OutputError: when the folder for temporary files is full or cannot be written.
        """
        self._size += len(piece)
        if self._size < _MOST_HELD:
            self._held.append(piece)
            return
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(  # noqa: SIM115 - closed by `read` or `close`
                    "w+", encoding="utf-8", newline="", prefix="decloak-"
                )
                self._file.writelines(self._held)
                self._held.clear()
            self._file.write(piece)
            self._file.flush()  # a full disk is told here, not when all is read
        except OSError as error:
            self.close()
            reason = (error.strerror or type(error).__name__).lower()
            message = f"no room for the result: {reason}; set TMPDIR to a folder with room"
            raise OutputError(message) from error

    def read(self) -> Iterator[str]:
        """Yield what was taken; afterwards it is gone."""
        if self._file is None:
            yield "".join(self._held)
            self._held.clear()
            return
        with self._file as file:
            file.seek(0)
            while piece := file.read(_STEP):
                yield piece

    def close(self) -> None:
        """Forget what was taken."""
        self._held.clear()
        if self._file is not None:
            with contextlib.suppress(OSError):  # what could not be written cannot be flushed either
                self._file.close()


def spooled(pieces: Iterable[str]) -> Iterator[str]:
    """Make all pieces now and return them; whatever making them raises is raised here.

    Raises:
        OutputError: when the folder for temporary files is full or cannot be written.
    """
    spool = Spool()
    try:
        for piece in pieces:
            spool.add(piece)
    except BaseException:
        spool.close()
        raise
    return spool.read()
