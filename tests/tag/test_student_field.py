"""The student's field against the general one with the same rules, and against all paths."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from decloak.tag.crf import Crf, padded
from decloak.tag.scheme import allowed_moves, allowed_starts, scheme_of
from decloak.tag.student.field import label_rows

LABELS = scheme_of(["ORGANIZATION", "MALWARE", "OS"])
_CLOSED = -1e4
GENERAL = Crf(
    LABELS,
    np.where(allowed_starts(LABELS), 0.0, _CLOSED),
    np.zeros(len(LABELS)),
    np.where(allowed_moves(LABELS), 0.0, _CLOSED),
    1.7,
)


@given(
    arrays(np.float32, (12, len(LABELS)), elements=st.floats(-8, 8, width=32)),
    st.lists(st.integers(1, 4), min_size=1, max_size=3),
)
def test_it_is_the_general_field_with_rules_alone(emissions: np.ndarray, sizes: list[int]) -> None:
    edges = np.cumsum([0, *sizes]).tolist()
    rows = list(pairwise(edges))
    expected = GENERAL.decode(*padded([emissions[low:high] for low, high in rows]))
    for (found, sure), wanted in zip(
        label_rows(emissions, rows, LABELS, 1.7), expected, strict=True
    ):
        assert [each[:3] for each in found] == [each[:3] for each in wanted]
        np.testing.assert_allclose([e[3] for e in found], [e[3] for e in wanted], atol=1e-6)
        assert 0 < sure <= 1
        assert all(sure <= each[3] + 1e-9 for each in found)
