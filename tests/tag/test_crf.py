"""The CRF against the stupid twin that looks at every labelling there is."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decloak.tag.crf import Crf, padded
from decloak.tag.scheme import allowed_moves, allowed_starts, scheme_of, spans_of

LABELS = scheme_of(["DOMAIN", "PORT"])
IMPOSSIBLE = -1e4


def crf_of(seed: int, temperature: float = 1.0) -> Crf:
    dice = np.random.default_rng(seed)
    between = np.where(allowed_moves(LABELS), dice.normal(0, 2, (5, 5)), IMPOSSIBLE)
    start = np.where(allowed_starts(LABELS), dice.normal(0, 2, 5), IMPOSSIBLE)
    return Crf(LABELS, start, dice.normal(0, 2, 5), between, temperature)


def score(path: tuple[int, ...], emissions: np.ndarray, crf: Crf) -> float:
    total = crf.start[path[0]] + crf.end[path[-1]]
    total += sum(float(emissions[word, label]) for word, label in enumerate(path))
    return float(total + sum(crf.between[a, b] for a, b in itertools.pairwise(path)))


def every(emissions: np.ndarray, crf: Crf) -> dict[tuple[int, ...], float]:
    paths = itertools.product(range(len(LABELS)), repeat=len(emissions))
    return {path: score(path, emissions, crf) for path in paths}


def chances(emissions: np.ndarray, crf: Crf) -> dict[tuple[int, ...], float]:
    scores = every(emissions, crf)
    peak = max(scores.values())
    weights = {path: math.exp((value - peak) / crf.temperature) for path, value in scores.items()}
    total = sum(weights.values())
    return {path: weight / total for path, weight in weights.items()}


CASES = st.tuples(
    st.integers(0, 10_000), st.lists(st.integers(1, 4), min_size=1, max_size=3), st.floats(0.3, 4)
)


def batch_of(seed: int, sizes: list[int]) -> list[np.ndarray]:
    dice = np.random.default_rng(seed + 1)
    return [dice.normal(0, 3, (size, len(LABELS))).astype(np.float32) for size in sizes]


@settings(max_examples=15, deadline=None)
@given(CASES)
def test_viterbi_is_the_best_of_all_labellings(case: tuple[int, list[int], float]) -> None:
    seed, sizes, _ = case
    crf, rows = crf_of(seed), batch_of(seed, sizes)
    for row, path in zip(rows, crf.viterbi(*padded(rows)), strict=True):
        scores = every(row, crf)
        assert scores[tuple(path)] == pytest.approx(max(scores.values()), abs=1e-4)


@settings(max_examples=15, deadline=None)
@given(CASES)
def test_the_partition_and_word_marginals_are_those_of_all_labellings(
    case: tuple[int, list[int], float],
) -> None:
    seed, sizes, temperature = case
    crf, rows = crf_of(seed, temperature), batch_of(seed, sizes)
    lattice = crf.lattice(*padded(rows))
    marginals = lattice.words()
    for place, row in enumerate(rows):
        scores = np.array(list(every(row, crf).values())) / temperature
        peak = scores.max()
        partition = peak + math.log(np.exp(scores - peak).sum())
        assert lattice.log_partition[place] == pytest.approx(partition, abs=1e-6)
        for word in range(len(row)):
            for label in range(len(LABELS)):
                chance = sum(p for path, p in chances(row, crf).items() if path[word] == label)
                assert marginals[place, word, label] == pytest.approx(chance, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(CASES)
def test_a_spans_confidence_is_the_share_of_labellings_that_hold_exactly_it(
    case: tuple[int, list[int], float],
) -> None:
    seed, sizes, temperature = case
    crf, rows = crf_of(seed, temperature), batch_of(seed, sizes)
    lattice = crf.lattice(*padded(rows))
    for place, row in enumerate(rows):
        shares: dict[tuple[int, int, str], float] = {}
        for path, chance in chances(row, crf).items():
            for span in spans_of(path, LABELS):
                shares[span] = shares.get(span, 0.0) + chance
        for (first, stop, name), share in shares.items():
            assert lattice.span(place, first, stop, name) == pytest.approx(share, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(CASES)
def test_a_batch_gives_what_one_by_one_gives(case: tuple[int, list[int], float]) -> None:
    seed, sizes, temperature = case
    crf, rows = crf_of(seed, temperature), batch_of(seed, sizes)
    together = crf.decode(*padded(rows))
    alone = [crf.decode(*padded([row]))[0] for row in rows]
    for many, one in zip(together, alone, strict=True):
        assert [found[:3] for found in many] == [found[:3] for found in one]
        assert [found[3] for found in many] == pytest.approx([found[3] for found in one])


def test_the_temperature_changes_how_sure_and_never_what() -> None:
    rows = batch_of(3, [5, 2, 4])
    sharp, soft = crf_of(7, 0.5).decode(*padded(rows)), crf_of(7, 3.0).decode(*padded(rows))
    assert [[found[:3] for found in row] for row in sharp] == [
        [found[:3] for found in row] for row in soft
    ]
    assert sharp != soft


@pytest.mark.parametrize("size", [1e3, 1e6, 1e30])
def test_potentials_of_any_size_give_finite_confidences(size: float) -> None:
    rows = [row * size for row in batch_of(5, [4, 3])]
    for row in crf_of(5).decode(*padded(rows)):
        for *_, confidence in row:
            assert 0.0 <= confidence <= 1.0
