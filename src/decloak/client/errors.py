"""Errors: what a service answers instead of a result, and what happens on the way to it.

ClientError             of `decloak.core.errors.DecloakError`
├── AccessError         401, 403: no token, or one that does not allow this
├── BusyError           429, 503: busy or about to end, also after every retry
├── RefusedError        another 4xx: the request is wrong; `kind` names the error
├── ServerError         another 5xx
├── ReachError          no connection, a broken one, or no answer in time
└── ReplyError          an answer that is none of a decloak service

A document that cannot be processed is no such error: its own is raised, as `decloak.extract` would.
"""

from __future__ import annotations

from decloak.core.errors import DecloakError

__all__ = [
    "AccessError",
    "BusyError",
    "ClientError",
    "ReachError",
    "RefusedError",
    "ReplyError",
    "ServerError",
    "refusal",
]


class ClientError(DecloakError):
    """A service that gave no result.

    Attributes:
        status: of HTTP; 0 where there was no answer.
        kind: the error's name, as the service says it.
    """

    def __init__(self, message: str, status: int = 0, kind: str = "") -> None:
        super().__init__(message)
        self.status, self.kind = status, kind


class AccessError(ClientError):
    """No token, or one that does not allow this."""


class BusyError(ClientError):
    """The service is busy or about to end, also after every retry."""


class RefusedError(ClientError):
    """The request is wrong; the message says how to put it right."""


class ServerError(ClientError):
    """The service failed."""


class ReachError(ClientError):
    """No connection, a broken one, or no answer in time."""


class ReplyError(ClientError):
    """The answer is none of a decloak service."""


def refusal(status: int, kind: str, message: str) -> ClientError:
    """Return the error of a status."""
    if status in {401, 403}:
        return AccessError(message, status, kind)
    if status in {429, 503}:
        return BusyError(message, status, kind)
    made = RefusedError if 400 <= status < 500 else ServerError
    return made(message, status, kind)
