"""Open: one URI, one model, with everything around it that a run needs."""

from __future__ import annotations

import re
from pathlib import Path

from decloak.core.errors import SettingsError
from decloak.core.extras import need_extra
from decloak.core.redact import is_named_key, shown_name, shown_url
from decloak.llm.account import Account, Accounted, Limits, Price
from decloak.llm.base import ChatModel
from decloak.llm.prices import known_context, known_price
from decloak.llm.scripted import read_script
from decloak.options import LlmSettings

__all__ = ["FORMS", "open_model"]

FORMS = {
    "anthropic": "anthropic:MODEL",
    "openai": "openai:MODEL@https://HOST/v1",
    "gguf": "gguf:PATH",
    "scripted": "scripted:PATH",
}
"""The URIs, by scheme."""

_BENT = re.compile(r"@h\w{1,6}[:/]|@\w+:/|[?#\s]", re.IGNORECASE)
"""What no model's name has: a URL that was typed wrong."""
_FREE = Price(0.0, 0.0)


def open_model(
    uri: str, settings: LlmSettings | None = None, account: Account | None = None
) -> ChatModel:
    """Return the model that a URI names. Nothing is sent and no model is loaded yet.

    Around the backend stand, from the outside: the count of requests, the cache, the check of the
    reply, the limits of tokens and money, the rest after faults, the retries, the pace, the timeout.

    Args:
        uri: one of `FORMS`. Where no address is named, ``OPENAI_BASE_URL`` or
            ``ANTHROPIC_BASE_URL`` is asked, else the provider itself.
        settings: limits; the defaults when None.
        account: where it is counted, common to several models; one of its own when None.

    Raises:
        SettingsError: when the URI names no model, a key is not in the environment, or a spending
            limit is set for a model whose price nobody knows.
        ToolError: when the extra ``llm`` is not installed.
        UnreadableError: when the script cannot be read or the cache's folder cannot be made.
    """
    settings, account = settings or LlmSettings(), account or Account()
    scheme, _, rest = uri.partition(":")
    if not rest or scheme not in FORMS:
        known = ", ".join(FORMS.values())
        message = f"{shown_name(uri)} names no model; it looks like one of: {known}"
        raise SettingsError(message)
    backend, price, identity = _backend(scheme, rest, settings)
    if settings.price is not None:
        price = Price(*settings.price)
    if settings.max_cost is not None and price is None:
        message = f"{backend.name}: no price is known, so no spending limit can hold; set a price"
        raise SettingsError(message)
    account.open(backend.name, price)
    limits = Limits(settings.max_tokens, settings.max_cost)
    return _wrapped(backend, settings, account, limits, None if scheme == "scripted" else identity)


def _backend(scheme: str, rest: str, settings: LlmSettings) -> tuple[ChatModel, Price | None, str]:
    """Return the backend, its price as far as it is known, and what its name does not tell."""
    if scheme == "scripted":
        return read_script(Path(rest)), _FREE, ""
    if scheme == "gguf":
        from decloak.llm.gguf import GgufModel  # noqa: PLC0415 - an extra

        local = GgufModel(Path(rest).expanduser(), settings.context or 8192, settings.threads)
        return local, _FREE, local.identity
    model, url = _parts(rest)
    if scheme == "anthropic":
        from decloak.llm.anthropic_api import AnthropicModel  # noqa: PLC0415 - an extra

        context = settings.context or known_context(model) or 200_000
        return AnthropicModel(model, url, context), known_price(model), ""
    from decloak.llm.openai_api import OpenAIModel  # noqa: PLC0415 - an extra

    context = settings.context or known_context(model) or 8192
    return OpenAIModel(model, url, context), known_price(model), ""


def _parts(rest: str) -> tuple[str, str | None]:
    """Cut ``MODEL@URL``; names of models may hold an at sign of their own."""
    for scheme in ("@https://", "@http://"):
        model, found, address = rest.partition(scheme)
        if found and model:
            return model, scheme[1:] + address
    if "://" in rest:
        message = f"{shown_url(rest)} names no model: MODEL@https://HOST/v1"
        raise SettingsError(message)
    if _BENT.search(rest) or is_named_key(rest):
        message = (
            f"{shown_name(rest)} is no model's name; it looks like MODEL or MODEL@https://HOST/v1"
        )
        raise SettingsError(message)
    return rest, None


def _wrapped(
    backend: ChatModel,
    settings: LlmSettings,
    account: Account,
    limits: Limits,
    identity: str | None,
) -> ChatModel:
    with need_extra("llm"):
        import jsonschema  # noqa: F401, PLC0415 - an extra, missed now rather than at a reply
    from decloak.llm.cached import Cached  # noqa: PLC0415 - start-up time
    from decloak.llm.checked import Checked  # noqa: PLC0415 - likewise
    from decloak.llm.metered import Metered  # noqa: PLC0415 - likewise
    from decloak.llm.paced import Paced  # noqa: PLC0415 - likewise
    from decloak.llm.rested import Rested  # noqa: PLC0415 - likewise
    from decloak.llm.retried import Retried  # noqa: PLC0415 - likewise
    from decloak.llm.timed import Timed  # noqa: PLC0415 - likewise

    model: ChatModel = Timed(backend, settings.timeout)
    model = Paced(model, settings.concurrency, settings.per_minute)
    model = Rested(Retried(model, settings.retries), settings.rest)
    model = Metered(model, account, limits)
    model = Checked(model)
    if settings.cache is not None and identity is not None:
        model = Cached(model, settings.cache, identity)
    return Accounted(model, account)
