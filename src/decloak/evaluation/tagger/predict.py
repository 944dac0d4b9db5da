"""Predict: run systems over texts, in several processes, remembering every answer on disk.

Answers are JSON lines, appended as they come. A run that was interrupted goes on where it was; an
answer is used again only for the same text, the same system and the same code.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Self, TextIO

import decloak
from decloak.decode import decode
from decloak.evaluation.tagger.mentions import Mention
from decloak.evaluation.tagger.systems import Decoded, Extract, System, in_raw

__all__ = ["Answers", "code_version"]

_CHUNK = 24
"""Texts that a process is given at a time."""
_WITHOUT_INFLUENCE = frozenset(
    {
        "evaluation",
        "corpus",
        "cli",
        "acquire",
        "training",
        "serve",
        "distributed",
        "export",
        "llm",
        "identify",
    }
)
_opened: dict[str, Extract] = {}


@cache
def code_version() -> str:
    """Return 16 hex digits of all the code and data that can change an answer."""
    root = Path(decloak.__file__).parent
    state = sha256()
    for file in sorted(root.rglob("*")):
        inside = file.relative_to(root)
        if (
            file.is_file()
            and inside.parts[0] not in _WITHOUT_INFLUENCE
            and "__pycache__" not in inside.parts
            and inside.parts[:2] != ("tag", "model")
        ):
            state.update(f"{inside.as_posix()}\0".encode())
            state.update(file.read_bytes())
    return state.hexdigest()[:16]


Row = tuple[str, str]
"""A key and the text it stands for."""
Answered = list[tuple[str, list[Mention]]]


class Answers:
    """The answers of systems, from disk where they are known.

    A context manager, when there are several processes: they end with it.

    Args:
        path: the file of JSON lines; None to remember nothing.
        jobs: processes.
    """

    def __init__(self, path: Path | None = None, jobs: int = 1) -> None:
        self.path = path
        self.jobs = jobs
        self._known: dict[str, list[Mention]] = {}
        self._pool: ProcessPoolExecutor | None = None
        if path is not None and path.exists():
            self._known = dict(_read(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def of(self, system: System, texts: Iterable[str]) -> list[list[Mention]]:
        """Return what a system says about each text.

        What a system says about a decoded text is remembered under that text, which is often one
        that was asked about already.
        """
        listed = list(texts)
        if isinstance(system, Decoded):
            made = [decode(text) for text in listed]
            said = self.of(system.inner, [each.text for each in made])
            return [in_raw(each, mentions) for each, mentions in zip(made, said, strict=True)]
        keys = [_key(system, text) for text in listed]
        new = {key: text for key, text in zip(keys, listed, strict=True) if key not in self._known}
        if new:
            self._ask(system, list(new.items()))
        return [self._known[key] for key in keys]

    def _ask(self, system: System, rows: list[tuple[str, str]]) -> None:
        began, done, shown = time.monotonic(), 0, 0.0
        with _appending(self.path) as file:
            for answers in self._answered(system, rows):
                for key, mentions in answers:
                    self._known[key] = mentions
                    file.write(json.dumps([key, mentions]) + "\n")
                file.flush()
                done += len(answers)
                now = time.monotonic()
                if now - shown > 10 or done == len(rows):
                    left = (now - began) / done * (len(rows) - done)
                    sys.stderr.write(
                        f"{system.name}: {done}/{len(rows)} texts, {left:.0f} s left\n"
                    )
                    shown = now

    def _answered(self, system: System, rows: Sequence[Row]) -> Iterator[Answered]:
        # Long texts first, so that no process is left with one at the end.
        ordered = sorted(rows, key=lambda row: (-len(row[1]), row[0]))
        size = max(1, min(_CHUNK, len(ordered) // (2 * self.jobs)))
        chunks = [ordered[low : low + size] for low in range(0, len(ordered), size)]
        if self.jobs == 1:
            yield from (answer(system, chunk) for chunk in chunks)
            return
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.jobs, mp_context=context, initializer=_one_thread)
        yield from self._pool.map(answer, [system] * len(chunks), chunks)


def _appending(path: Path | None) -> TextIO:
    if path is None:
        return Path("/dev/null").open("a", encoding="utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        _drop_torn_line(path)
    return path.open("a", encoding="utf-8")


def _drop_torn_line(path: Path) -> None:
    """Cut off what a killed process left behind the last line end."""
    with path.open("rb+") as file:
        text = file.read()
        file.truncate(text.rfind(b"\n") + 1)


def _read(path: Path) -> Iterator[tuple[str, list[Mention]]]:
    """Yield the answers of a file; a torn last line is dropped."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("\n"):
                key, rows = json.loads(line)
                yield key, [Mention(*row) for row in rows]


def _key(system: System, text: str) -> str:
    state = f"{system.key}\0{code_version()}\0{text}".encode("utf-8", "surrogatepass")
    return sha256(state).hexdigest()[:24]


def _one_thread() -> None:
    """Leave the cores to the processes: each model runs on one thread."""
    os.environ["DECLOAK_THREADS"] = "1"


def answer(system: System, rows: Sequence[Row]) -> Answered:
    """Run one system over some texts in this process, opening it the first time."""
    if system.key not in _opened:
        _opened[system.key] = system.open()
    return [(key, _opened[system.key](text)) for key, text in rows]
