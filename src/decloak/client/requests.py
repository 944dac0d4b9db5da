"""Requests: what is sent; the same for both clients."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from decloak.core.document import Document
from decloak.core.errors import SettingsError, UnreadableError
from decloak.core.extras import need_extra
from decloak.options import Settings, complaints
from decloak.options.keywords import Keywords

if TYPE_CHECKING:
    from httpx_retries import RetryTransport

__all__ = [
    "DUMP",
    "MEDIA",
    "Upload",
    "chosen",
    "common",
    "document_groups",
    "file_groups",
    "in_json",
    "in_query",
    "retrying",
    "with_header",
]

DUMP = "application/vnd.decloak.dump+ndjson"
MEDIA = {
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "stix": "application/stix+json",
    "misp": "application/vnd.misp+json",
    "csv": "text/csv",
    "html": "text/html",
    "values": "text/plain",
}
"""Media types by the names of formats."""
_DOCUMENTS, _CHARACTERS = 200, 4_000_000
"""What one request holds, at most; a longer document goes alone."""
_LONGEST_WAIT = 30.0


class Upload(NamedTuple):
    """Files of one request.

    Attributes:
        parts: for httpx' ``files``.
        open: what is open until the answer is there.
    """

    parts: list[tuple[str, tuple[str, Any]]]
    open: ExitStack


def retrying(retries: int) -> RetryTransport:
    """Return a transport that waits and asks again: where the service is busy, as long as it says.

    Every request may be sent twice: an answer changes nothing in the service.

    Raises:
        ToolError: when the extra is not installed.
    """
    with need_extra("client"):
        import httpx  # noqa: PLC0415 - an extra
        from httpx_retries import Retry, RetryTransport  # noqa: PLC0415 - likewise

    return RetryTransport(
        retry=Retry(
            total=retries,
            allowed_methods=("GET", "POST"),
            status_forcelist=(429, 503),
            retry_on_exceptions=(httpx.NetworkError, httpx.RemoteProtocolError),
            backoff_factor=0.5,
            max_backoff_wait=_LONGEST_WAIT,
        )
    )


def common(url: str, token: str | None, timeout: float) -> dict[str, Any]:
    """Return what the clients of httpx are made with."""
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    return {"base_url": url.rstrip("/"), "headers": headers, "timeout": timeout}


def chosen(settings: Settings | None, options: Keywords) -> dict[str, Any]:
    """Return options as a request has them: those alone that were set.

    Raises:
        SettingsError: on an unknown option or a value out of range.
    """
    if settings is not None and options:
        message = "pass settings or options, not both: options are settings that are made for you"
        raise SettingsError(message)
    try:
        made = Settings(**options) if settings is None else settings
    except ValidationError as error:
        raise SettingsError("; ".join(complaints(error))) from error
    return made.model_dump(mode="json", exclude_unset=True)


def document_groups(documents: Iterable[Document]) -> Iterator[list[dict[str, str]]]:
    """Yield the documents of one request after the other."""
    group: list[dict[str, str]] = []
    size = 0
    for each in documents:
        if group and (len(group) >= _DOCUMENTS or size + len(each.text) > _CHARACTERS):
            yield group
            group, size = [], 0
        group.append({"id": each.id, "text": each.text})
        size += len(each.text)
    if group:
        yield group


def file_groups(paths: Iterable[str | Path]) -> Iterator[Upload]:
    """Yield the files of one request after the other, open. Whoever takes them closes them.

    Raises:
        UnreadableError: when a file cannot be read.
    """
    group = Upload([], ExitStack())
    size = 0
    for path in paths:
        try:
            length = Path(path).stat().st_size
            if group.parts and (len(group.parts) >= _DOCUMENTS or size + length > _CHARACTERS):
                yield group
                group, size = Upload([], ExitStack()), 0
            stream = group.open.enter_context(Path(path).open("rb"))  # noqa: SIM115 - closed with the group
        except OSError as error:
            group.open.close()
            message = f"{path}: {(error.strerror or type(error).__name__).lower()}"
            raise UnreadableError(message) from error
        group.parts.append(("file", (str(path), stream)))
        size += length
    if group.parts:
        yield group


def in_query(name: str, options: dict[str, Any], at: str | None = None) -> dict[str, str]:
    """Return the query of a request whose body is the text itself."""
    query = {"id": name, "options": json.dumps(options)}
    return query if at is None else query | {"at": at}


def in_json(**body: Any) -> dict[str, Any]:
    """Return a request whose body is JSON, in ASCII: it takes every text that Python has."""
    headers = {"content-type": "application/json"}
    return {"content": json.dumps(body).encode("ascii"), "headers": headers}


def with_header(request: dict[str, Any], name: str, value: str) -> dict[str, Any]:
    """Return a request with one more header."""
    return request | {"headers": request.get("headers", {}) | {name: value}}
