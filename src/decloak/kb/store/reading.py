"""Reading: look-ups in the store, each answer with the dataset it comes from."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import inf
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple

from decloak.core.errors import SettingsError, StoreError
from decloak.core.remember import Memory, remember
from decloak.kb.ranges import range_key
from decloak.kb.store.places import VARIABLE, store_path
from decloak.kb.store.schema import APPLICATION, VERSION

__all__ = [
    "Affected",
    "Dataset",
    "NameRow",
    "Record",
    "Store",
    "chosen_store",
    "names_store",
    "the_store",
]

_REMEMBERED = 1 << 12
_FRESH = 1.0  # seconds


class Dataset(NamedTuple):
    """One file that was added.

    Attributes:
        kind, name, version: what it is; a file of the same kind and name takes its place.
        path, sha256, size: the file as it was.
        added: when, in UTC.
        rows: how many.
    """

    kind: str
    name: str
    version: str
    path: str
    sha256: str
    size: int
    added: str
    rows: int


class NameRow(NamedTuple):
    """One name of one thing; `kind` is a kind of the packs, or a label for the user's own names."""

    alias: str
    kind: str
    name: str
    target: str
    weak: bool
    source: str
    version: str


class Record(NamedTuple):
    """One CVE record as one feed has it."""

    cve: str
    state: str
    published: str
    cwes: tuple[str, ...]
    severity: float | None
    source: str
    version: str


class Affected(NamedTuple):
    """A range of versions that a CVE affects; `version` is ``*`` where the range, or nothing, bounds it."""

    cve: str
    part: str
    vendor: str
    product: str
    version: str
    low: str
    low_open: bool
    high: str
    high_open: bool
    only_with: str
    source: str
    data_version: str


class Store:
    """A store, opened for reading only. Answers are remembered.

    Args:
        path: the file.

    Raises:
        StoreError: when it is no store, or one of another version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._one_at_a_time = Lock()
        try:
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False
            )
            [application] = self._connection.execute("PRAGMA application_id").fetchone()
            [version] = self._connection.execute("PRAGMA user_version").fetchone()
        except sqlite3.Error as error:
            raise self._unusable(str(error)) from error
        if (application, version) != (APPLICATION, VERSION):
            reason = "no store of this version of decloak"
            raise self._unusable(reason)
        self._sources: Mapping[int, tuple[str, str]] = {
            number: (name, data_version or "")
            for number, name, data_version in self._rows("SELECT id, name, version FROM dataset")
        }
        # One memory per store: two of them must not answer for each other.
        self.names = lru_cache(_REMEMBERED)(self._names)
        self.products = lru_cache(_REMEMBERED)(self._products)
        self.affected = lru_cache(_REMEMBERED)(self._affected)
        self.lists = lru_cache(_REMEMBERED)(self._lists)
        self.ranges = lru_cache(_REMEMBERED)(self._ranges)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def datasets(self) -> tuple[Dataset, ...]:
        """Return what was added, by kind and name."""
        rows = self._rows(
            "SELECT kind, name, version, path, sha256, size, added, rows FROM dataset ORDER BY kind, name"
        )
        return tuple(Dataset(*row) for row in rows)

    def verify(self) -> list[str]:
        """Return what is amiss with the file, one line each."""
        try:
            found = [row[0] for row in self._rows("PRAGMA integrity_check(20)")]
        except StoreError as error:
            return [str(error)]
        return [] if found == ["ok"] else [f"{self.path}: {each}" for each in found]

    def _names(self, key: str) -> tuple[NameRow, ...]:
        """Return the things of a name; `key` is its `decloak.kb.keys.name_key`."""
        rows = self._rows(
            "SELECT alias, kind, name, target, weak, dataset FROM name WHERE key = ? ORDER BY dataset, alias, target",
            key,
        )
        return tuple(
            NameRow._make((*row[:4], row[4] == "~", *self._sources[row[5]])) for row in rows
        )

    def own_names(self, label: str, most: int) -> tuple[tuple[str, str], ...]:
        """Return (name, preferred name) of the user's own names under a label."""
        rows = self._rows(
            "SELECT alias, name FROM name WHERE kind = ? ORDER BY key LIMIT ?", label, most
        )
        return tuple((row[0], row[1]) for row in rows)

    def _products(self, key: str) -> tuple[tuple[str, str, str, str, str], ...]:
        """Return (part, vendor, product, source, version) of every product of a name's key."""
        rows = self._rows(
            "SELECT part, vendor, product, dataset FROM product WHERE key = ? ORDER BY vendor, product, part",
            key,
        )
        return tuple((*row[:3], *self._sources[row[3]]) for row in rows)

    def has_release(self, vendor: str, product: str, version: str) -> bool:
        """Whether a dictionary knows this version of a product."""
        return bool(
            self._rows(
                "SELECT 1 FROM release WHERE product = ? AND vendor = ? AND version = ? LIMIT 1",
                product, vendor, version,
            )
        )  # fmt: skip

    def records(self, cve: str) -> tuple[Record, ...]:
        """Return a CVE as each feed has it."""
        rows = self._rows(
            "SELECT cve, state, published, cwes, severity, dataset FROM cve WHERE cve = ? ORDER BY feed",
            cve,
        )
        return tuple(
            Record(row[0], row[1], row[2], tuple(filter(None, row[3].split(","))), row[4], *self._sources[row[5]])
            for row in rows
        )  # fmt: skip

    def has_records(self) -> bool:
        """Whether any feed of CVE records was added."""
        return bool(self._rows("SELECT 1 FROM cve LIMIT 1"))

    def kev(self, cve: str) -> tuple[str, bool, str, str] | None:
        """Return when a CVE entered the KEV catalogue, whether ransomware uses it, and the source; else None."""
        rows = self._rows("SELECT added, ransomware, dataset FROM kev WHERE cve = ?", cve)
        return (rows[0][0], bool(rows[0][1]), *self._sources[rows[0][2]]) if rows else None

    def epss(self, cve: str) -> tuple[float, float, str, str] | None:
        """Return the probability that a CVE is exploited within 30 days, its percentile and the source; else None."""
        rows = self._rows("SELECT probability, percentile, dataset FROM epss WHERE cve = ?", cve)
        return (rows[0][0], rows[0][1], *self._sources[rows[0][2]]) if rows else None

    def _affected(self, product_key: str) -> tuple[Affected, ...]:
        """Return all ranges of versions of products with this key, by CVE."""
        rows = self._rows(
            "SELECT cve, part, vendor, product, version, low, low_open, high, high_open, only_with, dataset "
            "FROM affects WHERE product_key = ? ORDER BY cve, feed, vendor, version, low, high",
            product_key,
        )
        return tuple(
            Affected._make(
                (*row[:6], bool(row[6]), row[7], bool(row[8]), row[9], *self._sources[row[10]])
            )
            for row in rows
        )

    def _lists(self, value: str) -> tuple[tuple[str, str, str], ...]:
        """Return (kind, source, version) of the warning lists that hold a host or a string, in lower case."""
        rows = self._rows(
            "SELECT kind, dataset FROM listed WHERE value = ? ORDER BY dataset", value
        )
        return tuple((row[0], *self._sources[row[1]]) for row in rows)

    def _ranges(self, version: int, number: int) -> tuple[tuple[str, str], ...]:
        """Return (source, version) of the warning lists whose ranges hold an address."""
        key = range_key(version, number)
        found = []
        for dataset in self._range_lists():
            rows = self._rows(
                "SELECT last FROM listed_range WHERE dataset = ? AND first <= ? ORDER BY first DESC LIMIT 1",
                dataset, key,
            )  # fmt: skip
            if rows and rows[0][0] >= key:
                found.append(self._sources[dataset])
        return tuple(found)

    @lru_cache(1)  # noqa: B019 - a store lives as long as the process
    def _range_lists(self) -> tuple[int, ...]:
        return tuple(
            row[0]
            for row in self._rows("SELECT DISTINCT dataset FROM listed_range ORDER BY dataset")
        )

    def _rows(self, statement: str, *values: Any) -> Sequence[tuple[Any, ...]]:
        try:
            with self._one_at_a_time:
                return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise self._unusable(str(error)) from error

    def _unusable(self, reason: str) -> StoreError:
        return StoreError(
            f"{self.path}: {reason}; `decloak kb verify` says more, DECLOAK_KB names another store, or none if empty"
        )


def the_store(chosen: Path | None = None) -> Store | None:
    """Return the user's store, or the chosen one, opened once a process; None where there is none.

    Whether another process has changed it is looked up once a second; another one that the environment
    names is opened at once.

    Raises:
        StoreError: when it is no store, or one of another version.
    """
    now, named = monotonic(), chosen or os.environ.get(VARIABLE)
    if now - _last.when > _FRESH or named != _last.named:
        _last.store, _last.when, _last.named = _current(store_path(chosen)), now, named
    return _last.store


def chosen_store(path: Path) -> Store:
    """Return a store that the user named; the first one gives the lexicon its names, which is one for all of a process.

    Raises:
        SettingsError: when there is none.
        StoreError: when it is no store, or one of another version.
    """
    if not path.is_file():
        message = f"no store {path}; `decloak kb add --kb {path} FILE` makes one"
        raise SettingsError(message)
    found = the_store(path)
    assert found is not None  # noqa: S101 - the file is there
    _names_of.setdefault("store", path)
    return found


def names_store() -> Store | None:
    """Return the store whose names the lexicon has."""
    return the_store(_names_of.get("store"))


_names_of: dict[str, Path] = {}


@dataclass(slots=True)
class _Last:
    """The store as it was last looked up, by which name, and when, in seconds of a clock that only goes forward."""

    store: Store | None = None
    when: float = -inf
    named: str | Path | None = None

    def size(self) -> int:
        return 0  # nothing that grows

    def clear(self) -> None:
        self.when = -inf


_last = _Last()
remember(Memory(_last.size, _last.clear))
if hasattr(os, "register_at_fork"):  # a connection must not be used on both sides of a fork
    os.register_at_fork(after_in_child=_last.clear)


def _current(path: Path | None) -> Store | None:
    if path is None or not path.exists():
        return None
    stamp = path.stat()
    return _opened(path, os.getpid(), stamp.st_mtime_ns, stamp.st_size)


@cache
def _opened(path: Path, _process: int, _changed: int, _size: int) -> Store:
    """Open a store; a forked process and a changed file have one of their own."""
    return Store(path)
