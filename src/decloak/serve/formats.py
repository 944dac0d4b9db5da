"""Formats: which one a client accepts, and how answers of many documents are joined in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import NamedTuple

from decloak.core.errors import InputError
from decloak.export import EXPORTERS, Joining
from decloak.serve.jobs import Part

__all__ = ["FORMATS", "Form", "NotAcceptableError", "accepted", "joined", "joined_results"]


class NotAcceptableError(InputError):
    """The service writes none of the formats that the client accepts."""

    http_status = 406


class Form(NamedTuple):
    """A format of answers.

    Attributes:
        media: its media type.
        name: a format of `decloak.export.EXPORTERS`.
    """

    media: str
    name: str


FORMATS = (
    Form("application/json", "jsonl"),
    Form("application/x-ndjson", "jsonl"),
    Form("application/stix+json;version=2.1", "stix"),
    Form("application/vnd.misp+json", "misp"),
    Form("text/csv", "csv"),
    Form("text/html", "html"),
    Form("text/plain", "values"),
    Form("application/vnd.decloak.dump+ndjson", "dump"),  # everything, for decloak.client
)
"""In the order in which they are preferred where the client does not care."""
NDJSON = FORMATS[1]


def accepted(header: str | None) -> Form:
    """Return the format of an ``Accept`` header (RFC 9110, 12.5.1).

    Raises:
        NotAcceptableError: when it names none that is written here.
    """
    best: tuple[float, int] | None = None
    chosen = FORMATS[0]
    for part in (header or "*/*").split(",")[:50]:
        media, *parameters = [each.strip().lower() for each in part.split(";")]
        quality = 1.0
        for each in parameters:
            if each.startswith("q="):
                try:
                    quality = float(each[2:])
                except ValueError:
                    quality = 0.0
        for rank, form in enumerate(FORMATS):
            if quality <= 0:
                continue
            own = form.media.partition(";")[0]
            exact = media == own
            if exact or media in {"*/*", own.partition("/")[0] + "/*"}:
                key = (quality + exact * 0.0001, -rank)
                if best is None or key > best:
                    best, chosen = key, form
    if best is None:
        written = ", ".join(form.media for form in FORMATS)
        message = f"Accept: {header}: nothing of that is written here; {written} are"
        raise NotAcceptableError(message)
    return chosen


async def joined(form: Form, parts: AsyncIterator[Part]) -> AsyncIterator[bytes]:
    """Yield one body in a format, part by part as they come."""
    if form.name == "dump":
        async for part in parts:
            yield part.text.encode("utf-8", "backslashreplace")
        return
    exporter = EXPORTERS.get(form.name)
    joining = Joining(exporter)
    if exporter.head:
        yield exporter.head.encode()
    async for part in parts:
        text = "".join(joining.add((part.text,) if part.text else ()))
        if text:
            yield text.encode("utf-8", "backslashreplace")
    if exporter.tail:
        yield exporter.tail.encode()


def joined_results(parts: Iterable[Part]) -> bytes:
    """Return ``{"results": [...]}`` of rendered lines."""
    inside = ", ".join(part.text.rstrip("\n") for part in parts)
    return f'{{"results": [{inside}]}}\n'.encode()
