"""Calibrate: one temperature for the student, on texts that it did not learn from."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray

from decloak.tag.scheme import spans_of
from decloak.tag.student.field import label_rows
from decloak.training.student.batches import Pupil, Target, batches
from decloak.training.student.network import StudentNetwork

__all__ = ["temperature_of"]

_TEMPERATURES = tuple(float(round(each, 3)) for each in np.geomspace(0.6, 4.0, 15))
_EDGE = 1e-6
_Emissions = NDArray[np.float32]
_MOST = 1000
"""Texts that are looked at."""


@torch.no_grad()
def temperature_of(
    network: StudentNetwork, pupil: Pupil, given: Sequence[Target], labels: Sequence[str]
) -> float:
    """Return the temperature at which the confidence of spans tells best whether they are right."""
    network.eval()
    read: list[tuple[_Emissions, list[tuple[int, int]], list[set[tuple[int, int, str]]]]] = []
    for chosen in batches(given[:_MOST], 4000, Random(0)):  # noqa: S311 - repeatable
        batch = pupil.batch(chosen, None, Random(0))  # noqa: S311 - repeatable
        emissions = network(batch.words, batch.ids, batch.boundary)[~batch.boundary].numpy()
        rows, wanted = [], []
        place = 0
        for target in chosen:
            best = np.take_along_axis(target.ranks, target.shares.argmax(1)[:, None], 1)[:, 0]
            rows.append((place, place + len(target.tokens)))
            wanted.append(set(spans_of(best.tolist(), labels)))
            place += len(target.tokens)
        read.append((emissions, rows, wanted))
    best_loss, best_temperature = np.inf, 1.0
    for temperature in _TEMPERATURES:
        losses = []
        for emissions, rows, wanted in read:
            made = label_rows(emissions, rows, labels, temperature)
            for labelled, true in zip(made, wanted, strict=True):
                for first, stop, name, sure in labelled.found:
                    clipped = min(max(sure, _EDGE), 1 - _EDGE)
                    right = (first, stop, name) in true
                    losses.append(-np.log(clipped if right else 1 - clipped))
        loss = float(np.mean(losses)) if losses else 0.0
        if loss < best_loss:
            best_loss, best_temperature = loss, temperature
    return best_temperature
