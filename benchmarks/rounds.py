"""Rounds: decloak and its peers on texts of several kinds, in turns, so that a busy machine slows all alike.

A round measures every tool on every text once, each in a process of its own that has read another text of
the kind before the clock starts. Told is the CPU time per megabyte: median and range of the rounds.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from corpus import text_of
from decloak.evaluation.hosts.logs import LOGS, log
from decloak.kb.words import common_words

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
SIZE = 1_000_000
_TOOLS = ("decloak", "decloak, pure Python", "decloak, --tagger auto", "iocx", "dfir")
_PEERS = ("iocx", "dfir")

Measure = Callable[..., dict[str, Any] | str]
Table = tuple[str, tuple[str, ...], list[tuple[object, ...]]]


def texts(folder: Path) -> dict[str, tuple[Path, Path]]:
    """Write the texts; return for each kind the one to measure and the one to read before."""
    made = {
        "generated tool output": (text_of(SIZE, 1)[0], text_of(SIZE // 4, 77)[0]),
        "system and proxy logs": (_logs(1), _logs(2)),
        "prose without indicators": (_prose(1), _prose(2)),
    }
    if DATA.is_dir():
        real = _real()
        made["real tool documents, cold"] = real, made["generated tool output"][1]
        made["real tool documents, warm"] = real, real
    found = {}
    for number, (kind, pair) in enumerate(made.items()):
        paths = folder / f"rounds-{number}.txt", folder / f"rounds-{number}-before.txt"
        for path, text in zip(paths, pair, strict=True):
            path.write_bytes(text.encode("utf-8", "surrogatepass"))
        found[kind] = paths
    return found


def _logs(seed: int) -> str:
    rng = random.Random(seed)
    return "\n".join(log(kind, SIZE // (90 * len(LOGS)), rng) for kind in sorted(LOGS))


def _prose(seed: int) -> str:
    rng, words = random.Random(seed), sorted(common_words())
    lines: list[str] = []
    while 80 * len(lines) < SIZE:
        row = " ".join(rng.choices(words, k=rng.randint(8, 16)))
        lines.append(f"{row.capitalize()}.")
    return "\n".join(lines)


def _real() -> str:
    rows = [
        json.loads(line)["text"]
        for kind in ("nmap", "dig", "whois", "shodan")
        for line in (DATA / f"{kind}.jsonl").read_text("utf-8").splitlines()
    ]
    random.Random(1).shuffle(rows)
    return "\n".join(rows)


def rounds(folder: Path, count: int, measure: Measure, version_of: Callable[[str], Any]) -> Table:
    """Return title, head and rows of the table of all kinds and tools."""
    tools = [tool for tool in _TOOLS if tool not in _PEERS or version_of(tool)]
    places = texts(folder)
    spent: dict[tuple[str, str], list[float]] = {}
    found: dict[tuple[str, str], object] = {}
    for _ in range(count):
        for kind, (path, before) in places.items():
            for tool in tools:
                name = "decloak-auto" if "auto" in tool else tool.partition(",")[0]
                native = "0" if "pure" in tool else ""
                told = measure(name, path, str(before), DECLOAK_NATIVE=native, OMP_NUM_THREADS="1")
                if isinstance(told, str):
                    found[kind, tool] = told
                    continue
                spent.setdefault((kind, tool), []).append(told["cpu"] / told["size"] * 1e9)
                found[kind, tool] = told["found"]
    rows: list[tuple[object, ...]] = []
    for kind in places:
        peers = [median(spent[kind, peer]) for peer in _PEERS if (kind, peer) in spent]
        for tool in tools:
            times = spent.get((kind, tool))
            if not times:
                rows.append((kind, tool, found.get((kind, tool), "-"), "-", "-", "-"))
                continue
            middle = median(times)
            ratio = f"{min(peers) / middle:.2f}" if peers else "-"
            span = f"{min(times):.0f} to {max(times):.0f}"
            rows.append((kind, tool, f"{middle:.0f}", span, ratio, found[kind, tool]))
    head = ("text", "tool", "ms of CPU per MB", "range", "times the faster peer", "found")
    return f"One process, one core: {count} rounds in turns", head, rows
