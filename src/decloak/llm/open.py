"""Open: one URI, one model, with everything around it that a run needs."""

from __future__ import annotations

from pathlib import Path

from decloak.core.errors import SettingsError
from decloak.llm.account import Account, Accounted
from decloak.llm.base import ChatModel
from decloak.llm.checked import Checked
from decloak.llm.scripted import read_script
from decloak.llm.settings import ModelSettings

__all__ = ["FORMS", "open_model"]

FORMS = {
    "anthropic": "anthropic:MODEL",
    "openai": "openai:MODEL@https://HOST/v1",
    "gguf": "gguf:PATH",
    "scripted": "scripted:PATH",
}
"""The URIs, by scheme."""


def open_model(
    uri: str, _settings: ModelSettings | None = None, account: Account | None = None
) -> ChatModel:
    """Return the model that a URI names. Nothing is sent and no model is loaded yet.

    Args:
        uri: one of `FORMS`. ``openai:MODEL`` alone asks the address in ``OPENAI_BASE_URL``, else
            OpenAI itself.
        settings: limits; the defaults when None.
        account: where its requests are counted; one of its own when None.

    Raises:
        SettingsError: when the URI names no model, or a key is not in the environment.
        ToolError: when the extra ``llm`` is not installed.
    """
    backend = _backend(uri)
    return Accounted(Checked(backend), account or Account())


def _backend(uri: str) -> ChatModel:
    scheme, colon, rest = uri.partition(":")
    if not colon or not rest or scheme not in FORMS:
        known = ", ".join(FORMS.values())
        message = f"{uri[:80]!r} names no model; it looks like one of: {known}"
        raise SettingsError(message)
    if scheme == "scripted":
        return read_script(Path(rest))
    message = f"{scheme}: is not there yet"
    raise SettingsError(message)
