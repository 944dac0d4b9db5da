"""The options of `decloak batch`, and what it shows. The work is imported when it runs."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from decloak.cli.exits import FINE, PARTIAL, UNUSABLE, tidy
from decloak.cli.messages import LOG, LogForm, say
from decloak.cli.settings import takes_settings
from decloak.options import Settings

if TYPE_CHECKING:  # start-up time
    from decloak.batch.run import Event

__all__ = ["app"]

_EXIT_CODES = (
    "Exit codes: 0 everything was processed; 2 wrong usage, nothing could be read, another run works in "
    "the folder, a full disk; 3 some documents failed, each with its row; 130 Ctrl-C. Whatever ended it, "
    "the same command with --resume goes on."
)
_WITHOUT = frozenset({"output.format", "output.offsets", "output.unique"})
"""Options of `extract` that a batch run does not have."""
_METRICS_EVERY = 1.0
"""Seconds between two files of metrics."""


class _RunByDefault(TyperGroup):
    """`decloak batch INPUT...` is `decloak batch run INPUT...`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the name of the command where it was left out."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["run", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    name="batch",
    cls=_RunByDefault,
    help="Extract from any number of documents, in shards; `decloak batch INPUT... --out DIR` starts or "
    "goes on, `status` and `verify` look at what is there.",
    epilog=_EXIT_CODES,
    no_args_is_help=True,
)


class EngineName(StrEnum):
    """Where shards are worked on."""

    local = "local"
    ray = "ray"


class PartForm(StrEnum):
    """What parts are written as."""

    jsonl = "jsonl"
    parquet = "parquet"


Out = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a run.")]


@app.command(epilog=_EXIT_CODES)
@takes_settings(("output", "reading", "tagger", "decode", "link"), without=_WITHOUT)
def run(  # noqa: PLR0913 - the options of the command
    *,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The folder of the run.")],
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT",
            help="Files, folders, globs, gzip, JSON lines, Parquet, stores of `acquire`, URIs (s3://...).",
            show_default=False,
        ),
    ] = None,
    engine: Annotated[EngineName, typer.Option(help="Where it runs.")] = EngineName.local,
    address: Annotated[
        str | None,
        typer.Option(
            help="A Ray cluster that is there: auto, HOST:PORT.  [default: start one here]"
        ),
    ] = None,
    num_gpus: Annotated[
        float, typer.Option(min=0, metavar="X", help="GPUs of each worker, on Ray.")
    ] = 0.0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in DIR, if there is one.")
    ] = False,
    form: Annotated[
        PartForm, typer.Option("--format", "-f", help="What the parts are written as.")
    ] = PartForm.jsonl,
    flat: Annotated[
        bool, typer.Option("--flat", help="Parquet with a row per entity and per field.")
    ] = False,
    zstd: Annotated[bool, typer.Option("--zstd", help="Compress JSON lines.")] = False,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", metavar="N", min=0, help="Workers; 0 for one per core.")
    ] = 0,
    shard_size: Annotated[
        float, typer.Option(min=0.001, metavar="MIB", help="Input of one shard, about.")
    ] = 8.0,
    document_seconds: Annotated[
        float, typer.Option(min=0, help="CPU time that one document may take; 0 for any.")
    ] = 600.0,
    worker_memory: Annotated[
        int, typer.Option(min=0, metavar="MIB", help="Data that one worker may hold; 0 for any.")
    ] = 0,
    max_failures: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="End when more documents failed.")
    ] = None,
    metrics: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep gauges here for Prometheus' textfile collector."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")] = False,
    settings: Settings,
) -> int:
    """Start a run, or go on with one (`--resume`)."""
    from decloak.batch.recipe import Recipe  # noqa: PLC0415 - start-up time
    from decloak.batch.run import run as work  # noqa: PLC0415 - likewise

    recipe = Recipe.of(
        settings,
        form=form.value,
        flat=flat,
        compressed=zstd,
        shard_bytes=round(shard_size * (1 << 20)),
        seconds=document_seconds,
        memory=worker_memory << 20,
    )
    with (
        _engine(engine.value, jobs, address, num_gpus) as chosen,
        _teller(metrics, quiet=quiet) as told,
    ):
        event = work(
            inputs or (), out, recipe, chosen, resume=resume, max_failures=max_failures, told=told
        )
    return _summary(event, quiet=quiet)


@app.command()
def status(
    out: Out,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Show how far a run has come: counts, throughput, the slowest shards, the first failures."""
    with tidy():
        from decloak.batch.status import status as look  # noqa: PLC0415 - start-up time

        found = look(out)
        told = found.told()
        if as_json:
            typer.echo(json.dumps(told))
            return
        typer.echo(
            f"{out}: {'running' if found.running else 'not running'}, "
            f"{told['shards']} of {told['of_shards']} shards, {told['documents']:,} documents, "
            f"{told['failures']:,} failures, {told['entities']:,} entities, {told['records']:,} records"
        )
        typer.echo(
            f"{told['bytes'] / 1e6:,.1f} of {told['of_bytes'] / 1e6:,.1f} MB read, "
            f"{told['megabytes_per_cpu_second']:.2f} MB per second of a core"
        )
        for shard in told["slowest"]:
            typer.echo(f"shard {shard['shard']}: {shard['seconds']:.1f} s on {shard['worker']}")
        for name, message in told["failed"]:
            say(message, name)


@app.command()
def verify(out: Out) -> None:
    """Check every digest and every count of a run; says what is wrong and exits with 3."""
    with tidy():
        from decloak.batch.status import verify as check  # noqa: PLC0415 - start-up time

        wrong = 0
        for each in check(out):
            wrong += 1
            say(each)
        if not wrong:
            typer.echo(f"{out}: every shard is done, and every part is what was written")
    raise typer.Exit(PARTIAL if wrong else FINE)


@contextmanager
def _engine(name: str, jobs: int, address: str | None, num_gpus: float) -> Iterator[Any]:
    from decloak.batch.engines import open_engine  # noqa: PLC0415 - start-up time

    engine = open_engine(name, jobs, address=address, num_gpus=num_gpus)
    try:
        yield engine
    finally:
        engine.close()


def _summary(event: Event, *, quiet: bool) -> int:
    """Show the table and return the exit code."""
    from decloak.batch.progress import summed, table  # noqa: PLC0415 - start-up time

    totals = summed(event)
    if not quiet:
        for source, label, count in table(totals):
            typer.echo(f"{source:<10} {label:<16} {count:>12,}")
        typer.echo(
            f"{totals.documents:,} documents, {totals.failures:,} failures, "
            f"{totals.entities:,} entities, {totals.records:,} records"
        )
    if not totals.failures:
        return FINE
    return PARTIAL if totals.documents else UNUSABLE


@contextmanager
def _teller(metrics: Path | None, *, quiet: bool) -> Iterator[Callable[[Event], None]]:
    """Yield what tells every event: lines of JSON, a bar on a terminal, a file of metrics."""
    from decloak.batch.progress import Clock, write_metrics  # noqa: PLC0415 - start-up time

    clock, written = Clock(), [0.0]
    with _bar(wanted=LOG.form is LogForm.text and not quiet) as advance:

        def told(event: Event) -> None:
            state = clock.told(event)
            for name, message in event.report.failed if event.report else ():
                say(message, name, "error")
            if LOG.form is LogForm.json and not quiet:
                sys.stderr.write(json.dumps(state) + "\n")
                sys.stderr.flush()
            advance(state)
            done = state["shards"] == state["of_shards"]
            if metrics is not None and (done or time.monotonic() - written[0] > _METRICS_EVERY):
                written[0] = time.monotonic()
                write_metrics(metrics, state)

        yield told


@contextmanager
def _bar(*, wanted: bool) -> Iterator[Callable[[dict[str, Any]], None]]:
    if not (wanted and sys.stderr is not None and sys.stderr.isatty()):
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - only where a terminal shows it
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn  # noqa: PLC0415

    columns = (
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        row = bar.add_task("planning", total=None)

        def advance(state: dict[str, Any]) -> None:
            left = state["seconds_left"]
            shown = "" if left is None else f", {left // 60}:{left % 60:02} left"
            bar.update(
                row,
                total=state["of_bytes"],
                completed=state["bytes"],
                description=f"{state['documents']:,} documents, {state['entities']:,} entities, "
                f"{state['failures']:,} failures{shown}",
            )

        yield advance
