"""``decloak train``: fine-tune a tagger on a corpus, and export it; the denoiser of words as well."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from decloak.cli.exits import tidy
from decloak.cli.messages import say
from decloak.core.extras import need_extra

__all__ = ["app", "calibrate", "denoiser", "export", "student", "train"]


app = typer.Typer(name="train")


def _need() -> None:
    """Ask for the extra before anything is done."""
    with need_extra("train"):
        for module in ("accelerate", "torch", "transformers"):
            import_module(module)


@app.command()
def train(  # noqa: PLR0913, PLR0917 - each is an option
    corpus: Annotated[Path, typer.Argument(metavar="CORPUS", help="A corpus of `corpus build`.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder for all that is made.")],
    kind: Annotated[
        str, typer.Option(help="baseline: clean text alone; robust: Algorithm 1.")
    ] = "robust",
    encoder: Annotated[
        str | None,
        typer.Option(help="Name or path of a Hugging Face encoder.  [default: all-MiniLM-L6-v2]"),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Labelled rows by others, for prose: folder of *.jsonl.")
    ] = None,
    written: Annotated[
        Path | None, typer.Option(help="Passages rewritten by `corpus perturb-llm`: its folder.")
    ] = None,
    reviewed: Annotated[
        str | None,
        typer.Option(metavar="STORE", help="Learn from the decisions of `decloak review`, too."),
    ] = None,
    words: Annotated[int | None, typer.Option(min=1, help="Most words of clean text.")] = None,
    prose: Annotated[
        float, typer.Option(min=0.001, max=1, help="How much of the report templates is read.")
    ] = 1.0,
    epochs: Annotated[
        float | None, typer.Option(help="Passes over the text.  [default: 3]")
    ] = None,
    minutes: Annotated[float | None, typer.Option(help="Time budget of the steps.")] = None,
    batch_pieces: Annotated[int | None, typer.Option(help="Pieces of a batch.")] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Highest learning rate.  [default: 2e-5]")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed, the same run.")] = 1,
    change: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Any other setting: losses.fgm=1.0"),
    ] = None,
    prune: Annotated[
        bool, typer.Option(help="Leave out the pieces of the vocabulary that the texts never use.")
    ] = False,
    start: Annotated[
        Path | None, typer.Option(help="Weights to start from: OUT/run/model of another run.")
    ] = None,
    search: Annotated[
        int, typer.Option(min=0, metavar="TRIALS", help="Search the dropout rates first.")
    ] = 0,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes.")] = 1,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Fine-tune a tagger on a corpus and export it to OUT/model. Run again, it goes on.

    Several GPUs: accelerate launch -m decloak.cli train ...
    """
    with tidy():
        _need()
        from decloak.training.whole import Plan, settings_of, train_whole  # noqa: PLC0415 - needs the extra

        settings = settings_of(
            kind, change or (), encoder=encoder, epochs=epochs, minutes=minutes,
            batch_pieces=batch_pieces, learning_rate=learning_rate, seed=seed,
        )  # fmt: skip
        plan = Plan(corpus, out, data, words, prose, jobs, prune, search, start, written, reviewed)
        told = (lambda _: None) if quiet else say
        record = train_whole(plan, settings, told=told, report=_reporter(quiet=quiet))
        if record:
            typer.echo(f"{out / 'model'}: F1 {record['f1']}, ECE {record['ece']}")


def _reporter(*, quiet: bool) -> Callable[[Any], None]:
    """Return what tells loss, F1 and time left: in place on a terminal, else at validations."""
    if quiet:
        return lambda _: None
    live = sys.stderr is not None and sys.stderr.isatty()
    validated = -1

    def report(progress: Any) -> None:
        nonlocal validated
        fresh = progress.validated != validated
        if not live and not fresh:
            return
        validated = progress.validated
        left = progress.seconds / max(1, progress.step) * (progress.steps - progress.step)
        parts = [f"step {progress.step}/{progress.steps}"]
        parts += [f"{name} {value:.4f}" for name, value in progress.last.items()]
        parts += [f"F1 {name} {value:.4f}" for name, value in progress.f1.items()]
        parts += [f"{left / 60:.1f} min left"]
        line = ", ".join(parts)
        if live:
            sys.stderr.write(f"\r\x1b[K{line}" + ("\n" if fresh else ""))
            sys.stderr.flush()
        else:
            say(line)

    return report


def export(
    trained: Annotated[Path, typer.Argument(metavar="RUN", help="OUT/run/model of `train`.")],
    target: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make or to replace.")],
    name: Annotated[str, typer.Option(help="What the model is called.")] = "decloak-tagger",
    prepared: Annotated[
        Path | None, typer.Option(help="OUT/prepared/validation.npz to calibrate on.")
    ] = None,
    whole: Annotated[bool, typer.Option("--float", help="Keep float32 weights.")] = False,
) -> None:
    """Export trained weights as a model folder: ONNX, in eight bits, with its card."""
    with tidy():
        _need()
        from decloak.training.arrays import load_prepared  # noqa: PLC0415 - needs the extra
        from decloak.training.folder import make_folder  # noqa: PLC0415 - needs the extra

        valid = load_prepared(prepared) if prepared else None
        record = make_folder(trained, target, name=name, valid=valid, quantised=not whole)
        typer.echo(f"{target}: {sum(f['bytes'] for f in record['files'].values()):,} bytes")


def student(  # noqa: PLR0913, PLR0917 - each is an option
    corpus: Annotated[
        Path,
        typer.Argument(metavar="CORPUS", help="A corpus of `corpus build`, or a slice of one."),
    ],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder for all that is made.")],
    data: Annotated[
        Path | None, typer.Option(help="Labelled rows by others, for prose: folder of *.jsonl.")
    ] = None,
    teacher: Annotated[
        Path | None, typer.Option(help="The model it learns from.  [default: the shipped one]")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the text.")] = 9,
    seed: Annotated[int, typer.Option(help="The same seed, the same run.")] = 1,
    most: Annotated[int | None, typer.Option(min=1, help="Most excerpts.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Train the small network that reads prose before the model does. Run again, it goes on."""
    with tidy():
        _need()
        from decloak.tag.places import SHIPPED  # noqa: PLC0415 - start-up time
        from decloak.training.student.learn import StudentSettings  # noqa: PLC0415 - needs the extra
        from decloak.training.student.whole import StudentPlan, train_student  # noqa: PLC0415 - needs the extra

        told = (lambda _: None) if quiet else say
        record = train_student(
            StudentPlan(out, corpus, data, teacher or SHIPPED, most),
            StudentSettings(epochs=epochs, seed=seed),
            told=told,
            report=lambda at: (
                None if at.step % 50 else told(f"step {at.step}/{at.steps}, {at.loss:.4f}")
            ),
        )
        typer.echo(f"{out / 'model'}: {record['bytes']:,} bytes, F1 {record['f1']}")


def calibrate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A model folder.")],
    prepared: Annotated[
        Path, typer.Argument(metavar="FILE", help="OUT/prepared/validation.npz of `train`.")
    ],
) -> None:
    """Choose the temperature of a model anew, on prepared validation text."""
    with tidy():
        _need()
        from decloak.training.arrays import load_prepared  # noqa: PLC0415 - needs the extra
        from decloak.training.folder import calibrate_folder  # noqa: PLC0415 - needs the extra

        record = calibrate_folder(folder, load_prepared(prepared))
        typer.echo(f"temperature {record['temperature']}, ECE {record['ece']}")


def denoiser(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make or to replace.")],
    pairs: Annotated[int, typer.Option(min=256, help="Words to learn from, broken and right.")] = (
        450_000
    ),
    seed: Annotated[int, typer.Option(help="The same seed, the same model.")] = 1,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Train the autoencoder of words that `--set decode.neural=true` asks, in minutes on one processor."""
    with tidy():
        _need()
        from decloak.training.denoise import DenoiseSettings, train_denoiser  # noqa: PLC0415 - needs the extra

        settings = DenoiseSettings(seed=seed, pairs=pairs)
        record = train_denoiser(out, settings, (lambda _: None) if quiet else say)
        size = sum(file["bytes"] for file in record["files"].values())
        typer.echo(f"{out}: {size:,} bytes")
        for kind, shares in record["measured"].items():
            said = ", ".join(f"{name} {100 * share:.1f} %" for name, share in shares.items())
            typer.echo(f"{kind}: {said}")
