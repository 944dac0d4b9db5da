"""Guard: what every request passes before anything is done with it, and what every answer carries."""

from __future__ import annotations

import asyncio
import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from decloak.serve.errors import body_of

__all__ = ["Guard", "RefusedError", "is_loopback"]

_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}


def is_loopback(host: str) -> bool:
    """Whether an address or a name is this machine's own."""
    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class RefusedError(Exception):
    """The body is too long, or does not come."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status, self.kind = status, kind


class Guard:
    """An ASGI middleware: sizes and times of bodies, foreign hosts and origins, and the headers of answers.

    Args:
        app: what it guards.
        max_bytes: longest body.
        seconds: that a client has to send one.
        local: whether the service has no tokens: then it answers to loopback names alone, so that no web page
            reaches it by a name that points here (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, max_bytes: int, seconds: float, *, local: bool) -> None:
        self._app, self._most, self._seconds, self._local = app, max_bytes, seconds, local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        begun = False
        refusals: list[RefusedError] = []

        async def carrying(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                if refusals and not begun:  # whatever the app makes of a body that ends in one
                    raise refusals[0]
                begun = True
                answer = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    answer.setdefault(name, value)
            await send(message)

        try:
            self._check(headers)
            await self._app(scope, self._limited(receive, refusals), carrying)
        except RefusedError as error:
            refusals.clear()
            if not begun:
                body = body_of(error.kind, str(error))
                # What is left of the body is not read: the connection ends.
                answer = JSONResponse(body, error.status, {"connection": "close"})
                await answer(scope, receive, carrying)

    def _check(self, headers: Headers) -> None:
        host = urlsplit(f"//{headers.get('host', '')}").hostname or ""
        if self._local and not is_loopback(host):
            message = "without tokens only loopback names are answered; start it with --tokens"
            raise RefusedError(403, "ForbiddenError", message)
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            message = "pages of other origins are not answered"
            raise RefusedError(403, "ForbiddenError", message)
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:20]) > self._most:
            raise self._too_long()

    def _too_long(self) -> RefusedError:
        message = f"the body is longer than {self._most} bytes; send it in parts"
        return RefusedError(413, "TooLargeError", message)

    def _limited(self, receive: Receive, refusals: list[RefusedError]) -> Receive:
        left = self._most
        clock = asyncio.get_running_loop().time
        end = clock() + self._seconds
        whole = False

        async def limited() -> Message:
            nonlocal left, whole
            if whole:  # waits for the client to go; no limit on that
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), max(end - clock(), 0.001))
            except TimeoutError:
                text = f"the body did not come within {self._seconds:g} seconds"
                refusals.append(RefusedError(408, "TimeoutError", text))
                raise refusals[0] from None
            if message["type"] == "http.request":
                left -= len(message.get("body", b""))
                whole = not message.get("more_body", False)
                if left < 0:
                    refusals.append(self._too_long())
                    raise refusals[0]
            return message

        return limited
