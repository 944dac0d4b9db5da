"""Judge: how surely a place in a line is part of an entity, by the tagger's marginals.

Of each word the CRF gives the probability of every label; one minus that of `O` is what the word has
of being part of some entity. A place has the mean over its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from decloak.core.errors import SettingsError
from decloak.tag.places import find_folder

if TYPE_CHECKING:  # NumPy and onnxruntime cost nothing where nothing is contested
    from decloak.tag.neural import Tagger
    from decloak.tag.passages import Passage

__all__ = ["TaggerJudge", "judge_of"]

_Place = tuple[str, int, int]
_MOST = 4096
"""Answers that are kept."""
_GROUP = 64
_OUTSIDE = 0


class TaggerJudge:
    """Scores places by a tagger, which is loaded when it is first asked. Any number of threads may share one.

    Args:
        folder: of the tagger's model.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[_Place, float] = {}

    def score(self, readings: Sequence[_Place]) -> list[float]:
        """Return for each (text, start, end) the mean share of entity labels of its words, in [0, 1].

        0 where no word stands at the place.

        Raises:
            ModelFileError: when anything about the folder is amiss.
        """
        from decloak.tag.neural import shared_tagger  # noqa: PLC0415 - start-up time

        if len(self._known) > _MOST:
            self._known = {}
        known = self._known  # another thread may take a new one
        new = list(dict.fromkeys(each for each in readings if each not in known))
        tagger = shared_tagger(self._folder)
        for first in range(0, len(new), _GROUP):
            part = new[first : first + _GROUP]
            known.update(zip(part, _scores(tagger, part), strict=True))
        return [known[each] for each in readings]


def _scores(tagger: Tagger, places: Sequence[_Place]) -> list[float]:
    found = [0.0] * len(places)
    asked: list[tuple[int, Passage]] = []
    for row, (text, start, end) in enumerate(places):
        for passage in tagger.passages(text):
            if passage.own <= start < passage.own_stop and _words_in(passage, start, end):
                asked.append((row, passage))
                break
    shares = tagger.marginals(
        [places[row][0] for row, _ in asked], [passage for _, passage in asked]
    )
    for (row, passage), labels in zip(asked, shares, strict=True):
        words = _words_in(passage, *places[row][1:])
        found[row] = float(1 - labels[words.start : words.stop, _OUTSIDE].mean())
    return found


def _words_in(passage: Passage, start: int, end: int) -> range:
    """Return the words of a window that touch [start, end)."""
    touched = [
        word
        for word, (low, high) in enumerate(
            zip(passage.words.starts, passage.words.ends, strict=True)
        )
        if low < end and start < high
    ]
    return range(touched[0], touched[-1] + 1) if touched else range(0)


def judge_of(named: Path | None) -> TaggerJudge:
    """Return the judge of a tagger's folder: the one named, else DECLOAK_TAGGER_MODEL's, else the shipped one.

    Raises:
        SettingsError: when there is none.
    """
    folder = find_folder(named)
    if folder is None:
        message = (
            "the consensus decoder's model is the tagger, and none comes with this installation: name "
            "its folder with --set tagger.model=DIR or DECLOAK_TAGGER_MODEL, or leave --set decode.neural=true out"
        )
        raise SettingsError(message)
    return TaggerJudge(folder)
