"""Weights: of the sample they were asked for, or none."""

import numpy as np
import pytest

from decloak.evaluation.reproduce.weigh import effective, tilted


def test_weighted_means_are_those_that_were_asked_for():
    rng = np.random.default_rng(5)
    features = rng.normal(0.3, 1.0, (200, 2))
    weights = tilted(features.tolist())
    assert weights is not None
    assert weights.min() > 0
    assert weights.mean() == pytest.approx(1)
    assert (weights[:, None] * features).mean(axis=0) == pytest.approx([0, 0], abs=1e-6)
    assert 1 < effective(weights) < 200


def test_documents_on_one_side_cannot_be_weighed():
    assert tilted([[1.0], [2.0], [3.0]]) is None
    assert tilted([]) is None


def test_a_sample_that_fits_already_keeps_equal_weights():
    weights = tilted([[1.0], [-1.0], [1.0], [-1.0]])
    assert weights == pytest.approx([1.0] * 4)
    assert effective(weights) == pytest.approx(4)
