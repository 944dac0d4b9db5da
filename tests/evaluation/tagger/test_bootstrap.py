"""Intervals against scipy, against all possible draws, and against what they must be."""

import itertools

import numpy as np
import pytest

from decloak.evaluation.tagger.bootstrap import (
    difference,
    f1_interval,
    f1_of,
    interval,
    weights,
)

stats = pytest.importorskip("scipy.stats", reason="scipy is not installed")


def counts_of(rows):
    """(hit, spurious, missed) per document -> (text, label, count)."""
    return np.array([[[h, m, s, h, m]] for h, s, m in rows], np.int64)


def names(count):
    return tuple(f"d{i}" for i in range(count))


def f1_of_rows(rows):
    hit, spurious, missed = (sum(column) for column in zip(*rows, strict=True))
    return 2 * hit / (2 * hit + spurious + missed)


RNG = np.random.default_rng(5)
ROWS = [tuple(int(v) for v in row) for row in RNG.integers(0, 12, size=(60, 3))]


def test_f1_of_sums():
    assert f1_of(counts_of(ROWS).sum(axis=(0, 1))) == pytest.approx(f1_of_rows(ROWS))
    assert np.isnan(f1_of(np.zeros(5, np.int64)))


def test_every_draw_is_of_as_many_documents():
    drawn = weights(7, seed=1, resamples=500)
    assert drawn.shape == (500, 7)
    assert (drawn.sum(axis=1) == 7).all()
    assert drawn.mean(axis=0) == pytest.approx(np.ones(7), abs=0.15)


def test_the_interval_is_that_of_scipy():
    columns = tuple(np.array(column) for column in zip(*ROWS, strict=True))

    def f1(hit, spurious, missed, axis=-1):
        hits = hit.sum(axis)
        return 2 * hits / (2 * hits + spurious.sum(axis) + missed.sum(axis))

    theirs = stats.bootstrap(
        columns, f1, paired=True, vectorized=True, n_resamples=20_000, method="percentile",
        rng=np.random.default_rng(3),
    ).confidence_interval  # fmt: skip
    ours = f1_interval(counts_of(ROWS), names(60), seed=4, resamples=20_000)
    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.004)


def test_the_interval_is_that_of_all_draws():
    rows = ROWS[:5]
    every = [f1_of_rows(draw) for draw in itertools.product(rows, repeat=5)]
    expected = np.percentile(every, (2.5, 97.5))
    got = f1_interval(counts_of(rows), names(5), seed=6, resamples=60_000)
    assert got == pytest.approx(tuple(expected), abs=0.01)


def test_texts_of_one_document_are_drawn_together():
    counts = counts_of(ROWS[:20])
    doubled = np.concatenate([counts, counts])
    once = f1_interval(counts, names(20), seed=1)
    assert f1_interval(doubled, names(20) * 2, seed=1) == once
    apart = f1_interval(doubled, names(40), seed=1)
    assert apart[1] - apart[0] < once[1] - once[0]


def test_the_same_draws_for_both_systems():
    counts = counts_of(ROWS)
    point, (low, high) = difference(counts, counts, names(60), seed=1)
    assert (point, low, high) == (0.0, 0.0, 0.0)
    better = counts_of([(h + 1, s, m) for h, s, m in ROWS])
    point, (low, high) = difference(better, counts, names(60), seed=1)
    assert low <= point <= high
    assert low > 0


def test_undefined_draws_are_left_out():
    assert interval(np.array([np.nan, 1.0, 1.0])) == (1.0, 1.0)
    assert all(np.isnan(interval(np.array([np.nan]))))
