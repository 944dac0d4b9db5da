"""Systems: decloak itself, with the settings that a user names, as a source of predictions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from decloak.core.document import Document
from decloak.core.entity import Entity
from decloak.core.result import Failure, Result
from decloak.evaluation.labelled import Problem, Span
from decloak.evaluation.scorecard.gold import GoldSet, Predictions

__all__ = ["predicted"]

Run = Callable[[Iterable[Document]], Iterator[Result | Failure]]
"""`Pipeline.run_many`, or what stands in for it."""


def predicted(
    name: str, gold: GoldSet, run: Run, advance: Callable[[], None] | None = None
) -> Predictions:
    """Run a pipeline over the texts of the gold; a text that fails has no prediction and a Problem.

    Args:
        name: of the system.
        gold: as loaded.
        run: should hold nothing back in silence (`Settings.review`), so that losses can be explained.
        advance: called after every text.
    """
    said: list[tuple[Span, ...]] = []
    held: list[tuple[Span, ...]] = []
    edited: list[tuple[tuple[int, int], ...]] = []
    problems = []
    for result in run(Document(text.id, text.text) for text in gold.texts):
        if isinstance(result, Failure):
            problems.append(Problem(result.id, f"{name} failed: {result.error}: {result.message}"))
            said.append(())
            held.append(())
            edited.append(())
        else:
            said.append(tuple(map(_span, result.entities)))
            held.append(tuple(map(_span, result.held_back)))
            edited.append(tuple((each.start, each.end) for each in result.edits))
        if advance is not None:
            advance()
    return Predictions(name, tuple(said), tuple(held), tuple(edited), tuple(problems))


def _span(entity: Entity) -> Span:
    return Span(
        entity.start,
        entity.end,
        entity.label,
        entity.value,
        entity.confidence,
        evidence=tuple(entity.evidence),
        status=str(entity.status.value),
    )
