"""CoNLL: a token and its IOB2 tag per line, for those who train and score taggers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from decloak.core.entity import Entity
from decloak.core.iob import tagged
from decloak.core.result import Failure, Result
from decloak.export.base import Shape
from decloak.export.sanitise import sanitise

__all__ = ["CONLL", "apart"]

_BATCH = 4096


def apart(result: Result, shape: Shape) -> list[Entity]:
    """Return the entities of a result without those that begin inside another."""
    kept: list[Entity] = []
    for entity in shape.entities(result):
        if not kept or entity.start >= kept[-1].end:
            kept.append(entity)
    return kept


@dataclass(frozen=True, slots=True)
class _Conll:
    """``token<TAB>tag`` lines, an empty line behind a document; tokens end where entities do."""

    name: str = "conll"
    description: str = "a token and its IOB2 tag per line"
    head: str = ""
    between: str = ""
    tail: str = ""
    distinct: str = ""

    def render(self, result: Result, shape: Shape) -> Iterator[str]:
        """Yield the lines of one document."""
        yield f"# id = {sanitise(result.id)}\n"
        lines: list[str] = []
        for start, end, tag in tagged(result.text, apart(result, shape)):
            lines.append(f"{sanitise(result.text[start:end])}\t{tag}\n")
            if len(lines) == _BATCH:
                yield "".join(lines)
                lines.clear()
        yield "".join([*lines, "\n"])

    def render_failure(self, failure: Failure) -> str:  # noqa: ARG002 - said on standard error
        """Return nothing: a line is a token."""
        return ""


CONLL = _Conll()
