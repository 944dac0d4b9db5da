"""Model work: what `decloak model` does once its options are known to be right."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from decloak.core.errors import ModelFileError, UnreadableError
from decloak.export.table_rows import aligned
from decloak.tag.neural import Tagger
from decloak.tag.places import find_folder

__all__ = ["describe", "measure", "opened"]

_WINDOWS = 64
"""Windows that are read between two looks at the clock."""
_MADE_UP = (
    "Nmap scan report for host{0}.example.com (192.0.2.{0})\nHost is up (0.0{0}s latency).\n"
    "22/tcp open ssh OpenSSH 8.{0}p1 Debian 5 (protocol 2.0)\n80/tcp open http nginx 1.{0}.0\n"
    "| http-title: Example shop number {0}\n"
    "The group known as Example Panda moved from host{0}.example.com to 198.51.100.{0} and left a\n"
    "loader there that Example Security Inc. calls Examplebot; version {0}.2 talks to port 8443.\n\n"
)
"""Reserved names and addresses only (RFC 2606, RFC 5737)."""


def opened(model: Path | None, threads: int | None = None) -> Tagger:
    """Load a model, checked from end to end.

    Raises:
        ModelFileError: when there is none, or anything about it is amiss.
    """
    folder = find_folder(model)
    if folder is None:
        message = "no model comes with this installation; name its folder with --model or DECLOAK_TAGGER_MODEL"
        raise ModelFileError(message)
    return Tagger(folder, threads)


def describe(model: Path | None, form: str) -> str:
    """Return what a model is, as text or as one JSON object."""
    summary = opened(model).folder.summary()
    if form == "json":
        return json.dumps(summary, indent=2, ensure_ascii=False) + "\n"
    return aligned([(key, _plain(value)) for key, value in summary.items() if value is not None])


def measure(
    model: Path | None, paths: Iterable[Path], threads: int | None, seconds: float, form: str
) -> str:
    """Return how fast a model is here, as text or as one JSON object.

    Raises:
        ModelFileError: when anything about the model is amiss.
        UnreadableError: when a file cannot be read.
    """
    text = "".join(map(_text_of, paths)) or "".join(map(_MADE_UP.format, range(1, 250)))
    start = time.perf_counter()
    tagger = opened(model, threads)
    tagger.tag("warm 192.0.2.1 up\n")
    loaded = time.perf_counter() - start
    result: dict[str, Any] = {
        "model": tagger.folder.name,
        "threads": tagger.session.threads,
        "start_up_seconds": round(loaded, 3),
    }
    result |= _speed(tagger, text, seconds)
    start = time.perf_counter()
    part = text[: int(result["characters_read"])]
    tagger.tag(part)
    first = time.perf_counter() - start
    start = time.perf_counter()
    tagger.tag(part)
    again = time.perf_counter() - start
    result["seconds_first"], result["seconds_remembered"] = round(first, 3), round(again, 3)
    result["peak_memory_mib"] = _peak()
    if form == "json":
        return json.dumps(result, indent=2) + "\n"
    return aligned([(key, _plain(value)) for key, value in result.items()])


def _speed(tagger: Tagger, text: str, seconds: float) -> dict[str, Any]:
    """Read windows of a text until the time is up; count what was read."""
    windows = list(tagger.passages(text))
    pieces = words = characters = 0
    start = time.perf_counter()
    for first in range(0, len(windows), _WINDOWS):
        batch = windows[first : first + _WINDOWS]
        tagger.read(text, batch)
        pieces += sum(len(window.ids) for window in batch)
        words += sum(len(window.words) for window in batch)
        characters = batch[-1].end
        if time.perf_counter() - start > seconds:
            break
    spent = time.perf_counter() - start
    return {
        "pieces_per_second": round(pieces / spent),
        "words_per_second": round(words / spent),
        "characters_per_second": round(characters / spent),
        "characters_read": characters,
    }


def _peak() -> float | None:
    """Return the most memory this process ever had, in MiB; None where the system does not say."""
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - not on every system

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1)


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}"
        raise UnreadableError(message) from error


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(each)}" for key, each in value.items())
    return str(value)
