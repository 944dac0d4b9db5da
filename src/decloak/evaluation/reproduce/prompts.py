"""Prompts: one model asked in the published ways: dynamic or static, with or without a worked example."""

from __future__ import annotations

from dataclasses import replace

from decloak.identify.select import Example, templates
from decloak.llm import ChatModel, Message, Reply, Request
from decloak.llm.wrapper import Wrapper

__all__ = ["Reworded"]

_FIXED = (
    "Describe everything that this output of a tool contains, in fluent English sentences. Name every host, "
    "address, port, service, software, version and organization."
)
_SHOWN = "prose-host"
"""The template whose example a static prompt shows, whatever the data is."""


class Reworded(Wrapper):
    """A model that is asked in another way than the pipeline asks.

    The pipeline's prompt is a system message, a worked example (a user and an assistant message) chosen for
    the data, and the data with an instruction chosen for it. What follows is left as it is.

    Args:
        inner: the model.
        is_static: put one fixed instruction and one fixed example in place of the chosen ones.
        is_shown: keep the example.
    """

    def __init__(self, inner: ChatModel, *, is_static: bool, is_shown: bool) -> None:
        super().__init__(inner)
        self._is_static, self._is_shown = is_static, is_shown

    def complete(self, request: Request) -> Reply:
        """Ask in the other way."""
        return self.inner.complete(replace(request, messages=self._reworded(request.messages)))

    def _reworded(self, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        roles = [each.role for each in messages[:4]]
        if roles != ["system", "user", "assistant", "user"]:
            return messages
        system, asked, answer, data, *rest = messages
        if self._is_static:
            example = _example()
            asked = Message("user", f"{example.data}\n\n{_FIXED}")
            answer = Message("assistant", example.narrative)
            quoted = data.content.rpartition("\n\n")[0]
            data = Message("user", f"{quoted}\n\n{_FIXED}")
        shown = (asked, answer) if self._is_shown else ()
        return (system, *shown, data, *rest)


def _example() -> Example:
    return next(each for each in templates() if each.name.startswith(_SHOWN)).examples[0]
