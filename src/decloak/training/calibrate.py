"""Calibrate: one temperature, so that a span of confidence 0.9 is right nine times in ten.

All potentials are divided by the temperature before the marginals are taken (Guo et al., 2017). It is
the one with the lowest mean logarithmic loss over the spans that the model finds in clean and in
perturbed validation text; a span is right when its words and its label are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from decloak.evaluation.tagger.reliability import bins, calibration_error
from decloak.tag.crf import Crf, padded
from decloak.tag.scheme import spans_of
from decloak.tag.session import Session, Window
from decloak.training.arrays import Columns, Ints
from decloak.training.crf import UNKNOWN

__all__ = ["Calibration", "calibrate"]

_TEMPERATURES = tuple(float(round(t, 3)) for t in np.geomspace(0.6, 4.0, 15))
_AT_ONCE = 64
_EDGE = 1e-6

Calibration = tuple[float, float, float, float]
"""Temperature; expected calibration error before and after; micro F1 of exact spans."""

_Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
_Group = tuple[list[_Floats], list[list[int]]]


def calibrate(
    session: Session,
    crf: Crf,
    sets: Iterable[Columns],
    frame: tuple[int, int, int],
    most: int = 700,
) -> Calibration:
    """Return the best temperature and the calibration error before and after.

    Args:
        session: of the graph as it will be used, quantised.
        crf: its field; the temperature is not looked at.
        sets: labelled excerpts; those with words of unknown label are left out.
        frame: ids of the tokens before and after an excerpt, and of padding.
        most: excerpts of each set.
    """
    read = [group for columns in sets for group in _groups(session, columns, frame, most)]
    plain = _outcomes(read, replace(crf, temperature=1.0))
    best, least, after = 1.0, np.inf, plain
    if not len(plain[0]):
        return best, 0.0, 0.0, 0.0  # it finds nothing, and is sure of nothing
    for temperature in _TEMPERATURES:
        sure, right, _ = made = _outcomes(read, replace(crf, temperature=temperature))
        clipped = np.clip(sure, _EDGE, 1 - _EDGE)
        loss = -float(np.mean(np.where(right, np.log(clipped), np.log1p(-clipped))))
        if loss < least:
            best, least, after = temperature, loss, made
    return best, _error(plain), _error(after), plain[2]


_Outcomes = tuple[
    np.ndarray[tuple[int], np.dtype[np.float64]],
    "np.ndarray[tuple[int], np.dtype[np.bool_]]",
    float,
]


def _error(made: _Outcomes) -> float:
    return calibration_error(bins(made[0].tolist(), made[1].tolist(), equal_mass=False))


def _groups(
    session: Session, columns: Columns, frame: tuple[int, int, int], most: int
) -> Iterator[_Group]:
    firsts = columns.piece_offsets()
    step = max(1, len(columns) // most)
    rows = [
        row
        for row in range(0, len(columns), step)
        if not (columns.labels[columns.offsets[row] : columns.offsets[row + 1]] == UNKNOWN).any()
    ]
    for low in range(0, len(rows), _AT_ONCE):
        part = rows[low : low + _AT_ONCE]
        windows = [_window(columns, firsts, row, frame) for row in part]
        gold = [
            columns.labels[columns.offsets[row] : columns.offsets[row + 1]].tolist() for row in part
        ]
        yield session.run(windows), gold


def _window(columns: Columns, firsts: Ints, row: int, frame: tuple[int, int, int]) -> Window:
    low, high = int(columns.offsets[row]), int(columns.offsets[row + 1])
    start, stop = int(firsts[low]), int(firsts[high])
    ids = [frame[0], *columns.ids[start:stop].tolist(), frame[1]]
    bits = np.repeat(columns.bits[low:high].astype(np.int64), columns.counts[low:high]).tolist()
    return ids, [0, *bits, 0], (firsts[low:high] - start + 1).tolist()


def _outcomes(read: Iterable[_Group], crf: Crf) -> _Outcomes:
    sure: list[float] = []
    right: list[bool] = []
    wanted = 0
    for emissions, gold in read:
        batch, lengths = padded(emissions)
        for found, labels in zip(crf.decode(batch, lengths), gold, strict=True):
            true = set(spans_of(labels, crf.labels))
            wanted += len(true)
            for first, stop, name, confidence in found:
                sure.append(confidence)
                right.append((first, stop, name) in true)
    hits = sum(right)
    f1 = 2 * hits / max(1, len(sure) + wanted)
    return np.asarray(sure), np.asarray(right, np.bool_), f1
