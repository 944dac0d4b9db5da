"""Answers: what the jobs of a request came to, all at once or line by line, while the client is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import aclosing
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from decloak.serve.errors import TooLargeError, body_of, status_of
from decloak.serve.formats import FORMATS, Form, joined, joined_results
from decloak.serve.jobs import Job, Part
from decloak.serve.service import Service

__all__ = ["respond"]

T = TypeVar("T")


async def respond(
    request: Request, service: Service, jobs: Sequence[Job], form: Form = FORMATS[0]
) -> Response:
    """Answer in a format: all at once, or line by line as documents are done.

    Raises:
        BusyError: when there is no room for the first document.
        TooLargeError: when there are too many.
        ClientDisconnect: when the client is gone before there is an answer; what has not begun is not done.
    """
    if len(jobs) > service.settings.max_documents:
        message = f"{len(jobs)} documents; a request may have {service.settings.max_documents}"
        raise TooLargeError(message)
    parts = service.answers(jobs)
    if form is FORMATS[0]:
        done = await _while_there(request, _all(parts))
        if len(jobs) == len(done) == 1 and done[0].failure is not None:
            failure = done[0].failure
            body = body_of(failure.error, failure.message, failure.id)
            return JSONResponse(body, status_of(failure))
        return Response(joined_results(done), media_type=form.media)
    # The first answer is waited for, so that a refusal is an answer and no broken stream.
    first = await _while_there(request, anext(parts, None))

    async def rest() -> AsyncIterator[Part]:
        async with aclosing(parts):
            if first is not None:
                yield first
            async for part in parts:
                yield part

    headers = {"content-disposition": "attachment"} if form.name == "html" else {}
    return StreamingResponse(joined(form, rest()), media_type=form.media, headers=headers)


async def _all(parts: AsyncIterator[Part]) -> list[Part]:
    return [part async for part in parts]


async def _while_there(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Wait for what a client waits for, and give it up when the client does. The body must have been read."""
    working = asyncio.ensure_future(work)
    going = asyncio.ensure_future(request.receive())
    try:
        await asyncio.wait({working, going}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        working.cancel()
        going.cancel()
