"""Slice: a few samples to read, evenly from the sources and layouts, with their counts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from zlib import crc32

from decloak.core.errors import InputError
from decloak.corpus.card import stats_tables
from decloak.corpus.sample import Sample, to_line
from decloak.corpus.stats import Counts

__all__ = ["draw_slice", "write_slice"]

_LONGEST = 1800
"""Code points of a sample that is still read with pleasure."""

_HEAD = """\
# A slice of the corpus

{count} samples of a corpus that `decloak corpus build` made from the laboratory's runs, in
`slice.jsonl`; one JSON object per line, as `docs/corpus.md` describes it. Written by
`decloak corpus export CORPUS data/slice --few {count}`. Texts are at most {longest} code points long,
and sources and layouts come evenly, so the proportions are not the corpus's own.

Hosts, zones, organisations and people are made up by a generator; likeness to real ones is chance, and
nothing here was measured on the Internet. Licence: CC0-1.0.

"""


def draw_slice(samples: Iterable[Sample], count: int) -> list[Sample]:
    """Return samples that are short, evenly from sources, and within a source from layouts.

    Args:
        samples: the corpus.
        count: how many; fewer when there are not enough.
    """
    held: dict[str, dict[str, list[Sample]]] = {}
    for sample in samples:
        if len(sample.text) <= _LONGEST and sample.entities:
            layouts = held.setdefault(sample.source, {})
            layouts.setdefault("/".join(sample.layout.split("/")[:2]), []).append(sample)
    turns: dict[str, list[list[Sample]]] = {}
    for source in sorted(held):
        lists = [held[source][layout] for layout in sorted(held[source])]
        for each in lists:
            each.sort(key=lambda sample: crc32(sample.id.encode()))
        turns[source] = sorted(lists, key=len, reverse=True)
    chosen: list[Sample] = []
    while len(chosen) < count and any(turns.values()):
        for source in sorted(turns):
            lists = turns[source]
            if lists and len(chosen) < count:
                chosen.append(lists[0].pop())
                first = lists.pop(0)
                lists += [first] if first else []
    return sorted(chosen, key=lambda sample: (sample.source, sample.id))


def write_slice(samples: Iterable[Sample], count: int, out: Path) -> int:
    """Write ``slice.jsonl`` and its ``README.md``; return how many samples it has.

    Raises:
        InputError: when the folder cannot be written.
    """
    chosen, counts = draw_slice(samples, count), Counts()
    for sample in chosen:
        counts.add(sample)
    head = _HEAD.format(count=len(chosen), longest=f"{_LONGEST:,}")
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "slice.jsonl").write_text("".join(map(to_line, chosen)), "utf-8")
        (out / "README.md").write_text(head + stats_tables(counts.to_json()), "utf-8")
    except OSError as error:
        message = f"{error.filename or out}: {(error.strerror or type(error).__name__).lower()}"
        raise InputError(message) from error
    return len(chosen)
