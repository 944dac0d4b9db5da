"""Targets: decloak, another extractor, a command, an HTTP service or a function, all asked alike."""

from __future__ import annotations

import json
import queue
import shlex
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from decloak.core.document import Document
from decloak.core.errors import SettingsError, ToolError
from decloak.evaluation.attack.adapter import EXTRACTORS
from decloak.evaluation.labelled import our_label
from decloak.pipeline import Pipeline

__all__ = ["Answer", "Found", "Target", "open_target"]

ADAPTER = Path(__file__).with_name("adapter.py")
SECONDS = 30.0
"""For one text; who needs longer found nothing in it."""
_START = 120.0


@dataclass(frozen=True, slots=True)
class Found:
    """One value that a target reports.

    Attributes:
        label: ours where theirs means the same; "" where it gives none.
        value: as it is reported.
        start, end: where, or -1 where the target does not say.
        resembles: what a look-alike wants to be taken for, where the target says so.
    """

    label: str
    value: str
    start: int = -1
    end: int = -1
    resembles: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a target says of one text.

    Attributes:
        found: the values.
        seconds: CPU seconds where it runs here, else what passed.
        error: why there is no answer; "" where there is one.
    """

    found: tuple[Found, ...] = ()
    seconds: float = 0.0
    error: str = ""


class Target(Protocol):
    """Anything that finds entities in a text."""

    @property
    def name(self) -> str:
        """As tables call it, with its version."""
        ...

    def ask(self, text: str) -> Answer:
        """Ask about one text; never raises because of what the target does."""
        ...

    def close(self) -> None:
        """End what was started."""
        ...


def open_target(
    name: str,
    python: str | None = None,
    pipeline: Callable[[str], Pipeline] | None = None,
    seconds: float = SECONDS,
) -> Target:
    """Open a target by what a user calls it.

    Args:
        name: ``decloak`` or ``decloak:KEY=VALUE,...``; an extractor that the adapter knows;
            ``command:PROGRAM ...``, which reads a text on standard input and writes JSON lines or a value
            per line; ``http://...``, which is sent a text and answers with JSON; ``python:MODULE:FUNCTION``.
        python: the interpreter that has the extractors installed; this one when None.
        pipeline: makes decloak's pipeline of the options after the colon.
        seconds: for one text.

    Raises:
        SettingsError: when there is no such target.
        ToolError: when it cannot be started.
    """
    kind, _, rest = name.partition(":")
    if kind == "decloak":
        return _Decloak(name, pipeline(rest) if pipeline else Pipeline())
    if kind == "command" and rest:
        return _Command(rest, seconds)
    if kind in {"http", "https"}:
        return _Http(name, seconds)
    if kind == "python" and ":" in rest:
        return _Adapted(rest, python or sys.executable, seconds)
    if name in EXTRACTORS:
        return _Adapted(name, python or sys.executable, seconds)
    known = ", ".join(("decloak", *EXTRACTORS))
    message = (
        f"no target {name!r}; known: {known}, command:PROGRAM, http://..., python:MODULE:FUNCTION"
    )
    raise SettingsError(message)


def _found(rows: Iterable[Mapping[str, Any]]) -> tuple[Found, ...]:
    found = []
    for each in rows:
        start, end = each.get("start"), each.get("end")
        placed = type(start) is int and type(end) is int
        label = str(each.get("label") or each.get("type") or "")
        value = each.get("value", each.get("text"))
        if not isinstance(value, str) or each.get("status", "accepted") != "accepted":
            continue
        found.append(
            Found(
                our_label(label, {}) if label else "",
                value,
                int(start) if placed else -1,  # type: ignore[arg-type] # checked above
                int(end) if placed else -1,  # type: ignore[arg-type] # likewise
                str(each.get("resembles") or ""),
            )
        )
    return tuple(found)


class _Decloak:
    """The pipeline in this process."""

    def __init__(self, name: str, pipeline: Pipeline) -> None:
        self.name = name
        self._pipeline = pipeline
        pipeline.run(Document("warm", "198.51.100.7 example.org"))

    def ask(self, text: str) -> Answer:
        start = time.process_time()
        try:
            result = self._pipeline.run(Document("-", text))
        except Exception as error:  # noqa: BLE001 - counted like anybody else's
            return Answer(error=f"{type(error).__name__}: {error}")
        found = tuple(
            Found(each.label, each.value, each.start, each.end, each.resembles or "")
            for each in result.entities
        )
        return Answer(found, time.process_time() - start)

    def close(self) -> None:
        return


class _Adapted:
    """A child process that runs `adapter.py`; killed and started again when it does not answer."""

    def __init__(self, name: str, python: str, seconds: float) -> None:
        self._argument, self._python, self._seconds = name, python, seconds
        version = self._begin()
        self.name = f"{name} {version}".strip()

    def _begin(self) -> str:
        try:
            self._child = subprocess.Popen(
                [self._python, str(ADAPTER), self._argument],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )
        except OSError as error:
            message = f"{self._python} cannot be started: {(error.strerror or '').lower()}"
            raise ToolError(message) from error
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=_drain, args=(self._child, self._lines), daemon=True)
        self._reader.start()
        first = self._answer(_START)
        if "ready" not in first:
            self.close()
            message = (
                f"{self._argument} cannot be asked: {first.get('error', 'no answer')}; "
                "install it into an environment of its own and name its interpreter with --python"
            )
            raise ToolError(message)
        return str(first["ready"])

    def _answer(self, seconds: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            return {"error": f"no answer in {seconds:g} seconds", "dead": True}
        if not line:
            return {"error": "it ended without an answer", "dead": True}
        try:
            made = json.loads(line)
        except ValueError:
            return {"error": "its answer is no JSON", "dead": True}
        return made if isinstance(made, dict) else {"error": "its answer is no object"}

    def ask(self, text: str) -> Answer:
        if self._child.poll() is not None:
            self.close()
            self._begin()
        # A lone surrogate has no UTF-8: JSON's escapes carry it.
        line = json.dumps({"text": text}) + "\n"
        writer = threading.Thread(target=_write, args=(self._child, line), daemon=True)
        writer.start()
        made = self._answer(self._seconds)
        if made.get("dead"):
            self.close()
            writer.join()
        if "error" in made:
            return Answer(error=str(made["error"]))
        return Answer(_found(made["entities"]), float(made["seconds"]))

    def close(self) -> None:
        self._child.kill()
        self._child.wait()
        self._reader.join()
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                with suppress(OSError):  # what it never read
                    stream.close()


def _drain(child: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    assert child.stdout is not None  # noqa: S101 - it was asked for
    for line in child.stdout:
        lines.put(line)
    lines.put("")


def _write(child: subprocess.Popen[str], line: str) -> None:
    assert child.stdin is not None  # noqa: S101 - it was asked for
    with suppress(OSError, ValueError):  # it ended: whoever waits for its answer is told
        child.stdin.write(line)
        child.stdin.flush()


class _Command:
    """A program started for every text."""

    def __init__(self, line: str, seconds: float) -> None:
        self._words, self._seconds = shlex.split(line), seconds
        self.name = f"command:{Path(self._words[0]).name}"

    def ask(self, text: str) -> Answer:
        start = time.perf_counter()
        try:
            done = subprocess.run(
                self._words,
                input=text.encode("utf-8", "surrogatepass"),
                capture_output=True,
                timeout=self._seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Answer(error=f"no answer in {self._seconds:g} seconds")
        except OSError as error:
            return Answer(error=(error.strerror or type(error).__name__).lower())
        if done.returncode:
            return Answer(error=f"exit code {done.returncode}")
        found = _printed(done.stdout.decode("utf-8", "replace"))
        return Answer(_found(found), time.perf_counter() - start)

    def close(self) -> None:
        return


def _printed(text: str) -> Iterable[Mapping[str, Any]]:
    """Read JSON, JSON lines, or a value per line."""
    for line in text.splitlines():
        if not line.strip():
            continue
        try:
            made = json.loads(line) if line.lstrip().startswith(("{", "[")) else line.strip()
        except ValueError:
            made = line.strip()
        yield from _rows(made)


def _rows(made: Any) -> Iterable[Mapping[str, Any]]:
    if isinstance(made, str):
        yield {"value": made}
    elif isinstance(made, list):
        for each in made:
            yield from _rows(each)
    elif isinstance(made, dict):
        if isinstance(made.get("entities"), list):
            yield from _rows(made["entities"])
        else:
            yield made


class _Http:
    """A service that is sent a text (UTF-8) and answers with JSON."""

    def __init__(self, address: str, seconds: float) -> None:
        self.name, self._seconds = address, seconds

    def ask(self, text: str) -> Answer:
        request = urllib.request.Request(  # noqa: S310 - http and https only, see open_target
            self.name,
            text.encode("utf-8", "surrogatepass"),
            {"Content-Type": "text/plain; charset=utf-8", "Accept": "application/json"},
        )
        start = time.perf_counter()
        try:
            with urllib.request.urlopen(request, timeout=self._seconds) as reply:  # noqa: S310 - likewise
                made = json.loads(reply.read())
        except (OSError, ValueError, urllib.error.URLError) as error:
            return Answer(error=f"{type(error).__name__}: {error}")
        return Answer(_found(_rows(made)), time.perf_counter() - start)

    def close(self) -> None:
        return
