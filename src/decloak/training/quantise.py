"""Quantise: the trained graph as ONNX, its matrices in eight bits."""

from __future__ import annotations

import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from decloak.core.errors import InputError
from decloak.core.offline import load
from decloak.training.model import TaggerModel

__all__ = ["export_graph", "quantise"]

_OPSET = 17


class _Graph(nn.Module):
    """What inference runs: features come spread out, emissions go out for every piece."""

    def __init__(self, model: TaggerModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor, features: Tensor) -> Tensor:
        embedded = self.model.embed(input_ids, features)
        return self.model.score(embedded, attention_mask)


def export_graph(model: TaggerModel, path: Path) -> None:
    """Write the model as an ONNX graph in float32, for any batch and length."""
    model = model.eval().float()
    width = model.look.in_features
    example = (
        torch.ones(2, 7, dtype=torch.long),
        torch.ones(2, 7, dtype=torch.long),
        torch.zeros(2, 7, width),
    )
    axes = {0: "batch", 1: "piece"}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracer warns of every shape it follows
        torch.onnx.export(
            _Graph(model).eval(),
            example,
            str(path),
            input_names=["input_ids", "attention_mask", "features"],
            output_names=["emissions"],
            dynamic_axes=dict.fromkeys(
                ("input_ids", "attention_mask", "features", "emissions"), axes
            ),
            opset_version=_OPSET,
            dynamo=False,
        )


def quantise(source: Path, target: Path) -> None:
    """Write a graph with eight-bit weights: per row for the matrices, whole for the embeddings.

    Raises:
        InputError: when the graph cannot be read.
    """
    quantization = load("onnxruntime.quantization")  # here: heavy
    try:
        quantization.quantize_dynamic(
            source,
            target,
            weight_type=quantization.QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul", "Gather", "Gemm"],
            extra_options={"MatMulConstBOnly": True},
        )
    except (OSError, ValueError) as error:
        message = f"{source}: no graph that can be quantised: {error}"
        raise InputError(message) from error
