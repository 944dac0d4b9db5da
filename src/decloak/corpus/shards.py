"""Shards: labelled texts spooled by group, and samples drawn from them, in files that survive a kill.

A file is written under another name and renamed when it is whole: what is there is finished.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

from decloak.core.iob import count_tokens
from decloak.corpus.draw import draw_bundle
from decloak.corpus.facts import Facts
from decloak.corpus.mixture import Quota
from decloak.corpus.runs import Base, read_runs
from decloak.corpus.sample import from_row, to_row
from decloak.corpus.split import Content

__all__ = ["SHARDS", "draw_shard", "read_lines", "spool", "write_lines"]

SHARDS = 64
"""Files that the groups are dealt to; a constant, so that the bytes do not depend on the machine."""


def write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as gzipped JSON lines; the file appears when it is whole."""
    beside = path.with_name(path.name + ".part")
    with beside.open("wb") as raw, gzip.GzipFile("", "wb", 1, raw, 0) as stream:
        for row in rows:
            stream.write(
                json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
            )
    beside.replace(path)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of such a file."""
    with gzip.open(path, "rb") as stream:
        for line in stream:
            yield json.loads(line.decode("utf-8", "surrogatepass"))


def spool(runs: Path, folder: Path) -> Iterator[int]:
    """Label every run and deal the texts to files by group; yield the number of texts so far.

    Writes ``bases-NNN.jsonl.gz`` and, last, ``groups.json`` with what each group holds.
    """
    streams = []
    groups: dict[str, Content] = {}
    try:
        for number in range(SHARDS):
            raw = (folder / f"bases-{number:03}.jsonl.gz").open("wb")
            streams.append((raw, gzip.GzipFile("", "wb", 1, raw, 0)))
        for count, base in enumerate(read_runs(runs), 1):
            sample = base.sample
            held = groups.setdefault(sample.group, Content())
            held.texts[sample.source] += 1
            held.labels.update(each.label for each in sample.entities)
            held.tokens += count_tokens(sample.text)
            held.facts += base.facts is not None
            row = {"sample": to_row(sample), "command": base.command, "facts": base.facts}
            line = json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
            streams[crc32(sample.group.encode()) % SHARDS][1].write(line)
            yield count
    finally:
        for raw, stream in streams:
            stream.close()
            raw.close()
    table = {
        name: [held.texts, held.labels, held.tokens, held.facts] for name, held in groups.items()
    }
    beside = folder / "groups.json.part"
    beside.write_text(json.dumps(table), "utf-8")
    beside.replace(folder / "groups.json")


def draw_shard(folder: Path, number: int, plan: Mapping[str, Any], quota: Quota, seed: int) -> int:
    """Draw the samples of one shard's bundles into ``samples-NNN.jsonl.gz``; return how many.

    Args:
        folder: where the spooled texts are.
        number: of the shard.
        plan: bundle -> {"groups", "split"}, of this shard.
        quota: how many to draw.
        seed: of the build.
    """
    held: dict[str, list[Base]] = {}
    for row in read_lines(folder / f"bases-{number:03}.jsonl.gz"):
        facts = row["facts"]
        base = Base(
            from_row(row["sample"]),
            tuple(row["command"]),
            None if facts is None else Facts(facts[0], facts[1], tuple(facts[2])),
        )
        held.setdefault(base.sample.group, []).append(base)
    made: list[dict[str, Any]] = []
    for bundle, each in plan.items():
        bases = [base for group in each["groups"] for base in held[group]]
        bases.sort(key=lambda base: base.sample.id)
        made += [
            to_row(sample) for sample in draw_bundle(bundle, each["split"], bases, quota, seed)
        ]
    write_lines(folder / f"samples-{number:03}.jsonl.gz", made)
    return len(made)
