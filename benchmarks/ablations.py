"""Train with each part of Algorithm 1 on and off, on the same text, and print validation F1.

    python benchmarks/ablations.py CORPUS OUT --words 60000 --epochs 3

CORPUS is a folder made by `decloak corpus build`. Every run starts from the same encoder and sees the same
excerpts in the same order; what is not disguised in training is the mix of reserved families. A run that was
stopped goes on; finished ones are read from OUT. This compares parts of training, not models: so little text
makes none that is fit for use.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from decloak.training.arrays import Prepared, load_prepared, save_prepared
from decloak.training.encoder import load_base
from decloak.training.measure import score
from decloak.training.prepare import Recipe, prepare
from decloak.training.run import frame_of, train
from decloak.training.settings import TrainSettings
from decloak.training.texts import prose, tool_output
from decloak.training.whole import Plan, prepared_sets, settings_of

ROWS: dict[str, tuple[str, ...]] = {
    "clean text alone": ("losses.adversarial=0", "losses.consistency=0"),
    "perturbed text": ("losses.consistency=0",),
    "perturbed text, worst of two": ("losses.consistency=0", "losses.worst_of=2"),
    "perturbed text + consistency": (),
    "perturbed text + consistency + masking": ("masking.share=0.05", "masking.every=10"),
    "FGM instead of perturbed text": (
        "losses.adversarial=0", "losses.consistency=0", "losses.fgm=1.0",
    ),
}  # fmt: skip
"""What is changed in the settings of ``robust``."""
_MEASURED = 60
"""Documents of the validation part that are measured."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what is not there yet, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--words", type=int, default=60_000, help="of tool output")
    parser.add_argument("--prose", type=float, default=0.01, help="share of the report templates")
    parser.add_argument("--epochs", type=float, default=3.0)
    parser.add_argument("--learning-rate", type=float, default=3e-4)
    parser.add_argument("--batch-pieces", type=int, default=2048)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", nargs="*", choices=sorted(ROWS), default=sorted(ROWS))
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    print("| run | clean | disguised | reserved disguises | steps |\n|---|---|---|---|---|")
    for name in (name for name in ROWS if name in options.rows):
        path = options.out / f"{name}.json"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(_measured(name, options)), "utf-8")
        found = json.loads(path.read_text("utf-8"))
        cells = (f"{found[key]:.4f}" for key in ("clean", "disguised", "reserved"))
        print(f"| {name} | {' | '.join(cells)} | {found['steps']} |", flush=True)


def _measured(name: str, options: argparse.Namespace) -> dict[str, float]:
    settings = settings_of(
        "robust", ROWS[name], epochs=options.epochs, learning_rate=options.learning_rate,
        batch_pieces=options.batch_pieces, seed=options.seed, evaluate_every=10**9,
    )  # fmt: skip
    plan = Plan(options.corpus, options.out, words=options.words, prose=options.prose)
    train_set, _ = prepared_sets(plan, settings)
    seen, reserved = _validation(options, settings)
    steps: list[int] = [0]
    model = train(
        settings, train_set, seen, options.out / name, report=lambda told: steps.append(told.step)
    )
    labels = train_set.about["labels"]
    frame = frame_of(load_base(settings.encoder))
    texts = {"clean": seen.clean, "disguised": seen.variants[0], "reserved": reserved.variants[0]}
    found = {
        key: score(model, columns, frame, labels, torch.device("cpu"))["micro"].f1
        for key, columns in texts.items()
    }
    return found | {"steps": max(steps)}


def _validation(options: argparse.Namespace, settings: TrainSettings) -> tuple[Prepared, Prepared]:
    """Return some documents of the validation part, in disguises of either mix."""
    made = []
    recipe = Recipe(settings.encoder, variants=1, seed=settings.seed)
    for mix in ("default", "reserved"):
        path = options.out / "prepared" / f"measured-{mix}.npz"
        if not path.exists():
            texts = tool_output(options.corpus, "validation", settings.seed, _MEASURED)
            kept = prose(None, "validation", settings.seed, 0.1)
            save_prepared(prepare(texts, replace(recipe, mix=mix), kept=kept), path)
        made.append(load_prepared(path))
    return made[0], made[1]


if __name__ == "__main__":
    main()
