"""Wrapper: a model around a model. Each wrapper adds one thing and passes the rest on."""

from __future__ import annotations

from abc import abstractmethod

from decloak.llm.base import ChatModel, Reply, Request

__all__ = ["Wrapper"]


class Wrapper:
    """Passes on everything but `complete`.

    Attributes:
        inner: the model inside.
    """

    def __init__(self, inner: ChatModel) -> None:
        self.inner = inner

    @property
    def name(self) -> str:
        """The name of the model inside."""
        return self.inner.name

    @property
    def context(self) -> int:
        """The context of the model inside, in tokens."""
        return self.inner.context

    @abstractmethod
    def complete(self, request: Request) -> Reply:
        """Answer, or raise a `ModelError`."""

    def count(self, text: str) -> int:
        """Return the tokens of a text as the model inside counts them."""
        return self.inner.count(text)

    def close(self) -> None:
        """Close the model inside."""
        self.inner.close()
