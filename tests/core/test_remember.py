"""Memory between documents: bounded, and never seen in an answer."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from decloak import extract
from decloak.core import remember
from decloak.core.remember import KEPT, forget, remembered
from decloak.evaluation.hosts import tools
from decloak.evaluation.hosts.draw import Draw
from decloak.evaluation.hosts.marks import collect

DOCUMENT = 1 << 17


@pytest.fixture(autouse=True)
def _own_memories(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let what a test remembers be forgotten with it."""
    monkeypatch.setattr(remember, "_memories", list(remember._memories))
    forget(DOCUMENT)
    yield
    forget(DOCUMENT)


def test_long_memory_ends_with_the_document_and_short_memory_stays() -> None:
    @remembered(1 << 14)
    def double(number: int) -> int:
        return 2 * number

    @remembered(1 << 14)
    def half(number: int) -> float:
        return number / 2

    assert [double(i) for i in range(KEPT + 1)] == [2 * i for i in range(KEPT + 1)]
    assert [half(i) for i in range(KEPT)] == [i / 2 for i in range(KEPT)]
    assert double.cache_info().currsize == KEPT + 1
    forget(DOCUMENT)
    assert double.cache_info().currsize == 0
    assert half.cache_info().currsize == KEPT


def test_short_documents_are_not_asked_each_time() -> None:
    @remembered(1 << 14)
    def same(number: int) -> int:
        return number

    for i in range(KEPT + 1):
        same(i)
    forget(1)
    assert same.cache_info().currsize == KEPT + 1


def test_many_documents_leave_no_more_than_is_kept_and_a_look_apart() -> None:
    before = {id(memory): memory.cache_info().currsize for memory in remember._memories}
    for seed in range(60):
        extract(_scan(seed) * 2)
    forget(DOCUMENT)
    sizes = [memory.cache_info().currsize for memory in remember._memories]
    assert before
    assert any(sizes)
    assert max(sizes) <= KEPT


def test_what_is_remembered_changes_no_answer() -> None:
    texts = [_scan(seed) for seed in range(6)]
    warm = [extract(text) for text in texts + texts]
    for text, first, again in zip(texts, warm, warm[len(texts) :], strict=False):
        for memory in remember._memories:
            memory.cache_clear()
        assert extract(text) == first == again


def _scan(seed: int) -> str:
    return collect(tools.nmap(Draw(Random(seed))))[0]
