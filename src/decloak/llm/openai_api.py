"""OpenAI: any server that speaks the protocol of OpenAI's chat completions, through its SDK."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
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

__all__ = ["OpenAIModel"]

_HOME = "https://api.openai.com/v1"
_FINISH = {
    "length": Finish.length,
    "content_filter": Finish.declined,
}
_DROPPABLE = frozenset({"temperature", "seed", "stop", "max_tokens", "max_completion_tokens"})


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Tokens(BaseModel):
    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)


class _Completion(BaseModel):
    """What we read of a chat completion; servers differ in the rest."""

    choices: list[_Choice] = Field(min_length=1)
    model: str | None = None
    usage: _Tokens | None = None


class OpenAIModel:
    """A model behind ``/chat/completions``.

    Args:
        model: its name there.
        url: the base URL, ``https://HOST/v1``; ``OPENAI_BASE_URL`` or OpenAI itself when None. The
            key comes from ``OPENAI_API_KEY``; a server of one's own may need none.
        context: tokens of prompt and reply together.

    Raises:
        SettingsError: when the URL is none, the key would go over the network in clear, or OpenAI
            itself is asked without a key.
        ToolError: when the extra ``llm`` is not installed.
    """

    def __init__(self, model: str, url: str | None = None, context: int = 8192) -> None:
        self._secret = from_environment("OPENAI_API_KEY")
        self._url = base_url(
            url or os.environ.get("OPENAI_BASE_URL") or _HOME, secret=bool(self._secret)
        )
        self._model, self.context = model, context
        self.name = f"openai:{model}" + ("" if self._url == _HOME else f"@{self._url}")
        self._dropped: frozenset[str] = frozenset()
        if self._url == _HOME and not self._secret:
            message = f"{self.name} needs a key: set OPENAI_API_KEY"
            raise SettingsError(message)
        with need_extra("llm"):
            import openai  # noqa: PLC0415 - an extra
        self._sdk = openai
        self._connection = Connection(openai.OpenAI, self._secret, self._url)

    def complete(self, request: Request) -> Reply:
        """Ask the server."""
        try:
            return self._ask(request)
        except ModelError:
            raise
        except self._sdk.BadRequestError as error:
            # New models of OpenAI refuse parameters that older ones need.
            refused = error.param if isinstance(error.param, str) else ""
            if refused not in _DROPPABLE - self._dropped:
                raise fault(error, self.name, self._secret) from None
            self._dropped |= {refused}
            return self.complete(request)
        except Exception as error:  # noqa: BLE001 - whatever an SDK raises has one meaning
            # The SDK's error holds the request, and that holds the key: it is not chained.
            raise fault(error, self.name, self._secret) from None

    def _ask(self, request: Request) -> Reply:
        begin = time.monotonic()
        raw = self._connection.client().chat.completions.with_raw_response.create(
            model=self._model,
            messages=as_turns(request),
            timeout=request.timeout or self._sdk.NOT_GIVEN,
            **{
                key: value
                for key, value in self._options(request).items()
                if key not in self._dropped
            },
        )
        try:
            made = _Completion.model_validate_json(raw.http_response.content)
        except ValidationError as error:
            wrong = error.errors(include_url=False, include_input=False)[0]
            message = (
                f"{self.name}: the answer is no chat completion ({wrong['msg']}); check the address"
            )
            raise ModelReplyError(message, "no reply") from None
        choice = made.choices[0]
        text = choice.message.content or ""
        finish = _FINISH.get(choice.finish_reason or "", Finish.stop)
        if choice.message.refusal:
            text, finish = choice.message.refusal, Finish.declined
        usage = made.usage or _Tokens(
            prompt_tokens=self.count(request.text), completion_tokens=self.count(text)
        )
        return Reply(
            self._secret.hide(text),
            Usage(usage.prompt_tokens, usage.completion_tokens),
            time.monotonic() - begin,
            finish,
            self._secret.hide(made.model or self._model),
        )

    def _options(self, request: Request) -> dict[str, Any]:
        most = "max_tokens" if "max_completion_tokens" in self._dropped else None
        most = most or ("max_completion_tokens" if self._url == _HOME else "max_tokens")
        if most in self._dropped:
            most = "max_completion_tokens"
        options: dict[str, Any] = {
            most: request.max_tokens,
            "temperature": request.temperature,
        }
        if request.seed is not None:
            options["seed"] = request.seed
        if request.stop:
            options["stop"] = list(request.stop)
        if request.schema is not None:
            options["response_format"] = {
                "type": "json_schema",
                "json_schema": {
                    "name": request.name,
                    "schema": request.schema,
                    "strict": _closed(request.schema),
                },
            }
        return options

    def count(self, text: str) -> int:
        """Return an estimate of the tokens."""
        return estimate_tokens(text)

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()


def _closed(schema: Any) -> bool:
    """Say whether OpenAI's strict mode takes a schema: closed objects, all properties required."""
    if isinstance(schema, list):
        return all(map(_closed, schema))
    if not isinstance(schema, Mapping):
        return True
    if "properties" in schema and (
        schema.get("additionalProperties") is not False
        or set(schema["properties"]) != set(schema.get("required", ()))
    ):
        return False
    return all(map(_closed, schema.values()))
