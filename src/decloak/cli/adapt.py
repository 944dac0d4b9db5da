"""``decloak model adapt``: a trained model goes on with what people corrected, and a guard looks at it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decloak.cli.exits import tidy
from decloak.cli.messages import say
from decloak.core.extras import need_extra

__all__ = ["adapt"]


def adapt(  # noqa: PLR0913, PLR0917 - each is an option
    trained: Annotated[Path, typer.Argument(metavar="TRAINED", help="OUT of `decloak train`.")],
    store: Annotated[str, typer.Argument(metavar="STORE", help="Store of `decloak review`.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder for all that is made.")],
    replay: Annotated[
        int, typer.Option(min=0, help="Old excerpts read for each corrected one.")
    ] = 8,
    repeats: Annotated[
        int, typer.Option(min=1, help="Times that a corrected excerpt is read in an epoch.")
    ] = 4,
    margin: Annotated[
        float, typer.Option(min=0, help="F1 that may be lost on the validation part.")
    ] = 0.005,
    label_margin: Annotated[
        float, typer.Option(min=0, help="F1 that a label with 20 entities there may lose.")
    ] = 0.05,
    epochs: Annotated[float | None, typer.Option(help="Passes.  [default: as TRAINED]")] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Highest learning rate.  [default: a tenth of TRAINED's]")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Teach a trained model what was corrected, beside what it learned before; OUT/model if it forgot nothing.

    Shows the difference of every label on the validation part of TRAINED. A model that is worse there beyond
    the margins is not exported: exit code 3.
    """
    with tidy():
        with need_extra("train"):
            from decloak.training.adapt import AdaptPlan, adapt_model  # noqa: PLC0415 - the extra
            from decloak.training.guard import Margins  # noqa: PLC0415 - likewise

        plan = AdaptPlan(trained, store, out, replay, repeats, Margins(margin, label_margin))
        told = (lambda _: None) if quiet else say
        made = adapt_model(
            plan, epochs=epochs, learning_rate=learning_rate, told=told, shown=typer.echo
        )
        before, after = ("-" if each is None else f"{each:.4f}" for each in made.learned)
        typer.echo(
            f"{made.held} corrections that it did not see: F1 {before} before, {after} after"
        )
        typer.echo(f"{out / 'model'}: exported")
