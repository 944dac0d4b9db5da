"""Twins: one document read by the extension and in pure Python, and where the two answers part."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from decloak.core import native
from decloak.core.document import Document
from decloak.core.remember import forget
from decloak.core.serialise import dump
from decloak.options import Settings
from decloak.pipeline import Pipeline
from decloak.verify.claims import claim_of, native_claims

EXTENSION = native.extension
WAYS = (
    Settings(tagger="off"),
    Settings(tagger="off", review=True, nested=True),
    Settings(tagger="off", strategy="off", review=True),
)


@contextmanager
def pure() -> Iterator[None]:
    """Run without the extension."""
    native.extension = None
    try:
        yield
    finally:
        native.extension = EXTENSION


def forget_claims() -> None:
    """Let no answer of one way be taken for that of the other."""
    forget(1 << 17)
    claim_of.cache_clear()
    if EXTENSION is not None:
        native_claims().clear()


class Twins:
    """Both ways to read documents, with some settings."""

    def __init__(self, settings: Settings) -> None:
        self._pipeline = Pipeline(settings)

    def answer(self, text: str) -> dict[str, Any]:
        """Return everything that is found in a text."""
        return dump(self._pipeline.run(Document("twin", text)))

    def difference(self, text: str) -> str:
        """Return where the two answers to a text part; "" where they are equal."""
        fast = self.answer(text)
        forget_claims()
        with pure():
            slow = self.answer(text)
        if fast == slow:
            return ""
        return next(_parting(fast, slow, ""), "they differ in their types alone")


def _parting(fast: Any, slow: Any, path: str) -> Iterator[str]:
    if isinstance(fast, dict) and isinstance(slow, dict) and fast.keys() == slow.keys():
        for key in fast:
            yield from _parting(fast[key], slow[key], f"{path}/{key}")
    elif isinstance(fast, list) and isinstance(slow, list) and len(fast) == len(slow):
        for place, (one, other) in enumerate(zip(fast, slow, strict=True)):
            yield from _parting(one, other, f"{path}/{place}")
    elif fast != slow:
        yield f"{path}: {fast!a} with the extension, {slow!a} without"
