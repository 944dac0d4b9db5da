"""Session: the encoder's graph on onnxruntime, checked against its folder, loaded once.

Windows share a batch only in graphs whose answer for one does not depend on the others; see `run`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from decloak.core.errors import ModelFileError
from decloak.core.offline import load
from decloak.core.threads import threads_wanted
from decloak.tag.crf import Floats
from decloak.tag.features import FEATURES
from decloak.tag.model_folder import ModelFolder
from decloak.tag.places import GRAPH

__all__ = ["Session", "Window"]

_MOST_THREADS = 8
"""More make this encoder no faster."""
_MOST_PIECES = 2048
"""Pieces of one batch; more is no faster, and attention grows with the square of the length."""

Window = tuple[Sequence[int], Sequence[int], Sequence[int]]
"""Piece ids with the special ones, feature bits per piece (as `featurise` makes them), and at which
piece each word begins."""


class Session:
    """The encoder of one model folder.

    Args:
        folder: a checked folder; the graph's digest is checked here.
        threads: for the encoder; None for DECLOAK_THREADS, else one per idle core, up to 8.

    Raises:
        ModelFileError: when the graph is damaged, or its inputs and outputs are not those of the format.
    """

    def __init__(self, folder: ModelFolder, threads: int | None = None) -> None:
        onnxruntime = load("onnxruntime")  # here: start-up time of who needs no model
        where = folder.path / GRAPH
        options = onnxruntime.SessionOptions()
        self.threads = threads or min(threads_wanted(), _MOST_THREADS)
        options.intra_op_num_threads = self.threads
        options.log_severity_level = 4  # what is wrong is raised as well
        # Windows are bounded, and so is what the arena keeps. The allocator of the C library would be
        # left with holes that grow from document to document; a pattern per length is kept for ever.
        options.enable_mem_pattern = False
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._run = onnxruntime.InferenceSession(
                folder.read(GRAPH), options, providers=["CPUExecutionProvider"]
            )
        except ModelFileError:
            raise
        except Exception as error:  # the library's errors have no common root
            message = f"{where} is no graph that onnxruntime can load: {_first_line(error)}"
            raise ModelFileError(message) from error
        _check(self._run, folder)
        # Quantising on the fly takes one scale from all that is in a batch.
        self._apart = folder.record.get("quantised") is not None
        self._tokens = folder.tokens
        self._bits = _bits_of(folder)
        self._labels = len(folder.crf.labels)

    def run(self, windows: Sequence[Window]) -> list[Floats]:
        """Return (word, label) emissions of each window.

        Windows of like length share a batch, unless the graph is quantised: its activations are
        scaled by the largest in a batch, so that the answer for one window would depend on those
        beside it, and a remembered answer on what else was asked then.
        """
        order = sorted(range(len(windows)), key=lambda place: len(windows[place][0]))
        found: list[Floats] = [np.empty((0, self._labels), dtype=np.float32)] * len(windows)
        while order:
            batch = self._batch(windows, order)
            emissions = self._emissions([windows[place] for place in batch])
            for row, place in enumerate(batch):
                found[place] = emissions[row, list(windows[place][2])]
        return found

    def _batch(self, windows: Sequence[Window], order: list[int]) -> list[int]:
        """Take the longest windows that still fit into one batch."""
        batch = [order.pop()]
        widest = len(windows[batch[0]][0])
        while order and not self._apart and (len(batch) + 1) * widest <= _MOST_PIECES:
            batch.append(order.pop())
        return batch

    def _emissions(self, batch: Sequence[Window]) -> Floats:
        shape = len(batch), max(len(ids) for ids, _, _ in batch)
        ids = np.full(shape, self._tokens["pad"], dtype=np.int64)
        mask = np.zeros(shape, dtype=np.int64)
        bits = np.zeros(shape, dtype=np.uint32)
        for row, (pieces, features, _) in enumerate(batch):
            ids[row, : len(pieces)] = pieces
            mask[row, : len(pieces)] = 1
            bits[row, : len(pieces)] = features
        features = ((bits[:, :, None] >> self._bits) & 1).astype(np.float32)
        emissions: Floats = self._run.run(
            ["emissions"], {"input_ids": ids, "attention_mask": mask, "features": features}
        )[0]
        return emissions


def _bits_of(folder: ModelFolder) -> Any:
    """Return the place of each of the model's features in the bit set of `featurise`."""
    return np.array([FEATURES.index(name) for name in folder.features], dtype=np.uint32)


def _check(run: Any, folder: ModelFolder) -> None:
    """Hold the graph against the record: names of inputs and outputs, and the widths they fix."""
    widths = {
        "features": len(folder.features),
        "emissions": len(folder.crf.labels),
        "input_ids": None,
        "attention_mask": None,
    }
    nodes = {node.name: node.shape for node in (*run.get_inputs(), *run.get_outputs())}
    where = folder.path / GRAPH
    if missing := widths.keys() - nodes.keys():
        message = f"{where} has no {', '.join(sorted(missing))}; it is no graph of a tagger"
        raise ModelFileError(message)
    for name, width in widths.items():
        last = nodes[name][-1]
        if width is not None and isinstance(last, int) and last != width:
            message = f"{where} has {name} of width {last}, {width} expected; it is of another label or feature set"
            raise ModelFileError(message)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200]
