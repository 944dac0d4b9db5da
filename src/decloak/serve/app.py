"""App: the service as an ASGI application, put together of its parts."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp

import decloak
from decloak.core.errors import DecloakError, OutputError
from decloak.serve.bodies import complaint
from decloak.serve.errors import BusyError, body_of
from decloak.serve.guard import Guard
from decloak.serve.observe import Observed
from decloak.serve.openapi import ERRORS, describe
from decloak.serve.page import add_page
from decloak.serve.reviews import add_reviews
from decloak.serve.routes import router
from decloak.serve.service import Service
from decloak.serve.settings import ServeSettings

__all__ = ["create_app", "handle_errors"]

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
_GONE = 499
"""Status of a request whose client is gone: nobody reads it; it stands in logs and metrics."""


def create_app(settings: ServeSettings | None = None) -> ASGIApp:
    """Return the service as an ASGI application.

    Args:
        settings: of the service; the defaults when None.

    Raises:
        SettingsError: when the file of tokens cannot be used.
        StoreError: when the store of reviews cannot be used.
    """
    service = Service(settings or ServeSettings())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        starting = asyncio.create_task(service.start())
        yield
        service.state = "draining"
        await service.pool.close()
        await asyncio.wait({starting})

    app = FastAPI(
        title="decloak",
        version=decloak.__version__,
        summary="Security entities in tool output and threat reports, also when they are disguised",
        lifespan=lifespan,
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        responses=ERRORS,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.service, app.state.tokens = service, service.tokens
    handle_errors(app)
    app.include_router(router)
    add_reviews(app, service.settings.reviews)
    add_page(app)
    describe(app, tokens=service.tokens.are_needed)
    made = service.settings
    return Guard(
        Observed(app, service.metrics),
        made.max_bytes,
        made.body_seconds,
        local=not service.tokens.are_needed,
    )


def handle_errors(app: FastAPI) -> None:
    """Give every error the form of `decloak.serve.errors`."""

    @app.exception_handler(DecloakError)
    async def own(_: Request, error: DecloakError) -> Response:
        headers = {}
        if isinstance(error, BusyError):
            headers["retry-after"] = str(error.retry_after)
        if error.http_status == 401:
            headers["www-authenticate"] = "Bearer"
        return JSONResponse(body_of(type(error).__name__, str(error)), error.http_status, headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        return JSONResponse(body_of("InputError", complaint(error)), 422)

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> Response:
        kind = {404: "NotFoundError", 405: "MethodError"}.get(error.status_code, "InputError")
        return JSONResponse(body_of(kind, str(error.detail)), error.status_code, error.headers)

    @app.exception_handler(OSError)
    async def full(_: Request, error: OSError) -> Response:
        if error.errno not in _FULL:
            raise error
        said = f"{(error.strerror or '').lower()} where the service keeps long uploads; ask again later"
        return JSONResponse(body_of(OutputError.__name__, said), OutputError.http_status)

    @app.exception_handler(Exception)
    async def bug(_: Request, __: Exception) -> Response:
        return JSONResponse(body_of("InternalError", "a bug in decloak; please report it"), 500)

    @app.exception_handler(ClientDisconnect)
    async def gone(_: Request, error: ClientDisconnect) -> Response:
        return JSONResponse(body_of(type(error).__name__, "the client is gone"), _GONE)
