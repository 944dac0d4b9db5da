"""Progress: how far long work has come, on standard error, for people only."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from decloak.export.sanitise import sanitise

__all__ = ["progress"]

_PATIENCE = 1.0
"""Seconds before anything is shown: short work shows nothing."""


class Advance(Protocol):
    """Called after every document, or whatever is counted, with its id."""

    def __call__(self, name: str, /) -> None: ...


def _nothing(_name: str, /) -> None:
    return


@contextmanager
def progress(
    *, wanted: bool, noun: str = "documents", total: int | None = None, patience: float = _PATIENCE
) -> Iterator[Advance]:
    """Yield what to call after every document; it shows a line only on a terminal.

    Args:
        wanted: whether to show anything.
        noun: what is counted.
        total: how many there will be, where that is known.
        patience: seconds before it is shown; 0 shows it before the first is done.
    """
    if not (wanted and sys.stderr is not None and sys.stderr.isatty()):
        yield _nothing
        return
    from rich.console import Console  # noqa: PLC0415 - only where a terminal shows it
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.completed}{task.fields[of]} " + noun, markup=False),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )
    row = bar.add_task("", total=total, of="" if total is None else f"/{total}")
    begun = time.monotonic()

    def advance(name: str, /) -> None:
        if not bar.live.is_started and time.monotonic() - begun > patience:
            bar.start()
        bar.update(row, advance=1, description=sanitise(name)[-60:])

    try:
        if not patience:
            bar.start()
        yield advance
    finally:
        if bar.live.is_started:
            bar.stop()
