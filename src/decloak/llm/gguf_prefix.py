"""Prefix: what many requests begin with is read once, and no reply depends on what was read before.

llama.cpp keeps the state of the last prompts and goes on from the longest beginning that a new one
shares with them. How a text was cut into batches changes rounding, and so now and then a reply: which
requests came before would be seen in it. So every prompt is read in two pieces that it alone decides
on: its beginning, read anew or found as it was left when it was read anew; and the rest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

__all__ = ["Prefixes", "Read", "beginning"]

_MOST = 4096
"""Beginnings that are remembered; some bytes each."""


class Read(NamedTuple):
    """What a request read: tokens that were kept from before, and tokens read now."""

    kept: int
    now: int


def beginning(turns: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Return what requests of one kind begin with: the system message and the worked example.

    That ends with the first reply; an empty turn behind it closes it. A request without one is a
    beginning as a whole: it is asked again with other seeds.
    """
    for number, turn in enumerate(turns):
        if turn["role"] == "assistant":
            return [*turns[: number + 1], {"role": "user", "content": ""}]
    return list(turns)


class Prefixes:
    """Decides what llama.cpp reads before a request. Not for several threads at one time."""

    def __init__(self) -> None:
        self._sizes: dict[bytes, int] = {}
        self._spoiled: set[bytes] = set()
        self._off = False

    def ask(
        self, turns: Sequence[dict[str, str]], send: Callable[[dict[str, Any]], Read | None]
    ) -> None:
        """Send a request, and before it what makes its reply independent of all others.

        Args:
            turns: its messages.
            send: sends a request with these fields in place of its own, and returns what was read, or
                None when it failed. The last call is for the request itself.
        """
        first = beginning(turns)
        key = hashlib.sha256(json.dumps(first).encode()).digest()
        before = None if self._off else self._begin(first, key, send)
        if before is None:
            send({"cache_prompt": False, "id_slot": 0})
            return
        read = send({"cache_prompt": True, "id_slot": 0})
        if read is not None:
            self._off = not read.kept  # a kind of model whose state cannot be cut back
            self._remember(key, read.kept)

    def _begin(
        self, first: list[dict[str, str]], key: bytes, send: Callable[[dict[str, Any]], Read | None]
    ) -> Read | None:
        """Leave the model where it has read a beginning and nothing else."""
        alone = {"messages": first, "max_tokens": 0, "response_format": {"type": "text"}}
        # Naming no slot has llama.cpp keep the state in use and take up the one that fits best; naming
        # it, go on in this state and drop it. What is read in another way than anew is dropped.
        again, anew = {"cache_prompt": True}, {"cache_prompt": False, "id_slot": 0}
        known = self._sizes.get(key)
        read = None
        if known is not None and key not in self._spoiled:
            read = send(alone | again)
            if read is None:  # stopped: how it was read is not known, and it may be taken up again
                self._spoiled.add(key)
                return None
        if read is None or known is None or read.kept < known:
            read = send(alone | anew)
        if read is None or key in self._spoiled:
            return read
        return send(alone | again)  # one token more, and the state is kept

    def _remember(self, key: bytes, kept: int) -> None:
        while len(self._sizes) >= _MOST:
            self._sizes.pop(next(iter(self._sizes)))
        self._sizes[key] = max(self._sizes.get(key, 0), kept)
