"""Writing: files into the store, each whole or not at all."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from decloak.core.errors import InputError, KnowledgeError, StoreError, UnreadableError
from decloak.core.remember import forget_all
from decloak.kb.store.feeds import About, Feed, feed_of
from decloak.kb.store.opened import readable, streams
from decloak.kb.store.schema import APPLICATION, INSERTS, VERSION, tables

__all__ = ["Added", "Progress", "add", "update"]

Progress = Callable[[str, int], None]
"""Called now and then with the file's name and the rows so far."""

_BATCH = 500
_WAIT = 30.0  # seconds for another writer

Added = tuple[About, int]
"""What a file said of itself, and how many rows it gave."""


def add(path: Path, store: Path, progress: Progress | None = None) -> list[Added]:
    """Add a file, or a folder of records; what was added of the same kind and name before gives way to it.

    Raises:
        KnowledgeError: when it is damaged, cut short, or of no known format. The store is as it was.
        UnreadableError: when there is no such file.
        StoreError: when the store is damaged or cannot be written. It is as it was.
    """
    with _transaction(store) as connection:
        return _add(connection, path, progress)


def update(store: Path, progress: Progress | None = None) -> list[Added]:
    """Add every file again that has changed since it was added; all of them or none.

    Raises:
        KnowledgeError, UnreadableError, StoreError: as for `add`.
    """
    added: list[Added] = []
    with _transaction(store) as connection:
        known = connection.execute(
            "SELECT DISTINCT path, sha256 FROM dataset ORDER BY path"
        ).fetchall()
        for path, digest in known:
            if _digest(Path(path)) != digest:
                added += _add(connection, Path(path), progress)
    return added


@contextmanager
def _transaction(store: Path) -> Iterator[sqlite3.Connection]:
    """Open the store for writing; what is not whole is rolled back."""
    new = not store.exists()
    done = False
    try:
        _make_room(store)
        with closing(sqlite3.connect(store, timeout=_WAIT, isolation_level=None)) as connection:
            connection.execute("PRAGMA cache_size = -65536")  # KiB
            connection.execute("PRAGMA temp_store = FILE")
            connection.execute("BEGIN IMMEDIATE")
            try:
                _prepare(connection, store)
                yield connection
                connection.execute("COMMIT")
                done = True
                forget_all()
            finally:
                if not done and connection.in_transaction:
                    connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        message = (
            f"{store}: {error}; it is as it was: free space, wait for other writers, or choose "
        )
        raise StoreError(message + "another store with DECLOAK_KB") from error
    finally:
        if new and not done:
            store.unlink(missing_ok=True)


def _make_room(store: Path) -> None:
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"{store}: {(error.strerror or type(error).__name__).lower()}"
        raise StoreError(message) from error


def _prepare(connection: sqlite3.Connection, store: Path) -> None:
    [application], [version] = (
        connection.execute(f"PRAGMA {name}").fetchone()
        for name in ("application_id", "user_version")
    )
    if (application, version) == (APPLICATION, VERSION):
        return
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        message = f"{store}: no store of this version of decloak; choose another with DECLOAK_KB"
        raise StoreError(message)
    for statement in tables():
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _add(connection: sqlite3.Connection, path: Path, progress: Progress | None) -> list[Added]:
    digest, size = _digest(path), _size(path)
    added: list[Added] = []
    together: _Import | None = None  # of a format with a record a file
    with readable(path):
        for name, stream in streams(path):
            where = (
                str(path)
                if name in {path.name, path.name.removesuffix(".gz")}
                else f"{path}: {name}"
            )
            feed = _feed(stream.head, where, alone=together is None)
            if feed is None:
                continue
            if not (feed.many and together is not None):
                together = _Import(connection, feed, path, digest, size, progress)
            together.read(stream, where)
            if not feed.many:
                added.append(together.finish())
                together = None
    if together is not None:
        added.append(together.finish())
    if not added:
        message = f"{path}: nothing in it that is known"
        raise KnowledgeError(message)
    return added


def _feed(head: bytes, where: str, *, alone: bool) -> Feed | None:
    """Return the format of a member; None for what lies beside the records (delta.json of the CVE list)."""
    try:
        return feed_of(head, where)
    except KnowledgeError:
        if alone:
            raise
        return None


class _Import:
    """One dataset on its way into the store."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        feed: Feed,
        path: Path,
        digest: str,
        size: int,
        progress: Progress | None,
    ) -> None:
        self._connection, self._feed, self._path = connection, feed, path
        self._digest, self._size, self._progress = digest, size, progress
        self._about = About(feed.kind, "")
        self._rows = 0
        # A number of its own until the name is known, which may stand at the end of the file.
        cursor = connection.execute(
            "INSERT INTO dataset (kind, name) VALUES (?, ?)", (feed.kind, "\x00new")
        )
        self._number = cursor.lastrowid or 0

    def read(self, stream: Any, where: str) -> None:
        """Read a stream to its end.

        Raises:
            KnowledgeError: when it is damaged.
        """
        waiting: dict[str, list[tuple[Any, ...]]] = {}
        try:
            for table, row in self._feed.read(stream, self._about):
                waiting.setdefault(table, []).append((*row, self._number))
                self._rows += 1
                if self._rows % _BATCH == 0:
                    self._write(waiting)
        except InputError as error:
            message = f"{where}: {error}; nothing was added"
            raise KnowledgeError(message) from error
        except (AttributeError, TypeError) as error:  # a list where an object belongs, deep within
            message = f"{where}: not of the format's shape ({error}); nothing was added"
            raise KnowledgeError(message) from error
        self._write(waiting)

    def _write(self, waiting: dict[str, list[tuple[Any, ...]]]) -> None:
        for table in sorted(waiting, key=_records_first):
            rows = waiting.pop(table)
            if table == "cve":  # what was known of these goes, whichever file it came from
                keys = [(row[0], row[1]) for row in rows]
                self._connection.executemany("DELETE FROM affects WHERE cve = ? AND feed = ?", keys)
            self._connection.executemany(INSERTS[table], rows)
        if self._progress is not None:
            self._progress(self._path.name, self._rows)

    def finish(self) -> Added:
        """Give the dataset its name, in place of the one that had it.

        Raises:
            KnowledgeError: when nothing was in it.
        """
        about, connection = self._about, self._connection
        if not self._rows and not about.notes:
            message = f"{self._path}: nothing in it"
            raise KnowledgeError(message)
        name = self._path.name if self._feed.kind == "names" else about.name
        if self._feed.kind in {"nvd", "cve"}:  # a year or a day a file: each adds to the others
            name = f"{name} ({self._path.name})"
        old = connection.execute(
            "SELECT id FROM dataset WHERE kind = ? AND name = ?", (about.kind, name)
        ).fetchone()
        if old is not None:
            for table in INSERTS:
                connection.execute(f"DELETE FROM {table} WHERE dataset = ?", old)  # noqa: S608 - our own names
            connection.execute("DELETE FROM dataset WHERE id = ?", old)
        connection.execute(
            "UPDATE dataset SET name = ?, version = ?, path = ?, sha256 = ?, size = ?, added = ?, rows = ? WHERE id = ?",
            (name, about.version, str(self._path.resolve()), self._digest, self._size,
             datetime.now(UTC).isoformat(timespec="seconds"), self._rows, self._number),
        )  # fmt: skip
        about.name = name
        return about, self._rows


def _records_first(table: str) -> bool:
    return table != "cve"


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file; of a folder, that of its files' names and sizes.

    Raises:
        UnreadableError: when there is no such file, or it may not be read.
    """
    try:
        return _sum(path)
    except OSError as error:
        message = f"{path}: {(error.strerror or type(error).__name__).lower()}"
        raise UnreadableError(message) from error


def _sum(path: Path) -> str:
    digest = hashlib.sha256()
    if not path.is_dir():
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    for each in sorted(path.rglob("*.json")):
        digest.update(f"{each.relative_to(path)}\t{each.stat().st_size}\n".encode())
    return digest.hexdigest()
