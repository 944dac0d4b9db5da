"""Measure: spans of the model on prepared excerpts, against their labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import torch

from decloak.evaluation.score import Counts
from decloak.tag.scheme import spans_of
from decloak.training.arrays import Columns, Ints, batches
from decloak.training.crf import UNKNOWN
from decloak.training.loader import collate
from decloak.training.model import Batch, TaggerModel

__all__ = ["emissions_of", "score"]

_PIECES = 16384


@torch.no_grad()
def emissions_of(
    model: TaggerModel, columns: Columns, frame: tuple[int, int, int], device: torch.device
) -> Iterator[tuple[Ints, Batch, torch.Tensor]]:
    """Yield (excerpts, batch, emissions) until all are done; dropout is off."""
    model.eval()
    lengths = columns.lengths()
    firsts = columns.piece_offsets()
    for rows in batches(lengths, _PIECES, np.arange(len(columns))):
        batch = collate(columns, rows, frame, firsts=firsts).to(device)
        yield rows, batch, model(batch)


def score(
    model: TaggerModel,
    columns: Columns,
    frame: tuple[int, int, int],
    labels: Sequence[str],
    device: torch.device,
) -> dict[str, Counts]:
    """Return counts of exact spans by label, and of all under ``micro``.

    A span that touches a word of unknown label counts neither way.
    """
    total: dict[str, Counts] = {"micro": Counts()}
    for _, batch, emissions in emissions_of(model, columns, frame, device):
        with torch.autocast(device.type, enabled=False):
            found = model.crf.decode(emissions, batch.words)
        rows = zip(found.cpu().numpy(), batch.tags.cpu().numpy(), batch.words.sum(1).tolist(),
                   strict=True)  # fmt: skip
        for guess, gold, size in rows:
            _count(guess[:size].tolist(), gold[:size].tolist(), labels, total)
    return total


def _count(
    guess: list[int], gold: list[int], labels: Sequence[str], total: dict[str, Counts]
) -> None:
    known = [0 if tag == UNKNOWN else tag for tag in gold]
    wanted = set(spans_of(known, labels))
    said = {
        span
        for span in spans_of(guess, labels)
        if span in wanted or UNKNOWN not in gold[span[0] : span[1]]
    }
    for kind, spans in (
        ("hit", said & wanted),
        ("spurious", said - wanted),
        ("missed", wanted - said),
    ):
        for label, number in Counter(label for _, _, label in spans).items():
            counts = Counts(**{kind: number})
            total[label] = total.get(label, Counts()) + counts
            total["micro"] += counts
