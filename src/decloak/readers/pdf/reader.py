"""Reader: knows a PDF when it sees one, and loads what reads it only then."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass

from decloak.core.document import Document
from decloak.core.errors import ToolError
from decloak.core.result import Failure
from decloak.readers.base import Context

__all__ = ["READER", "PdfReader"]

_WITHIN = 1024  # bytes before the header that programs let pass


@dataclass(frozen=True, slots=True)
class PdfReader:
    """Reads PDF, with the files embedded in it."""

    name: str = "pdf"

    def knows(self, head: bytes, name: str) -> bool:
        """Whether the content begins as a PDF does; see `decloak.readers.base.Reader`."""
        if head.startswith(b"%PDF-"):
            return True
        return name.lower().endswith(".pdf") and b"%PDF-" in head[:_WITHIN]

    def read(self, data: bytes, context: Context) -> Iterator[Document | Failure]:
        """Yield the document and those of its embedded files; see `decloak.readers.base.Reader`."""
        if importlib.util.find_spec("pypdfium2") is None:
            message = "pypdfium2 is not installed: pip install 'decloak[documents]'"
            raise ToolError(message)
        from decloak.readers.pdf.isolated import read_isolated  # noqa: PLC0415 - starts a process
        from decloak.readers.pdf.request import Request  # noqa: PLC0415 - only where one is read

        document, parts = read_isolated(bytes(data), Request.of(context))
        yield document
        for name, part in parts:
            yield from context.inside(name, part)


READER = PdfReader()
