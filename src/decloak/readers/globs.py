"""Globs: shell patterns expanded in sorted order, without following a link twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

__all__ = ["expand", "has_magic"]


def has_magic(path: str) -> bool:
    """Whether a path holds a character that a shell would expand."""
    return any(char in path for char in "*?[")


def expand(pattern: str, *, hidden: bool = False) -> Iterator[str]:
    """Yield the existing paths that match, each once, sorted within each folder.

    ``*`` and ``?`` and ``[...]`` match within one name; ``**`` matches any number of folders and does
    not enter a link to a folder, so a loop cannot trap it. As in a shell, a wildcard matches no dot at
    the start of a name.

    Args:
        pattern: with wildcards.
        hidden: whether wildcards match such a dot, too.
    """
    drive, rest = os.path.splitdrive(pattern)
    root = drive + os.sep if rest.startswith(os.sep) else drive
    parts = [part for part in Path(rest).parts if part != os.sep]
    seen: set[str] = set()
    for path in _match(root, parts, hidden=hidden):
        if path not in seen:
            seen.add(path)
            yield path


def _match(base: str, parts: list[str], *, hidden: bool) -> Iterator[str]:
    """Yield the paths below `base` that the remaining parts match."""
    if not parts:
        yield base
        return
    head, rest = parts[0], parts[1:]
    if head == "**":
        while rest[:1] == ["**"]:
            rest = rest[1:]
        for folder in _folders_below(base, hidden=hidden):
            # What `**` ends in is every folder; the files below are found by walking the base.
            yield from _match(folder, rest, hidden=hidden) if rest else (folder,)
    elif has_magic(head):
        for name in _names(base):
            path = os.path.join(base, name)  # noqa: PTH118 - a Path would drop a leading "./"
            if _matches(name, head, hidden=hidden) and (not rest or Path(path).is_dir()):
                yield from _match(path, rest, hidden=hidden)
    else:
        path = os.path.join(base, head)  # noqa: PTH118 - likewise
        if os.path.lexists(path):
            yield from _match(path, rest, hidden=hidden)


def _names(folder: str) -> list[str]:
    """List a folder's names; one that cannot be listed has no names that match."""
    try:
        return sorted(os.listdir(folder or os.curdir))  # noqa: PTH208 - names, not paths
    except OSError:
        return []


def _matches(name: str, pattern: str, *, hidden: bool) -> bool:
    shown = hidden or not name.startswith(".") or pattern.startswith(".")
    return shown and fnmatchcase(name, pattern)


def _folders_below(base: str, *, hidden: bool) -> Iterator[str]:
    """Yield a folder and all folders below it, without recursion and without following links."""
    waiting = [base]
    while waiting:
        folder = waiting.pop()
        yield folder
        below = [os.path.join(folder, name) for name in _names(folder) if hidden or name[0] != "."]  # noqa: PTH118 - likewise
        waiting += [
            path for path in reversed(below) if Path(path).is_dir() and not Path(path).is_symlink()
        ]
