"""Cost: what the publication left out: latency, throughput, memory, and money, of each configuration."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from decloak.core.document import Document
from decloak.evaluation.report import Table
from decloak.evaluation.reproduce.bench import SOURCES, Bench
from decloak.evaluation.reproduce.narrator import Narrator
from decloak.evaluation.reproduce.outcome import Chart, Measure, Outcome, Series
from decloak.options import Settings
from decloak.pipeline import Pipeline

__all__ = ["cost"]

CORE_HOUR = 0.04
"""US dollars for an hour of one core, about what clouds ask; a user's own figure scales with it."""
_WAYS: Mapping[str, Mapping[str, Any]] = {
    "no tagger": {"tagger": "off"},
    "default (tagger where nothing else explains)": {"tagger": "auto"},
    "tagger reads everything": {"tagger": "always"},
    "told without a model": {},
}


class Timed(NamedTuple):
    """What one configuration took.

    Attributes:
        seconds: of processor time, document by document.
        start: until the first document was done, by processor time.
        memory: of the process at its largest, in MiB.
    """

    seconds: list[float]
    start: float
    memory: float


def cost(bench: Bench) -> Outcome:
    """Time every configuration in a process of its own, on one thread."""
    texts = _texts(bench)
    size = sum(map(len, texts))
    table = Table(
        f"{len(texts)} documents, {size / 1000:.0f} kB, one core, processor time",
        ("configuration", "p50, ms", "p99, ms", "documents a second", "MB a second", "MiB",
         "start, s", "US dollars for 1,000 documents"),
    )  # fmt: skip
    made, speeds = Outcome(), []
    for name in _WAYS:
        bench.say(f"timing {name}")
        each = _timed(name, texts, bench.shipped)
        spent = sum(each.seconds)
        ranked = sorted(each.seconds)
        middle, slow = (
            ranked[len(ranked) // 2],
            ranked[min(len(ranked) - 1, int(0.99 * len(ranked)))],
        )
        dollars = 1000 * spent / len(texts) / 3600 * CORE_HOUR
        table.add(
            name, f"{1000 * middle:.1f}", f"{1000 * slow:.0f}", f"{len(texts) / spent:.0f}",
            f"{size / 1e6 / spent:.2f}", f"{each.memory:.0f}", f"{each.start:.1f}", f"{dollars:.5f}",
        )  # fmt: skip
        speeds.append((name, 1000 * middle, 1000 * slow))
        made.measures[f"p50 in ms, {name}"] = Measure(
            1000 * middle,
            1000 * middle,
            1000 * middle,
            f"{len(texts)} documents",
            f"{1000 * middle:.1f} ms",
        )
    made.tables.append(table)
    made.charts.append(
        Chart(
            "cost", "Processor time of a document", "bars", ("p50", "p99"),
            tuple(Series(name, (middle, slow)) for name, middle, slow in speeds), "ms",
        )
    )  # fmt: skip
    made.notes.append(
        f"Processor time, so that other work on the machine counts little. Money: {CORE_HOUR} US dollars for an "
        "hour of a core. What a language model takes besides is in [llm](llm.md). The first documents of "
        "each configuration, one of each source, are the start and not among the timed ones."
    )
    return made


def _texts(bench: Bench) -> list[str]:
    by_source: dict[str, list[str]] = {}
    for text in bench.clean("test", SOURCES):
        by_source.setdefault(text.source, []).append(text.text)
    return [text for rows in by_source.values() for text in rows[: bench.budget.timed]]


def _timed(name: str, texts: Sequence[str], model: Path) -> Timed:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_run, name, list(texts), model).result()


def _run(name: str, texts: list[str], model: Path) -> Timed:
    began = time.process_time()
    options = _WAYS[name]
    work = _told() if not options else _extracted(Pipeline(Settings(model=model, **options)))
    for text in texts[:2]:
        work(text)
    start = time.process_time() - began
    seconds = []
    for text in texts:
        began = time.process_time()
        work(text + "\n")  # not quite the text that was read before
        seconds.append(time.process_time() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Timed(seconds, start, peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))


class _extracted:  # noqa: N801 - a function with a memory
    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def __call__(self, text: str) -> None:
        self._pipeline.run(Document("-", text)).to_dict()


class _told:  # noqa: N801 - likewise
    def __init__(self) -> None:
        self._narrator = Narrator()

    def __call__(self, text: str) -> None:
        self._narrator.tell(text)
