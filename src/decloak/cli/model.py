"""`decloak model`: the tagger's model: what it is, and how fast it is here."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from decloak.cli.adapt import adapt
from decloak.cli.exits import tidy
from decloak.cli.train import calibrate, denoiser, export, student

__all__ = ["app"]

app = typer.Typer(
    name="model",
    help="Models: what the tagger's is and how fast it is here; models exported and trained.",
    no_args_is_help=True,
)

Folder = Annotated[
    Path | None,
    typer.Option(
        "--model",
        metavar="DIR",
        help="Folder of the tagger's model.  [default: DECLOAK_TAGGER_MODEL, else the one shipped]",
        show_default=False,
    ),
]


class Form(StrEnum):
    """Formats of `model info` and `model benchmark`."""

    text = "text"
    json = "json"


Format = Annotated[Form, typer.Option("--format", "-f", help="Output format.")]


@app.command()
def info(model: Folder = None, form: Format = Form.text) -> None:
    """Check a model from end to end and say what it is."""
    with tidy():
        from decloak.cli.model_work import describe  # noqa: PLC0415 - start-up time

        typer.echo(describe(model, form.value), nl=False)


@app.command()
def benchmark(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH", help="Text files to read; else a text made up here.", show_default=False
        ),
    ] = None,
    model: Folder = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads.  [default: one per idle core]")
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=0.1, max=600, help="About how long each measurement takes.")
    ] = 5.0,
    form: Format = Form.text,
) -> None:
    """Measure a model on this machine: start-up, speed, and memory."""
    with tidy():
        from decloak.cli.model_work import measure  # noqa: PLC0415 - start-up time

        typer.echo(measure(model, paths or [], threads, seconds, form.value), nl=False)


app.command()(export)
app.command()(calibrate)
app.command()(adapt)
app.command("train-denoiser")(denoiser)
app.command("train-student")(student)
