"""Assemble: drop near-duplicates, even out the parts, write Parquet by part, count, describe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from decloak.core.iob import count_tokens
from decloak.corpus.balance import Drawn, balanced
from decloak.corpus.card import write_card
from decloak.corpus.dedup import Index, shingles
from decloak.corpus.foreign import read_foreign
from decloak.corpus.parquet import Writer
from decloak.corpus.reports import PARTS
from decloak.corpus.sample import Sample, from_row
from decloak.corpus.shards import SHARDS, read_lines
from decloak.corpus.stats import Counts

if TYPE_CHECKING:
    from decloak.corpus.build import Progress

__all__ = ["assemble"]


def assemble(
    work: Path, out: Path, extra: Sequence[Path], progress: Progress, head: Mapping[str, Any]
) -> dict[str, Any]:
    """Write ``data/*.parquet`` and the card; return the counts for the manifest.

    Args:
        work: folder with the drawn shards.
        out: folder of the corpus.
        extra: labelled data by others.
        progress: told after every shard.
        head: what the manifest begins with.
    """
    data = out / "data"
    data.mkdir(parents=True, exist_ok=True)
    unlike, dropped = _unlike(work, progress)
    keep = balanced(unlike)
    counts = Counts()
    writers = {part: Writer(data / f"{part}.parquet.part") for part in PARTS}
    for number in range(SHARDS):
        for sample in _drawn(work, number):
            if sample.id in keep:
                counts.add(sample)
                writers[sample.split].add(sample)
        progress("write", number + 1, SHARDS)
    for part, writer in writers.items():
        writer.close()
        (data / f"{part}.parquet.part").replace(data / f"{part}.parquet")
    made: dict[str, Any] = {
        **head,
        **counts.to_json(),
        "near_duplicates_dropped": dropped,
        "left_out_for_balance": len(unlike) - len(keep),
    }
    foreign = Counts()
    if extra:
        writer = Writer(data / "extra.parquet.part")
        for sample in read_foreign(extra):
            foreign.add(sample)
            writer.add(sample)
        writer.close()
        (data / "extra.parquet.part").replace(data / "extra.parquet")
        made["extra"] = foreign.to_json()
    write_card(out, made)
    return made


def _unlike(work: Path, progress: Progress) -> tuple[list[Drawn], int]:
    """Return what is no near-duplicate of an earlier sample, and how many were."""
    index, kept, dropped = Index(), list[Drawn](), 0
    for number in range(SHARDS):
        for sample in _drawn(work, number):
            items = shingles(sample.text)
            if next(index.like(items), None) is not None:
                dropped += 1
                continue
            index.add(items)
            kept.append(Drawn(sample.id, sample.split, sample.source, count_tokens(sample.text)))
        progress("compare", number + 1, SHARDS)
    return kept, dropped


def _drawn(work: Path, number: int) -> Iterator[Sample]:
    for row in read_lines(work / f"samples-{number:03}.jsonl.gz"):
        yield from_row(row)
