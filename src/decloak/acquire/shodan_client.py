"""The official Shodan client, with its raw answers kept, and bounded. Needs ``decloak[acquire]``.

The key comes from the environment only. It leaves this module towards the service and nowhere
else: not in a message, not in a stored command, not in a stored answer.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version as installed
from typing import Any
from urllib.parse import quote, quote_plus

from decloak.acquire.http import retry_after
from decloak.acquire.process import Stopped
from decloak.core.errors import ServiceError, SettingsError
from decloak.core.extras import need_extra
from decloak.core.pace import Pace
from decloak.core.reach import base_url

__all__ = ["KEY_VARIABLE", "SHODAN", "Reply", "ShodanService", "key_from_environment"]

SHODAN = "https://api.shodan.io"
KEY_VARIABLE = "SHODAN_API_KEY"
_TRIES = 3
_REMOVED = "REMOVED"


@dataclass(frozen=True, slots=True)
class Reply:
    """A raw answer of the service.

    Attributes:
        status: the HTTP status; None when there was no answer.
        body: the bytes as they came, with the key taken out should they echo it.
        truncated: whether there was more.
        problem: what the client said was wrong; None when it was content.
    """

    status: int | None
    body: bytes
    truncated: bool
    problem: str | None


def key_from_environment(environment: Mapping[str, str] = os.environ) -> str:
    """Return the key.

    Raises:
        SettingsError: when there is none; the message says how to set it.
    """
    key = environment.get(KEY_VARIABLE, "").strip()
    if not key:
        message = f"no key: set the environment variable {KEY_VARIABLE} (https://account.shodan.io)"
        raise SettingsError(message)
    if not (key.isascii() and key.isprintable() and " " not in key):
        message = f"{KEY_VARIABLE} holds no key: only printable ASCII without spaces can be one"
        raise SettingsError(message)
    return key


class ShodanService:
    """Asks the service, not faster than it allows.

    Args:
        key: of the account.
        url: the base URL.
        pace: one request per second is what the service allows.
        seconds: for one request.
        limit: bytes of an answer that are kept.

    Raises:
        SettingsError: when the URL is none, or would send the key unencrypted.
        ToolError: when the extra is not installed.
    """

    def __init__(
        self,
        key: str,
        url: str = SHODAN,
        *,
        pace: Pace,
        seconds: float = 60.0,
        limit: int = 64 << 20,
    ) -> None:
        if not key:
            message = "a key is never empty"
            raise SettingsError(message)
        self.url, self._key, self._pace = base_url(url, secret=True), key, pace
        with need_extra("acquire"):
            from shodan import APIError, Shodan  # noqa: PLC0415 - an extra

            from decloak.acquire.shodan_wire import Wire  # noqa: PLC0415 - likewise
        self._refused: type[Exception] = APIError
        self._client = Shodan(key)
        self._client.base_url = self.url
        self._client.api_rate_limit = 0  # `pace` does it: its clock can be injected
        self._wire = Wire(seconds, limit)
        # The library below logs every URL when somebody asks for debug messages.
        logging.getLogger("urllib3.connectionpool").addFilter(self._hide)
        session = self._client._session  # noqa: SLF001 - the client offers no other way
        session.mount("https://", self._wire)
        session.mount("http://", self._wire)

    def _hide(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self.redact(record.getMessage()), None
        return True

    @property
    def version(self) -> str:
        """The version of the client."""
        return f"shodan {installed('shodan')}"

    def redact(self, text: str) -> str:
        """Take the key out of a text."""
        for form in {self._key, quote(self._key, safe=""), quote_plus(self._key)}:
            text = text.replace(form, _REMOVED)
        return text

    def info(self) -> Mapping[str, Any]:
        """Return what the account may do: ``plan``, ``query_credits`` and more.

        Raises:
            ServiceError: when the key is refused, or the service does not answer.
        """
        reply, value = self._ask(self._client.info, threading.Event())
        if reply.problem is not None or not isinstance(value, dict):
            message = f"{self.url}: {reply.problem or 'the answer is no account'}"
            raise ServiceError(message)
        return value

    def host(self, address: str, stop: threading.Event, *, history: bool, minify: bool) -> Reply:
        """Ask for everything about an address.

        Raises:
            Stopped: when `stop` was set.
            ServiceError: when the next request would be refused too.
        """
        return self._ask(lambda: self._client.host(address, history=history, minify=minify), stop)[
            0
        ]

    def search(
        self, query: str, stop: threading.Event, *, page: int, facets: tuple[str, ...], minify: bool
    ) -> Reply:
        """Ask for one page of a search.

        Raises:
            Stopped: when `stop` was set.
            ServiceError: when the next request would be refused too.
        """
        return self._ask(
            lambda: self._client.search(
                query, page=page, facets=list(facets) or None, minify=minify
            ),
            stop,
        )[0]

    def _ask(self, call: Callable[[], Any], stop: threading.Event) -> tuple[Reply, Any]:
        wire, value, problem = self._wire, None, None
        for left in reversed(range(_TRIES)):
            self._pace.wait("", stop)
            if stop.is_set():
                raise Stopped
            wire.begin(stop)
            problem = None
            try:
                value = call()
            except self._refused as error:
                # The service may send any JSON value as its reason, and `str` wants a string.
                reason = str(getattr(error, "value", "")) or "refused"
                problem = wire.problem or self.redact(reason)[:300]
            except RecursionError:
                problem = "JSON nested too deep"
            if stop.is_set():
                raise Stopped
            if wire.status != 429 or not left:
                break
            self._pace.delay("", retry_after(wire.headers))
        if problem is not None:
            self._raise_if_final(wire.status, problem)
        body = wire.body
        for form in {self._key, quote(self._key, safe=""), quote_plus(self._key)}:
            body = body.replace(form.encode("ascii"), _REMOVED.encode("ascii"))
        return Reply(wire.status, body, wire.truncated, problem), value

    def _raise_if_final(self, status: int | None, problem: str) -> None:
        """Raise when every other request will fail as well.

        Raises:
            ServiceError: says what the service said.
        """
        said = problem.lower()
        if "credit" in said or "upgrade" in said or status == 402:
            message = f"{self.url}: no credits left, or not in this plan: {problem}"
            raise ServiceError(message)
        if status == 429:
            message = f"{self.url}: too many requests, also after waiting: {problem}"
            raise ServiceError(message)
        if status == 403:
            message = f"{self.url}: not in the plan of this key, or the key was refused ({problem})"
            raise ServiceError(message)
        if status == 401:
            message = f"{self.url}: the key was refused ({problem}); check {KEY_VARIABLE}"
            raise ServiceError(message)
