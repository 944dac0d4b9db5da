"""Plots: the reliability diagram and the curve over thresholds, as one picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from decloak.core.errors import SettingsError
from decloak.core.offline import load
from decloak.evaluation.tagger.calibration import ACCEPTED, AFTER, BEFORE, PARTS, Judged, fine_curve
from decloak.evaluation.tagger.reliability import bins

__all__ = ["draw_calibration"]


def draw_calibration(found: Mapping[tuple[str, str], Judged], path: Path) -> None:
    """Draw reliability before and after calibration for both parts, and the curve over thresholds.

    Args:
        found: see `decloak.evaluation.tagger.calibration.calibrate`.
        path: the PNG to write.

    Raises:
        SettingsError: when matplotlib is not installed.
    """
    figure, axes = _figure()
    for axis, part in zip(axes, PARTS, strict=False):
        axis.plot([0, 1], [0, 1], color="grey", linewidth=0.8, linestyle=":")
        for system, style in ((BEFORE, "s--"), (AFTER, "o-")):
            joined = _joined(found, part, system)
            made = bins(joined.confidence, joined.right, equal_mass=False)
            error = joined.error(equal_mass=False)
            axis.plot(
                [each.confidence for each in made],
                [each.right for each in made],
                style,
                markersize=4,
                label=f"{system}: ECE {error:.4f}",
            )
        axis.set(title=f"Reliability, {part}", xlabel="confidence of the span", ylabel="right")
        axis.legend(loc="upper left", fontsize=8)
    rows = fine_curve(_joined(found, PARTS[0], AFTER))
    for name in ("precision", "recall", "f1"):
        known = [(row.threshold, getattr(row, name)) for row in rows]
        kept = [each for each in known if each[1] is not None]
        axes[-1].plot(*zip(*kept, strict=True), label="F1" if name == "f1" else name)
    axes[-1].axvline(ACCEPTED, color="grey", linewidth=0.8, linestyle=":")
    axes[-1].set(title=f"Threshold, {PARTS[0]}", xlabel=f"threshold (line: {ACCEPTED})")
    axes[-1].legend(loc="lower left", fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    # No date and no version in the file: the same figures give the same bytes.
    figure.savefig(path, dpi=110, bbox_inches="tight", metadata={"Software": None})


def _joined(found: Mapping[tuple[str, str], Judged], part: str, system: str) -> Judged:
    chosen = [
        judged for (name, by), judged in found.items() if name.startswith(part) and by == system
    ]
    return Judged(
        tuple(sure for judged in chosen for sure in judged.confidence),
        tuple(good for judged in chosen for good in judged.right),
        sum(judged.gold for judged in chosen),
    )


def _figure() -> tuple[Any, Any]:
    try:
        figures = load("matplotlib.figure")
    except ImportError as error:
        message = 'the plot needs the extra `train`: pip install "decloak[train]"'
        raise SettingsError(message) from error
    figure = figures.Figure(figsize=(13, 4))
    return figure, figure.subplots(1, 3)
