"""brat: a text and beside it its stand-off annotation, ``NAME.txt`` and ``NAME.ann``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from decloak.evaluation.labelled.rows import Problem, Row, Span

__all__ = ["read_brat"]

_ENTITY = re.compile(r"T\S*\t(\S+) ((?:-?\d+ -?\d+;?)+)\t(.*)\Z")


def read_brat(path: Path) -> Iterator[Row | Problem]:
    """Yield the rows of one ``.ann`` file, or of all in a folder, sorted by name.

    Of an annotation in several fragments the range from its first to its last code point counts.
    """
    files = sorted(path.rglob("*.ann")) if path.is_dir() else [path]
    for file in files:
        beside = file.with_suffix(".txt")
        try:
            text = beside.read_bytes().decode("utf-8-sig")
            lines = file.read_bytes().decode("utf-8-sig").split("\n")
        except OSError as error:
            yield Problem(str(file), f"{beside.name}: {(error.strerror or '').lower()}")
            continue
        except UnicodeDecodeError as error:
            yield Problem(str(file), f"no UTF-8: {error.reason} at byte {error.start}")
            continue
        text = text.replace("\r\n", "\n")
        spans = []
        for number, raw in enumerate(lines, 1):
            line = raw.rstrip("\r")
            if not line.startswith("T"):
                continue
            matched = _ENTITY.match(line)
            if matched is None:
                yield Problem(f"{file}:{number}", "no annotation: T1<tab>LABEL START END<tab>TEXT")
                continue
            edges = [int(each) for each in re.split(r"[ ;]", matched[2]) if each]
            start, end, one = min(edges), max(edges), len(edges) == 2
            if one and text[start:end].replace("\n", " ") != matched[3]:
                reason = f"the text at [{start}, {end}) is {text[start:end]!r}, not {matched[3]!r}"
                yield Problem(f"{file}:{number}", reason)
                continue
            spans.append(Span(start, end, matched[1], text[max(start, 0) : end]))
        name = file.relative_to(path).with_suffix("") if path.is_dir() else file.stem
        yield Row(str(file), str(name), text, tuple(spans))
