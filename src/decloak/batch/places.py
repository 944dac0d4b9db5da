"""Places: files by path and objects by URI, opened, listed, and told apart from what they were before."""

from __future__ import annotations

import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from decloak.core.extras import need_extra
from decloak.core.result import Failure
from decloak.readers.files import Input, failure
from decloak.readers.globs import has_magic

__all__ = ["is_uri", "listed", "local_copy", "opened", "stamp_of"]

_URI = re.compile(r"[a-z][a-z0-9+.-]+(?:://|::)")
_MARKS = (
    "ETag",
    "etag",
    "md5Hash",
    "content_md5",
    "mtime",
    "LastModified",
    "last_modified",
    "created",
)
"""What stores tell of an object that changes with it."""


def is_uri(path: str) -> bool:
    """Whether it names an object in a store (``s3://bucket/key``) and no path."""
    return _URI.match(path) is not None


def stamp_of(path: str) -> str:
    """Return what changes with a file or an object; "" when there is none."""
    try:
        if is_uri(path):
            system, name = _system(path)
            system.invalidate_cache()
            return _stamp(system.info(name))
        status = Path(path).stat()
    except OSError:
        return ""
    return f"{status.st_size}:{status.st_mtime_ns}" if stat.S_ISREG(status.st_mode) else ""


@contextmanager
def opened(path: str) -> Iterator[IO[bytes]]:
    """Open a file or an object to read bytes at any place.

    Raises:
        OSError: when there is none.
    """
    if is_uri(path):
        system, name = _system(path)
        with system.open(name, "rb") as stream:
            yield stream
    else:
        with Path(path).open("rb") as stream:
            yield stream


@contextmanager
def local_copy(path: str) -> Iterator[str]:
    """Yield the path of a file, or of a copy of an object that is gone afterwards."""
    if not is_uri(path):
        yield path
        return
    name = path.rpartition("/")[2][-40:]
    with tempfile.NamedTemporaryFile(prefix="decloak-", suffix=name) as copy:
        with opened(path) as stream:
            shutil.copyfileobj(stream, copy, 1 << 20)
        copy.flush()
        yield copy.name


def listed(uri: str) -> Iterator[Input | Failure]:
    """Yield the objects that a URI names, sorted: itself, what is below it, what a pattern matches.

    Raises:
        ToolError: when the package for this kind of store is not installed.
    """
    try:
        system, name = _system(uri)
        if has_magic(uri):
            found = system.glob(name, detail=True)
        elif system.isdir(name):
            found = system.find(name, detail=True)
        else:
            found = {name: system.info(name)}
    except (OSError, ValueError) as error:
        yield failure(uri, f"{error}; check the address and the credentials")
        return
    files = [each for each in sorted(found) if found[each]["type"] == "file"]
    if not files:
        yield failure(uri, "nothing matches; check the address")
    for each in files:
        full = system.unstrip_protocol(each)
        yield Input(full, full, int(found[each].get("size") or 0))


def _system(uri: str) -> tuple[Any, str]:
    with need_extra("batch"):
        from fsspec.core import url_to_fs  # noqa: PLC0415 - only where a URI is named

        system, name = url_to_fs(uri)
    return system, name


def _stamp(told: dict[str, Any]) -> str:
    marks = [f"{told[key]}" for key in _MARKS if told.get(key)]
    return ":".join([str(told.get("size")), *marks])
