"""``decloak attack``: any extractor under every disguise, beside others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from decloak.cli.evaluate import pairs_of
from decloak.cli.exits import FINE, tidy
from decloak.cli.output import open_output
from decloak.cli.progress import progress

if TYPE_CHECKING:
    from decloak.pipeline import Pipeline

__all__ = ["app", "attack"]

app = typer.Typer()


@app.command()
def attack(  # noqa: PLR0913, PLR0917 - each is an option
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help="decloak[:KEY=VALUE,...], a known extractor (iocextract, iocx, regex ...), command:PROGRAM, "
            "http://ADDRESS or python:MODULE:FUNCTION.",
        ),
    ],
    gold: Annotated[
        list[Path], typer.Argument(metavar="GOLD", help="Clean labelled files; see `evaluate`.")
    ],
    beside: Annotated[
        list[str] | None,
        typer.Option("--beside", "-b", metavar="TARGET", help="Another target, in the same run."),
    ] = None,
    python: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The Python that has the other extractors installed."),
    ] = None,
    texts: Annotated[int, typer.Option(min=1, help="Texts, at most; drawn by the seed.")] = 100,
    strengths: Annotated[
        str, typer.Option(metavar="LIST", help="Shares of the entities that are disguised.")
    ] = "0.05,0.12,0.2,0.3,1",
    search: Annotated[
        int, typer.Option(min=0, help="Indicators for which the cheapest disguise is searched.")
    ] = 0,
    budget: Annotated[int, typer.Option(min=1, max=2, help="Disguises of one search.")] = 2,
    seconds: Annotated[float, typer.Option(min=0.1, help="For one answer.")] = 30.0,
    seed: Annotated[int, typer.Option(help="The same seed, the same disguises.")] = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write tables, figures and a picture there.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Attack an extractor: every family of disguise at every strength, compositions, unseen ones, searched ones."""
    with tidy():
        code = _attack(
            [target, *(beside or ())], gold, python, texts,
            tuple(_share(part) for part in strengths.split(",")),
            search, budget, seconds, seed, out, quiet=quiet,
        )  # fmt: skip
    raise typer.Exit(code)


def _share(text: str) -> float:
    """Read a share.

    Raises:
        SettingsError: when it is none in (0, 1].
    """
    from decloak.core.errors import SettingsError  # noqa: PLC0415 - only for this

    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        message = f"--strengths: {text!r} is no share; numbers above 0, up to 1, are expected"
        raise SettingsError(message)
    return share


def _attack(  # noqa: PLR0913, PLR0917 - each is an option
    names: list[str],
    paths: list[Path],
    python: str | None,
    most: int,
    strengths: tuple[float, ...],
    searched: int,
    budget: int,
    seconds: float,
    seed: int,
    out: Path | None,
    *,
    quiet: bool,
) -> int:
    from decloak.evaluation.attack.report import draw, record, tables  # noqa: PLC0415 - numpy
    from decloak.evaluation.attack.run import drawn, run  # noqa: PLC0415 - likewise
    from decloak.evaluation.attack.targets import open_target  # noqa: PLC0415 - likewise
    from decloak.evaluation.scorecard import load_gold  # noqa: PLC0415 - likewise

    chosen = drawn(load_gold(paths).texts, most, seed)
    targets = []
    try:
        targets += [open_target(name, python, _pipeline, seconds) for name in names]
        with progress(wanted=not quiet, noun="conditions") as advance:
            cells, falls = run(
                targets, chosen, strengths, seed, searched=searched, budget=budget, advance=advance
            )
    finally:
        for each in targets:
            each.close()
    made = tables(cells, falls)
    text = "\n".join(table.markdown() for table in made)
    with open_output(None) as (stream, _):
        stream.write(made[0].markdown() if out else text)
    if out is not None:
        about = {"texts": len(chosen), "seed": seed, "gold": [path.name for path in paths]}
        out.mkdir(parents=True, exist_ok=True)
        (out / "attack.md").write_text("![Indicators found](attack.svg)\n\n" + text, "utf-8")
        (out / "attack.json").write_text(json.dumps(record(cells, falls, about), indent=1), "utf-8")
        draw(cells, out / "attack.svg")
    return FINE


def _pipeline(text: str) -> Pipeline:
    from decloak.options import load  # noqa: PLC0415 - only when asked for
    from decloak.pipeline import Pipeline  # noqa: PLC0415 - likewise

    return Pipeline(load(None, None, pairs_of(text, "decloak:")))
