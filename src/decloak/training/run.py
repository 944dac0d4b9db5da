"""Run: from settings and prepared excerpts to a trained model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from transformers import AutoConfig, AutoModel

from decloak import __version__
from decloak.core.errors import InputError
from decloak.tag.features import FEATURES
from decloak.training.arrays import Prepared
from decloak.training.checkpoint import load_weights, save_weights
from decloak.training.encoder import Base, load_base, load_encoder, public_name
from decloak.training.model import TaggerModel
from decloak.training.settings import TrainSettings
from decloak.training.trainer import Progress, Trainer

__all__ = ["frame_of", "load_trained", "new_model", "save_trained", "train"]


def frame_of(base: Base) -> tuple[int, int, int]:
    """Return the ids of the tokens before and after an excerpt, and of padding."""
    return base.tokens["cls"], base.tokens["sep"], base.tokens["pad"]


def new_model(settings: TrainSettings, labels: list[str]) -> TaggerModel:
    """Return a model with the encoder's weights and new layers on top."""
    torch.manual_seed(settings.seed)
    base = load_base(settings.encoder)
    encoder = load_encoder(base.path, settings.dropout)
    return TaggerModel(encoder, labels, len(FEATURES), settings.dropout.classifier)


def train(
    settings: TrainSettings,
    train_set: Prepared,
    valid_set: Prepared,
    folder: Path,
    *,
    start: Path | None = None,
    workers: int = 0,
    report: Callable[[Progress], None] = lambda _: None,
) -> TaggerModel:
    """Train, and leave the best model of the run in ``folder/model``.

    Args:
        settings: of the run.
        train_set: what it learns from.
        valid_set: what decides which weights are the best.
        folder: for everything the run writes; a run that was stopped goes on from there.
        start: a trained model whose encoder, and layers of the same shape, it starts from.
        workers: processes that make batches.
        report: is told how it goes.

    Raises:
        InputError: when the excerpts were made for another encoder or other features.
        ResourceError: when memory runs out.
    """
    labels = train_set.about["labels"]
    if train_set.about["features"] != list(FEATURES):
        message = "the excerpts have other features than this version; prepare them again"
        raise InputError(message)
    base = load_base(settings.encoder)
    model = new_model(settings, labels)
    if start is not None:
        _start_from(model, start)
    trainer = Trainer(
        model, settings, train_set, valid_set, frame_of(base), folder,
        workers=workers, report=report,
    )  # fmt: skip
    progress = trainer.run()
    best = load_weights(folder / "best.safetensors")
    model.load_state_dict(best)
    about = {
        "labels": labels,
        "encoder": (name := public_name(train_set.about.get("base", base.name))),
        "settings": settings.model_dump() | {"encoder": name},
        "code_version": __version__,
        "trained_on": {key: train_set.about.get(key) for key in
                       ("excerpts", "words", "written", "mix", "seed", "corpus", "data")},
        "validated": {"f1": progress.f1, "best": progress.best},
        "steps": progress.step,
        "epochs": round(progress.epoch, 2),
        "seconds": round(progress.seconds, 1),
        "pieces": progress.pieces,
    }  # fmt: skip
    if PartialState().is_main_process:
        save_trained(model, base, about, folder / "model")
    return model


def _start_from(model: TaggerModel, folder: Path) -> None:
    """Take over the weights of the same shape; new labels get new layers.

    Raises:
        InputError: when the model's pieces are others, so that nothing would fit.
    """
    weights = load_weights(folder / "model.safetensors")
    own = model.state_dict()
    changed = [
        name for name, weight in own.items()
        if name.startswith("encoder.") and (name not in weights or weights[name].shape != weight.shape)
    ]  # fmt: skip
    if changed:
        message = (
            f"{folder} has another encoder than the one that is trained ({changed[0]}): name its own with "
            "--encoder, pruned as it was"
        )
        raise InputError(message)
    fitting = {k: v for k, v in weights.items() if k in own and own[k].shape == v.shape}
    model.load_state_dict(fitting, strict=False)


def save_trained(model: TaggerModel, base: Base, about: dict[str, Any], folder: Path) -> None:
    """Write weights, tokenizer, the encoder's configuration and all that is known of the run.

    What is known names the ``encoder`` that was meant, not the folder of a pruned one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    save_weights(folder / "model.safetensors", dict(model.state_dict()))
    base.tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(model.encoder.config.to_json_string(), "utf-8")
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    told = about | {
        "tokens": base.tokens,
        "prefix_space": base.prefix_space,
        "word_pieces": base.word_pieces,
        "sha256": digest,
    }
    (folder / "training.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def load_trained(folder: Path) -> tuple[TaggerModel, dict[str, Any]]:
    """Read what `save_trained` wrote.

    Raises:
        InputError: when a file is missing or damaged.
    """
    try:
        about = json.loads((folder / "training.json").read_text("utf-8"))
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        message = f"{folder}: no trained model: {error}"
        raise InputError(message) from error
    plain = {"add_pooling_layer": False} if config.model_type in {"bert", "roberta"} else {}
    encoder = AutoModel.from_config(config, **plain)  # type: ignore[no-untyped-call]
    model = TaggerModel(encoder, about["labels"], len(FEATURES))
    model.load_state_dict(load_weights(folder / "model.safetensors"))
    model.eval()
    return model, about
