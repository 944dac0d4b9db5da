"""Synchronous: the client whose methods wait."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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

__all__ = ["Client"]

_PLAIN = {"content-type": "text/plain; charset=utf-8"}


class Client:
    """Asks a service. Any number of threads may use one.

    Where the service is busy (429, 503) or the connection breaks, it asks again, after as long as the
    service says. Methods raise what `decloak.extract` does, and `decloak.client.ClientError`.

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
            self._http = httpx.Client(transport=transport, **common(url, token, timeout))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def extract(
        self, text: str, settings: Settings | None = None, /, **options: Unpack[Keywords]
    ) -> Result:
        """Return what `decloak.extract` would; options that open a file or a connection are the service's own."""
        [found] = self.extract_many([Document("-", text)], settings, **options)
        return first(found)

    def extract_many(
        self,
        documents: Iterable[Document],
        settings: Settings | None = None,
        /,
        **options: Unpack[Keywords],
    ) -> Iterator[Result | Failure]:
        """Yield what became of each document, in order, as they are done; a failure ends nothing."""
        asked = chosen(settings, options)
        for group in document_groups(documents):
            yield from self._outcomes(asked, **in_json(documents=group, options=asked))

    def extract_files(
        self,
        paths: Iterable[str | Path],
        settings: Settings | None = None,
        /,
        **options: Unpack[Keywords],
    ) -> Iterator[Result | Failure]:
        """Yield the same of files of any format that decloak reads; one file may hold many documents."""
        asked = chosen(settings, options)
        for group in file_groups(paths):
            with group.open:
                yield from self._outcomes(asked, files=group.parts, params=in_query("-", asked))

    def export(
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
        return str(
            self._ask("POST", "/v1/extract", params=query, content=body, headers=headers).text
        )

    def decode(self, text: str, **options: Unpack[Keywords]) -> DecodedText:
        """Return the readable text and every edit."""
        asked = in_json(text=text, options=chosen(None, options))
        return decoded_of(self._ask("POST", "/v1/decode", **asked))

    def explain(
        self, text: str, at: str | None = None, **options: Unpack[Keywords]
    ) -> dict[str, Any]:
        """Return every decision; with `at` (``LINE:COLUMN``, from 1) what each stage did about that place."""
        asked = in_json(text=text, options=chosen(None, options))
        query = {} if at is None else {"at": at}
        return one_of(self._ask("POST", "/v1/explain", params=query, **asked))

    def is_ready(self) -> bool:
        """Whether requests are answered at once: not while the service starts or ends, or is not there."""
        from httpx_retries import Retry  # noqa: PLC0415 - an extra

        once = {"retry": Retry(total=0)}
        import httpx  # noqa: PLC0415 - likewise

        try:
            return self._http.get("/readyz", extensions=once).status_code == 200
        except httpx.HTTPError:
            return False

    def _ask(self, method: str, path: str, **request: Any) -> Any:
        with reached():
            return checked(self._http.request(method, path, **request))

    def _outcomes(self, asked: dict[str, Any], **request: Any) -> Iterator[Result | Failure]:
        held = bool(asked.get("output", {}).get("review"))
        lines = Lines()
        with (
            reached(),
            self._http.stream(
                "POST", "/v1/extract", **with_header(request, "accept", DUMP)
            ) as answer,
        ):
            if not answer.is_success:
                answer.read()
                checked(answer)
            for chunk in answer.iter_bytes():
                for line in lines.add(chunk):
                    yield outcome(line, held=held)
            lines.end()
