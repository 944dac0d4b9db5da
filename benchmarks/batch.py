"""Batch runs, measured: ``python benchmarks/batch.py many|large|tiny [--size N] [--engine local] [--jobs 1,2] [--plain 0.9]``.

``many`` is N small documents (100,000), ``large`` one text of N MB (1,000), ``tiny`` only the plan of N files of a few
bytes (1,000,000). Each number of jobs does the same work; the rounds are interleaved, and efficiency is the median over
them of ``T1 / (n * Tn)``, of work alone: planning has a column of its own, and a cluster is up before the clock starts.
``busy`` is the share of the workers' time that went into shards: with the MB per CPU second it tells the same where the machine
has other work. Prints a Markdown table, and the command that made it.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from corpus import text_of
from decloak.batch.engines import open_engine
from decloak.batch.files import Folder
from decloak.batch.manifest import begin
from decloak.batch.recipe import Recipe
from decloak.batch.run import run
from decloak.batch.status import verify
from decloak.evaluation.quiet import quiet_lines
from decloak.options import Settings

MEGABYTE = 1_000_000
USUAL = {"many": 100_000, "large": 1_000, "tiny": 1_000_000}
A_FOLDER = 1_000
PIECE = 2 * MEGABYTE
"""Of a large text: as much is generated, and the pieces are put together in another order each time."""


def paragraphs(size: int) -> list[str]:
    """Return outputs of tools and paragraphs of reports, about so many code points of them."""
    text, _ = text_of(size)
    return [each + "\n\n" for each in text.split("\n\n") if each.strip()]


def make_many(folder: Path, count: int) -> list[Path]:
    """Write small documents, a thousand to a folder."""
    drawn, dice = paragraphs(4 * MEGABYTE), random.Random(1)
    for number in range(count):
        path = folder / f"{number // A_FOLDER:04}" / f"{number:07}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(dice.choice(drawn) + dice.choice(drawn), "utf-8")
    return [folder]


def plain_paragraphs(size: int) -> list[str]:
    """Return paragraphs of sentences, about so many code points of them."""
    made, length, dice = [], 0, random.Random(2)
    while length < size:
        made.append(" ".join(quiet_lines(dice, 6)) + "\n\n")
        length += len(made[-1])
    return made


def make_large(folder: Path, megabytes: int, plain: float) -> list[Path]:
    """Write one large text, a share of which is plain sentences."""
    drawn = [*paragraphs(round(PIECE * (1 - plain))), *plain_paragraphs(round(PIECE * plain))]
    dice = random.Random(1)
    path = folder / "large.txt"
    with path.open("w", encoding="utf-8") as stream:
        while stream.tell() < megabytes * MEGABYTE:
            dice.shuffle(drawn)
            stream.writelines(drawn)
    return [path]


def make_tiny(folder: Path, count: int) -> list[Path]:
    """Write files of a few bytes, a thousand to a folder."""
    for number in range(count):
        path = folder / f"{number // A_FOLDER:04}" / f"{number:07}"
        if number % A_FOLDER == 0:
            path.parent.mkdir()
        path.write_bytes(b"192.0.2.1")
    return [folder]


def planned(inputs: list[Path], out: Path, recipe: Recipe) -> dict[str, Any]:
    """Plan alone: wall and CPU seconds, shards, pieces, and memory in MiB."""
    folder = Folder(out)
    folder.make()
    begun, cpu = time.monotonic(), time.process_time()
    manifest = begin(folder, tuple(map(str, inputs)), recipe)
    return {
        "plan_seconds": time.monotonic() - begun,
        "plan_cpu": time.process_time() - cpu,
        "shards": manifest.shards,
        "pieces": manifest.pieces,
        "plan_memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "megabytes": manifest.read / MEGABYTE,
    }


def worked(out: Path, recipe: Recipe, engine: Any) -> dict[str, Any]:
    """Do the planned work and check it."""
    begun = time.monotonic()
    event = run([], out, recipe, engine, resume=True)
    seconds = time.monotonic() - begun
    wrong = list(verify(out))
    if wrong:
        sys.exit("\n".join(wrong))
    return {
        "seconds": seconds,
        "cpu": event.now.cpu,
        "busy": event.now.seconds / (seconds * engine.workers),
        "documents": event.now.documents,
        "failures": event.now.failures,
        "entities": event.now.entities,
    }


def rounds(
    inputs: list[Path], place: Path, options: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    """Yield what every run took."""
    recipe = Recipe.of(
        Settings(tagger=options.tagger), shard_bytes=round(options.shard * (1 << 20))
    )
    for number in range(options.rounds):
        for jobs in options.jobs:
            out = place / f"out-{number}-{jobs}"
            plan = planned(inputs, out, recipe)
            engine = open_engine(options.engine, jobs)
            try:
                yield {"round": number, "jobs": jobs} | plan | worked(out, recipe, engine)
            finally:
                engine.close()


def told(made: list[dict[str, Any]]) -> None:
    """Print the table, and the efficiency."""
    print(
        "| jobs | documents | failures | entities | MB | plan s (CPU) | work s | CPU s | MB per CPU s | busy |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for each in made:
        print(
            f"| {each['jobs']} | {each['documents']:,} | {each['failures']:,} | {each['entities']:,} | "
            f"{each['megabytes']:,.1f} | {each['plan_seconds']:.1f} ({each['plan_cpu']:.1f}) | {each['seconds']:.1f} | "
            f"{each['cpu']:.1f} | {each['megabytes'] / each['cpu']:.2f} | {each['busy']:.2f} |"
        )
    by_jobs = {each["jobs"]: [] for each in made}
    for each in made:
        by_jobs[each["jobs"]].append(each["seconds"])
    for jobs, seconds in by_jobs.items():
        if jobs > 1 and 1 in by_jobs:
            shares = [one / (jobs * many) for one, many in zip(by_jobs[1], seconds, strict=True)]
            print(f"\nEfficiency on {jobs} against 1: {statistics.median(shares):.2f}")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=USUAL)
    parser.add_argument("--size", type=int)
    parser.add_argument("--engine", default="local")
    parser.add_argument(
        "--jobs", type=lambda text: [int(each) for each in text.split(",")], default=[1, 2]
    )
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--shard", type=float, default=8.0, help="MiB")
    parser.add_argument("--tagger", default="off")
    parser.add_argument("--plain", type=float, default=0.0, help="share of sentences in `large`")
    options = parser.parse_args()
    size = options.size or USUAL[options.what]
    with tempfile.TemporaryDirectory(prefix="decloak-batch-") as name:
        place = Path(name)
        source = place / "in"
        source.mkdir()
        make = {
            "many": make_many,
            "large": partial(make_large, plain=options.plain),
            "tiny": make_tiny,
        }[options.what]
        inputs = make(source, size)
        print(f"    python {' '.join(sys.argv)}\n", flush=True)
        if options.what == "tiny":
            plan = planned(inputs, place / "out", Recipe.of(Settings(tagger="off")))
            print(", ".join(f"{key} {value:,.1f}" for key, value in plan.items()))
            return
        told(list(rounds(inputs, place, options)))


if __name__ == "__main__":
    main()
