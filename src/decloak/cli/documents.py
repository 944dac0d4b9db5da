"""The commands that read documents. What they do is imported when they run."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from decloak.cli.exits import EXIT_CODES, UNUSABLE
from decloak.cli.settings import takes_settings
from decloak.options import Settings

__all__ = ["app"]

app = typer.Typer(name="documents")


class EditForm(StrEnum):
    """Formats of `decode` and `identify`."""

    text = "text"
    jsonl = "jsonl"


Paths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATH",
        help="Files, folders, globs, gzip files, JSON lines; - for standard input.",
        show_default=False,
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no warnings.")]
Output = Annotated[
    str | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write here; whole or not at all."),
]
Jobs = Annotated[
    int,
    typer.Option("--jobs", "-j", metavar="N", min=0, help="Processes; 0 for one per usable core."),
]
Form = Annotated[EditForm, typer.Option("--format", "-f", help="Output format.")]


def _paths(context: typer.Context, paths: list[str] | None) -> tuple[str, ...]:
    """Return the paths; standard input when none is named and something is piped in."""
    if paths:
        return tuple(paths)
    if sys.stdin is None or sys.stdin.isatty():
        typer.echo(context.get_help())
        raise typer.Exit(UNUSABLE)
    return ("-",)


@app.command(epilog=EXIT_CODES)
@takes_settings(("output", "llm", "reading", "tagger", "decode"))
def extract(
    context: typer.Context,
    *,
    paths: Paths = None,
    output: Output = None,
    jobs: Jobs = 1,
    quiet: Quiet = False,
    settings: Settings,
) -> int:
    """Extract entities and records from text."""
    named = _paths(context, paths)
    from decloak.cli.extract import Request  # noqa: PLC0415 - start-up time
    from decloak.cli.extract import extract as run  # noqa: PLC0415 - likewise

    return run(Request(named, settings, jobs, output, quiet))


@app.command(epilog=EXIT_CODES)
@takes_settings(("decode", "reading"), ())
def decode(
    context: typer.Context,
    *,
    paths: Paths = None,
    form: Form = EditForm.text,
    quiet: Quiet = False,
    settings: Settings,
) -> int:
    """Show every disguise that is undone: its place (line:column), reason, before and after."""
    named = _paths(context, paths)
    from decloak.cli.edits import show_edits  # noqa: PLC0415 - start-up time

    return show_edits(named, form.value, settings, quiet=quiet)


@app.command(epilog=EXIT_CODES)
@takes_settings(("llm", "reading", "decode"), {"llm.uri"})
def identify(
    context: typer.Context,
    *,
    paths: Paths = None,
    form: Form = EditForm.text,
    show_prompt: Annotated[
        bool, typer.Option("--show-prompt", help="Show what would be sent; nothing is sent.")
    ] = False,
    quiet: Quiet = False,
    settings: Settings,
) -> int:
    """Describe each document in plain English: by a language model, or without one from its facts."""
    named = _paths(context, paths)
    from decloak.cli.identify import describe_each  # noqa: PLC0415 - start-up time

    return describe_each(named, form.value, settings, show_prompt=show_prompt, quiet=quiet)
