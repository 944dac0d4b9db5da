"""Fine-tune an encoder on the training rows of CyNER, under that set's own labels.

    python benchmarks/cyner.py DATA OUT [--start TRAINED] [--encoder FOLDER]

DATA is the folder of ``report.jsonl``. A tenth of the training rows, chosen by a hash of their text, decides which
weights are kept; the validation rows are not read. OUT/folder is what `python -m decloak.evaluation cyner --model`
scores. TRAINED is the ``run/model`` of `decloak train`, to start from; its encoder has to be named if it was pruned.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from decloak.training.arrays import Prepared
from decloak.training.excerpts import Excerpt
from decloak.training.folder import make_folder
from decloak.training.foreign import natives
from decloak.training.prepare import Recipe, prepare
from decloak.training.run import train
from decloak.training.settings import Losses, TrainSettings

NAMES = ("Malware", "Indicator", "System", "Organization", "Vulnerability")


def main(arguments: Sequence[str] | None = None) -> None:
    """Prepare, train, export."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--start", type=Path)
    parser.add_argument("--encoder", default="all-MiniLM-L6-v2")
    parser.add_argument("--epochs", type=float, default=3.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    settings = TrainSettings(
        name="cyner", encoder=options.encoder, losses=Losses(), learning_rate=3e-4, head_factor=3,
        epochs=options.epochs, batch_pieces=1536, evaluate_every=80, patience=99, table_dropout=0.1,
        seed=options.seed,
    )  # fmt: skip
    rows = list(natives(options.data, "train"))
    train_set = _prepared((each for each in rows if not _is_held(each)), settings)
    held_set = _prepared(filter(_is_held, rows), settings)
    train(
        settings, train_set, held_set, options.out, start=options.start,
        report=lambda told: print(f"step {told.step} of {told.steps}: {told.f1}", flush=True),
    )  # fmt: skip
    record = make_folder(options.out / "model", options.out / "folder", name=settings.name)
    print(options.out / "folder", record["labels"], record["f1"])


def _prepared(rows: Iterable[Excerpt], settings: TrainSettings) -> Prepared:
    recipe = Recipe(settings.encoder, names=NAMES, pieces=200, variants=0, seed=settings.seed)
    return prepare(rows, recipe)


def _is_held(excerpt: Excerpt) -> bool:
    return sha256(excerpt.text.encode()).digest()[0] % 10 == 0


if __name__ == "__main__":
    main()
