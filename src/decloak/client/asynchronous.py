"""Asynchronous: the client whose methods are awaited; otherwise as the other one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, Unpack

from decloak.client.replies import (
    DecodedText,
    Lines,
    checked,
    decoded_of,
    first,
    one_of,
    outcome,
    reached,
)
from decloak.client.requests import (
    DUMP,
    MEDIA,
    chosen,
    common,
    document_groups,
    file_groups,
    in_json,
    in_query,
    retrying,
    with_header,
)
from decloak.core.document import Document
from decloak.core.result import Failure
from decloak.options import Settings
from decloak.options.keywords import Keywords
from decloak.result import Result

__all__ = ["AsyncClient"]

_PLAIN = {"content-type": "text/plain; charset=utf-8"}


class AsyncClient:
    """Asks a service, as `decloak.client.Client` does.

    Args:
        url: of the service.
        token: where it asks for one.
        timeout: seconds to wait for each part of an answer.
        retries: how often to ask again; 0 for never.

    Raises:
        ToolError: when the extra ``client`` is not installed.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8765",
        *,
        token: str | None = None,
        timeout: float = 300.0,
        retries: int = 5,
    ) -> None:
        transport = retrying(retries)
        import httpx  # noqa: PLC0415 - an extra

        with reached():
            self._http = httpx.AsyncClient(transport=transport, **common(url, token, timeout))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def extract(
        self, text: str, settings: Settings | None = None, /, **options: Unpack[Keywords]
    ) -> Result:
        """Return what `decloak.extract` would; options that open a file or a connection are the service's own."""
        [found] = [
            each async for each in self.extract_many([Document("-", text)], settings, **options)
        ]
        return first(found)

    async def extract_many(
        self,
        documents: Iterable[Document],
        settings: Settings | None = None,
        /,
        **options: Unpack[Keywords],
    ) -> AsyncIterator[Result | Failure]:
        """Yield what became of each document, in order, as they are done; a failure ends nothing."""
        asked = chosen(settings, options)
        for group in document_groups(documents):
            async for each in self._outcomes(asked, **in_json(documents=group, options=asked)):
                yield each

    async def extract_files(
        self,
        paths: Iterable[str | Path],
        settings: Settings | None = None,
        /,
        **options: Unpack[Keywords],
    ) -> AsyncIterator[Result | Failure]:
        """Yield the same of files of any format that decloak reads; one file may hold many documents."""
        asked = chosen(settings, options)
        for group in file_groups(paths):
            with group.open:
                query = in_query("-", asked)
                async for each in self._outcomes(asked, files=group.parts, params=query):
                    yield each

    async def export(
        self,
        text: str,
        form: str = "stix",
        settings: Settings | None = None,
        /,
        *,
        name: str = "-",
        **options: Unpack[Keywords],
    ) -> str:
        """Return what is found in a format: json, jsonl, stix, misp, csv, html or values."""
        query, body = in_query(name, chosen(settings, options)), text.encode("utf-8", "replace")
        headers = _PLAIN | {"accept": MEDIA.get(form, form)}
        request = {"params": query, "content": body, "headers": headers}
        answer = await self._ask("POST", "/v1/extract", **request)
        return str(answer.text)

    async def decode(self, text: str, **options: Unpack[Keywords]) -> DecodedText:
        """Return the readable text and every edit."""
        asked = in_json(text=text, options=chosen(None, options))
        return decoded_of(await self._ask("POST", "/v1/decode", **asked))

    async def explain(
        self, text: str, at: str | None = None, **options: Unpack[Keywords]
    ) -> dict[str, Any]:
        """Return every decision; with `at` (``LINE:COLUMN``, from 1) what each stage did about that place."""
        asked = in_json(text=text, options=chosen(None, options))
        query = {} if at is None else {"at": at}
        return one_of(await self._ask("POST", "/v1/explain", params=query, **asked))

    async def is_ready(self) -> bool:
        """Whether requests are answered at once: not while the service starts or ends, or is not there."""
        from httpx_retries import Retry  # noqa: PLC0415 - an extra

        once = {"retry": Retry(total=0)}
        import httpx  # noqa: PLC0415 - likewise

        try:
            answer = await self._http.get("/readyz", extensions=once)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200

    async def _ask(self, method: str, path: str, **request: Any) -> Any:
        with reached():
            return checked(await self._http.request(method, path, **request))

    async def _outcomes(
        self, asked: dict[str, Any], **request: Any
    ) -> AsyncIterator[Result | Failure]:
        held = bool(asked.get("output", {}).get("review"))
        lines = Lines()
        with reached():
            sending = self._http.stream(
                "POST", "/v1/extract", **with_header(request, "accept", DUMP)
            )
            async with sending as answer:
                if not answer.is_success:
                    await answer.aread()
                    checked(answer)
                async for chunk in answer.aiter_bytes():
                    for line in lines.add(chunk):
                        yield outcome(line, held=held)
                lines.end()
