"""Anthropic: the Messages API, through the official SDK."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from decloak.core.errors import ModelError, ModelReplyError, SettingsError
from decloak.core.extras import need_extra
from decloak.core.reach import base_url
from decloak.llm.base import Finish, Reply, Request, Usage, estimate_tokens
from decloak.llm.connection import Connection
from decloak.llm.http import fault
from decloak.llm.plain import as_turns
from decloak.llm.secret import from_environment

__all__ = ["AnthropicModel"]

_HOME = "https://api.anthropic.com"
_FINISH = {
    "max_tokens": Finish.length,
    "model_context_window_exceeded": Finish.length,
    "refusal": Finish.declined,
}


class _Block(BaseModel):
    type: str
    text: str = ""
    input: dict[str, Any] | None = None


class _Tokens(BaseModel):
    input_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)
    cache_creation_input_tokens: int | None = Field(default=None, ge=0)
    cache_read_input_tokens: int | None = Field(default=None, ge=0)


class _Message(BaseModel):
    """What we read of a message."""

    content: list[_Block]
    usage: _Tokens
    model: str | None = None
    stop_reason: str | None = None


class AnthropicModel:
    """A Claude model.

    Args:
        model: its name.
        url: the base URL; ``ANTHROPIC_BASE_URL`` or Anthropic itself when None. The key comes from
            ``ANTHROPIC_API_KEY``.
        context: tokens of prompt and reply together.

    Raises:
        SettingsError: when there is no key, the URL is none, or the key would go over the network
            in clear.
        ToolError: when the extra ``llm`` is not installed.
    """

    def __init__(self, model: str, url: str | None = None, context: int = 200_000) -> None:
        self._secret = from_environment("ANTHROPIC_API_KEY")
        self._url = base_url(url or os.environ.get("ANTHROPIC_BASE_URL") or _HOME, secret=True)
        self._model, self.context = model, context
        self.name = f"anthropic:{model}" + ("" if self._url == _HOME else f"@{self._url}")
        if not self._secret:
            message = f"{self.name} needs a key: set ANTHROPIC_API_KEY"
            raise SettingsError(message)
        with need_extra("llm"):
            import anthropic  # noqa: PLC0415 - an extra
        self._sdk = anthropic
        self._connection = Connection(anthropic.Anthropic, self._secret, self._url)
        self._refused: frozenset[str] = frozenset()

    def complete(self, request: Request) -> Reply:
        """Ask the server."""
        try:
            return self._ask(request)
        except ModelError:
            raise
        except self._sdk.BadRequestError as error:
            # Models differ: newer ones take no temperature, older ones no form of the reply.
            sent = {"temperature"} | ({"output_config"} if request.schema is not None else set())
            said = str(error).lower()
            refused = {each for each in sent - self._refused if _about(each, said)}
            if not refused:
                raise fault(error, self.name, self._secret) from None
            self._refused |= refused
            return self.complete(request)
        except Exception as error:  # noqa: BLE001 - whatever an SDK raises has one meaning
            # The SDK's error holds the request, and that holds the key: it is not chained.
            raise fault(error, self.name, self._secret) from None

    def _ask(self, request: Request) -> Reply:
        begin = time.monotonic()
        raw = self._connection.client().messages.with_raw_response.create(
            model=self._model,
            max_tokens=request.max_tokens,
            timeout=request.timeout or self._sdk.NOT_GIVEN,
            **self._options(request),
        )
        try:
            made = _Message.model_validate_json(raw.http_response.content)
        except ValidationError as error:
            wrong = error.errors(include_url=False, include_input=False)[0]
            message = f"{self.name}: the answer is no message ({wrong['msg']}); check the address"
            raise ModelReplyError(message, "no reply") from None
        usage = made.usage
        read = (
            usage.input_tokens
            + (usage.cache_creation_input_tokens or 0)
            + (usage.cache_read_input_tokens or 0)
        )
        return Reply(
            self._secret.hide(_text(made, structured=request.schema is not None)),
            Usage(read, usage.output_tokens),
            time.monotonic() - begin,
            _FINISH.get(made.stop_reason or "", Finish.stop),
            self._secret.hide(made.model or self._model),
        )

    def _options(self, request: Request) -> dict[str, Any]:
        turns = as_turns(request)
        options: dict[str, Any] = {"messages": turns}
        if turns[0]["role"] == "system":
            options = {"system": turns[0]["content"], "messages": turns[1:]}
        if "temperature" not in self._refused:
            options["temperature"] = min(request.temperature, 1.0)
        if request.stop:
            options["stop_sequences"] = list(request.stop)
        if request.schema is None:
            return options
        if "output_config" not in self._refused:
            form = {"type": "json_schema", "schema": request.schema}
            options["extra_body"] = {"output_config": {"format": form}}
        else:
            # Models from before structured replies are held to a schema by a forced tool call.
            options["tools"] = [
                {
                    "name": request.name,
                    "description": "Gives the answer.",
                    "input_schema": request.schema,
                }
            ]
            options["tool_choice"] = {
                "type": "tool",
                "name": request.name,
                "disable_parallel_tool_use": True,
            }
        return options

    def count(self, text: str) -> int:
        """Return an estimate of the tokens."""
        return estimate_tokens(text)

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()


def _about(parameter: str, said: str) -> bool:
    """Say whether a refusal is about a parameter that can be done without."""
    if parameter == "output_config":
        return any(word in said for word in ("output_config", "output format", "schema"))
    return parameter in said


def _text(made: _Message, *, structured: bool) -> str:
    """Return what was said: the input of the forced tool, or the text blocks."""
    if structured:
        for block in made.content:
            if block.type == "tool_use" and block.input is not None:
                return json.dumps(block.input, ensure_ascii=False)
    return "".join(block.text for block in made.content if block.type == "text")
