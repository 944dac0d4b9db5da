"""Budget: how much of everything is measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["BUDGETS", "Budget"]


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is measured.

    Attributes:
        name: as the command line calls it.
        clean: documents of the corpus as they are, at most.
        others: documents by others of each source, at most.
        longest: code points of such a document, at most.
        disguised: documents of each way of disguising them.
        words: of tool output that a tagger is trained on; 0 trains none.
        prose: share of the report templates that it is trained on besides.
        epochs: over them.
        layers: of the encoder that is trained, the first ones; 0 for all.
        continued: passes of each row of the ablation, which starts where the baseline ended.
        seeds: of the ablation's rows.
        told: documents of each source that a language model tells; 0 asks none.
        timed: documents of each source whose time is taken.
        larger: the next budget.
    """

    name: str
    clean: int
    others: int
    longest: int
    disguised: int
    words: int
    prose: float
    epochs: float
    layers: int
    continued: float
    seeds: tuple[int, ...]
    told: int
    timed: int
    larger: str


BUDGETS: Mapping[str, Budget] = {
    each.name: each
    for each in (
        Budget("smoke", 8, 2, 2000, 4, 0, 0.001, 0, 0, 0, (), 0, 2, "small"),
        Budget("small", 150, 40, 3000, 24, 20_000, 0.01, 4, 2, 0.5, (1, 2, 3), 1, 8, "full"),
        Budget("full", 2000, 400, 1 << 30, 200, 3_000_000, 1.0, 3, 0, 1, (1, 2, 3), 8, 60, "full"),
    )
}
"""``smoke`` shows that all of it runs; ``small`` takes an hour on two cores; ``full`` wants a GPU for training."""
