"""The commands that list what decloak knows."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from decloak.cli.exits import tidy

__all__ = ["app"]

app = typer.Typer(name="listed")


class OptionForm(StrEnum):
    """Formats of `decloak options`."""

    text = "text"
    markdown = "markdown"
    schema = "schema"


@app.command()
def labels() -> None:
    """List the labels of entities."""
    with tidy():
        from decloak.cli.listings import labels_table  # noqa: PLC0415 - start-up time

        typer.echo(labels_table(), nl=False)


@app.command()
def sources() -> None:
    """List the tools whose output is understood, and their layouts."""
    with tidy():
        from decloak.cli.listings import sources_table  # noqa: PLC0415 - start-up time

        typer.echo(sources_table(), nl=False)


@app.command()
def options(
    form: Annotated[
        OptionForm, typer.Option("--format", "-f", help="Output format; schema is JSON Schema.")
    ] = OptionForm.text,
) -> None:
    """List every option: its name, default, and what it allows."""
    with tidy():
        from decloak.cli.listings import options_text  # noqa: PLC0415 - start-up time

        typer.echo(options_text(form.value), nl=False)


@app.command()
def schema() -> None:
    """Print the JSON Schema of one output object."""
    with tidy():
        from decloak.cli.listings import schema_text  # noqa: PLC0415 - start-up time

        typer.echo(schema_text(), nl=False)
