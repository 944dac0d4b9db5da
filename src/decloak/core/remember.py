"""Remember: answers about single values, many within one document, few between documents.

Values repeat within a document, so a long one gains from long memory. Between documents little
repeats, and memory that only ever fills would grow over thousands of small ones.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import _lru_cache_wrapper, lru_cache
from typing import NamedTuple, TypeVar

__all__ = ["KEPT", "Memory", "forget", "forget_all", "remember", "remembered"]

KEPT = 1 << 11
"""Answers to one question that may outlive the documents they were given for."""
_LOOK = 1 << 16  # code points after which memory is looked at

T = TypeVar("T")


class Memory(NamedTuple):
    """What is remembered elsewhere: how many answers, and how to forget them."""

    size: Callable[[], int]
    clear: Callable[[], None]


_memories: list[_lru_cache_wrapper[object]] = []
_others: list[Memory] = []


def remember(memory: Memory) -> None:
    """Let a memory of another kind be cut down with the others."""
    _others.append(memory)


_read = [0]


def remembered(most: int) -> Callable[[Callable[..., T]], _lru_cache_wrapper[T]]:
    """Remember up to `most` answers of a pure function of hashable values (least recent go first).

    Args:
        most: answers, at least 1. `forget` cuts down to none once there are more than `KEPT`.
    """

    def wrap(function: Callable[..., T]) -> _lru_cache_wrapper[T]:
        memory = lru_cache(maxsize=most)(function)
        _memories.append(memory)
        return memory

    return wrap


def forget(read: int) -> None:
    """Tell that a document is done; now and then, drop what has grown too large.

    Args:
        read: code points of the document.
    """
    _read[0] += read
    if _read[0] < _LOOK:
        return
    _read[0] = 0
    for memory in _memories:
        if memory.cache_info().currsize > KEPT:
            memory.cache_clear()
    for other in _others:
        if other.size() > KEPT:
            other.clear()


def forget_all() -> None:
    """Drop all answers: what some of them were worked out from has changed."""
    for memory in _memories:
        memory.cache_clear()
    for other in _others:
        other.clear()
