"""Retried: what failed in passing is asked again, a little later each time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from decloak.core.errors import ModelError
from decloak.core.extras import need_extra
from decloak.llm.base import ChatModel, Reply, Request
from decloak.llm.wrapper import Wrapper

if TYPE_CHECKING:
    from tenacity import RetryCallState

__all__ = ["Retried"]

MOST = 60.0
"""Seconds that we wait for a server at most; one that asks for more is not asked again."""
_JITTER = 1.0


class Retried(Wrapper):
    """Asks again when the fault may pass: unreachable, busy, failed, too slow.

    The waits grow exponentially with full jitter; a server that says how long (``Retry-After``,
    RFC 9110, section 10.2.3) is left alone for that long and a little more.

    Args:
        inner: the model.
        retries: attempts after the first.
        sleep: waits for so many seconds.
    """

    def __init__(
        self, inner: ChatModel, retries: int, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        super().__init__(inner)
        with need_extra("llm"):
            import tenacity  # noqa: PLC0415 - an extra
        self._backoff = tenacity.wait_random_exponential(multiplier=0.5, max=20)
        self._again = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(retries + 1),
            retry=tenacity.retry_if_exception(_may_pass),
            wait=self._wait,
            sleep=sleep,
            reraise=True,
        )

    def complete(self, request: Request) -> Reply:
        """Ask, several times if need be; raise what the last attempt raised."""
        return self._again.copy()(self.inner.complete, request)

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, ModelError) else None
        if asked is None:
            return float(self._backoff(state))
        return asked + random.uniform(0, _JITTER)  # noqa: S311 - nothing to guess here


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, ModelError) and error.passing and (error.retry_after or 0) <= MOST
