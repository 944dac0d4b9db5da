"""Each: commands that tell one document after the other on standard output."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from decloak.cli.output import open_output
from decloak.cli.spool import spooled
from decloak.cli.tally import Tally
from decloak.core.document import Document
from decloak.core.result import Failure
from decloak.core.serialise import failure_output
from decloak.export.json_text import dumps
from decloak.options import ReadingSettings
from decloak.readers import read
from decloak.readers.settings import choice_of, read_options

__all__ = ["Teller", "tell_each"]

Teller = Callable[[Document], tuple[Iterable[str], tuple[str, ...]]]
"""From a document to the pieces of its output and its warnings."""


def tell_each(
    paths: tuple[str, ...], form: str, tell: Teller, reading: ReadingSettings, *, quiet: bool
) -> int:
    """Write what is told of every document and return the exit code; a failure costs no other document.

    Args:
        paths: what is read.
        form: ``text``, or ``jsonl``, in which failures have a line too.
        tell: what there is to say.
        reading: the options about reading.
        quiet: whether warnings are left out.

    Raises:
        SettingsError: on a reader or an encoding that nobody knows.
    """
    options, choice = read_options(reading), choice_of(reading)
    tally = Tally(quiet=quiet)
    with open_output(None) as (out, outputs):
        for document in read(paths, outputs, options, choice):
            warnings: tuple[str, ...] = ()
            pieces: Iterable[str] = ()
            failure = document if isinstance(document, Failure) else None
            if isinstance(document, Document):
                try:
                    made, warnings = tell(document)
                    pieces = spooled(made)
                except Exception as error:  # noqa: BLE001 - one document costs no other one
                    failure = Failure.of(document.id, error)
            if failure is not None and form == "jsonl":
                pieces = (dumps(failure_output(failure)), "\n")
            tally.add(document.id, warnings, failure)
            out.writelines(pieces)
            out.flush()
    return tally.exit_code(paths, choice)
