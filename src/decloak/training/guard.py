"""Guard: whether a model that learned something new forgot nothing, on the fixed validation part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from decloak.core.errors import DecloakError
from decloak.evaluation.score import Counts

__all__ = ["Comparison", "Margins", "WorseModelError", "compared"]


class WorseModelError(DecloakError):
    """The new model is worse than the old one beyond the margin; the old one stays."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Margins:
    """How much worse a model may be, as differences of F1.

    Attributes:
        micro: over all labels.
        label: of one label.
        least: labels that stand less often in the validation part are shown, and decide nothing.
    """

    micro: float = 0.005
    label: float = 0.05
    least: int = 20


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models on the same excerpts.

    Attributes:
        rows: part (``clean`` or ``perturbed``), label, gold entities, F1 before and after; None where it
            is undefined.
        reasons: why the new one is refused; empty where it is not.
    """

    rows: tuple[tuple[str, str, int, float | None, float | None], ...]
    reasons: tuple[str, ...]

    def lines(self) -> list[str]:
        """Return the differences as lines of a table, what lost most first."""
        head = (
            f"{'part':<10} {'label':<16} {'entities':>8} {'before':>7} {'after':>7} {'change':>7}"
        )
        return [head, *(_line(*row) for row in sorted(self.rows, key=_loss))]


def compared(
    before: Mapping[str, Mapping[str, Counts]],
    after: Mapping[str, Mapping[str, Counts]],
    margins: Margins,
) -> Comparison:
    """Compare two models.

    Args:
        before: by part, the counts of the old model by label and under ``micro``.
        after: those of the new one, on the same excerpts.
        margins: how much worse it may be.
    """
    rows, reasons = [], []
    for part, old in before.items():
        new = after[part]
        for label in sorted({*old, *new}, key=lambda each: (each != "micro", each)):
            gold = old.get(label, Counts())
            size = gold.hit + gold.missed
            was, now = gold.f1, new.get(label, Counts()).f1
            rows.append((part, label, size, was, now))
            is_micro = label == "micro"
            margin = margins.micro if is_micro else margins.label
            lost = (was or 0.0) - (now or 0.0)
            if (is_micro or size >= margins.least) and lost > margin:
                what = "over all labels" if is_micro else f"of {label}"
                reasons.append(
                    f"F1 {what} on {part} text fell from {was or 0:.4f} to {now or 0:.4f}, "
                    f"by more than {margin:g}"
                )
    return Comparison(tuple(rows), tuple(reasons))


def _loss(row: tuple[str, str, int, float | None, float | None]) -> tuple[bool, str, float]:
    part, label, _, was, now = row
    return label != "micro", part if label == "micro" else "", (now or 0.0) - (was or 0.0)


def _line(part: str, label: str, size: int, was: float | None, now: float | None) -> str:
    shown = ["-" if each is None else f"{each:.4f}" for each in (was, now)]
    change = "-" if was is None or now is None else f"{now - was:+.4f}"
    return f"{part:<10} {label:<16} {size:>8} {shown[0]:>7} {shown[1]:>7} {change:>7}"
