"""Database: where the tables lie, and its transactions. SQLite in a file, or PostgreSQL.

A writing transaction is the only one at its time, so that what it read is still so when it writes; it is
on the disk when it ends, or it did not happen. A reading one sees one state throughout and keeps nobody waiting.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from decloak.core.errors import StoreError
from decloak.review.tables import APPEND_ONLY, DECISIONS, METADATA, VERSION

__all__ = ["Database"]

WAIT = 30.0
"""Seconds that a process waits for another's transaction."""
_CONNECTIONS = 45  # more than the threads in which a service asks
_LOCK = 0x6465636C6F616B  # "decloak", as a number


class Database:
    """The tables of a review store.

    Args:
        place: an SQLite file, made where there is none, or ``postgresql://...``, a database that is there.

    Raises:
        StoreError: when it is no review store, of another version, or cannot be reached or written.
    """

    def __init__(self, place: str | Path) -> None:
        self.is_remote = "://" in str(place)
        self._engine, self.name = _engine(str(place), is_remote=self.is_remote)
        with self.writing() as connection:
            self._prepare(connection)

    def _prepare(self, connection: Connection) -> None:
        names = inspect(connection).get_table_names()
        version = self._version(connection, is_made=DECISIONS.name in names)
        if version != VERSION and (
            version or set(names) & set(METADATA.tables) or not self._is_ours(names)
        ):
            message = f"{self.name}: no review store of version {VERSION}; name another place"
            raise StoreError(message)
        if version == VERSION and self.is_remote:
            return
        METADATA.create_all(connection)
        for index in DECISIONS.indexes:  # files of before have fewer
            index.create(connection, checkfirst=True)
        for statement in APPEND_ONLY[connection.dialect.name]:
            connection.execute(text(statement))
        connection.execute(
            text(
                f"COMMENT ON TABLE decisions IS '{VERSION}'"
                if self.is_remote
                else f"PRAGMA user_version = {VERSION}"
            )
        )

    def _is_ours(self, names: list[str]) -> bool:
        """Whether nobody else uses it: a server's database may hold other tables."""
        return self.is_remote or not names

    def _version(self, connection: Connection, *, is_made: bool) -> int:
        if not self.is_remote:
            return int(connection.execute(text("PRAGMA user_version")).scalar_one())
        if not is_made:
            return 0
        asked = text("SELECT obj_description('decisions'::regclass)")
        said = connection.execute(asked).scalar_one()
        return int(said) if said and said.isdecimal() else 0

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Begin a transaction that writes; others that write wait for its end.

        Raises:
            StoreError: when the disk is full, or the database cannot be reached or written.
        """
        with self._begun({}) as connection:
            if self.is_remote:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Begin a transaction that only reads, and sees one state of everything.

        Raises:
            StoreError: when the database cannot be reached or read.
        """
        remote = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._begun(remote if self.is_remote else {"decloak_reads": True}) as connection:
            yield connection

    @contextmanager
    def _begun(self, options: dict[str, Any]) -> Iterator[Connection]:
        try:
            with self._engine.connect() as opened:
                connection = opened.execution_options(**options)
                with connection.begin():
                    yield connection
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            message = f"{self.name}: {reason}; make room, or name another place"
            raise StoreError(message) from error

    def close(self) -> None:
        """Let go of it."""
        self._engine.dispose()


def _engine(place: str, *, is_remote: bool) -> tuple[Engine, str]:
    """Return an engine, and a name of the place without a password."""
    if not is_remote:
        options: dict[str, Any] = {"connect_args": {"timeout": WAIT}}
        made = create_engine(f"sqlite:///{place}", max_overflow=_CONNECTIONS, **options)
        event.listen(made, "connect", _configure)
        event.listen(made, "begin", _begin)
        return made, place
    try:
        url = make_url(place)
        if url.drivername in {"postgresql", "postgres"}:
            url = url.set(drivername="postgresql+pg8000")
        if url.get_backend_name() != "postgresql":
            message = f"{url.get_backend_name()}: a store is an SQLite file or postgresql://..."
            raise StoreError(message)
        return create_engine(url, max_overflow=_CONNECTIONS, pool_pre_ping=True), str(url)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        message = f"the address of the store cannot be used: {str(error).splitlines()[0]}"
        raise StoreError(message) from error


def _configure(connection: Any, _record: Any) -> None:
    # SQLAlchemy begins transactions itself (its documentation, "Serializable isolation").
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get("decloak_reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
