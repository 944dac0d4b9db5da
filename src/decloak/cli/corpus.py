"""``decloak corpus``: build, count, split, export and check the corpus."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from decloak.cli.corpus_llm import perturb_llm
from decloak.cli.exits import FAILED, tidy
from decloak.cli.messages import say
from decloak.core.threads import usable_cores

__all__ = ["app"]

app = typer.Typer(
    name="corpus",
    help="Build, count, split, export and check a labelled corpus (extra `corpus`).",
    no_args_is_help=True,
)
app.command("perturb-llm")(perturb_llm)


class StatsForm(StrEnum):
    """Formats of `stats`."""

    table = "table"
    json = "json"


class ExportForm(StrEnum):
    """Formats of `export`; the names of `decloak.corpus.export.FORMATS`."""

    jsonl = "jsonl"
    conll = "conll"
    spacy = "spacy"


Corpus = Annotated[
    Path, typer.Argument(metavar="PATH", help="A corpus: its folder, or a file of JSON lines.")
]
Runs = Annotated[Path, typer.Argument(metavar="RUNS", help="The folder of a store of raw runs.")]
Seed = Annotated[int, typer.Option(help="Another seed, another corpus; the same, the same bytes.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")]


@contextmanager
def _bar(*, wanted: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Yield what to call with (step, done, of); shows a bar on a terminal, lines elsewhere."""
    if not wanted:
        yield lambda _step, _done, _of: None
        return
    if not sys.stderr.isatty():
        told: dict[str, int] = {}

        def line(step: str, done: int, of: int) -> None:
            """Tell each step's progress in tenths, so that a log stays short."""
            tenth = done * 10 // of if of else done // 5000
            if told.get(step) != tenth:
                told[step] = tenth
                say(f"{step}: {done}" + (f" of {of}" if of else ""))

        yield line
        return
    from rich.console import Console  # noqa: PLC0415 - only where a terminal shows it
    from rich.progress import Progress, TaskID  # noqa: PLC0415 - likewise

    with Progress(console=Console(stderr=True), transient=True) as bar:
        rows: dict[str, TaskID] = {}

        def show(step: str, done: int, of: int) -> None:
            if step not in rows:
                rows[step] = bar.add_task(step, total=of or None)
            bar.update(rows[step], completed=done)

        yield show


@app.command()
def build(
    runs: Runs,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder of the corpus.")],
    seed: Seed = 0,
    samples: Annotated[int, typer.Option(min=1, help="How many samples to aim at.")] = 42_000,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Processes; 0: one per usable core.")
    ] = 0,
    extra: Annotated[
        list[Path] | None,
        typer.Option(help="Labelled rows by others, for training only; may be repeated."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Label the runs of a store and make a corpus of them. Goes on where a killed build stopped."""
    with tidy():
        from decloak.corpus.build import Settings  # noqa: PLC0415 - start-up time
        from decloak.corpus.build import build as make  # noqa: PLC0415 - likewise

        settings = Settings(runs, out, seed, samples, jobs or usable_cores(), tuple(extra or ()))
        with _bar(wanted=not quiet) as progress:
            made = make(settings, progress)
        typer.echo(
            f"{out}: {made['samples']:,} samples, {made['tokens']:,} tokens, "
            f"{made['entities']:,} entities"
        )


@app.command()
def stats(
    path: Corpus,
    form: Annotated[StatsForm, typer.Option("--format", "-f", help="Output.")] = StatsForm.table,
) -> None:
    """Count a corpus; look for near-duplicates across its parts."""
    with tidy():
        from decloak.corpus.card import stats_tables  # noqa: PLC0415 - start-up time
        from decloak.corpus.parquet import read_corpus  # noqa: PLC0415 - likewise
        from decloak.corpus.stats import corpus_stats  # noqa: PLC0415 - likewise

        made = corpus_stats(read_corpus(path))
        if form is StatsForm.json:
            typer.echo(json.dumps(made, ensure_ascii=False))
        else:
            typer.echo(stats_tables(made), nl=False)
            typer.echo(f"\nNear-duplicates across parts: {made['duplicates_across_splits']}")


@app.command()
def split(path: Corpus) -> None:
    """Show the parts: their sizes, how alike their proportions are, and that no group is in two."""
    with tidy():
        from decloak.corpus.parquet import read_corpus  # noqa: PLC0415 - start-up time
        from decloak.corpus.stats import Counts, largest_difference  # noqa: PLC0415 - likewise

        counts = Counts()
        groups: dict[str, set[str]] = {}
        for sample in read_corpus(path):
            counts.add(sample)
            groups.setdefault(sample.group, set()).add(sample.split)
        made: dict[str, Any] = counts.to_json()
        for name, part in made["splits"].items():
            typer.echo(
                f"{name}: {part['samples']} samples, {part['tokens']} tokens, {part['entities']} entities"
            )
        for name, points in largest_difference(made).items():
            typer.echo(f"largest difference of {name}: {points} percentage points")
        shared = sum(len(parts) > 1 for parts in groups.values())
        typer.echo(f"groups: {len(groups)}, in more than one part: {shared}")
    raise typer.Exit(FAILED if shared else 0)


@app.command()
def export(
    path: Corpus,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder for the files.")],
    form: Annotated[ExportForm, typer.Option("--format", "-f", help="Format.")] = ExportForm.jsonl,
    few: Annotated[
        int, typer.Option(min=0, help="Only so many samples to read, in one file with a card.")
    ] = 0,
) -> None:
    """Write the parts as JSON lines, CoNLL (IOB2) or spaCy's DocBin; Parquet is what is there already."""
    with tidy():
        from decloak.corpus.export import export_corpus  # noqa: PLC0415 - start-up time
        from decloak.corpus.parquet import read_corpus  # noqa: PLC0415 - likewise
        from decloak.corpus.slice import write_slice  # noqa: PLC0415 - likewise

        if few:
            typer.echo(f"{out}: {write_slice(read_corpus(path), few, out)} samples")
            return
        for part, count in export_corpus(read_corpus(path), form.value, out).items():
            typer.echo(f"{part}: {count}")


@app.command()
def validate(
    runs: Runs,
    documents: Annotated[int, typer.Option(min=1, help="How many texts to compare.")] = 200,
    seed: Seed = 0,
    corpus: Annotated[
        Path | None, typer.Option(help="Write the result into this corpus and its card.")
    ] = None,
    form: Annotated[StatsForm, typer.Option("--format", "-f", help="Output.")] = StatsForm.table,
) -> None:
    """Compare the labels with what the laboratory served; list where they disagree, and why."""
    with tidy():
        from decloak.corpus.card import refresh_card  # noqa: PLC0415 - start-up time
        from decloak.corpus.validate import tables  # noqa: PLC0415 - likewise
        from decloak.corpus.validate import validate as compare  # noqa: PLC0415 - likewise

        made = compare(runs, documents, seed)
        if corpus is not None:
            refresh_card(corpus, made)
        typer.echo(json.dumps(made, ensure_ascii=False) if form is StatsForm.json else tables(made))
