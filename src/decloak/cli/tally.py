"""Tally: what became of the documents of a run, and the exit code that sums it up."""

from __future__ import annotations

from collections.abc import Iterable

from decloak.cli.exits import FAILED, FINE, PARTIAL, UNUSABLE
from decloak.cli.messages import say
from decloak.core.result import Failure
from decloak.readers import Choice

__all__ = ["Tally"]


class Tally:
    """Counts documents, and says on standard error what went wrong with them.

    Args:
        quiet: whether warnings are left out; failures never are.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._good = self._failed = self._bugs = 0

    def add(self, name: str, warnings: Iterable[str], failure: Failure | None = None) -> None:
        """Count one document."""
        if failure is None:
            self._good += 1
        else:
            self._failed += 1
            self._bugs += failure.exit_code == FAILED
            say(failure.message, name, "error")
        if not self._quiet:
            for warning in warnings:
                say(warning, name, "warning")

    def exit_code(self, paths: Iterable[str], choice: Choice | None = None) -> int:
        """Return the exit code that sums the run up; see docs/exit-codes.md.

        Args:
            paths: that were named.
            choice: which files were read, and how many were passed over.
        """
        if choice is not None and choice.passed and not self._quiet:
            noun = "file or folder was" if choice.passed == 1 else "files and folders were"
            say(f"{choice.passed} hidden {noun} passed over; --hidden reads them")
        if self._good:
            return PARTIAL if self._failed else FINE
        if not self._failed:
            say(f"no file to read in {' '.join(paths)}; name a file that exists")
        return FAILED if self._bugs else UNUSABLE
