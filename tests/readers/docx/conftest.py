"""The reader as the rest of decloak calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from decloak.core.document import Document
from decloak.core.result import Failure
from decloak.readers.base import Budget, Context, Limits, ReadOptions

Read = Callable[..., list[Document | Failure]]


@pytest.fixture
def read() -> Read:
    """Return a function that reads a DOCX, and what it holds as text."""
    from decloak.readers.docx import READER

    def nested(name: str, data: bytes, _: Context) -> Iterator[Document | Failure]:
        yield Document(name, data.decode("latin-1"))

    def call(data: bytes, **limits: int) -> list[Document | Failure]:
        assert READER.knows(data[:65_536], "input")
        options = ReadOptions(limits=Limits(**limits))
        budget = Budget(options.limits.parts, options.limits.unpacked)
        return list(READER.read(data, Context("report.docx", options, budget, nested)))

    return call
