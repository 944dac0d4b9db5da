"""ChatModel: the protocol of every language model, and the values that go in and come out."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Protocol, runtime_checkable

from decloak.core.errors import ModelReplyError, SettingsError

__all__ = ["ChatModel", "Finish", "Message", "Reply", "Request", "Role", "Usage", "estimate_tokens"]

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation.

    Attributes:
        role: who speaks. A ``system`` message stands first or not at all.
        content: what is said; text from outside is data and may hold anything.
    """

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked. Equal requests to one model may be answered from a cache.

    Attributes:
        messages: the conversation so far; the last one is the user's.
        schema: a JSON Schema of an object that the reply must be, or None for free text.
        name: of the schema, for servers that ask for one: letters, digits, ``_`` and ``-``.
        seed: of the sampling. Servers without seeds ignore it; it tells apart several samples of
            one prompt all the same. None: every asking is a new sample.
        temperature: 0 for the likeliest reply; in [0, 2].
        max_tokens: longest reply, in tokens, at least 1.
        stop: strings that end the reply; they are not part of it.
        timeout: seconds for one attempt, or None for the model's own.

    Raises:
        SettingsError: when a value is out of range.
    """

    messages: tuple[Message, ...]
    schema: Mapping[str, Any] | None = None
    name: str = "reply"
    seed: int | None = 0
    temperature: float = 0.0
    max_tokens: int = 1024
    stop: tuple[str, ...] = ()
    timeout: float | None = None

    def __post_init__(self) -> None:
        roles = [message.role for message in self.messages]
        if not roles or roles[-1] != "user" or "system" in roles[1:]:
            message = "a request ends with a user message and has a system message only in front"
            raise SettingsError(message)
        if not 0 <= self.temperature <= 2:
            message = f"temperature {self.temperature} is outside [0, 2]"
            raise SettingsError(message)
        if self.max_tokens < 1:
            message = f"max_tokens {self.max_tokens} is below 1"
            raise SettingsError(message)
        if self.timeout is not None and not (0 < self.timeout < math.inf):
            message = f"timeout {self.timeout} is no number of seconds"
            raise SettingsError(message)

    @property
    def text(self) -> str:
        """All that the model reads, one message after another."""
        return "\n".join(message.content for message in self.messages)


class Finish(StrEnum):
    """Why a reply ended."""

    stop = "stop"
    """The model had said all, or reached a stop string."""
    length = "length"
    """The reply was cut at `max_tokens` or at the end of the context."""
    declined = "declined"
    """The model, or a filter of the server, would not answer."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that were read and written, as the model counts them."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def total_tokens(self) -> int:
        """Both together."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered.

    Attributes:
        text: the reply; JSON text where the request had a schema.
        usage: tokens of this request.
        seconds: from sending to the whole reply; 0 from a cache.
        finish: why it ended.
        model: the name that the server gives the model that answered.
        cached: whether it came from a cache and cost nothing.
    """

    text: str
    usage: Usage = Usage()
    seconds: float = 0.0
    finish: Finish = Finish.stop
    model: str = ""
    cached: bool = False

    def json(self) -> Any:
        """Return the reply as a JSON value.

        Raises:
            ModelReplyError: when it is none (RFC 8259), with the cause ``cut off`` where the reply
                ended too early.
        """
        try:
            return json.loads(self.text, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            cause = "cut off" if self.finish is Finish.length else "not JSON"
            message = f"the reply is no JSON ({error}); a model with schema support would help"
            if cause == "cut off":
                message = "the JSON reply was cut off; allow more tokens or send less at a time"
            raise ModelReplyError(message, cause, self.text) from None


def _no_number(name: str) -> Any:
    message = f"{name} is no JSON number"
    raise ValueError(message)


@runtime_checkable
class ChatModel(Protocol):
    """A language model, or a wrapper around one. Threads may share it.

    Attributes:
        name: of the model with its backend: ``anthropic:...``, ``openai:...@URL``, ``gguf:FILE``.
        context: tokens that prompt and reply may have together.

    `complete` answers, or raises a `ModelError` that names the cause; nothing else. `count` returns
    how many tokens a text has, exactly or as a cautious estimate. `close` gives back connections
    and memory, and may be called twice; asked again after that, a model opens anew or raises a
    `ModelError`.
    """

    @property
    def name(self) -> str: ...
    @property
    def context(self) -> int: ...

    def complete(self, request: Request) -> Reply: ...

    def count(self, text: str) -> int: ...

    def close(self) -> None: ...


def estimate_tokens(text: str) -> int:
    """Estimate the tokens of a text, rather too many than too few.

    Byte-pair vocabularies spend about one token on each digit and sign, one on three letters, and
    up to one on each byte outside ASCII; scan output is mostly digits and signs. A fifth is added
    for what that leaves out.
    """
    letters = sum(char.isalpha() for char in text if char.isascii())
    spaces = sum(char.isspace() for char in text if char.isascii())
    wide = len(text.encode("utf-8", "replace")) - sum(char.isascii() for char in text)
    marks = sum(char.isascii() and not char.isalpha() and not char.isspace() for char in text)
    return math.ceil(1.2 * (letters / 3 + spaces / 4 + marks + wide))
