"""Extract: entities as JSON under a schema, from one chunk or in the one prompt of the comparison."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from decloak.core.errors import ModelReplyError
from decloak.identify.ground import Mention
from decloak.identify.prompt import Talk, entities_schema
from decloak.identify.reflect import Ask
from decloak.llm import Request, Usage

__all__ = ["extract", "salvaged"]

_MOST = 512
"""Mentions that one reply may hold; what is more is a model that cannot stop."""
_LEAST_TOKENS, _MOST_TOKENS = 192, 2048
_ITEM = re.compile(
    r'\{\s*"label"\s*:\s*"[A-Z_]{1,20}"\s*,\s*"text"\s*:\s*"(?:[^"\\\x00-\x1f]|\\.)*"\s*\}'
)


def extract(
    ask: Ask, talk: Talk, *, monolithic: bool, seed: int, size: int
) -> tuple[list[Mention], Usage, float, ModelReplyError | None]:
    """Ask for the entities of a chunk.

    Args:
        ask: the model; may raise `ModelError`.
        talk: the prompts.
        monolithic: in one prompt without role, rules and example.
        seed: of the sampling.
        size: tokens of the chunk's text.

    Returns:
        What it names, the tokens and seconds it took, and what was wrong with the reply: of a
        reply that was cut off, the complete items count.
    """
    request = Request(
        talk.monolithic() if monolithic else talk.extract(),
        schema=entities_schema(talk.labels),
        name="entities",
        seed=seed,
        max_tokens=max(_LEAST_TOKENS, min(_MOST_TOKENS, 5 * size)),
    )
    origin = "llm.monolithic" if monolithic else "llm.structured"
    fault: ModelReplyError | None = None
    usage, seconds = Usage(), 0.0
    try:
        reply = ask(request)
        usage, seconds = reply.usage, reply.seconds
        items = reply.json()["entities"]
    except ModelReplyError as error:
        fault = error
        items = list(salvaged(error.reply))
    labels = set(talk.labels)
    found = {
        (item["label"], item["text"]): None
        for item in items[:_MOST]
        if item["label"] in labels and item["text"].strip()
    }
    return [Mention(label, text, origin) for label, text in found], usage, seconds, fault


def salvaged(reply: str) -> Iterator[dict[str, str]]:
    """Yield the complete items of a JSON reply that is not whole."""
    for match in _ITEM.finditer(reply[: 1 << 20]):
        try:
            yield json.loads(match[0])
        except ValueError:
            continue
