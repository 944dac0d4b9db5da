"""The commands that read documents. What they do is imported when they run."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from decloak.cli.exits import EXIT_CODES, UNUSABLE, tidy
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
@takes_settings(("output", "llm", "reading", "tagger", "decode", "link"))
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


@app.command(epilog=EXIT_CODES)
def defang(context: typer.Context, paths: Paths = None) -> None:
    """Copy text with its indicators defanged: hxxps://evil[.]example, joe[@]evil[.]example."""
    with tidy():
        named = _paths(context, paths)
        from decloak.cli import rewriting  # noqa: PLC0415 - start-up time

        code = rewriting.rewrite(named, rewriting.defang())
    raise typer.Exit(code)


@app.command(epilog=EXIT_CODES)
def refang(context: typer.Context, paths: Paths = None) -> None:
    """Copy text with its defanged indicators made whole again."""
    with tidy():
        named = _paths(context, paths)
        from decloak.cli import rewriting  # noqa: PLC0415 - start-up time

        code = rewriting.rewrite(named, rewriting.refang())
    raise typer.Exit(code)


@app.command(
    epilog="Exit codes: 0 nothing changed; 1 something did; 2 wrong usage, or something could not be read."
)
@takes_settings(("reading", "tagger", "decode", "link"), ())
def diff(
    *,
    before: Annotated[
        str, typer.Argument(metavar="A", help="A scan, a text, or a result of extract.")
    ],
    after: Annotated[str, typer.Argument(metavar="B", help="The same, later.")],
    form: Form = EditForm.text,
    settings: Settings,
) -> int:
    """Show what is new, gone or changed: hosts, ports, services, versions; else entities."""
    from decloak.cli.comparison import compare  # noqa: PLC0415 - start-up time

    return compare(before, after, form.value, settings)


@app.command(epilog=EXIT_CODES)
@takes_settings(("reading", "tagger", "decode", "link"), ())
def explain(
    *,
    path: Annotated[
        str, typer.Argument(metavar="FILE", help="One document; - for standard input.")
    ],
    at: Annotated[
        str | None,
        typer.Option(
            "--at", metavar="LINE:COL", help="The place; both from 1.  [default: all decisions]"
        ),
    ] = None,
    form: Form = EditForm.text,
    settings: Settings,
) -> int:
    """Show which stage did what about one place: edits, source, facts, candidates, decision; or every decision."""
    from decloak.cli.explanation import explain as run  # noqa: PLC0415 - start-up time

    return run(path, at, form.value, settings)
