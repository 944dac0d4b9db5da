"""Connection: one client of an SDK, made at the first request and shared by threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from decloak.llm.http import new_client
from decloak.llm.secret import Secret

__all__ = ["Connection"]


class Connection:
    """Makes a client when it is needed; after `close`, the next request makes another.

    Args:
        make: the SDK's client class. It retries nothing: `decloak.llm.retried` does.
        secret: the key.
        url: of the server.
    """

    def __init__(self, make: Callable[..., Any], secret: Secret, url: str) -> None:
        self._make, self._secret, self._url = make, secret, url
        self._lock = threading.Lock()
        self._client: Any = None

    def client(self) -> Any:
        """Return the client."""
        with self._lock:
            if self._client is None:
                self._client = self._make(
                    api_key=self._secret.reveal(),
                    base_url=self._url,
                    max_retries=0,
                    http_client=new_client(self._url),
                )
            return self._client

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None
