"""Progress: how far long work has come, on standard error, for people only."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from decloak.export.sanitise import sanitise

__all__ = ["Advance", "progress"]

_PATIENCE = 1.0
"""Seconds before anything is shown: short work shows nothing."""


class Advance(Protocol):
    """Called after every document, or whatever is counted, with its id."""

    def __call__(self, name: str, /) -> None:
        """Say that a document is done."""
        ...

    def within(self, done: int, of: int, /) -> None:
        """Say how far the document has come that is under way, in code points."""
        ...


class _Nothing:
    def __call__(self, _name: str, /) -> None:
        return

    def within(self, _done: int, _of: int, /) -> None:
        return


@contextmanager
def progress(
    *,
    wanted: bool,
    noun: str = "documents",
    total: int | Callable[[], int] | None = None,
    patience: float = _PATIENCE,
) -> Iterator[Advance]:
    """Yield what to call after every document; it shows a line only on a terminal.

    Args:
        wanted: whether to show anything.
        noun: what is counted.
        total: how many there will be, where that is known; a function is asked once, beside the work.
        patience: seconds before it is shown; 0 shows it before the first is done.
    """
    if not (wanted and sys.stderr is not None and sys.stderr.isatty()):
        yield _Nothing()
        return
    from rich.console import Console  # noqa: PLC0415 - only where a terminal shows it
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.completed}{task.fields[of]} " + noun, markup=False),
        TimeElapsedColumn(),
        TextColumn("{task.description}{task.fields[part]}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )
    known = total if isinstance(total, int) else None
    row = bar.add_task("", total=known, of="" if known is None else f"/{known}", part="")
    begun = time.monotonic()

    def shown() -> None:
        if not bar.live.is_started and time.monotonic() - begun > patience:
            bar.start()

    def count(ask: Callable[[], int]) -> None:
        many = ask()
        bar.update(row, total=many, of=f"/{many}")

    class Shown:
        def __call__(self, name: str, /) -> None:
            shown()
            bar.update(row, advance=1, description=sanitise(name)[-60:], part="")

        def within(self, done: int, of: int, /) -> None:
            shown()
            bar.update(row, part=f", the next: {100 * done // max(of, 1)} % of {of:,} characters")

    if callable(total):
        threading.Thread(target=count, args=(total,), daemon=True).start()
    try:
        if not patience:
            bar.start()
        yield Shown()
    finally:
        if bar.live.is_started:
            bar.stop()
