"""App: the root of the command line. The commands are listed in `decloak.cli.lazy`."""

from __future__ import annotations

from typing import Annotated

import typer

from decloak import __version__
from decloak.cli.exits import EXIT_CODES
from decloak.cli.messages import LOG, LogForm
from decloak.cli.usage import SafeGroup
from decloak.core import native

__all__ = ["app"]

app = typer.Typer(
    name="decloak",
    cls=SafeGroup,
    help="Find security entities in tool output and threat reports, also when they are disguised.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"decloak {__version__} ({native.name()})")
        raise typer.Exit


@app.callback()
def _main(
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say more on standard error.")
    ] = False,
    log_format: Annotated[
        LogForm,
        typer.Option(
            "--log-format",
            envvar="DECLOAK_LOG_FORMAT",
            show_envvar=False,
            help="Of the messages on standard error.",
        ),
    ] = LogForm.text,
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Find security entities in tool output and threat reports, also when they are disguised."""
    LOG.form, LOG.verbose = log_format, verbose
