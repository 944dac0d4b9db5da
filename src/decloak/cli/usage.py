"""Usage: the root command, and what is wrong with a command line, without the controls that stand in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import typer
from typer.core import TyperGroup

from decloak.cli.lazy import COMMANDS, LazyCommand

__all__ = ["SafeGroup"]

_Wrong = cast(
    "type[Exception]",
    next(each for each in typer.BadParameter.__mro__ if each.__name__ == "ClickException"),
)
"""The root of all errors about a command line, whichever click typer comes with."""


@contextmanager
def _safe() -> Iterator[None]:
    """Make the message of an error safe to show: it repeats file names and values of options."""
    try:
        yield
    except _Wrong as error:
        from decloak.export.sanitise import sanitise  # noqa: PLC0415 - start-up time

        told: Any = error
        shown = sanitise(told.format_message(), lines=True)
        told.format_message = lambda: shown
        raise


class SafeGroup(TyperGroup):
    """The root command; errors about any command below it pass here before they are shown."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        lazy = {name: LazyCommand(name, place) for name, place in COMMANDS.items()}
        self.commands = {**lazy, **self.commands}

    def make_context(self, *args: Any, **options: Any) -> Any:
        """Read the command line."""
        with _safe():
            return super().make_context(*args, **options)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that it names."""
        with _safe():
            return super().invoke(ctx)
