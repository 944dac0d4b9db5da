"""``decloak reproduce``: the publication's tables, figures, experiments and claims, measured here."""

from __future__ import annotations

import math
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from decloak.cli.exits import FINE, tidy
from decloak.cli.messages import say
from decloak.core.errors import SettingsError
from decloak.core.suggest import suggest

__all__ = ["app", "reproduce"]

app = typer.Typer()

SLICE = Path("data/slice/slice.jsonl")
SHARED = Path("../shared/data")


class BudgetName(StrEnum):
    """Budgets; the names of `decloak.evaluation.reproduce.budget.BUDGETS`."""

    smoke = "smoke"
    small = "small"
    full = "full"


@app.command()
def reproduce(  # noqa: PLR0913, PLR0917 - each is an option
    items: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ITEM...|all]",
            help="table1 table2 table3 figure3 figure4 experiment1 experiment2 decoders prompting ablation "
            "threshold llm cost.",
            show_default="all",
        ),
    ] = None,
    budget: Annotated[
        BudgetName,
        typer.Option(help="smoke: minutes; small: an hour on two cores; full: a day, and a GPU to train."),
    ] = BudgetName.smoke,
    corpus: Annotated[
        Path, typer.Option(help="A corpus of `corpus build`, or its JSON lines.")
    ] = SLICE,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of labelled documents by others; ../shared/data where it is there.", show_default=False),
    ] = None,
    llm: Annotated[
        str | None, typer.Option(metavar="URI", help="Language model to measure; none: none is asked.")
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder of records, pages and pictures.")
    ] = Path("reproduced"),
    work: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of answers, trained taggers and replies.  [default: OUT/work]", show_default=False),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed, the same draws.")] = 20_261_201,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes.")] = 1,
    minutes: Annotated[
        float | None, typer.Option(help="Begin no training, and ask no language model, after so many.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Measure also what was measured before.")] = False,
    freeze: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Measure nothing: write the test texts and their checksums there.", show_default=False),
    ] = None,
    render: Annotated[bool, typer.Option("--render", help="Measure nothing: pages and pictures alone.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on the way.")] = False,
) -> None:  # fmt: skip
    """Measure the publication's items, and judge its claims: OUT/README.md. Run again, it goes on."""
    with tidy():
        from decloak.evaluation.reproduce.page import render as draw_pages  # noqa: PLC0415 - numpy
        from decloak.evaluation.reproduce.pictures import needed  # noqa: PLC0415 - likewise

        if freeze is not None:
            _freeze(corpus, seed, freeze)
            raise typer.Exit(FINE)

        needed()  # before hours are spent
        if not render:
            _measure(
                items or ["all"], budget, corpus, data, llm, out, work or out / "work", seed, jobs,
                math.inf if minutes is None else minutes,
                again=again, quiet=quiet,
            )  # fmt: skip
        typer.echo(str(draw_pages(out)))
    raise typer.Exit(FINE)


def _measure(  # noqa: PLR0913, PLR0917 - each is an option
    items: list[str],
    budget: BudgetName,
    corpus: Path,
    data: Path | None,
    llm: str | None,
    out: Path,
    work: Path,
    seed: int,
    jobs: int,
    minutes: float,
    *,
    again: bool,
    quiet: bool,
) -> None:
    from decloak.evaluation.reproduce.bench import Bench  # noqa: PLC0415 - numpy
    from decloak.evaluation.reproduce.budget import BUDGETS  # noqa: PLC0415 - likewise
    from decloak.evaluation.reproduce.items.registry import ITEMS  # noqa: PLC0415 - likewise
    from decloak.evaluation.reproduce.run import run  # noqa: PLC0415 - likewise

    names = list(ITEMS) if "all" in items else items
    for name in names:
        if name not in ITEMS:
            raise SettingsError(suggest("item", name, ITEMS))
    if data is None and SHARED.is_dir():
        data = SHARED
    told = (lambda _: None) if quiet else say
    bench = Bench(BUDGETS[budget.value], corpus, data, work, seed, llm, jobs, minutes, told)
    run(names, bench, out, again=again)


def _freeze(corpus: Path, seed: int, folder: Path) -> None:
    from decloak.evaluation.reproduce.bench import Bench  # noqa: PLC0415 - numpy
    from decloak.evaluation.reproduce.budget import BUDGETS  # noqa: PLC0415 - likewise
    from decloak.evaluation.reproduce.frozen import freeze  # noqa: PLC0415 - likewise

    bench = Bench(BUDGETS["smoke"], corpus, None, folder, seed)
    for name, digest in freeze(bench, folder).items():
        typer.echo(f"{digest}  {name}")
