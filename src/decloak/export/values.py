"""Values: each canonical value once, one per line, for other programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from decloak.core.result import Failure, Result
from decloak.export.base import Shape
from decloak.export.sanitise import sanitise

__all__ = ["VALUES"]


@dataclass(frozen=True, slots=True)
class _Values:
    """Lines in order of first appearance; choose what stands there with ``--labels``."""

    name: str = "values"
    description: str = "each value once, one per line"
    head: str = ""
    between: str = ""
    tail: str = ""
    distinct: str = ".+"

    def render(self, result: Result, shape: Shape) -> Iterator[str]:
        """Yield one line per value."""
        for value in dict.fromkeys(entity.value for entity in shape.each(result)):
            yield sanitise(value) + "\n"

    def render_failure(self, failure: Failure) -> str:  # noqa: ARG002 - said on standard error
        """Return nothing: a line is a value."""
        return ""


VALUES = _Values()
