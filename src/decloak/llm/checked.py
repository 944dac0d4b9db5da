"""Checked: only replies that can be used come through."""

from __future__ import annotations

from typing import Any

from decloak.core.errors import ModelReplyError, ToolError
from decloak.llm.base import Finish, Reply, Request
from decloak.llm.wrapper import Wrapper

__all__ = ["Checked", "endless", "must_hold"]

_REPEATS = 8
"""So many times the same at the end of a reply is no language any more."""
_LONGEST_PERIOD = 400
"""Characters of the longest repeated piece that is looked for."""
_LEAST = 200
"""Characters that the repetition must fill; a table may well end with a few equal rows."""


class Checked(Wrapper):
    """Refuses replies that are empty, declined, endless, or not what the schema asks for."""

    def complete(self, request: Request) -> Reply:
        """Ask, and check the reply.

        Raises:
            ModelReplyError: names what is wrong with it.
        """
        reply = self.inner.complete(request)
        if reply.finish is Finish.declined:
            message = f"{self.name} declined to answer"
            raise ModelReplyError(message, "declined", reply.text)
        if not reply.text.strip():
            message = f"{self.name} said nothing; try another model or fewer stop strings"
            raise ModelReplyError(message, "empty reply")
        if reply.finish is Finish.length and endless(reply.text):
            message = f"{self.name} repeated itself until it was cut off; try a larger model"
            raise ModelReplyError(message, "repetition", reply.text)
        if request.schema is not None:
            must_hold(reply, request.schema)
        return reply


def endless(text: str) -> bool:
    """Say whether a text ends in a piece repeated over and over. Linear in a bounded tail."""
    tail = text[-_LONGEST_PERIOD * _REPEATS :]
    # A text has period p where it equals itself moved by p; the border table finds the least one
    # (Knuth, Morris and Pratt, 1977). Read backwards, so that the repetition may start anywhere.
    back = tail[::-1]
    border = [0] * len(back)
    matched = 0
    for place in range(1, len(back)):
        while matched and back[place] != back[matched]:
            matched = border[matched - 1]
        matched += back[place] == back[matched]
        border[place] = matched
        period, length = place + 1 - matched, place + 1
        if length >= max(_LEAST, period * _REPEATS) and period <= _LONGEST_PERIOD:
            return True
    return False


def must_hold(reply: Reply, schema: Any) -> None:
    """Hold a reply to a JSON Schema.

    Raises:
        ModelReplyError: when it is no JSON, or outside the schema; the message names the place.
        ToolError: when the extra ``llm`` is not installed.
    """
    value = reply.json()
    try:
        from jsonschema import Draft202012Validator  # noqa: PLC0415 - an extra
    except ImportError as error:
        message = f"{error.name} is not installed: pip install 'decloak[llm]'"
        raise ToolError(message) from error
    try:
        wrong = next(Draft202012Validator(schema).iter_errors(value), None)
    except RecursionError:
        message = "the reply is nested too deeply"
        raise ModelReplyError(message, "outside the schema", reply.text) from None
    if wrong is not None:
        place = wrong.json_path[:100]
        message = f"the reply is outside the schema at {place}: it breaks {wrong.validator!r}"
        raise ModelReplyError(message, "outside the schema", reply.text)
