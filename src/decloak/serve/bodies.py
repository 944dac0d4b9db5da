"""Bodies: what a request asks for, whichever content type it has."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from decloak.core.errors import InputError, UnreadableError
from decloak.explanation import check_place
from decloak.options import Settings
from decloak.serve.jobs import Job
from decloak.serve.schemas import ExtractRequest, settings_of
from decloak.serve.service import Service

__all__ = ["complaint", "jobs_of"]

_TEXT_TYPES = frozenset({"text/plain", "application/octet-stream", ""})
_PARTS = frozenset({"file", "options", "include_text"})
_LONGEST_ID = 1_000
_BOOLEANS = {"true": True, "false": False}


async def jobs_of(request: Request, service: Service, form: str) -> list[Job]:
    """Read a request of any of the content types.

    Raises:
        DecloakError: when it is none.
    """
    at = request.query_params.get("at") if form == "explain" else None
    place = None if at is None else check_place(at)
    return [replace(each, at=place) for each in await _jobs(request, service, form)]


async def _jobs(request: Request, service: Service, form: str) -> list[Job]:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    name = _checked(request.query_params.get("id", "-"))
    base = settings_of(service.settings.defaults, _object(request.query_params.get("options")))
    if media == "multipart/form-data":
        return await _uploaded(request, service, form, name, base)
    body = await request.body()
    service.metrics.received.inc(len(body))
    if media in _TEXT_TYPES:
        if not media and not body:
            message = "there is neither a body nor a content type"
            raise InputError(message)
        return [service.job(name, body, base, form)]
    if media != "application/json":
        message = (
            f"the content type {media!r} is not read; send JSON, text/plain or multipart/form-data"
        )
        raise UnreadableError(message)
    try:
        asked = ExtractRequest.model_validate_json(body)
    except ValidationError as error:
        raise InputError(complaint(error)) from error
    settings = settings_of(base, asked.options)
    shown = asked.include_text and form == "jsonl"
    if asked.text is not None:
        return [service.job(asked.id or name, asked.text, settings, form, text=shown)]
    return [
        service.job(each.id, each.text, settings, form, text=shown)
        for each in asked.documents or ()
    ]


async def _uploaded(
    request: Request, service: Service, form: str, name: str, base: Settings
) -> list[Job]:
    most = service.settings.max_documents
    try:
        fields = await request.form(max_files=most, max_fields=10, max_part_size=1 << 20)
    except (MultiPartException, HTTPException) as error:
        message = f"the multipart body cannot be read: {getattr(error, 'message', '') or error}"
        raise UnreadableError(message) from error
    try:
        given = _once(fields, "options")
        settings = settings_of(base, _object(given))
        shown = _boolean(_once(fields, "include_text") or "false") and form == "jsonl"
        jobs = []
        for value in fields.getlist("file"):
            if isinstance(value, str):
                jobs.append(service.job(name, value, settings, form, text=shown))
                continue
            content = await value.read()
            service.metrics.received.inc(len(content))
            own = _checked(value.filename or name)
            jobs.append(service.job(own, content, settings, form, text=shown))
        unknown = sorted(set(fields) - _PARTS)
    finally:
        await fields.close()
    if unknown or not jobs:
        wrong = f"a part {unknown[0][:100]!r}" if unknown else "no part `file`"
        message = f"there is {wrong}; {', '.join(sorted(_PARTS))} are read"
        raise InputError(message)
    return jobs


def _once(fields: FormData, name: str) -> str | None:
    """Return the text of a part that there may be once.

    Raises:
        InputError: when there are several, or it is a file.
    """
    found = fields.getlist(name)
    if not found:
        return None
    if len(found) > 1 or not isinstance(found[0], str):
        message = f"{name}: one part that is no file is expected"
        raise InputError(message)
    return found[0]


def _checked(name: str) -> str:
    if len(name) > _LONGEST_ID:
        message = f"the id is longer than {_LONGEST_ID} characters"
        raise InputError(message)
    return name


def _boolean(value: str) -> bool:
    found = _BOOLEANS.get(value.lower())
    if found is None:
        message = "include_text: true or false is expected"
        raise InputError(message)
    return found


def _object(text: str | None) -> dict[str, Any]:
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


def complaint(error: ValidationError | RequestValidationError) -> str:
    """Return what is wrong with a request in words, without what it holds."""
    found = []
    for each in error.errors()[:10]:
        where = ".".join(str(part) for part in each["loc"]) or "the body"
        found.append(f"{where}: {each['msg']}")
    return "; ".join(found)
