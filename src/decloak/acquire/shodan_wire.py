"""The wire below the Shodan client: keeps raw answers, bounds their size and time.

Imports the extra ``acquire``; import it where that is needed.
"""

from __future__ import annotations

import functools
import io
import threading
import time
from collections.abc import Mapping
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import RequestException
from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError

from decloak.acquire.http import read_body
from decloak.core.patience import patiently

__all__ = ["Wire"]

_READ = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers about the transfer of a body that has been read already."""


class Wire(HTTPAdapter):
    """Sends what the client asks for; one request at a time.

    Attributes:
        status: of the last answer; None when there was none.
        body: its bytes as they came, up to the limit.
        headers: names in lower case.
        truncated: whether the limit cut it.
        problem: what went wrong below the client, without the URL, which holds the key.
    """

    def __init__(self, seconds: float, limit: int) -> None:
        super().__init__()
        self._seconds, self._limit = seconds, limit
        self.begin(threading.Event())

    def begin(self, stop: threading.Event) -> None:
        """Forget the last answer."""
        self._stop = stop
        self.status: int | None = None
        self.body = b""
        self.headers: Mapping[str, str] = {}
        self.truncated = False
        self.problem: str | None = None

    def send(self, request: PreparedRequest, *_arguments: Any, **more: Any) -> Response:
        """Send a request, and read its answer whole.

        Raises:
            requests.exceptions.ConnectionError: without an answer; the message holds no URL.
        """
        end = time.monotonic() + self._seconds
        try:
            exchange = functools.partial(self._exchange, request, end, self._stop, more)
            response, body, self.truncated = patiently(exchange, end, self._stop)
        except (RequestException, HTTPError, OSError) as error:
            self.problem = f"no whole answer ({type(error).__name__})"
            raise NoConnection(self.problem) from None
        self.status, self.body = response.status_code, body
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        if response.is_redirect:
            # Where it leads to may be chosen by a stranger; the key is not sent after it.
            self.problem = "redirected elsewhere; check the base URL"
            raise NoConnection(self.problem)
        if self.truncated:
            self.problem = f"longer than {self._limit:,} bytes"
        kept = {name: value for name, value in self.headers.items() if name not in _READ}
        read = HTTPResponse(
            io.BytesIO(body),
            headers=kept,
            status=response.status_code,
            reason=response.reason,
            preload_content=False,
        )
        return self.build_response(request, read)

    def _exchange(
        self, request: PreparedRequest, end: float, stop: threading.Event, more: Mapping[str, Any]
    ) -> tuple[Response, bytes, bool]:
        # Touches nothing of this object that changes: it may outlive its request.
        if (request.url or "").startswith("http:"):
            more = {**more, "proxies": {}}  # a proxy would read the key, which the URL holds
        response = super().send(request, **{**more, "timeout": self._seconds, "stream": True})
        return response, *read_body(response.raw, self._limit, end, stop)
