"""Lessons: what the teacher says of each word of a text, worked out once and kept as arrays.

A folder of lessons has one file per `_SHARD` excerpts. What is there is not made again, so that a run that was
stopped goes on; a file appears whole or not at all.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from decloak.core.errors import InputError
from decloak.tag.neural import Tagger
from decloak.tag.scheme import labels_of
from decloak.tag.words import split
from decloak.training.crf import UNKNOWN
from decloak.training.excerpts import Excerpt, cut

__all__ = ["TOP", "Lesson", "read_lessons", "teach"]

TOP = 4
"""Labels of each word that are kept, the likeliest; the rest of the probability is theirs by share."""
_SHARD = 512
_PIECES = 200
"""Pieces of an excerpt, as the teacher reads them at a time."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One text with what is known and what the teacher says of its words.

    Attributes:
        text: the text.
        group: where it comes from.
        gold: (word,) place in the scheme, 255 where nobody labelled.
        ranks: (word, top) the teacher's likeliest labels, as places in the scheme.
        shares: (word, top) their probabilities, which add up to one.
    """

    text: str
    group: str
    gold: NDArray[np.uint8]
    ranks: NDArray[np.uint8]
    shares: NDArray[np.float32]


def teach(
    excerpts: Iterable[Excerpt],
    tagger: Tagger,
    folder: Path,
    told: Callable[[int], None] = lambda _: None,
) -> None:
    """Let the teacher read excerpts, and keep what it says in a folder.

    Args:
        excerpts: labelled stretches in an order that is always the same.
        tagger: the teacher.
        folder: for the lessons.
        told: is given the number of excerpts after each file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = (
        part
        for each in excerpts
        for part in cut(each, tagger.encoder, _PIECES)
        if part.text.strip()
    )
    number = 0
    while shard := list(islice(parts, _SHARD)):
        path = folder / f"lessons-{number:05}.npz"
        if not path.exists():
            partial = folder / f".{path.name}.partial"
            with partial.open("wb") as file:
                np.savez_compressed(file, **_taught(shard, tagger))
            partial.replace(path)
        number += 1
        told(number * _SHARD)


def _taught(shard: list[Excerpt], tagger: Tagger) -> dict[str, Any]:
    texts, groups, golds, ranks, shares = [], [], [], [], []
    scheme = tagger.folder.crf.labels
    for each in shard:
        windows = list(tagger.passages(each.text))
        if len(windows) != 1:  # one endless entity: the teacher sees it in parts
            continue
        words = split(each.text)
        said = tagger.marginals([each.text], windows)[0]
        top = np.argsort(-said, axis=1, kind="stable")[:, :TOP]
        best = np.take_along_axis(said, top, 1)
        labels = labels_of(words, [(m.start, m.end, m.label) for m in each.marks], scheme)
        for low, high in each.unknown:
            for place in range(bisect_right(words.ends, low), bisect_left(words.starts, high)):
                if labels[place] == 0:
                    labels[place] = UNKNOWN
        texts.append(each.text)
        groups.append(each.group)
        golds.append(np.asarray(labels, np.uint8))
        ranks.append(top.astype(np.uint8))
        shares.append((best / best.sum(1, keepdims=True)).astype(np.float16))
    return {
        "texts": np.frombuffer(json.dumps([texts, groups]).encode(), np.uint8),
        "offsets": np.cumsum([0, *map(len, golds)]),
        "gold": np.concatenate(golds),
        "ranks": np.concatenate(ranks),
        "shares": np.concatenate(shares),
    }


def read_lessons(folder: Path) -> Iterator[Lesson]:
    """Yield the lessons of a folder in their order.

    Raises:
        InputError: when there are none, or a file is damaged.
    """
    paths = sorted(folder.glob("lessons-*.npz"))
    if not paths:
        message = f"{folder}: no lessons of a teacher"
        raise InputError(message)
    for path in paths:
        try:
            with np.load(path, allow_pickle=False) as file:
                columns = {name: file[name] for name in file.files}
            texts, groups = json.loads(columns["texts"].tobytes())
            offsets = columns["offsets"].tolist()
            for text, group, (low, high) in zip(texts, groups, pairwise(offsets), strict=True):
                yield Lesson(
                    text,
                    group,
                    columns["gold"][low:high],
                    columns["ranks"][low:high],
                    columns["shares"][low:high].astype(np.float32),
                )
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            message = f"{path}: damaged lessons: {error}; delete it"
            raise InputError(message) from error
