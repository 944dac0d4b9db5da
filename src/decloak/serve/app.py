"""App: the routes of the service. It is a thin face: options, results and errors are the library's own."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.types import ASGIApp

import decloak
from decloak.core.errors import DecloakError, InputError, UnreadableError
from decloak.export.schema import output_schema
from decloak.options import Settings, options_schema
from decloak.serve.auth import Scope, Tokens, needs
from decloak.serve.errors import BusyError, ErrorBody, TooLargeError, body_of, status_of
from decloak.serve.formats import FORMATS, NDJSON, Form, accepted, joined, joined_results
from decloak.serve.guard import Guard, RefusedError
from decloak.serve.jobs import Answer, Job, Part
from decloak.serve.metrics import CONTENT_TYPE_LATEST, Metrics
from decloak.serve.page import add_page
from decloak.serve.pool import Pool
from decloak.serve.reviews import add_reviews
from decloak.serve.schemas import (
    DecodeResponse,
    ExtractRequest,
    ExtractResponse,
    Health,
    LabelOut,
    labels_out,
    settings_of,
)
from decloak.serve.settings import ServeSettings

__all__ = ["create_app"]

LOG = logging.getLogger("decloak.serve")
_TEXT_TYPES = frozenset({"text/plain", "application/octet-stream", ""})
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorBody, "description": text}
    for status, text in (
        (400, "The request cannot be read"),
        (401, "A token is needed"),
        (403, "The token, or an option, does not allow this"),
        (406, "No format that the client accepts"),
        (408, "The body did not come in time"),
        (413, "The request is too long"),
        (415, "The bytes are not text"),
        (422, "An unknown name, or a value out of range"),
        (429, "As many jobs wait as may; see Retry-After"),
        (500, "A bug, or a resource ran out"),
    )
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/ExtractRequest"}},
            "text/plain": {"schema": {"type": "string"}, "example": "Seen: 198[.]51[.]100[.]7"},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                        },
                        "options": {"type": "string", "description": "options, as JSON"},
                    },
                    "required": ["file"],
                }
            },
        },
    }
}


class Service:
    """What the routes share.

    Args:
        settings: of the service.
    """

    def __init__(self, settings: ServeSettings) -> None:
        self.settings = settings
        self.tokens = Tokens.load(settings.tokens)
        self.pool = Pool(settings.workers, settings.queue)
        self.metrics = Metrics(lambda: self.pool.waiting, lambda: self.pool.running)
        self.state = "starting"

    async def start(self) -> None:
        """Start the workers, and ask each for one answer: then models and packs are loaded."""
        self.pool.start()
        warm = [
            self.pool.submit(Job("warm", "198.51.100.7, said a report.", self.settings.defaults))
            for _ in range(min(self.settings.workers, self.pool.free))
        ]
        await asyncio.gather(*warm)
        if self.state == "starting":
            self.state = "ok"

    def job(
        self, name: str, content: str | bytes, settings: Settings, form: str, *, text: bool = False
    ) -> Job:
        """Return a job within the limits of the service."""
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        limits = self.settings
        return Job(name, content, settings, form, stamp, limits.seconds, limits.max_pages, text)

    async def answers(self, jobs: Sequence[Job]) -> AsyncIterator[Part]:
        """Yield the answers in the order of the jobs.

        The first job is queued at once or refused; the others follow as there is room, so that one long
        request neither fills the queue nor is refused for its length.
        """
        ahead = max(2, self.settings.workers * 2)
        pending: list[asyncio.Future[Answer]] = []
        place = 0
        try:
            while place < len(jobs) or pending:
                while place < len(jobs) and len(pending) < ahead:
                    try:
                        pending.append(self.pool.submit(jobs[place]))
                    except BusyError:
                        if place == 0:
                            raise
                        if pending:
                            break
                        await asyncio.sleep(0.05)
                        continue
                    place += 1
                for part in await pending.pop(0):
                    self.metrics.count(part)
                    yield part
        finally:
            for each in pending:  # the client is gone: what has not begun is not done
                each.cancel()


def create_app(settings: ServeSettings | None = None) -> ASGIApp:
    """Return the service as an ASGI application.

    Args:
        settings: of the service; the defaults when None.

    Raises:
        SettingsError: when the file of tokens cannot be used.
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
        responses=_ERRORS,
    )
    app.state.service, app.state.tokens = service, service.tokens
    _handle_errors(app)
    _add_routes(app, service)
    add_reviews(app, service.settings.reviews)
    add_page(app)
    _observe(app, service)
    made = service.settings
    return Guard(
        app, made.max_bytes, made.body_seconds, local=not service.tokens.are_needed
    )  # fmt: skip


def _add_routes(app: FastAPI, service: Service) -> None:
    @app.post(
        "/v1/extract",
        response_model=ExtractResponse,
        openapi_extra=_BODY,
        dependencies=[needs(Scope.READ)],
        summary="Extract entities and records",
        description="The format follows Accept: " + ", ".join(each.media for each in FORMATS) + ".",
    )
    async def extract(request: Request) -> Response:
        form = accepted(request.headers.get("accept"))
        jobs = await _jobs(request, service, form.name)
        return await _respond(service, jobs, form)

    @app.post(
        "/v1/decode",
        response_model=DecodeResponse,
        openapi_extra=_BODY,
        dependencies=[needs(Scope.READ)],
        summary="Undo disguises: the readable text, and every edit with its place and reason",
    )
    async def decode(request: Request) -> Response:
        jobs = await _jobs(request, service, "decode")
        return await _respond(service, jobs, FORMATS[0])

    @app.get("/v1/labels", dependencies=[needs(Scope.READ)], summary="The labels of entities")
    async def labels() -> list[LabelOut]:
        return labels_out()

    @app.get("/v1/options", dependencies=[needs(Scope.READ)], summary="JSON Schema of the options")
    async def options() -> dict[str, Any]:
        return options_schema()

    @app.get("/v1/schema", dependencies=[needs(Scope.READ)], summary="JSON Schema of a result")
    async def schema() -> dict[str, Any]:
        return output_schema()

    @app.get("/healthz", summary="Alive")
    async def alive() -> Health:
        return Health(status="ok")

    @app.get("/readyz", summary="Ready: models are loaded", responses={503: {"model": Health}})
    async def ready(response: Response) -> Health:
        if service.state != "ok":
            response.status_code = 503
        return Health.model_validate({"status": service.state})

    @app.get("/metrics", dependencies=[needs(Scope.ADMIN)], summary="Metrics for Prometheus")
    async def metrics() -> Response:
        return Response(service.metrics.text(), media_type=CONTENT_TYPE_LATEST)


async def _jobs(request: Request, service: Service, form: str) -> list[Job]:
    """Read a request of any of the content types.

    Raises:
        DecloakError: when it is none.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media == "multipart/form-data":
        return await _uploaded(request, service, form)
    body = await request.body()
    service.metrics.received.inc(len(body))
    if media in _TEXT_TYPES:
        name = request.query_params.get("id", "-")[:1_000]
        settings = settings_of(
            service.settings.defaults, _options(request.query_params.get("options"))
        )
        return [service.job(name, body, settings, form)]
    if media != "application/json":
        message = (
            f"the content type {media!r} is not read; send JSON, text/plain or multipart/form-data"
        )
        raise UnreadableError(message)
    try:
        asked = ExtractRequest.model_validate_json(body)
    except ValidationError as error:
        raise InputError(_complaint(error)) from error
    settings = settings_of(service.settings.defaults, asked.options)
    return [
        service.job(each.id, each.text, settings, form, text=asked.include_text and form == "jsonl")
        for each in asked.listed
    ]


async def _uploaded(request: Request, service: Service, form: str) -> list[Job]:
    most = service.settings.max_documents
    try:
        fields = await request.form(max_files=most, max_fields=10, max_part_size=1 << 20)
    except (MultiPartException, HTTPException) as error:
        message = f"the multipart body cannot be read: {getattr(error, 'message', '') or error}"
        raise UnreadableError(message) from error
    try:
        options = fields.get("options")
        settings = settings_of(
            service.settings.defaults, _options(options if isinstance(options, str) else None)
        )
        shown = fields.get("include_text") == "true" and form == "jsonl"
        jobs = []
        for value in fields.getlist("file"):
            if isinstance(value, str):
                jobs.append(service.job("-", value, settings, form, text=shown))
                continue
            content = await value.read()
            service.metrics.received.inc(len(content))
            name = (value.filename or "-")[:1_000]
            jobs.append(service.job(name, content, settings, form, text=shown))
    finally:
        await fields.close()
    if not jobs:
        message = "there is no part named `file`"
        raise InputError(message)
    return jobs


def _options(text: str | None) -> dict[str, Any]:
    """Read options given as JSON.

    Raises:
        InputError: when they are none.
    """
    try:
        made = json.loads(text) if text else {}
    except (ValueError, RecursionError) as error:
        message = f"options: no JSON: {error}"
        raise InputError(message) from error
    if not isinstance(made, dict):
        message = "options: an object is expected"
        raise InputError(message)
    return made


async def _respond(service: Service, jobs: Sequence[Job], form: Form) -> Response:
    """Answer in a format: all at once, or line by line as documents are done.

    Raises:
        BusyError: when there is no room for the first document.
        TooLargeError: when there are too many.
    """
    if len(jobs) > service.settings.max_documents:
        message = f"{len(jobs)} documents; a request may have {service.settings.max_documents}"
        raise TooLargeError(message)
    parts = service.answers(jobs)
    if form is FORMATS[0]:
        done = [part async for part in parts]
        if len(jobs) == len(done) == 1 and done[0].failure is not None:
            failure = done[0].failure
            body = body_of(failure.error, failure.message, failure.id)
            return JSONResponse(body, status_of(failure))
        return Response(joined_results(done), media_type=form.media)
    # The first answer is waited for, so that a refusal is an answer and no broken stream.
    first = [part async for part in _until(parts, 1)] if jobs else []
    headers = {"content-disposition": "attachment"} if form.name == "html" else {}

    async def rest() -> AsyncIterator[Part]:
        for part in first:
            yield part
        async for part in parts:
            yield part

    media = form.media if form is not NDJSON else NDJSON.media
    return StreamingResponse(joined(form, rest()), media_type=media, headers=headers)


async def _until(parts: AsyncIterator[Part], most: int) -> AsyncIterator[Part]:
    """Yield the first few."""
    for _ in range(most):
        try:
            yield await anext(parts)
        except StopAsyncIteration:
            return


def _complaint(error: ValidationError | RequestValidationError) -> str:
    """Return what is wrong with a request in words, without what it holds."""
    found = []
    for each in error.errors()[:10]:
        where = ".".join(str(part) for part in each["loc"]) or "the body"
        found.append(f"{where}: {each['msg']}")
    return "; ".join(found)


def _handle_errors(app: FastAPI) -> None:
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
        return JSONResponse(body_of("InputError", _complaint(error)), 422)

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> Response:
        kind = {404: "NotFoundError", 405: "MethodError"}.get(error.status_code, "InputError")
        return JSONResponse(body_of(kind, str(error.detail)), error.status_code, error.headers)


def _observe(app: FastAPI, service: Service) -> None:
    """Count and log every request: never what it holds."""

    @app.middleware("http")
    async def observed(request: Request, follow: Any) -> Response:
        start = time.perf_counter()
        status = 500
        try:
            answer: Response = await follow(request)
            status = answer.status_code
        except RefusedError as error:  # the guard answers
            status = error.status
            raise
        except Exception as error:  # noqa: BLE001 - a bug: no trace of it leaves the service
            said = {"path": request.url.path, "error": type(error).__name__}
            LOG.error("bug", extra={"fields": said})  # noqa: TRY400 - a trace may quote a document
            return JSONResponse(body_of("InternalError", "a bug in decloak; please report it"), 500)
        finally:
            route = request.scope.get("route")
            path = getattr(route, "path", "unknown")
            seconds = time.perf_counter() - start
            service.metrics.requests.labels(path, str(status)).inc()
            service.metrics.latency.labels(path).observe(seconds)
            fields = {
                "method": request.method,
                "path": path,
                "status": status,
                "seconds": round(seconds, 4),
            }
            LOG.info("request", extra={"fields": fields})
        return answer
