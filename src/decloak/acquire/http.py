"""HTTP: one GET, bounded in time, size and redirects. Needs the extra ``acquire``."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from decloak.acquire.guard import INSIDE, guarded_pool
from decloak.acquire.process import Stopped
from decloak.core.errors import DecloakError
from decloak.core.extras import need_extra
from decloak.core.patience import patiently
from decloak.core.reach import is_inside, may_refer

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

__all__ = ["Answer", "Fetcher", "read_body", "retry_after"]

_REDIRECTS = 5
_REDIRECT_STATUS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered.

    Attributes:
        status: the HTTP status.
        url: where the answer came from in the end.
        headers: names in lower case.
        body: at most as many bytes as the limit, without a transfer or content encoding.
        truncated: whether there was more.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    truncated: bool


class Fetcher:
    """Sends GET requests. Threads may share it.

    A redirect from outside leads to no address inside, however it is written and whatever its name
    resolves to.

    Args:
        seconds: for a whole request with its redirects.
        limit: bytes of an answer that are kept.

    Raises:
        ToolError: when the extra is not installed.
    """

    def __init__(self, seconds: float, limit: int) -> None:
        self.seconds, self.limit = seconds, limit
        with need_extra("acquire"):
            from urllib3 import PoolManager  # noqa: PLC0415 - an extra
        self._pool: PoolManager = PoolManager(retries=False)
        self._outside = guarded_pool()

    def get(self, url: str, accept: str, stop: threading.Event | None = None) -> Answer:
        """Fetch a URL; any status is an answer.

        Raises:
            Stopped: when `stop` was set.
            DecloakError: when there is no answer: unreachable, too slow, redirected too often.
        """
        from urllib3.exceptions import HTTPError  # noqa: PLC0415 - an extra

        end = time.monotonic() + self.seconds
        headers = {"Accept": accept, "User-Agent": "decloak"}
        pool = self._pool
        for _ in range(_REDIRECTS + 1):
            rest = max(0.1, end - time.monotonic())
            try:
                send = functools.partial(self._send, pool, url, headers, rest, end, stop)
                response, body, truncated = patiently(send, end, stop)
            except (HTTPError, OSError, ValueError) as error:
                message = f"{_host(url)}: {_reason(error)}"
                raise DecloakError(message) from error
            if response.status not in _REDIRECT_STATUS or "location" not in response.headers:
                answered = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status, url, answered, body, truncated)
            if not is_inside(urlsplit(url).hostname or ""):
                pool = self._outside
            url = _redirected(url, response.headers["location"])
        message = f"{_host(url)}: more than {_REDIRECTS} redirects"
        raise DecloakError(message)

    def _send(
        self,
        pool: PoolManager,
        url: str,
        headers: Mapping[str, str],
        seconds: float,
        end: float,
        stop: threading.Event | None,
    ) -> tuple[BaseHTTPResponse, bytes, bool]:
        response = pool.request(
            "GET", url, headers=headers, timeout=seconds, redirect=False, preload_content=False
        )
        return response, *read_body(response, self.limit, end, stop)


def read_body(
    response: BaseHTTPResponse, limit: int, end: float, stop: threading.Event | None
) -> tuple[bytes, bool]:
    """Read an answer up to a limit; return it and whether there was more.

    Args:
        response: with its content not read yet.
        limit: bytes that are kept.
        end: of `time.monotonic`, when the time is over. A server that sends a byte a minute does
            not hold us.
        stop: ends the reading when set.

    Raises:
        Stopped: when `stop` was set.
        TimeoutError: when the time is over.
        urllib3.exceptions.HTTPError: when the connection breaks.
    """
    data = bytearray()
    try:
        while len(data) <= limit:
            if stop is not None and stop.is_set():
                raise Stopped
            if time.monotonic() > end:
                message = "no whole answer in time"
                raise TimeoutError(message)
            chunk = response.read1(_CHUNK, decode_content=True)
            if not chunk:
                return bytes(data), False
            data += chunk
        return bytes(data[:limit]), True
    finally:
        response.close()


def retry_after(headers: Mapping[str, str], most: float = 60.0) -> float:
    """Return the seconds that a server asks us to wait (RFC 9110, section 10.2.3).

    One second where it does not say, or says it as a date; never more than `most`.
    """
    told = headers.get("retry-after", "")
    return min(most, float(told)) if told.isdecimal() and len(told) < 9 else 1.0


def _redirected(url: str, location: str) -> str:
    new = urljoin(url, location)
    before, after = urlsplit(url), urlsplit(new)
    if after.scheme not in {"http", "https"} or (before.scheme, after.scheme) == ("https", "http"):
        message = f"{_host(url)}: redirected to {after.scheme!r}"
        raise DecloakError(message)
    if not may_refer(before.hostname or "", after.hostname or ""):
        message = f"{_host(url)}: redirected to an address inside"
        raise DecloakError(message)
    return new


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2] or "the server"


def _reason(error: Exception) -> str:
    """Say what went wrong without the URL, which may hold what nobody should read."""
    from urllib3 import exceptions  # noqa: PLC0415 - an extra

    match error:
        case exceptions.NameResolutionError():
            return "the name has no address"
        case exceptions.NewConnectionError():
            inside = str(error).endswith(INSIDE)
            return f"cannot be reached{': ' + INSIDE if inside else ''}"
        case exceptions.ConnectTimeoutError() | exceptions.ReadTimeoutError() | TimeoutError():
            return "no answer in time"
        case exceptions.SSLError():
            return "its certificate or encryption is not acceptable"
        case exceptions.ProtocolError() | exceptions.DecodeError():
            return "the answer is broken"
        case _:
            return f"no answer ({type(error).__name__})"
