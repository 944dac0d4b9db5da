"""`decloak extract`: what the command does once its options are known to be right."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import TextIO

from decloak.cli.blocks import arriving
from decloak.cli.jobs import run
from decloak.cli.messages import detail, say
from decloak.cli.output import open_output
from decloak.cli.progress import progress
from decloak.cli.render import renderer, shows_colour
from decloak.cli.tally import Tally
from decloak.cli.unique import FORMS, Sums
from decloak.cli.work import Item, Outcome, Task
from decloak.core.errors import SettingsError
from decloak.core.suggest import suggest
from decloak.core.threads import usable_cores
from decloak.export import Joining
from decloak.options import OutputSettings, Settings
from decloak.readers import STDIN, Input, walk
from decloak.readers.settings import choice_of, read_options
from decloak.sources.detect import known_sources

__all__ = ["Request", "extract"]


@dataclass(frozen=True, slots=True)
class Request:
    """One `decloak extract`.

    Attributes:
        paths: what is read.
        settings: what can change an output.
        jobs: processes; 0 for one per usable core.
        output: the file that is written; None for standard output.
        quiet: whether progress and warnings are left out.
    """

    paths: tuple[str, ...]
    settings: Settings
    jobs: int = 1
    output: str | None = None
    quiet: bool = False


def extract(request: Request) -> int:
    """Run the command and return its exit code.

    Raises:
        SettingsError: on an unknown label or source.
        OutputError: when the output cannot be written.
    """
    settings = _checked(request.settings)
    choice = choice_of(settings.reading)
    on_terminal = request.output is None and sys.stdout.isatty()
    form = settings.output.format or _form_of(request.output, on_terminal=on_terminal)
    if settings.output.view == "exposures" and settings.output.format is None:
        form = "table"
    _fits(settings.output, form)
    task = Task(
        settings,
        form,
        colour=request.output is None and shows_colour(terminal=on_terminal),
        width=shutil.get_terminal_size((1 << 16, 24)).columns,
        stamp=_stamp(),
    )
    jobs = request.jobs or usable_cores()
    if settings.llm.uri is not None and jobs != 1:
        message = "--llm works in one process: leave out --jobs; a server answers several requests"
        raise SettingsError(message)
    with (
        open_output(request.output) as (out, outputs),
        progress(wanted=not request.quiet and not on_terminal, total=_count(request)) as advance,
    ):
        # closing: workers end before the error that broke the loop reaches the user.
        items: Iterable[Item] = walk(request.paths, outputs, choice)
        if settings.reading.stream:
            items = _as_it_arrives(items, settings.reading.encoding)
        with closing(run(task, items, jobs, advance.within)) as results:
            begun = monotonic()
            writer = _Writer(task, out, quiet=request.quiet)
            for outcome in results:
                writer.write(outcome)
                advance(outcome.id)
                now = monotonic()
                detail(f"written after {now - begun:.2f} s", outcome.id)
                begun = now
        writer.finish()
    return writer.tally.exit_code(request.paths, choice)


def _as_it_arrives(items: Iterable[Item], encoding: str | None) -> Iterator[Item]:
    """Put what arrives on standard input in its place."""
    for item in items:
        if isinstance(item, Input) and item.path is None:
            yield from arriving(encoding)
        else:
            yield item


def _count(request: Request) -> Callable[[], int] | None:
    """Return what counts the inputs; None where standard input is one, or there is nothing to count."""
    if STDIN in request.paths:
        return None
    choice = choice_of(request.settings.reading)
    return lambda: sum(1 for _ in walk(request.paths, choice=choice))


def _stamp() -> str:
    """Return the time of the run; SOURCE_DATE_EPOCH (reproducible-builds.org) says another one.

    Raises:
        SettingsError: when that is no number of seconds.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        when = datetime.now(UTC) if not given else datetime.fromtimestamp(int(given), UTC)
    except (ValueError, OverflowError, OSError) as error:
        message = "SOURCE_DATE_EPOCH is no number of seconds since 1970: unset it or mend it"
        raise SettingsError(message) from error
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


_SUFFIXES = {
    ".stix.json": "stix", ".opencti.json": "opencti", ".misp.json": "misp", ".html": "html", ".conll": "conll", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl",
    ".csv": "csv",
}  # fmt: skip
_CARRIES_DEFANGED = frozenset({"table", "jsonl", "json", "csv", "text", "values", "html"})


def _form_of(output: str | None, *, on_terminal: bool) -> str:
    """Return the format that the name of the output stands for, where none is named."""
    for suffix, form in _SUFFIXES.items():
        if output is not None and output.lower().endswith(suffix):
            return form
    return "table" if on_terminal else "jsonl"


def _fits(output: OutputSettings, form: str) -> None:
    """Refuse what a format has no place for.

    Raises:
        SettingsError: when it has none.
    """
    if output.view == "exposures" and (form != "table" or output.unique):
        message = "--view exposures goes with --format table, and without --unique"
        raise SettingsError(message)
    if output.unique and form not in FORMS:
        message = f"--unique goes with the formats {', '.join(FORMS)}, not with {form}"
        raise SettingsError(message)
    if output.defang and form not in _CARRIES_DEFANGED:
        message = f"--defang goes with formats for people, not with {form}: programs want the value itself"
        raise SettingsError(message)


def _checked(settings: Settings) -> Settings:
    """Refuse a source that no grammar knows before anything is read."""
    source = settings.reading.source
    if source is not None and source not in known_sources():
        raise SettingsError(suggest("source", source, known_sources()))
    read_options(settings.reading)
    return settings


class _Writer:
    """Writes outcomes in order and keeps count of what went well."""

    def __init__(self, task: Task, out: TextIO, *, quiet: bool) -> None:
        self._exporter = renderer(task)
        self._out = out
        self._joining, self._quiet = Joining(self._exporter), quiet
        self.tally = Tally(quiet=quiet)
        self._account: tuple[str, ...] = ()
        self._sums = Sums(task.form) if task.settings.output.unique else None
        out.write(self._exporter.head)

    def write(self, outcome: Outcome) -> None:
        """Write one outcome; what went wrong goes to standard error as well."""
        self.tally.add(outcome.id, outcome.warnings, outcome.failure)
        self._account = outcome.account or self._account
        if self._sums is not None:
            self._sums.add(outcome.pieces)
            return
        self._out.writelines(self._joining.add(outcome.pieces))
        self._out.flush()

    def finish(self) -> None:
        """Write what stands once at the end, and say what a language model was asked."""
        if self._sums is not None:
            self._out.writelines(self._sums.render())
        self._out.write(self._exporter.tail)
        self._out.flush()
        if not self._quiet:
            for line in self._account:
                say(line)
