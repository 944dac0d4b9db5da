"""Guard: connections that end at no address inside, whatever a name resolves to.

The name is looked up once, and the addresses that were looked at are those that are connected to:
a name that resolves to another address the second time gains nothing.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from decloak.core.extras import need_extra
from decloak.core.reach import is_inside

if TYPE_CHECKING:
    from urllib3 import PoolManager

__all__ = ["INSIDE", "guarded_pool", "resolves_inside"]

INSIDE = "it leads to an address inside"
"""Why a connection was not made."""


def resolves_inside(host: str) -> bool:
    """Whether any address of a host is inside; one without an address leads nowhere."""
    try:
        return any(map(is_inside, _addresses(host, None)))
    except (OSError, UnicodeError):
        return False


def _addresses(host: str, port: int | None) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def guarded_pool() -> PoolManager:
    """Return a pool that connects to no address inside.

    Raises:
        ToolError: when the extra is not installed.
    """
    with need_extra("acquire"):
        from urllib3 import (  # noqa: PLC0415 - an extra
            HTTPConnectionPool,
            HTTPSConnectionPool,
            PoolManager,
        )
        from urllib3.connection import HTTPConnection, HTTPSConnection  # noqa: PLC0415 - likewise
        from urllib3.exceptions import NameResolutionError, NewConnectionError  # noqa: PLC0415 - likewise

    def outside(connection: HTTPConnection, connect: Callable[[], socket.socket]) -> socket.socket:
        name = connection._dns_host  # noqa: SLF001 - urllib3 looks this up, and `host` is made of it
        try:
            addresses = _addresses(name, connection.port)
        except (OSError, UnicodeError) as error:
            raise NameResolutionError(name, connection, socket.gaierror(str(error))) from error
        if any(map(is_inside, addresses)):
            raise NewConnectionError(connection, INSIDE)
        try:
            for address in addresses[:-1]:
                connection._dns_host = address  # noqa: SLF001 - likewise
                with contextlib.suppress(NewConnectionError):
                    return connect()
            connection._dns_host = addresses[-1]  # noqa: SLF001 - likewise
            return connect()
        finally:
            connection._dns_host = name  # noqa: SLF001 - the name that a certificate is for

    class Outside(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return outside(self, super()._new_conn)

    class OutsideSecure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return outside(self, super()._new_conn)

    class Pool(HTTPConnectionPool):
        ConnectionCls = Outside

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = OutsideSecure

    pool = PoolManager(retries=False)
    pool.pool_classes_by_scheme = {"http": Pool, "https": SecurePool}
    return pool
