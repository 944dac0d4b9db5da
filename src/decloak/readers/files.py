"""Files: from the paths a user names to the inputs that are read, lazily and in sorted order."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from decloak.core.partial import PARTIAL
from decloak.core.result import Failure
from decloak.readers.globs import expand, has_magic

__all__ = ["STDIN", "Choice", "FileKey", "Input", "failure", "key_of", "walk"]

STDIN = "-"
"""The path that stands for standard input."""

FileKey = tuple[int, int]
"""Device and inode: the identity of a file under all its names."""


class Input(NamedTuple):
    """One thing to read.

    Attributes:
        id: the name under which its results are reported: the path as the user reaches it.
        path: where it is; None for standard input.
        size: bytes on disk; 0 when that is not known (standard input, a pipe).
    """

    id: str
    path: str | None
    size: int = 0


@dataclass(slots=True)
class Choice:
    """Which files are read, and how many were not.

    Attributes:
        exclude: shell patterns of what a path ends in: of a name, or of several with slashes between.
        hidden: whether names that begin with a dot are read inside folders and by wildcards.
        passed: hidden files and folders that were passed over inside folders, so far.
    """

    exclude: tuple[str, ...] = ()
    hidden: bool = False
    passed: int = 0

    def excludes(self, path: str) -> bool:
        """Whether a pattern matches a file or a folder."""
        whole = f"/{path}"
        return any(fnmatchcase(whole, f"*/{pattern.rstrip('/')}") for pattern in self.exclude)

    def passes(self, name: str) -> bool:
        """Whether a name inside a folder is hidden and passed over; it is counted."""
        hidden = not self.hidden and name.startswith(".")
        self.passed += hidden
        return hidden


def walk(
    paths: Iterable[str], skip: Collection[FileKey] = (), choice: Choice | None = None
) -> Iterator[Input | Failure]:
    """Yield every input the paths name: files, folders, shell globs and ``-``.

    Folders are entered recursively, their entries sorted by name. Each
    folder is entered once, even where several links lead to it; a link back to a folder that is
    being walked is a Failure. An output that a killed run left half-written is passed over in silence. What a folder holds besides files (sockets, pipes, devices) is a
    Failure too, because reading it could block for ever; a pipe named by itself is read.

    Args:
        paths: as on the command line, in the user's order.
        skip: files that are passed over when a folder or a glob leads to them (the output).
        choice: what else is passed over; nothing but hidden files when None.
    """
    choice = choice or Choice()
    for path in paths:
        if path == STDIN:
            yield Input(STDIN, None)
        elif has_magic(path) and not os.path.lexists(path):
            matches = 0
            for match in expand(path, hidden=choice.hidden):
                matches += 1
                yield from _named(match, skip, choice, listed=False)
            if not matches:
                yield failure(path, "no file matches this pattern; check it, or quote it less")
        else:
            yield from _named(path, skip, choice, listed=True)


def key_of(status: os.stat_result) -> FileKey:
    """Return the identity of a file."""
    return status.st_dev, status.st_ino


def failure(name: str, message: str) -> Failure:
    """Return the Failure of a path that cannot be read."""
    return Failure(name, "UnreadableError", message)


def _reason(error: OSError) -> str:
    """Return a system error in words, with what to do."""
    reason = (error.strerror or type(error).__name__).lower()
    hints = {
        "no such file or directory": "check the path",
        "permission denied": "check its permissions, or run as a user who may read it",
        "too many levels of symbolic links": "a link leads back to itself; remove it",
        "file name too long": "the folders are nested too deeply; name an inner one",
    }
    return f"{reason}; {hints.get(reason, 'it was left out')}"


def _named(
    path: str, skip: Collection[FileKey], choice: Choice, *, listed: bool
) -> Iterator[Input | Failure]:
    """Yield what one existing path leads to; `listed` when the user named it, not a glob."""
    if choice.excludes(path):
        return
    try:
        status = Path(path).stat()
    except (OSError, ValueError) as error:
        reason = _reason(error) if isinstance(error, OSError) else f"{error}; check the path"
        yield failure(path, reason)
        return
    if stat.S_ISDIR(status.st_mode):
        yield from _folder(path, skip, choice)
    elif stat.S_ISREG(status.st_mode):
        if listed or (key_of(status) not in skip and not _is_partial(path)):
            yield Input(path, path, status.st_size)
    elif stat.S_ISSOCK(status.st_mode):
        yield failure(path, "it is a socket, not a file; write its data to a file first")
    else:
        yield Input(path, path)


def _folder(root: str, skip: Collection[FileKey], choice: Choice) -> Iterator[Input | Failure]:
    """Walk one folder with an explicit stack, so that depth costs no recursion."""
    seen: set[FileKey] = set()
    inside: list[tuple[FileKey, Iterator[os.DirEntry[str]]]] = []
    opened = _open_folder(root, seen)
    if isinstance(opened, Failure):
        yield opened
        return
    inside.append(opened)
    while inside:
        entry = next(inside[-1][1], None)
        if entry is None:
            inside.pop()
            continue
        if choice.excludes(entry.path) or _is_partial(entry.name) or choice.passes(entry.name):
            continue
        try:
            status = entry.stat()
        except OSError as error:
            yield failure(entry.path, _reason(error))
            continue
        key = key_of(status)
        if stat.S_ISDIR(status.st_mode):
            if any(key == above for above, _ in inside):
                yield failure(
                    entry.path, "a link that leads back to a folder above it; it was not followed"
                )
            elif key not in seen:
                opened = _open_folder(entry.path, seen)
                if isinstance(opened, Failure):
                    yield opened
                else:
                    inside.append(opened)
        elif not stat.S_ISREG(status.st_mode):
            yield failure(entry.path, "it is no regular file; name it by itself to read it")
        elif key not in skip:
            yield Input(entry.path, entry.path, status.st_size)


def _is_partial(name: str) -> bool:
    """Whether it is an output that was never finished."""
    return name.endswith(PARTIAL)


def _open_folder(
    path: str, seen: set[FileKey]
) -> tuple[FileKey, Iterator[os.DirEntry[str]]] | Failure:
    """List one folder in sorted order and note that it was entered."""
    try:
        key = key_of(Path(path).stat())
        with os.scandir(path) as entries:
            listed = sorted(entries, key=_name)
    except OSError as error:
        return failure(path, _reason(error))
    seen.add(key)
    return key, iter(listed)


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name
