"""Client: a decloak service asked from Python; results are those of `decloak.extract` (extra ``client``).

Client, AsyncClient     the same methods, the second to be awaited
ClientError             what the service or the way to it does; see `decloak.client.errors`
"""

from __future__ import annotations

from decloak.client.asynchronous import AsyncClient
from decloak.client.errors import (
    AccessError,
    BusyError,
    ClientError,
    ReachError,
    RefusedError,
    ReplyError,
    ServerError,
)
from decloak.client.replies import DecodedText
from decloak.client.synchronous import Client

__all__ = [
    "AccessError",
    "AsyncClient",
    "BusyError",
    "Client",
    "ClientError",
    "DecodedText",
    "ReachError",
    "RefusedError",
    "ReplyError",
    "ServerError",
]
