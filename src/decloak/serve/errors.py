"""Errors: every answer that is no success has the same form, and the HTTP status of its own error."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from decloak.core import errors
from decloak.core.errors import DecloakError, InputError
from decloak.core.result import Failure

__all__ = [
    "BusyError",
    "ErrorBody",
    "ErrorDetail",
    "ForbiddenError",
    "TooLargeError",
    "UnauthorizedError",
    "body_of",
    "status_of",
]


class UnauthorizedError(InputError):
    """No token, or one that nobody gave out."""

    http_status = 401


class ForbiddenError(InputError):
    """The token's scopes do not allow this."""

    http_status = 403


class TooLargeError(InputError):
    """The request is longer than the service takes."""

    http_status = 413


class BusyError(DecloakError):
    """As many jobs wait as may; asked again later it may go."""

    http_status = 429
    retry_after = 1


class ErrorDetail(BaseModel):
    """What went wrong."""

    type: str = Field(description="name of the error's class", examples=["BinaryError"])
    message: str = Field(description="what went wrong and what to do")
    id: str | None = Field(default=None, description="the document it is about")


class ErrorBody(BaseModel):
    """The body of every answer that is no success."""

    error: ErrorDetail


def status_of(failure: Failure) -> int:
    """Return the HTTP status of a document's failure: that of its error's class."""
    kind: Any = getattr(errors, failure.error, DecloakError)
    return int(kind.http_status)


def body_of(kind: str, message: str, name: str | None = None) -> dict[str, Any]:
    """Return the body of an error."""
    return ErrorBody(error=ErrorDetail(type=kind, message=message, id=name)).model_dump(
        exclude_none=True
    )
