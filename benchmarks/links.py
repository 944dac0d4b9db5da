"""What links cost: python benchmarks/links.py [--rounds N] [--size CHARACTERS].

CPU time of one process on generated tool output, rendered as JSON lines, with links and without, in turns; the
quickest of the rounds, which others on the machine disturb least, and their ratio. Prints one Markdown table.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from random import Random

from corpus import KINDS
from decloak import pipeline
from decloak.core.document import Document
from decloak.core.entity import Link
from decloak.evaluation.hosts.draw import Draw
from decloak.evaluation.hosts.marks import collect
from decloak.evaluation.hosts.tools import dig, nmap, whois
from decloak.evaluation.report import Table
from decloak.export import EXPORTERS
from decloak.export.base import Shape
from decloak.options import Settings


def joined(kinds: Sequence[Callable[[Draw], str]], size: int) -> str:
    """Return fresh outputs of some tools, `size` characters or a few more."""
    draw, parts = Draw(Random(1)), []
    while sum(map(len, parts)) < size:
        parts.append("".join(collect(draw.rng.choice(kinds)(draw))[0] for _ in range(100)))
    return "".join(parts)


def without(_store: object) -> dict[str, Callable[[str], tuple[Link, ...]]]:
    """Tie nothing to anything."""
    return {}


def run(text: str) -> float:
    """Return the CPU seconds of one run from text to JSON lines."""
    start = time.process_time()
    result = pipeline.Pipeline(Settings(tagger="off")).run(Document("scan", text))
    written = sum(map(len, EXPORTERS.get("jsonl").render(result, Shape())))
    assert written
    return time.process_time() - start


def measured(text: str, rounds: int) -> tuple[float, float]:
    """Return the least seconds with links and without."""
    kept: tuple[Callable[..., object], Callable[..., object]] = (pipeline.linkers, pipeline.Linked)
    times: dict[bool, list[float]] = {True: [], False: []}
    for at in range(2 * rounds + 2):
        linked = at % 2 == 0
        pipeline.linkers, pipeline.Linked = kept if linked else (without, lambda rows, *_: rows)
        took = run(text)
        if at > 1:  # the first two load what is loaded once
            times[linked].append(took)
    pipeline.linkers, pipeline.Linked = kept
    return min(times[True]), min(times[False])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--size", type=int, default=1_000_000)
    options = parser.parse_args()
    table = Table("Links", ("text", "with", "without", "ratio"))
    for name, kinds in (
        ("all tools", KINDS),
        ("nmap", (nmap,)),
        ("dig", (dig,)),
        ("whois", (whois,)),
    ):
        text = joined(kinds, options.size)
        yes, no = measured(text, options.rounds)
        table.add(name, f"{yes:.2f} s", f"{no:.2f} s", f"{yes / no:.3f}")
    print(table.markdown())


if __name__ == "__main__":
    main()
