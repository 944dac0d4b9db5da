"""Timed: no model holds us longer than agreed, whatever it is doing."""

from __future__ import annotations

import time
from dataclasses import replace

from decloak.core.errors import ModelTimeoutError
from decloak.core.patience import patiently
from decloak.llm.base import ChatModel, Reply, Request
from decloak.llm.wrapper import Wrapper

__all__ = ["Timed"]

_GRACE = 2.0
"""Seconds that a backend may take to end by itself, which leaves nothing running behind."""


class Timed(Wrapper):
    """Gives every request a timeout, and leaves it alone when that is over.

    Args:
        inner: the model.
        seconds: for one attempt, where the request does not say.
    """

    def __init__(self, inner: ChatModel, seconds: float) -> None:
        super().__init__(inner)
        self._seconds = seconds

    def complete(self, request: Request) -> Reply:
        """Ask.

        Raises:
            ModelTimeoutError: when there is no whole reply in time.
        """
        seconds = request.timeout or self._seconds
        bounded = replace(request, timeout=seconds)
        try:
            end = time.monotonic() + seconds + _GRACE
            return patiently(lambda: self.inner.complete(bounded), end)
        except TimeoutError:
            message = f"{self.name}: no whole reply in {seconds:g} s; allow more time or less text"
            raise ModelTimeoutError(message) from None
