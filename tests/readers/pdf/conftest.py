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
    """Return a function that reads a PDF, and whatever it holds, as PDF or as text."""
    from decloak.readers.pdf import READER

    def nested(name: str, data: bytes, context: Context) -> Iterator[Document | Failure]:
        if READER.knows(data[:65_536], name):
            yield from READER.read(data, context)
        else:
            yield Document(name, data.decode("latin-1"))

    def call(
        data: bytes, passwords: tuple[str, ...] = (), **limits: int
    ) -> list[Document | Failure]:
        options = ReadOptions(passwords=passwords, limits=Limits(**limits))
        budget = Budget(options.limits.parts, options.limits.unpacked)
        return list(READER.read(data, Context("report.pdf", options, budget, nested)))

    return call
