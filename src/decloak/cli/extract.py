"""`decloak extract`: what the command does once its options are known to be right."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, TextIO, cast

from decloak.cli.jobs import run
from decloak.cli.messages import say, suggest
from decloak.cli.output import open_output
from decloak.cli.progress import progress
from decloak.cli.render import renderer, shows_colour
from decloak.cli.tally import Tally
from decloak.cli.work import Outcome, Task, known_sources
from decloak.config import Settings, Strategy
from decloak.core.errors import SettingsError
from decloak.core.labels import LABELS
from decloak.core.threads import usable_cores
from decloak.readers import walk

__all__ = ["ModelRequest", "Request", "extract"]


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """The options about the language model; None where the default holds."""

    uri: str
    mode: str | None = None
    rounds: int | None = None
    samples: int | None = None
    seed: int | None = None
    temperature: float | None = None
    refine: bool = False
    cache: str | None = None
    timeout: float | None = None
    max_cost: float | None = None
    max_tokens: int | None = None
    price: tuple[float, float] | None = None
    context: int | None = None
    threads: int | None = None

    def settings(self) -> dict[str, Any]:
        """Return the fields of `Settings` that are given."""
        given = {f"llm_{each.name}": getattr(self, each.name) for each in fields(self)[1:]}
        return {"llm": self.uri} | {key: value for key, value in given.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Request:
    """The command line of one `decloak extract`, as the user gave it."""

    paths: tuple[str, ...]
    form: str | None
    labels: str | None
    min_confidence: float
    source: str | None
    review: bool
    nested: bool
    jobs: int
    output: str | None
    offsets: str
    strategy: str
    quiet: bool
    tagger: str = "auto"
    model: Path | None = None
    trace: bool = False
    llm: ModelRequest | None = None
    decode_model: bool = False


def extract(request: Request) -> int:
    """Run the command and return its exit code.

    Raises:
        SettingsError: on an unknown label or source.
        OutputError: when the output cannot be written.
    """
    on_terminal = request.output is None and sys.stdout.isatty()
    form = request.form or ("table" if on_terminal else "jsonl")
    task = Task(
        _settings(request),
        form,
        request.offsets,
        colour=on_terminal and shows_colour(),
        width=shutil.get_terminal_size().columns,
        stamp=_stamp(),
    )
    jobs = request.jobs or usable_cores()
    if request.llm is not None and jobs != 1:
        message = "--llm works in one process: leave out --jobs; a server answers several requests"
        raise SettingsError(message)
    with (
        open_output(request.output) as (out, outputs),
        progress(wanted=not request.quiet and not on_terminal) as advance,
    ):
        # closing: workers end before the error that broke the loop reaches the user.
        with closing(run(task, walk(request.paths, outputs), jobs)) as results:
            writer = _Writer(task, out, quiet=request.quiet)
            for outcome in results:
                writer.write(outcome)
                advance(outcome.id)
        writer.finish()
    return writer.tally.exit_code(request.paths)


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


def parse_labels(text: str | None) -> frozenset[str] | None:
    """Read a comma list of labels, in any case.

    Raises:
        SettingsError: on an unknown one, with a suggestion.
    """
    if text is None:
        return None
    names = [name.strip().upper().replace("-", "_") for name in text.split(",") if name.strip()]
    for name in names:
        if name not in LABELS:
            raise SettingsError(suggest("label", name, LABELS))
    if not names:
        message = "--labels names no label; see `decloak labels`"
        raise SettingsError(message)
    return frozenset(names)


def _settings(request: Request) -> Settings:
    source = request.source.lower() if request.source else None
    if source is not None and source not in known_sources():
        raise SettingsError(suggest("source", source, known_sources()))
    return Settings(
        strategy=cast("Strategy", request.strategy),
        decode_model=request.decode_model,
        source=source,
        labels=parse_labels(request.labels),
        min_confidence=request.min_confidence,
        nested=request.nested,
        review=request.review,
        tagger=request.tagger,
        model=request.model,
        trace=request.trace,
        **(request.llm.settings() if request.llm else {}),
    )


class _Writer:
    """Writes outcomes in order and keeps count of what went well."""

    def __init__(self, task: Task, out: TextIO, *, quiet: bool) -> None:
        self._exporter = renderer(task)
        self._out = out
        self._quiet, self._written = quiet, 0
        self.tally = Tally(quiet=quiet)
        self._account: tuple[str, ...] = ()
        self._distinct = re.compile(self._exporter.distinct)
        self._seen: set[bytes] = set()
        out.write(self._exporter.head)

    def write(self, outcome: Outcome) -> None:
        """Write one outcome; what went wrong goes to standard error as well."""
        self.tally.add(outcome.id, outcome.warnings, outcome.failure)
        self._account = outcome.account or self._account
        begun = False
        for piece in self._unseen(outcome.pieces) if self._exporter.distinct else outcome.pieces:
            if not begun and self._written:
                self._out.write(self._exporter.between)
            begun = True
            self._out.write(piece)
        self._written += begun
        self._out.flush()

    def _unseen(self, pieces: Iterable[str]) -> Iterator[str]:
        """Yield the lines that share nothing with one before that only one may have."""
        begun = ""
        for piece in pieces:
            *lines, begun = (begun + piece).split("\n")
            for line in lines:
                found = self._distinct.search(line)
                key = found[0] if found else line
                digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
                if digest not in self._seen:
                    self._seen.add(digest)
                    yield line + "\n"

    def finish(self) -> None:
        """Write what stands once at the end, and say what a language model was asked."""
        self._out.write(self._exporter.tail)
        self._out.flush()
        if not self._quiet:
            for line in self._account:
                say(line)
