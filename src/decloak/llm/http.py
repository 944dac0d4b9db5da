"""HTTP: the client that both SDKs send through, and their errors told in ours."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from decloak.core.errors import (
    ModelAccessError,
    ModelBusyError,
    ModelContextError,
    ModelError,
    ModelNameError,
    ModelReachError,
    ModelReplyError,
    ModelRequestError,
    ModelServerError,
    ModelTimeoutError,
)
from decloak.core.extras import need_extra
from decloak.llm.secret import Secret

if TYPE_CHECKING:
    import httpx

__all__ = ["fault", "new_client"]

_MOST_BYTES = 32 << 20
"""Of one answer; a reply of 100,000 tokens has less than one megabyte."""
_CONTEXT = re.compile(
    r"context.{0,20}(length|size|window|limit)|prompt is too long|too many (input )?tokens"
    r"|maximum.{0,20}tokens|exceed_context_size",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"model.{0,80}(not found|does not exist|not exist|unknown)|no such model|invalid model"
    r"|not_found_error",
    re.IGNORECASE | re.DOTALL,
)
_NO_CREDIT = re.compile(r"insufficient_quota|credit balance|billing", re.IGNORECASE)


def new_client(url: str) -> httpx.Client:
    """Return a client for one server.

    It follows no redirect, which would take the key along; it goes through no proxy without
    encryption, for the same reason; and it reads no endless answer.
    """
    with need_extra("llm"):
        import httpx  # noqa: PLC0415 - an extra

    class Bounded(httpx.SyncByteStream):
        def __init__(self, stream: httpx.SyncByteStream, end: float) -> None:
            self._stream, self._end = stream, end

        def __iter__(self) -> Iterator[bytes]:
            size = 0
            for chunk in self._stream:
                size += len(chunk)
                if size > _MOST_BYTES:
                    message = "the answer is endless"
                    raise httpx.DecodingError(message)
                if time.monotonic() > self._end:
                    message = "no whole answer in time"
                    raise httpx.ReadTimeout(message)
                yield chunk

        def close(self) -> None:
            self._stream.close()

    class Client(httpx.Client):
        def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
            # A timeout of httpx bounds each read, not all of them together.
            seconds = request.extensions.get("timeout", {}).get("read") or 600.0
            options["stream"], whole = True, not options.get("stream", False)
            end = time.monotonic() + seconds
            response = super().send(request, **options)
            if isinstance(response.stream, httpx.SyncByteStream):
                response.stream = Bounded(response.stream, end)
            if whole:
                try:
                    response.read()
                finally:
                    response.close()
            return response

    return Client(follow_redirects=False, trust_env=url.startswith("https:"))


def fault(error: Exception, name: str, secret: Secret) -> ModelError:
    """Tell an error of an SDK in ours.

    Args:
        error: what the SDK raised. Both SDKs come from one generator and share their attributes.
        name: of the model, for the message.
        secret: what the message must not hold.
    """
    status = getattr(error, "status_code", None)
    said = secret.quote(_said(error))
    if isinstance(status, int) and hasattr(error, "response") and status != 200:
        return _by_status(status, f"{name}: HTTP {status}", said, error.response.headers)
    kinds = {each.__name__ for each in type(error).__mro__}
    if kinds & {"APITimeoutError", "TimeoutException"}:
        return ModelTimeoutError(f"{name}: no whole reply in time; allow more time or less text")
    if "DecodingError" in kinds or "DecodingError" in _causes(error):
        return ModelReplyError(f"{name}: the answer is broken or endless", "no reply")
    if kinds & {"APIConnectionError", "TransportError"}:
        reason = secret.quote(str(error.__cause__ or error))
        return ModelReachError(
            f"{name}: no connection, or it broke ({reason}); is the server running there?"
        )
    return ModelReplyError(
        f"{name}: the server's answer is none of this protocol ({type(error).__name__}: {said});"
        " check the address",
        "no reply",
    )


def _by_status(status: int, what: str, said: str, headers: Mapping[str, str]) -> ModelError:
    told = f"{what}: {said}" if said else what
    if status in {401, 402, 403} or (status in {400, 429} and _NO_CREDIT.search(said)):
        return ModelAccessError(f"{told}; check the key in the environment and its credit")
    if status in {408, 504}:
        return ModelTimeoutError(f"{told}; try later or allow more time")
    if status in {429, 503, 529}:
        return ModelBusyError(f"{told}; try later or send fewer requests", _retry_after(headers))
    if status >= 500 or status == 409:
        return ModelServerError(f"{told}; its own log has more")
    if status == 413 or _CONTEXT.search(said):
        return ModelContextError(f"{told}; send less at a time or set the model's context")
    if status == 404 or _NO_MODEL.search(said):
        return ModelNameError(f"{told}; check the model's name and the address")
    if 300 <= status < 400:
        return ModelRequestError(f"{told}; a redirect is not followed, name the final address")
    return ModelRequestError(f"{told}; the server refuses this request")


def _said(error: Exception) -> str:
    """Return what the server said, without the rest of its answer."""
    body = getattr(error, "body", None)
    if isinstance(body, Mapping):
        inner = body.get("error", body)
        if isinstance(inner, Mapping):
            parts = [inner.get(key) for key in ("type", "code", "message")]
            return ": ".join(str(part) for part in parts if part)
        return str(inner)
    return str(error)


def _causes(error: BaseException) -> set[str]:
    found: set[str] = set()
    cause: BaseException | None = error
    while cause is not None and len(found) < 10:
        found.add(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    return found


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a server asks us to wait: a number or a date (RFC 9110, 10.2.3)."""
    told = headers.get("retry-after", "")
    if told.isascii() and told.isdecimal() and len(told) < 9:
        return float(told)
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None
