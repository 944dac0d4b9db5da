"""`decloak decode`: every change the decoders make, with its place and reason."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Any

from decloak.cli.each import tell_each
from decloak.core.alignment import Edit
from decloak.core.document import Decoded, Document
from decloak.core.places import places
from decloak.decode import decode
from decloak.export.json_text import dumps
from decloak.export.sanitise import sanitise
from decloak.options import Settings
from decloak.pipeline import models_of

__all__ = ["show_edits"]

_WIDEST = 80


def show_edits(paths: tuple[str, ...], form: str, settings: Settings, *, quiet: bool) -> int:
    """Write the edits of every document and return the exit code.

    Raises:
        SettingsError: when the strategy's model is asked for and there is none.
        ModelFileError: when that model is damaged.
    """
    model, chosen = models_of(settings), settings.decode

    def told(document: Document) -> tuple[Iterator[str], tuple[str, ...]]:
        decoded = decode(
            document.text, strategy=chosen.strategy, max_rounds=chosen.rounds, model=model
        )
        warnings = (*document.warnings, *decoded.warnings)
        if form == "jsonl":
            return _json(document.id, decoded, warnings), warnings
        return _text(document.id, decoded), warnings

    return tell_each(paths, form, told, settings.reading, quiet=quiet)


def _text(name: str, decoded: Decoded) -> Iterator[str]:
    where = sanitise(name)
    noun = "edit" if len(decoded.edits) == 1 else "edits"
    yield f"{where}: {len(decoded.edits)} {noun}\n"
    for edit, (line, column) in zip(
        decoded.edits, places(decoded.raw, (edit.start for edit in decoded.edits)), strict=True
    ):
        before = _cut(
            sanitise(decoded.raw[edit.start : edit.start + _WIDEST + 1][: edit.end - edit.start])
        )
        after = _cut(sanitise(edit.replacement[: _WIDEST + 1]))
        reason = sanitise(edit.reason) or edit.family
        yield (
            f"{where}:{line}:{column}: {edit.family} ({edit.decoder}, {edit.confidence:.2f}): "
            f'"{before}" -> "{after}"  {reason}\n'
        )
    for row in map(_likeness, repeat(decoded), decoded.likenesses):
        before, after = _cut(sanitise(row["text"])), _cut(sanitise(row["resembles"]))
        yield f'{where}: kept: "{before}" resembles "{after}" ({row["family"]})\n'


def _cut(shown: str) -> str:
    return shown if len(shown) <= _WIDEST else f"{shown[: _WIDEST - 1]}…"


def _json(name: str, decoded: Decoded, warnings: tuple[str, ...]) -> Iterator[str]:
    """Yield one object in pieces: the edits with their places, then the readable text."""
    yield f'{{"id": {dumps(name)}, "edits": ['
    between = ""
    for edit, place in zip(
        decoded.edits, places(decoded.raw, (edit.start for edit in decoded.edits)), strict=True
    ):
        yield between + dumps(_row(decoded.raw, edit, place))
        between = ", "
    yield f'], "text": {dumps(decoded.text)}, "warnings": {dumps(list(warnings))}, '
    if decoded.likenesses:
        yield f'"likenesses": {dumps([_likeness(decoded, each) for each in decoded.likenesses])}, '
    yield '"offsets": "codepoint"}\n'


def _likeness(decoded: Decoded, edit: Edit) -> dict[str, Any]:
    """Return a name that stays as it is and the known one that it resembles."""
    start, end = decoded.alignment.to_raw(edit.start, edit.end)
    return {
        "start": start,
        "end": end,
        "text": decoded.raw[start:end],
        "resembles": edit.replacement,
        "family": edit.family,
    }


def _row(raw: str, edit: Edit, place: tuple[int, int]) -> dict[str, Any]:
    return {
        "start": edit.start,
        "end": edit.end,
        "line": place[0],
        "column": place[1],
        "before": raw[edit.start : edit.end],
        "after": edit.replacement,
        "family": edit.family,
        "decoder": edit.decoder,
        "confidence": edit.confidence,
        "reason": edit.reason,
        "reversed": edit.reversed,
    }
