"""Fit: the weights of platforms on the half of the labelled rows that may be looked at.

One weight after the other takes the value with which most mentions have the right platform first; of values that are equally good
the one nearest to what it was. Until no weight changes. That a name of the table goes before a product that is merely spelt so is not fitted:
on this half the table was written, so that hardly any name is told by it. How well a name has to fit at all is not fitted: most labelled products without a
platform have one in the dictionary all the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from decloak.evaluation.linking.platforms import Case, cases, is_scored
from decloak.kb.lexicon import lookup
from decloak.link.cpe import Weights, ranked, weights

__all__ = ["fit", "fitted"]

_FITTED = ("next", "other_name", "other_case", "spelt")
_STEPS = tuple(at / 50 for at in range(46))
_ROUNDS = 4


def fit(data: Path) -> Weights:
    """Fit the weights, write them into their file and return them; the next process reads them.

    Args:
        data: folder of the labelled rows.
    """
    rows = [case for case in cases(data) if case.gold and not any(map(is_scored, case.gold))]
    best = fitted(rows, weights())
    _write(best)
    return best


def fitted(rows: Sequence[Case], start: Weights) -> Weights:
    """Return the weights that fit mentions best, from some others on.

    Args:
        rows: mentions with platforms.
        start: where to begin.
    """
    best, most = start, _right(rows, start)
    for _ in range(_ROUNDS):
        before = best
        for name in _FITTED:
            held = getattr(best, name)
            for value in sorted(_STEPS, key=lambda step, held=held: abs(step - held)):  # type: ignore[misc] # the way to bind it
                tried = best._replace(**{name: value})
                if (right := _right(rows, tried)) > most:
                    best, most = tried, right
        if best == before:
            break
    return best


def _right(rows: Sequence[Case], by: Weights) -> int:
    right = 0
    for case in rows:
        entry = lookup(case.mention, case.label)
        found = ranked(None, case.label, entry.name if entry else case.mention, case.mention, by)
        right += bool(found) and found[0].cpe[:3] in case.gold
    return right


def _write(best: Weights) -> None:
    path = Path(str(files("decloak.link") / "data" / "platforms.toml"))
    text = path.read_text("utf-8")
    for name in _FITTED:
        text = re.sub(rf"(?m)^{name} = [0-9.]+", f"{name} = {getattr(best, name)}", text)
    path.write_text(text, "utf-8")
