"""Network: the student in NumPy, in eight bits, exactly the same whatever shares a batch.

Whole numbers below 2^24 are exact in a float32, and so are their sums, in any order. Weights lie in [-127, 127],
states in [0, 255], and no sum has more than three times the width of terms; so what the product of matrices
gives depends on no batch, no thread and no library. All else is done value by value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decloak.tag.student.spelling import Word

__all__ = [
    "FIRST",
    "WIDTH",
    "Layer",
    "Weights",
    "boundary_of",
    "emissions",
    "projected",
    "weights_of",
]

FIRST, WIDTH = 5, 3
"""Words that the first convolution and the further ones read."""
_SIGNED, _UNSIGNED = 127, 255

Floats = NDArray[np.float32]
Ranks = NDArray[np.int64]


@dataclass(frozen=True)
class Layer:
    """A product with whole numbers.

    Attributes:
        weight: (input, output) whole numbers in [-127, 127], as float32.
        scale: (output,) what a result is multiplied by.
        bias: (output,).
        step: what a value of the input is divided by before it is rounded.
        dilation: words between those that it reads; 0 where it reads one.
    """

    weight: Floats
    scale: Floats
    bias: Floats
    step: np.float32
    dilation: int


@dataclass(frozen=True)
class Weights:
    """All of the network.

    Attributes:
        pieces, parts: (row, width) tables, float32.
        looks: (feature, width) whole numbers in [-127, 127], as float32.
        looks_scale: (width,) what they are multiplied by.
        first: (width, 5 x width).
        further: (width, 3 x width) each.
        head: (width, label).
    """

    pieces: Floats
    parts: Floats
    looks: Floats
    looks_scale: Floats
    first: Layer
    further: tuple[Layer, ...]
    head: Layer

    @property
    def width(self) -> int:
        """Numbers of a state."""
        return int(self.looks.shape[1])


def weights_of(arrays: Mapping[str, NDArray[Any]]) -> Weights:
    """Return the network of stored arrays.

    Raises:
        KeyError: when one is missing.
        ValueError: when their shapes do not fit together.
    """
    tables = {}
    for name, axis in (("pieces", 0), ("parts", 0), ("looks", 1)):
        whole, step = arrays[f"{name}.weight"], arrays[f"{name}.step"]
        if whole.ndim != 2 or whole.dtype != np.int8 or step.shape != (whole.shape[axis],):
            message = f"{name} is no table of eight bits"
            raise ValueError(message)
        tables[name] = whole.astype(np.float32), step.astype(np.float32)
    dilations = [int(each) for each in arrays["dilations"]]
    width = tables["looks"][0].shape[1]
    labels = arrays["head.weight"].shape[-1]
    pieces, parts = (whole * step[:, None] for whole, step in (tables["pieces"], tables["parts"]))
    return Weights(
        pieces=pieces,
        parts=parts,
        looks=tables["looks"][0],
        looks_scale=tables["looks"][1],
        first=_layer(arrays, "first", (width, FIRST * width), 1),
        further=tuple(
            _layer(arrays, f"further.{rank}", (width, WIDTH * width), dilation)
            for rank, dilation in enumerate(dilations)
        ),
        head=_layer(arrays, "head", (width, labels), 0),
    )


def _layer(
    arrays: Mapping[str, NDArray[Any]], name: str, shape: tuple[int, int], dilation: int
) -> Layer:
    weight = arrays[f"{name}.weight"]
    scale, bias = arrays[f"{name}.scale"], arrays[f"{name}.bias"]
    if weight.shape != shape or weight.dtype != np.int8:
        message = f"{name} is {weight.dtype} {weight.shape}, int8 {shape} expected"
        raise ValueError(message)
    if scale.shape != bias.shape or not np.isfinite(scale).all() or not np.isfinite(bias).all():
        message = f"{name} has no finite scale and bias of one shape"
        raise ValueError(message)
    step = np.float32(arrays[f"{name}.step"])
    if not step > 0:
        message = f"{name} has the step {step}"
        raise ValueError(message)
    return Layer(
        weight.astype(np.float32), scale.astype(np.float32), bias.astype(np.float32), step, dilation
    )


def projected(weights: Weights, words: Sequence[Word]) -> Floats:
    """Return what each word adds to the first layer at the five places around it: (word, 5 x width)."""
    counts = np.asarray([len(word.pieces) for word in words])
    pieces = weights.pieces[[piece for word in words for piece in word.pieces]]
    vectors: Floats = np.add.reduceat(pieces, np.cumsum(counts) - counts, axis=0)
    vectors *= (1 / counts).astype(np.float32)[:, None]
    for part in np.asarray(
        [word.parts for word in words]
    ).T:  # one after the other: always the same sum
        vectors += weights.parts[part]
    bits = np.asarray([word.bits for word in words], np.int64)[:, None]
    looks = (bits >> np.arange(len(weights.looks)) & 1).astype(np.float32)
    vectors += (looks @ weights.looks) * weights.looks_scale
    first = weights.first
    whole = np.rint(vectors / first.step).clip(-_SIGNED, _SIGNED)
    made: Floats = (whole @ first.weight) * np.tile(first.scale, FIRST)
    return made


def boundary_of(weights: Weights) -> int:
    """Return how many places there must be between two texts."""
    return max(FIRST // 2, *(layer.dilation for layer in weights.further), 1)


def emissions(weights: Weights, table: Floats, ids: Ranks, boundary: Ranks) -> Floats:
    """Return the emissions of a stream of words: (place, label).

    Args:
        weights: of the network.
        table: (word, 5 x width) of `projected`; a row of zeros for what stands between texts.
        ids: (place,) the row of each place.
        boundary: places between texts, `boundary_of` of them at each end and between two texts.
    """
    count, width = len(ids), weights.width
    h = np.empty((count, width), np.float32)
    h[:] = weights.first.bias
    half = FIRST // 2
    for offset in range(FIRST):
        shift = offset - half
        low, high = max(0, -shift), min(count, count - shift)
        h[low:high] += table[ids[low + shift : high + shift], offset * width : (offset + 1) * width]
    np.maximum(h, 0, out=h)
    h[boundary] = 0
    for layer in weights.further:
        product = _whole(h, layer.step) @ layer.weight
        gap = layer.dilation
        summed = product[:, width : 2 * width].copy()
        summed[gap:] += product[:-gap, :width]
        summed[:-gap] += product[gap:, 2 * width :]
        summed *= layer.scale
        summed += layer.bias
        np.maximum(summed, 0, out=summed)
        h += summed
        h[boundary] = 0
    head = weights.head
    made: Floats = (_whole(h, head.step) @ head.weight) * head.scale + head.bias
    return made


def _whole(states: Floats, step: np.float32) -> Floats:
    whole = states * np.float32(1 / step)
    np.rint(whole, out=whole)
    np.minimum(whole, _UNSIGNED, out=whole)
    return whole
