"""Scripted: a model that reads its lines from a script, for tests and demonstrations."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from decloak.core.errors import ModelError, ModelReplyError, SettingsError, UnreadableError
from decloak.llm.base import Finish, Reply, Request, Usage, estimate_tokens

__all__ = ["Line", "Scripted", "UnscriptedError", "read_script"]

Said = str | Reply | ModelError | Callable[[Request], "str | Reply"]


class UnscriptedError(AssertionError):
    """A request that no line of the script answers. No `ModelError`: nothing may swallow it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a script.

    Attributes:
        said: the reply, an error to raise, or a function of the request.
        when: a string that the messages must hold for this line to be said, or None for any.
        again: whether it may be said more than once.
    """

    said: Said
    when: str | None = None
    again: bool = False


class Scripted:
    """Answers each request with the first line that fits and was not said yet.

    Args:
        lines: replies in order, or `Line`s that say when.
        name: what it is called.
        context: tokens of prompt and reply together.

    Attributes:
        asked: the requests so far.
    """

    def __init__(
        self, *lines: Said | Line, name: str = "scripted:", context: int = 1 << 20
    ) -> None:
        self.name, self.context = name, context
        self.asked: list[Request] = []
        self._left = [each if isinstance(each, Line) else Line(each) for each in lines]
        self._lock = threading.Lock()

    def complete(self, request: Request) -> Reply:
        """Say the next line that fits.

        Raises:
            UnscriptedError: when there is none.
            ModelError: when the line is one.
        """
        with self._lock:
            self.asked.append(request)
            line = self._next(request)
        said = line.said(request) if callable(line.said) else line.said
        if isinstance(said, ModelError):
            raise said
        if isinstance(said, str):
            usage = Usage(estimate_tokens(request.text), estimate_tokens(said))
            said = Reply(said, usage, model=self.name)
        return said

    def _next(self, request: Request) -> Line:
        text = request.text
        for line in self._left:
            if line.when is None or line.when in text:
                if not line.again:
                    self._left.remove(line)
                return line
        message = f"unscripted request, {len(self._left)} lines left: {text[-200:]!r}"
        raise UnscriptedError(message)

    @property
    def left(self) -> int:
        """How many lines were not said yet, those that may be said again among them."""
        return len(self._left)

    def count(self, text: str) -> int:
        """Return an estimate of the tokens."""
        return estimate_tokens(text)

    def close(self) -> None:
        """Do nothing: there is nothing to give back."""


def read_script(path: Path) -> Scripted:
    """Read a script of JSON lines: ``{"say": str, "when"?: str, "again"?: bool, "finish"?: str}``.

    ``"fail": CAUSE`` in place of ``"say"`` raises a `ModelReplyError` of that cause. ``say`` may be
    an object; it is said as JSON.

    Raises:
        UnreadableError: when the file cannot be read.
        SettingsError: when a line is none of these.
    """
    try:
        rows = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: no script can be read: {error}"
        raise UnreadableError(message) from error
    return Scripted(*_lines(path, rows), name=f"scripted:{path.name}")


def _lines(path: Path, rows: Iterable[str]) -> Iterable[Line]:
    for number, row in enumerate(rows, 1):
        if row.strip():
            try:
                yield _line(json.loads(row))
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                message = f"{path}:{number}: no line of a script: {error}"
                raise SettingsError(message) from error


def _line(row: Mapping[str, Any]) -> Line:
    unknown = set(row) - {"say", "fail", "when", "again", "finish"}
    if unknown or ("say" in row) == ("fail" in row):
        message = f"it has either 'say' or 'fail', and nothing unknown ({sorted(unknown)})"
        raise ValueError(message)
    when, again = row.get("when"), bool(row.get("again", False))
    if "fail" in row:
        return Line(ModelReplyError(f"scripted: {row['fail']}", row["fail"]), when, again)
    said = row["say"] if isinstance(row["say"], str) else json.dumps(row["say"], ensure_ascii=False)
    finish = Finish(row.get("finish", "stop"))

    def say(request: Request) -> Reply:
        usage = Usage(estimate_tokens(request.text), estimate_tokens(said))
        return replace(Reply(said, usage, model="scripted"), finish=finish)

    return Line(say, when, again)
