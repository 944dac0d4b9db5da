"""Plain: text from outside may not speak the model's own control language."""

from __future__ import annotations

import re
from typing import Any

from decloak.llm.base import Request

__all__ = ["as_turns", "plain"]

# Turn and sequence marks of ChatML, Llama 2 and 3, Gemma, Phi and DeepSeek. Servers of open models
# read them anywhere in a prompt, also inside a message, where they end it and begin another.
_CONTROL = re.compile(
    r"<(?=[|\uff5c][^<>\n]{1,40}[|\uff5c]>"
    r"|/?(?:s|bos|eos|start_of_turn|end_of_turn)>"
    r"|</?SYS>>)"
    r"|\[(?=/?(?:INST|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\])"
)
_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")


def plain(text: str) -> str:
    """Return a text that a model reads as text only, and that can be sent.

    A space behind its first character takes the meaning from a control mark; NUL and lone
    surrogates, which no server takes, become U+FFFD. Everything else stays as it is.
    """
    return _CONTROL.sub(lambda match: match[0] + " ", _UNSENDABLE.sub("\ufffd", text))


def as_turns(request: Request) -> list[Any]:
    """Return the messages of a request as every chat server takes them."""
    return [{"role": each.role, "content": plain(each.content)} for each in request.messages]
