"""Routes: what the service does. Options, results and errors are the library's own."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from decloak.export.schema import output_schema
from decloak.options import options_schema
from decloak.serve.answers import respond
from decloak.serve.auth import Scope, needs
from decloak.serve.bodies import jobs_of
from decloak.serve.formats import FORMATS, accepted
from decloak.serve.metrics import CONTENT_TYPE_LATEST
from decloak.serve.openapi import (
    DECODED,
    DOCUMENTS,
    EXPLAINED,
    EXPLANATIONS,
    FORMATTED,
    METRICS,
)
from decloak.serve.schemas import Health, LabelOut, labels_out
from decloak.serve.service import Service

__all__ = ["router"]

router = APIRouter()


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


@router.post(
    "/v1/extract",
    openapi_extra=DOCUMENTS,
    responses=FORMATTED,
    response_class=Response,
    dependencies=[needs(Scope.READ)],
    summary="Extract entities and records",
    description="The format follows Accept: " + ", ".join(each.media for each in FORMATS) + ".",
)
async def extract(request: Request) -> Response:
    """Answer with what `decloak extract` finds."""
    form = accepted(request.headers.get("accept"))
    jobs = await jobs_of(request, _service(request), form.name)
    return await respond(request, _service(request), jobs, form)


@router.post(
    "/v1/decode",
    openapi_extra=DOCUMENTS,
    responses=DECODED,
    response_class=Response,
    dependencies=[needs(Scope.READ)],
    summary="Undo disguises: the readable text, and every edit with its place and reason",
)
async def decode(request: Request) -> Response:
    """Answer with what `decloak decode` changes."""
    jobs = await jobs_of(request, _service(request), "decode")
    return await respond(request, _service(request), jobs)


@router.post(
    "/v1/explain",
    openapi_extra=EXPLAINED,
    responses=EXPLANATIONS,
    response_class=Response,
    dependencies=[needs(Scope.READ)],
    summary="Why each candidate was accepted, held back or rejected; what each stage did about a place",
)
async def explain(request: Request) -> Response:
    """Answer with what `decloak explain` shows."""
    jobs = await jobs_of(request, _service(request), "explain")
    return await respond(request, _service(request), jobs)


@router.get("/v1/labels", dependencies=[needs(Scope.READ)], summary="The labels of entities")
async def labels() -> list[LabelOut]:
    """Answer with every label."""
    return labels_out()


@router.get("/v1/options", dependencies=[needs(Scope.READ)], summary="JSON Schema of the options")
async def options() -> dict[str, Any]:
    """Answer with the schema of the options."""
    return options_schema()


@router.get("/v1/schema", dependencies=[needs(Scope.READ)], summary="JSON Schema of a result")
async def schema() -> dict[str, Any]:
    """Answer with the schema of a result."""
    return output_schema()


@router.get("/healthz", summary="Alive")
async def alive() -> Health:
    """Answer while the process runs."""
    return Health(status="ok")


@router.get("/readyz", summary="Ready: models are loaded", responses={503: {"model": Health}})
async def ready(request: Request, response: Response) -> Health:
    """Answer 200 while requests are answered at once."""
    state = _service(request).state
    if state != "ok":
        response.status_code = 503
    return Health.model_validate({"status": state})


@router.get(
    "/metrics",
    responses=METRICS,
    response_class=Response,
    dependencies=[needs(Scope.ADMIN)],
    summary="Metrics for Prometheus",
)
async def metrics(request: Request) -> Response:
    """Answer with all counts."""
    return Response(_service(request).metrics.text(), media_type=CONTENT_TYPE_LATEST)
