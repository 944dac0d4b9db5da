from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from decloak.tag.scheme import allowed_moves, allowed_starts, scheme_of
from decloak.training.crf import UNKNOWN, Crf, marginals

LABELS = scheme_of(["A", "B"])
SIZE = len(LABELS)


def field(seed: int, length: int, batch: int = 2) -> tuple[Crf, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    crf = Crf(LABELS)
    with torch.no_grad():
        for each in crf.parameters():
            each.copy_(torch.randn(each.shape, generator=generator))
    emissions = 2 * torch.randn(batch, length, SIZE, generator=generator)
    mask = torch.ones(batch, length, dtype=torch.bool)
    mask[-1, max(1, length - 1) :] = False
    return crf, emissions, mask


def paths(length: int) -> list[tuple[int, ...]]:
    moves, starts = allowed_moves(LABELS), allowed_starts(LABELS)
    return [
        path
        for path in itertools.product(range(SIZE), repeat=length)
        if starts[path[0]] and all(moves[a][b] for a, b in itertools.pairwise(path))
    ]


def score(crf: Crf, emissions: Tensor, path: tuple[int, ...]) -> Tensor:
    total = crf.start[path[0]] + crf.end[path[-1]]
    total = total + sum(emissions[t, label] for t, label in enumerate(path))
    return total + sum(crf.between[a, b] for a, b in itertools.pairwise(path))


def slow_loss(crf: Crf, emissions: Tensor, tags: list[int]) -> Tensor:
    every = torch.stack([score(crf, emissions, path) for path in paths(len(tags))])
    fitting = torch.stack(
        [
            score(crf, emissions, path)
            for path in paths(len(tags))
            if all(tag in (UNKNOWN, label) for tag, label in zip(tags, path, strict=True))
        ]
    )
    return torch.logsumexp(every, 0) - torch.logsumexp(fitting, 0)


@st.composite
def cases(draw: st.DrawFn) -> tuple[int, list[list[int]]]:
    length = draw(st.integers(1, 4))
    tags = []
    for size in (length, max(1, length - 1)):
        path = list(draw(st.sampled_from(paths(size))))
        known = draw(st.lists(st.booleans(), min_size=size, max_size=size))
        tags.append([a if b else UNKNOWN for a, b in zip(path, known, strict=True)])
    return draw(st.integers(0, 2**31)), tags


@settings(deadline=None, max_examples=40)
@given(cases())
def test_loss_and_gradients_are_those_of_all_paths(case: tuple[int, list[list[int]]]) -> None:
    seed, tags = case
    crf, emissions, mask = field(seed, len(tags[0]))
    emissions.requires_grad_()
    padded = torch.tensor([row + [0] * (len(tags[0]) - len(row)) for row in tags])
    fast = crf.loss(emissions, padded, mask)
    leaves = [emissions, *crf.parameters()]
    got = torch.autograd.grad(fast.sum(), leaves)
    slow = torch.stack([slow_loss(crf, emissions[i], row) for i, row in enumerate(tags)])
    want = torch.autograd.grad(slow.sum(), leaves, allow_unused=True, materialize_grads=True)
    assert torch.allclose(fast, slow, atol=1e-4)
    for one, other in zip(got, want, strict=True):
        assert torch.allclose(one, other, atol=1e-4)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**31), st.integers(1, 4))
def test_decoding_is_the_best_of_all_paths(seed: int, length: int) -> None:
    crf, emissions, mask = field(seed, length)
    found = crf.decode(emissions, mask)
    for i, size in enumerate((length, max(1, length - 1))):
        best = max(float(score(crf, emissions[i], path).detach()) for path in paths(size))
        path = tuple(found[i, :size].tolist())
        assert float(score(crf, emissions[i], path).detach()) == pytest.approx(best, abs=1e-4)
        assert path in set(paths(size))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**31), st.integers(1, 4))
def test_marginals_are_sums_over_paths(seed: int, length: int) -> None:
    crf, emissions, mask = field(seed, length)
    found = marginals(emissions, mask, *crf.potentials())
    for i, size in enumerate((length, max(1, length - 1))):
        want = torch.zeros(length, SIZE)
        every = [(path, score(crf, emissions[i], path).detach()) for path in paths(size)]
        log_z = torch.logsumexp(torch.stack([value for _, value in every]), 0)
        for path, value in every:
            for t, label in enumerate(path):
                want[t, label] += torch.exp(value - log_z)
        assert torch.allclose(found[i], want, atol=1e-4)


def test_long_and_extreme_sequences_stay_finite() -> None:
    crf = Crf(LABELS)
    emissions = (1e4 * torch.randn(2, 3000, SIZE)).bfloat16().requires_grad_()
    tags = torch.zeros(2, 3000, dtype=torch.long)
    loss = crf.loss(emissions, tags, torch.ones(2, 3000, dtype=torch.bool))
    loss.sum().backward()
    assert torch.isfinite(loss).all()
    assert emissions.grad is not None
    assert torch.isfinite(emissions.grad).all()


def test_the_loss_of_a_sure_and_right_field_is_nothing() -> None:
    crf = Crf(LABELS)
    tags = torch.tensor([[1, 2, 0, 3]])
    emissions = 50.0 * torch.nn.functional.one_hot(tags, SIZE)
    mask = torch.ones(1, 4, dtype=torch.bool)
    assert float(crf.loss(emissions, tags, mask).detach()) == pytest.approx(0, abs=1e-4)
    assert crf.decode(emissions, mask).tolist() == tags.tolist()
