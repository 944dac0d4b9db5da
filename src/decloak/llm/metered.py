"""Metered: counts tokens and money of every answer, and stops before a limit is passed."""

from __future__ import annotations

from decloak.llm.account import Account, Limits
from decloak.llm.base import ChatModel, Reply, Request
from decloak.llm.wrapper import Wrapper

__all__ = ["Metered"]

_FRAME = 16
"""Tokens that a chat template puts around one message, at most."""


class Metered(Wrapper):
    """Reserves the most that a request can cost, sends it, and counts what it did cost.

    Args:
        inner: the model.
        account: where it is counted.
        limits: of the whole account.
    """

    def __init__(self, inner: ChatModel, account: Account, limits: Limits) -> None:
        super().__init__(inner)
        self._account, self._limits = account, limits

    def complete(self, request: Request) -> Reply:
        """Ask.

        Raises:
            ModelLimitError: when this request could pass a limit; nothing was sent.
        """
        prompt = self.count(request.text) + _FRAME * len(request.messages)
        with self._account.reserve(self.name, prompt, request.max_tokens, self._limits) as settle:
            reply = self.inner.complete(request)
            settle(reply)
        return reply
