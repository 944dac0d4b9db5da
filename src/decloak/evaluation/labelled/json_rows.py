"""JSON: rows of a corpus, of labelled data, of `decloak extract`, of Prodigy, doccano and Label Studio."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from decloak.evaluation.labelled.rows import Problem, Row, Span, families_of

__all__ = ["read_json_lines", "read_label_studio"]

_LISTS = ("entities", "spans", "labels", "label", "predictions")
_SURFACES = ("text", "surface")


def read_json_lines(path: Path) -> Iterator[Row | Problem]:
    """Yield a row for every line; a broken one is a Problem.

    A row is an object with ``text`` and the entities as ``gold.entities``, ``entities``, ``spans``
    or ``label``: objects with ``start``, ``end`` and ``label``, or lists ``[start, end, label]``.
    Without ``text`` it holds predictions. One file may be an array of such rows.
    """
    with path.open("rb") as stream:
        if _is_array(stream.read(64)):
            yield from _array(path)
            return
        stream.seek(0)
        for number, line in enumerate(stream, 1):
            where = f"{path}:{number}"
            if not line.strip():
                continue
            try:
                row = json.loads(line.decode("utf-8-sig"))
            except (ValueError, RecursionError) as error:
                yield Problem(where, f"no JSON in UTF-8: {_reason(error)}")
                continue
            yield from _row(row, where, str(number))


def _is_array(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")


def _array(path: Path) -> Iterator[Row | Problem]:
    try:
        rows = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        yield Problem(str(path), f"no JSON in UTF-8: {_reason(error)}")
        return
    for number, row in enumerate(rows, 1):
        yield from _row(row, f"{path}#{number}", str(number))


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def _row(row: Any, where: str, number: str) -> Iterator[Row | Problem]:
    """Yield what is wrong with a row's entities, then the row without them; or what is wrong with it."""
    if not isinstance(row, dict):
        yield Problem(where, "the row is no object")
        return
    if isinstance(row.get("error"), dict):
        yield Problem(where, f"the system failed on it: {row['error'].get('message', '')}")
        return
    text = row.get("text")
    if text is not None and not isinstance(text, str):
        yield Problem(where, "`text` is no string")
        return
    gold = row.get("gold")
    holder = gold if isinstance(gold, dict) else row
    listed = next((holder[name] for name in _LISTS if isinstance(holder.get(name), list)), None)
    if listed is None:
        yield Problem(where, f"no list of entities; one of {', '.join(_LISTS)} is expected")
        return
    spans = []
    for each in listed:
        try:
            spans.append(_span(each, text))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            yield Problem(where, _why(error))
    meta = row["meta"] if isinstance(row.get("meta"), dict) else {}
    try:
        ignore = tuple((int(low), int(high)) for low, high in row.get("ignore") or ())
    except (TypeError, ValueError) as error:
        yield Problem(where, f"`ignore` is no list of ranges: {_why(error)}")
        ignore = ()
    yield Row(
        where=where,
        id=str(row.get("id", meta.get("id", number))),
        text=text,
        spans=tuple(spans),
        source=str(row.get("source", meta.get("source", "")) or ""),
        exhaustive=_exhaustive(row, row.get("exhaustive")),
        ignore=ignore,
        clean=str(row.get("clean", "") or ""),
        families=families_of(row.get("perturbed") or row.get("families") or ()),
    )


def _why(error: Exception) -> str:
    """Say what is wrong with a field."""
    if isinstance(error, KeyError):
        return f"an entity without {error}"
    return str(error)


def _exhaustive(row: Mapping[str, Any], given: Any) -> frozenset[str] | None:
    """Read for which labels the gold is complete; ``gold`` without it: for none of them."""
    if isinstance(given, list):
        return frozenset(map(str, given))
    return frozenset() if isinstance(row.get("gold"), dict) else None


def _span(each: Any, text: str | None) -> Span:
    """Read one entity.

    Raises:
        KeyError: when a field is missing.
        ValueError: when it is of the wrong kind, or the text there is another one.
    """
    if isinstance(each, list | tuple):
        start, end, label = each[:3]
        each = {"start": start, "end": end, "label": label}
    start, end = each["start"], each["end"]
    if type(start) is not int or type(end) is not int:
        message = f"offsets {start!r}, {end!r} are no whole numbers"
        raise ValueError(message)
    surface = next((each[name] for name in _SURFACES if isinstance(each.get(name), str)), None)
    if text is not None and surface is not None and text[start:end] != surface:
        message = f"the text at [{start}, {end}) is {text[start:end]!r}, not {surface!r}"
        raise ValueError(message)
    named = next((name for name in ("label", "entity_group", "type") if name in each), "label")
    label = each[named]
    value = each.get("value")
    evidence = each.get("evidence")
    score = each.get("confidence", each.get("score"))
    return Span(
        start,
        end,
        str(label),
        value if isinstance(value, str) else surface or (text[start:end] if text else ""),
        1.0 if score is None else float(score),
        frozenset(map(str, each.get("alt", ()))),
        tuple(map(str, evidence)) if isinstance(evidence, list) else (),
        str(each.get("status") or "accepted"),
    )


def read_label_studio(path: Path) -> Iterator[Row | Problem]:
    """Yield a row for every task of an export of Label Studio (JSON): its first annotation that stands."""
    try:
        tasks = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        yield Problem(str(path), f"no JSON in UTF-8: {_reason(error)}")
        return
    for number, task in enumerate(tasks if isinstance(tasks, list) else [tasks], 1):
        where = f"{path}#{number}"
        try:
            yield _task(task, where, number)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            yield Problem(where, f"{type(error).__name__}: {error}")


def _task(task: Mapping[str, Any], where: str, number: int) -> Row:
    """Read one task; offsets there count UTF-16 units, as browsers do."""
    data = task["data"]
    text = next(data[name] for name in ("text", *data) if isinstance(data.get(name), str))
    done: Sequence[Any] = task.get("annotations", task.get("completions", ()))
    chosen = [each for each in done if not each.get("was_cancelled")]
    points = _points(text)
    spans = []
    for each in chosen[0]["result"] if chosen else ():
        value = each["value"]
        start, end = _at(points, value["start"]), _at(points, value["end"])
        spans += [
            Span(start, end, str(label), text[start:end]) for label in value.get("labels", ())
        ]
    return Row(where, str(task.get("id", number)), text, tuple(spans), str(data.get("source", "")))


def _points(text: str) -> list[int]:
    """Return the code point of every UTF-16 unit of a text, and the end."""
    points: list[int] = []
    for place, char in enumerate(text):
        points += [place] * (2 if ord(char) > 0xFFFF else 1)
    return [*points, len(text)]


def _at(points: Sequence[int], unit: object) -> int:
    """Turn an offset in UTF-16 units into code points; what lies outside stays outside.

    Raises:
        ValueError: when it is no whole number.
    """
    if type(unit) is not int:
        message = f"the offset {unit!r} is no whole number"
        raise ValueError(message)
    return points[unit] if 0 <= unit < len(points) else (unit if unit < 0 else len(points) + unit)
