"""Denoise export: the autoencoder as two ONNX graphs, with its dictionary and its record.

Matrices are stored in 16 bits and read as 32: half the size, and nothing depends on what shares a
batch, as it would with activations quantised on the fly.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from decloak import __version__
from decloak.decode.characters import ALPHABET, LONGEST, codes
from decloak.decode.denoiser_folder import DECODER, ENCODER, FORMAT, LATENTS, RECORD, WORDS
from decloak.training.denoise_model import DenoiserModel

__all__ = ["write_folder", "write_record"]

_OPSET = 17
_SMALL = 512  # numbers; what is smaller stays as it is
_BATCH = 256


class _Encoder(nn.Module):
    def __init__(self, model: DenoiserModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, words: Tensor) -> Tensor:
        return self.model.encode(words)


class _Decoder(nn.Module):
    """Says how long a word is and writes it, at the places given."""

    def __init__(self, model: DenoiserModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, latent: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
        lengths = self.model.measure(latent)
        mask = (places[None, :] <= lengths.argmax(-1, keepdim=True)).float()
        return lengths, self.model.decode(latent, mask)


def write_folder(
    model: DenoiserModel, words: Sequence[str], out: Path, record: Mapping[str, Any]
) -> None:
    """Write graphs, dictionary and record; files of these names are replaced.

    Args:
        model: trained, in evaluation mode.
        words: folded words of the dictionary.
        out: the folder.
        record: what else its record says.
    """
    out.mkdir(parents=True, exist_ok=True)
    several = torch.randn(3, model.shape.width)
    with torch.no_grad():
        (out / ENCODER).write_bytes(
            _graph(
                _Encoder(model),
                (torch.from_numpy(codes(["nginx", "apache"])),),
                {"words": {0: "word", 1: "character"}, "latent": {0: "word"}},
            )
        )
        (out / DECODER).write_bytes(
            _graph(
                _Decoder(model),
                (several, torch.arange(7)),
                {
                    "latent": {0: "word"},
                    "places": {0: "place"},
                    "lengths": {0: "word"},
                    "letters": {0: "word", 1: "place"},
                },
            )
        )
        latents = [
            model.encode(torch.from_numpy(codes(words[i : i + _BATCH])))
            for i in range(0, len(words), _BATCH)
        ]
    (out / WORDS).write_bytes("".join(word + "\n" for word in words).encode())
    (out / LATENTS).write_bytes(torch.cat(latents).numpy().astype("<f2").tobytes())
    write_record(out, record)


def write_record(out: Path, record: Mapping[str, Any]) -> dict[str, Any]:
    """Write the record of a folder whose other files are there; return it."""
    files = {}
    for name in (ENCODER, DECODER, WORDS, LATENTS):
        data = (out / name).read_bytes()
        files[name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    made = {
        "format": FORMAT,
        **record,
        "shape": record["settings"]["shape"],
        "alphabet": ALPHABET,
        "longest": LONGEST,
        "code_version": __version__,
        "files": files,
    }
    (out / RECORD).write_text(json.dumps(made, indent=1, ensure_ascii=True) + "\n", "utf-8")
    return made


def _graph(half: nn.Module, example: tuple[Tensor, ...], axes: dict[str, dict[int, str]]) -> bytes:
    """Return one half as ONNX, for any number of words and characters."""
    import onnx  # noqa: PLC0415 - heavy

    names = list(axes)
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        where = Path(folder) / "graph.onnx"
        warnings.simplefilter("ignore")  # the tracer warns of every shape it follows
        torch.onnx.export(
            half.eval(),
            example,
            str(where),
            input_names=names[: len(example)],
            output_names=names[len(example) :],
            dynamic_axes=axes,
            opset_version=_OPSET,
            dynamo=False,
        )
        model = onnx.load(where)
    _halve(model.graph)
    onnx.checker.check_model(model)
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def _halve(graph: Any) -> None:
    """Store matrices in 16 bits, each behind a cast that onnxruntime does once, on loading."""
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415 - heavy

    casts = []
    for tensor in graph.initializer:
        array = numpy_helper.to_array(tensor)
        if array.dtype != np.float32 or array.size < _SMALL:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(array.astype(np.float16), name + "_half"))
        casts.append(helper.make_node("Cast", [name + "_half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
