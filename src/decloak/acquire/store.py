"""Store: a folder of raw runs, one append-only JSON-lines file per tool.

What is once in a store is never changed. A writer that dies in mid-line leaves a torn last line:
readers pass over it, and the next writer cuts it off.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from decloak.core.errors import StoreError
from decloak.readers.run import TOOLS, Run, from_line, now, run_id, to_line

__all__ = ["TOOLS", "Run", "RunStore", "now", "run_id"]


class RunStore:
    """Raw runs in a folder. Any number of processes may append and read at the same time.

    Args:
        folder: where the files are; made by the first `append`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, tool: str) -> Path:
        """Return the file of a tool.

        Raises:
            StoreError: for a name that is not in `TOOLS`.
        """
        if tool not in TOOLS:
            message = f"{tool!r} is no tool of a store; known: {', '.join(TOOLS)}"
            raise StoreError(message)
        return self.folder / f"{tool}.jsonl"

    def append(self, run: Run) -> None:
        """Add a run; when this returns, it is on the disk.

        Raises:
            StoreError: when it cannot be written (disk full, forbidden). The file is then as it was
                before.
        """
        line, path = to_line(run), self.path(run.tool)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with _opened(path) as descriptor:
                _append(descriptor, line)
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            message = f"{path}: {reason}; the runs stored before are intact: free space or choose "
            raise StoreError(message + "another --store, then run the command again") from error

    def runs(self, tool: str) -> Iterator[Run]:
        """Yield every stored run of a tool, in the order they were stored, failed ones too.

        Raises:
            StoreError: at a line that is damaged, with its number; or when the file is unreadable.
        """
        path = self.path(tool)
        for number, line in _lines(path):
            try:
                yield from_line(line)
            except StoreError as error:
                message = (
                    f"{path}:{number}: damaged line: {error}; move the line out of the file, what "
                    "it held is fetched again"
                )
                raise StoreError(message) from error

    def done(self, tool: str) -> Iterator[Run]:
        """Yield the good runs of a tool, each id once: the first that ended without an error.

        Raises:
            StoreError: as `runs`.
        """
        seen: set[str] = set()
        for run in self.runs(tool):
            if run.error is None and run.id not in seen:
                seen.add(run.id)
                yield run

    def ids(self, tool: str) -> frozenset[str]:
        """Return the ids of the good runs of a tool: what need not be done again.

        Raises:
            StoreError: as `runs`.
        """
        return frozenset(run.id for run in self.runs(tool) if run.error is None)

    def __iter__(self) -> Iterator[Run]:
        """Yield every stored run, tool by tool in the order of `TOOLS`, failed ones too."""
        for tool in TOOLS:
            yield from self.runs(tool)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield whole lines, numbered from 1; a last line without its end is torn, and no line."""
    try:
        # A pipe or a device may never end.
        if not stat.S_ISREG(path.stat().st_mode):
            message = f"{path}: not a regular file"
            raise StoreError(message)
        with path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                if line.endswith(b"\n"):
                    yield number, line
    except FileNotFoundError:
        return
    except OSError as error:
        message = f"{path}: {(error.strerror or type(error).__name__).lower()}"
        raise StoreError(message) from error


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Open a file to append to, locked against other writers, its torn last line cut off."""
    import fcntl  # noqa: PLC0415 - writing needs POSIX, reading does not

    new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.ftruncate(descriptor, _end_of_last_line(descriptor))
        if new:
            _sync_folder(path.parent)
        yield descriptor
    finally:
        os.close(descriptor)


def _end_of_last_line(descriptor: int, block: int = 1 << 16) -> int:
    end = os.fstat(descriptor).st_size
    while end:
        begin = max(0, end - block)
        found = os.pread(descriptor, end - begin, begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return 0


def _append(descriptor: int, line: bytes) -> None:
    """Write a line whole, or take back what of it was written."""
    before = os.fstat(descriptor).st_size
    try:
        rest = memoryview(line)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    except OSError:
        # Should this fail too, the line is torn and the next writer cuts it off.
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, before)
        raise


def _sync_folder(folder: Path) -> None:
    """Make the name of a new file last; a file system that cannot do it is no reason to stop."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
