"""Cache: what was found in windows already read. Tool output repeats itself, line for line.

Keyed by the text of a window, on which all depends that the encoder sees of it. The least recently
used is forgotten first, and nothing is kept of a text but its digest.
"""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b
from threading import Lock

from decloak.core.entity import Tagged

__all__ = ["Cache"]

_SIZE = 1 << 15
"""Windows that are remembered: about 10 MB with two spans each."""


class Cache:
    """A bounded memory of windows, for any number of threads.

    Args:
        size: most windows; 0 remembers nothing.

    Attributes:
        hits, misses: how often the answer was there.
    """

    def __init__(self, size: int = _SIZE) -> None:
        self._size = size
        self._known: OrderedDict[bytes, tuple[Tagged, ...]] = OrderedDict()
        self._lock = Lock()
        self.hits = self.misses = 0

    def __len__(self) -> int:
        return len(self._known)

    def get(self, text: str) -> tuple[Tagged, ...] | None:
        """Return the spans of a window, relative to its start; None when it was not read yet."""
        key = _digest(text)
        with self._lock:
            found = self._known.get(key)
            if found is None:
                self.misses += 1
            else:
                self.hits += 1
                self._known.move_to_end(key)
            return found

    def put(self, text: str, spans: tuple[Tagged, ...]) -> None:
        """Remember the spans of a window."""
        if not self._size:
            return
        key = _digest(text)
        with self._lock:
            self._known[key] = spans
            self._known.move_to_end(key)
            while len(self._known) > self._size:
                self._known.popitem(last=False)


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
