"""Checkpoint: all that a run needs to go on as if it had never stopped.

A checkpoint is a folder that appears whole or not at all. Weights, moments and generators are
safetensors; the rest is JSON. Nothing is pickled.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from decloak.core.errors import InputError

__all__ = [
    "generators",
    "latest",
    "load_state",
    "load_weights",
    "save_state",
    "save_weights",
    "set_generators",
]

_KEPT = 2
_NAME = "step-"


def save_state(
    folder: Path, step: int, tensors: dict[str, dict[str, Tensor]], state: dict[str, Any]
) -> Path:
    """Write a checkpoint and drop all but the newest two.

    Args:
        folder: where checkpoints lie.
        step: its number.
        tensors: file name -> name -> tensor.
        state: what JSON can hold.
    """
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{_NAME}{step:07}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    for name, each in tensors.items():
        save_weights(partial / f"{name}.safetensors", each)
    _write(partial / "state.json", json.dumps(state))
    final = folder / f"{_NAME}{step:07}"
    shutil.rmtree(final, ignore_errors=True)
    partial.rename(final)
    for old in sorted(folder.glob(f"{_NAME}*"))[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return final


def latest(folder: Path) -> Path | None:
    """Return the newest checkpoint of a folder, None when there is none."""
    found = sorted(folder.glob(f"{_NAME}*"))
    return found[-1] if found else None


def load_state(path: Path) -> tuple[dict[str, dict[str, Tensor]], dict[str, Any]]:
    """Read a checkpoint.

    Raises:
        InputError: when a file is missing or damaged.
    """
    try:
        state = json.loads((path / "state.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        message = f"{path}: no checkpoint: {error}; delete the folder and resume from an older one"
        raise InputError(message) from error
    return {file.stem: load_weights(file) for file in sorted(path.glob("*.safetensors"))}, state


def save_weights(path: Path, tensors: dict[str, Tensor]) -> None:
    """Write tensors, flushed to the disk."""
    save_file(
        {name: each.detach().cpu().contiguous().clone() for name, each in tensors.items()}, path
    )
    with path.open("rb") as file:
        os.fsync(file.fileno())


def load_weights(path: Path) -> dict[str, Tensor]:
    """Read tensors.

    Raises:
        InputError: when the file is missing or damaged.
    """
    try:
        found: dict[str, Tensor] = load_file(path)
    except (OSError, SafetensorError) as error:
        message = f"{path}: no weights (safetensors): {error}"
        raise InputError(message) from error
    return found


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def generators() -> dict[str, Tensor]:
    """Return the states of torch's generators."""
    states = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        states["cuda"] = torch.cuda.get_rng_state()
    return states


def set_generators(states: dict[str, Tensor]) -> None:
    """Restore the states of torch's generators."""
    torch.set_rng_state(states["cpu"])
    if "cuda" in states and torch.cuda.is_available():
        torch.cuda.set_rng_state(states["cuda"])
