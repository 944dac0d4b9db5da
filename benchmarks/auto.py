"""`--tagger auto` beside `off`: python benchmarks/auto.py [--data DATA] [--rounds N] [--into PAGE].

CPU time of one process and one thread, the median of rounds in which both modes take turns; nothing is
remembered from one run to the next. DATA is a folder of labelled documents, of which those of tools are joined
to one text. Prints one Markdown table per question, with the command that made it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import median

from corpus import text_of
from decloak.core.document import Document
from decloak.core.entity import Entity
from decloak.core.result import Result
from decloak.evaluation.documents import TARGET_SOURCES, score
from decloak.evaluation.gold import GoldDocument, load
from decloak.evaluation.hosts.logs import LOGS, log
from decloak.evaluation.report import Table
from decloak.evaluation.score import Counts
from decloak.evaluation.tagger.sections import command_line, put, section
from decloak.options import Settings
from decloak.pipeline import Pipeline
from decloak.tag.cache import Cache
from decloak.tag.neural import Tagger, shared_tagger
from decloak.tag.places import find_folder

LINES = 2000
GENERATED = 400_000
FILES = 3000


def run(mode: str, texts: Sequence[str], tagger: Tagger) -> tuple[float, list[Result]]:
    """Return the CPU seconds of one run over all texts, and the results."""
    tagger.cache = Cache()
    pipeline = Pipeline(Settings(tagger=mode))
    start = time.process_time()
    results = [pipeline.run(Document(str(rank), text)) for rank, text in enumerate(texts)]
    count = sum(len(result.entities) for result in results)
    assert count >= 0  # entities of large results are made when they are asked for
    return time.process_time() - start, results


def beside(
    first: Callable[[], tuple[float, list[Result]]],
    second: Callable[[], tuple[float, list[Result]]],
    rounds: int,
) -> tuple[float, float, list[Result], list[Result]]:
    """Return the medians of two runs that take turns, and what they gave."""
    seconds: tuple[list[float], list[float]] = ([], [])
    given: tuple[list[Result], list[Result]] = ([], [])
    for _ in range(rounds):
        for place, each in enumerate((first, second)):
            spent, results = each()
            seconds[place].append(spent)
            given[place][:] = results
    return median(seconds[0]), median(seconds[1]), given[0], given[1]


def modes(texts: dict[str, list[str]], rounds: int, tagger: Tagger) -> Table:
    """What `auto` takes beside `off`."""
    made = Table(
        "`auto` beside `off`: CPU seconds, one thread",
        ("text", "kB", "off", "auto", "speed of auto by that of off", "characters unread"),
    )
    for name, parts in texts.items():
        off, auto, _, results = beside(
            lambda parts=parts: run("off", parts, tagger),
            lambda parts=parts: run("auto", parts, tagger),
            rounds,
        )
        made.add(name, sum(map(len, parts)) // 1000, f"{off:.2f}", f"{auto:.2f}", f"{off / auto:.2f}",
                 sum(map(unread, results)))  # fmt: skip
    return made


def unread(result: Result) -> int:
    """Return how many characters a result says were left unread."""
    for warning in result.warnings:
        if "unread" in warning:
            return int(warning.partition("(")[2].partition(" ")[0].replace(",", ""))
    return 0


def disguise(rounds: int, tagger: Tagger) -> Table:
    """What a list of indicators takes that was defanged."""
    plain = "".join(f"https://a{n}.evil.example.com/x{n}\n" for n in range(1500))
    hidden = plain.replace("https", "hxxps").replace(".", "[.]")
    made = Table(
        "1,500 lines, fanged and defanged: CPU seconds", ("--tagger", "fanged", "defanged", "ratio")
    )
    for mode in ("off", "auto"):
        one, other, _, _ = beside(
            lambda mode=mode: run(mode, [plain], tagger),
            lambda mode=mode: run(mode, [hidden], tagger),
            rounds,
        )
        made.add(mode, f"{one:.3f}", f"{other:.3f}", f"{other / one:.2f}")
    return made


def found(rows: Sequence[GoldDocument], tagger: Tagger) -> Table:
    """F1 over labelled documents of tools, joined to one text and one by one."""
    made = Table(
        "F1 over labelled tool output, all labels", ("--tagger", "documents", "by value", "by span")
    )
    joined = "\n".join(row.text for row in rows)
    for mode in ("off", "auto", "auto:10x"):
        entities = run(mode, [joined], tagger)[1][0].entities
        made.add(mode, "joined", *_f1(rows, _apart(rows, entities)))
    results = run("auto", [row.text for row in rows], tagger)[1]
    made.add("auto", "one by one", *_f1(rows, (result.entities for result in results)))
    return made


def _apart(rows: Sequence[GoldDocument], entities: Sequence[Entity]) -> Iterable[list[Entity]]:
    start = place = 0
    for row in rows:
        end = start + len(row.text)
        here: list[Entity] = []
        while place < len(entities) and entities[place].start < end:
            each = entities[place]
            if each.start >= start and each.end <= end:
                here.append(replace(each, start=each.start - start, end=each.end - start))
            place += 1
        yield here
        start = end + 1


def _f1(rows: Sequence[GoldDocument], given: Iterable[Sequence[Entity]]) -> tuple[str, str]:
    total = [Counts(), Counts()]
    for row, entities in zip(rows, given, strict=True):
        for counts in score(row, entities).values():
            total = [old + new for old, new in zip(total, counts, strict=True)]
    value, span = (2 * t.hit / (2 * t.hit + t.missed + t.spurious) for t in total)
    return f"{value:.4f}", f"{span:.4f}"


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="labelled documents; those of tools are read")
    parser.add_argument("--rounds", type=int, default=5, help="of which the median is told")
    parser.add_argument("--into", type=Path, help="page whose section is to be made again")
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = os.environ["DECLOAK_THREADS"] = "1"
    folder = find_folder(None)
    if folder is None:
        parser.error("there is no shipped model")
    tagger = shared_tagger(folder)
    rows = list(load(options.data, sources=frozenset(TARGET_SOURCES))) if options.data else []
    texts = {"generated tool output": [text_of(GENERATED, seed=20)[0]]}
    if rows:
        texts["labelled tool output, joined"] = ["\n".join(row.text for row in rows)]
    for kind in LOGS:
        texts[f"{kind}, {LINES:,} lines"] = [log(kind, LINES, Random(7))]
    lines = log("hadoop", FILES, Random(8)).splitlines(keepends=True)
    texts[f"hadoop, {FILES:,} files of one line"] = lines
    made = [modes(texts, options.rounds, tagger), disguise(options.rounds, tagger)]
    if rows:
        made.append(found(rows, tagger))
    page = section(command_line("python benchmarks/auto.py", sys.argv[1:]), made)
    if options.into:
        put(options.into, "auto", page)
    else:
        print(page)


if __name__ == "__main__":
    main()
