"""Files: what a run leaves in its folder, each whole or not there, and one run at a time.

manifest.json     what the run is: inputs, recipe, versions, the digest of the plan
plan.jsonl        a shard per line
parts/NNNNNNNN.*  the output of a shard
done/NNNNNNNN.json  its counts and its digest, written when the part is on the disk
lock              held while a run works here; the system lets go of it when that ends, however it does
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from decloak.core.errors import OutputError
from decloak.core.folder_lock import folder_lock
from decloak.core.partial import PARTIAL

__all__ = ["Folder", "digest_of", "written"]


class Folder:
    """The folder of a run.

    Args:
        path: of the folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest = path / "manifest.json"
        self.plan = path / "plan.jsonl"
        self.parts = path / "parts"
        self.done = path / "done"

    def part(self, shard: int, ending: str) -> Path:
        """Return where the output of a shard is."""
        return self.parts / f"{shard:08}{ending}"

    def marker(self, shard: int) -> Path:
        """Return what says that a shard is done."""
        return self.done / f"{shard:08}.json"

    def make(self) -> None:
        """Make the folders.

        Raises:
            OutputError: when that is refused.
        """
        with told(self.path):
            for folder in (self.path, self.parts, self.done):
                folder.mkdir(parents=True, exist_ok=True)

    def clean(self) -> None:
        """Remove what a killed run left half-written; only while the lock is held."""
        for folder in (self.path, self.parts, self.done):
            for left in folder.glob(f"*{PARTIAL}"):
                left.unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder against other runs, on this machine and on others that share it.

        Raises:
            OutputError: when another run holds it, or it cannot be written.
        """
        with ExitStack() as stack:
            with told(self.path):
                stack.enter_context(folder_lock(self.path))
            yield

    def is_locked(self) -> bool:
        """Whether a run works here now."""
        try:
            descriptor = os.open(self.path / "lock", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def shards(self) -> Iterator[str]:
        """Yield the lines of the plan."""
        with self.plan.open(encoding="ascii") as lines:
            yield from lines

    def finished(self) -> set[int]:
        """Return the shards that have a marker."""
        return {int(path.stem) for path in self.done.glob("*.json") if path.stem.isdecimal()}

    def write_json(self, path: Path, value: Any) -> None:
        """Write a small JSON file, whole or not at all."""
        text = json.dumps(value, indent=1) + "\n"
        written(path, lambda stream: stream.write(text.encode("ascii")))


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what the system refuses into advice.

    Raises:
        OutputError: names the file and the reason.
    """
    try:
        yield
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        message = f"{path}: {reason}; make room or mend it, then run the same command with --resume"
        raise OutputError(message) from error


def written(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Let `write` make a file that appears whole, on the disk, or not at all.

    Raises:
        OutputError: when the system refuses: the disk is full, the folder is gone.
    """
    with told(path):
        descriptor, name = tempfile.mkstemp(PARTIAL, f"{path.name}.", path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                write(stream)
                stream.flush()
                os.fsync(stream.fileno())
            mask = os.umask(0)
            os.umask(mask)
            temporary.chmod(0o666 & ~mask)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync(path.parent)


def _sync(folder: Path) -> None:
    """Make a new name last; a file system that cannot do it is no reason to stop."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, as ``sha256sum`` prints it."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
