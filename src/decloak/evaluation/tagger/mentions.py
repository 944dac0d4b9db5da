"""Mention and Text: what a system says, and a labelled text to hold it against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from decloak.evaluation.score import Gold

__all__ = ["Mention", "Text"]


class Mention(NamedTuple):
    """One entity as a system reports it.

    Attributes:
        start, end: half-open code-point range in the raw text.
        label: its label.
        confidence: in [0, 1].
        value: the canonical value where the system gives one, else the surface.
    """

    start: int
    end: int
    label: str
    confidence: float = 1.0
    value: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A labelled text.

    Attributes:
        id: the document it was made of; the same one in every condition.
        source: which tool wrote it, or which collection it belongs to.
        text: what is given to the systems.
        gold: the entities that stand in it.
        exhaustive: labels for which the gold is complete; None for all.
        ignore: ranges where nothing counts as spurious.
        disguised: places (start, end) of the gold that is in disguise.
    """

    id: str
    source: str
    text: str
    gold: tuple[Gold, ...]
    exhaustive: frozenset[str] | None = None
    ignore: tuple[tuple[int, int], ...] = ()
    disguised: frozenset[tuple[int, int]] = frozenset()

    def checks(self, label: str) -> bool:
        """Whether a prediction of this label can be called spurious."""
        return self.exhaustive is None or label in self.exhaustive

    def excuses(self, start: int, end: int) -> bool:
        """Whether a prediction there cannot be called spurious."""
        return any(low < end and start < high for low, high in self.ignore)
