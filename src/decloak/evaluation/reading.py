"""Reading: what the model's reading costs beside all else, and what it finds, by kind of stretch.

    python -m decloak.evaluation.reading [--data DATA] [--share N] [--output FILE]

Prints both as tables and writes the rates by which `decloak.tag.budget` counts. Costs are CPU seconds of
this machine, fitted over generated and labelled texts; only their ratios matter. What is found is counted
where the model alone gives an accepted entity, and whether the gold has it there.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from decloak.core.document import Document, View
from decloak.evaluation.gold import DEFAULT_DATA, GoldDocument, load
from decloak.evaluation.hosts.draw import Draw
from decloak.evaluation.hosts.logs import LOGS, log
from decloak.evaluation.hosts.marks import collect
from decloak.evaluation.hosts.prose import indicators, prose
from decloak.evaluation.hosts.tools import dig, nmap, shodan, whois
from decloak.evaluation.report import Table
from decloak.evaluation.tagger.sections import command_line, put, section
from decloak.options import Settings
from decloak.pipeline import Pipeline
from decloak.tag import PROPOSERS, Scene
from decloak.tag.budget import tokens_of
from decloak.tag.explained import confirmed_spans, unexplained
from decloak.tag.neural import Tagger
from decloak.tag.places import find_folder
from decloak.tag.rows import ROW
from decloak.tag.sitting import names_of
from decloak.tag.units import units_of

__all__ = ["main"]

OUTPUT = Path(__file__).parents[1] / "tag" / "data" / "budget.json"
_TEXT = 60_000
_ROUNDS = 3
_FEATURES = ("character", "token", "fact", "candidate", "edit")
_LOW = 0.95
"""Rates are taken down until such a share of the texts costs at least what they say."""
_ASIDE = 0.9
"""What of the rest's cost counts: the other part is kept for what the estimates miss."""
_SAID = "the server reported 1 error, while reading from /var/log on the remote host: stopped"
_NANO = 1e9
_LEAST = 0.02
"""Gain of a kind in which nothing was found, beside prose."""
_FEWEST_NAMES = 100
"""Names from which a kind's gain is told."""
_ALL = "auto:9999x"
_ROW_GAIN = 0.1
"""Gain of lines of logs, for which there is no gold: after prose, and after most of tool output."""


@dataclass
class Found:
    """What was seen of one kind of stretch.

    Attributes:
        units, windows, pieces, names: how much there is to read, each text once; see `decloak.tag.sitting`.
        alone: accepted entities that the model alone gives.
        gold: those of them that the gold has.
    """

    units: int = 0
    windows: int = 0
    pieces: int = 0
    names: int = 0
    alone: int = 0
    gold: int = 0


def _scene(text: str) -> tuple[Scene, list[Any], list[Any], int]:
    """Return a text as the model's stage sees it: the scene, its facts, candidates, edits."""
    decoded, segments, facts, _ = Pipeline(Settings(tagger="off")).read(Document("-", text))
    scene = Scene(decoded.view, 0, len(decoded.text), frozenset(), tuple(segments))
    candidates = [each for tag in PROPOSERS for each in tag.propose(scene)]
    return scene, facts.span(0, len(facts)), candidates, len(decoded.edits)


def _looked(view: View, low: int, high: int, segments: Any, facts: Any, candidates: Any) -> None:
    stretches = unexplained(view, low, high, segments, facts, candidates)
    units_of(view, stretches, confirmed_spans(facts, candidates))


def _rows_in(scene: tuple[Scene, list[Any], list[Any], int]) -> int:
    where, facts, candidates, _ = scene
    stretches = unexplained(where.view, 0, where.high, where.segments, facts, candidates)
    return sum(stretch.kind == ROW for stretch in stretches)


def _texts(data: Sequence[GoldDocument]) -> Iterator[tuple[str, str]]:
    """Yield texts of many kinds, each of about one size, by name."""
    for kind in LOGS:
        yield kind, log(kind, _TEXT // 150, Random(1))  # noqa: S311 - repeatable, no secrets
    for maker in (nmap, dig, whois, shodan, prose, indicators):
        draw, parts = Draw(Random(2)), [""]  # noqa: S311 - repeatable, no secrets
        while sum(map(len, parts)) < _TEXT:
            parts.append(collect(maker(draw))[0])
        yield f"generated {maker.__name__}", "\n".join(parts)
    for source in sorted({row.source for row in data}):
        parts = [row.text for row in data if row.source == source]
        yield f"labelled {source}", "\n".join(parts)[: 2 * _TEXT]
    yield "defanged", "".join(f"hxxps://a{n}[.]evil[.]example[.]com/x{n}\n" for n in range(900))


def _seconds(run: Any, *given: Any) -> float:
    start = time.process_time()
    run(*given)
    return time.process_time() - start


def costs(data: Sequence[GoldDocument], tagger: Tagger) -> tuple[dict[str, float], Table]:
    """Fit what work costs, in nanoseconds."""
    off = Pipeline(Settings(tagger="off"))
    texts = list(_texts(data))
    scenes = [_scene(text) for _, text in texts]
    rows = np.array(
        [(s.high, tokens_of(s.view.shadow), len(f), len(c), e) for s, f, c, e in scenes],
        dtype=float,
    )
    best = np.full(len(texts), np.inf)
    looking = np.full(len(texts), np.inf)
    for _ in range(_ROUNDS):
        for place, (_, text) in enumerate(texts):
            best[place] = min(best[place], _seconds(off.run, Document("-", text)))
            scene, facts, candidates, _ = scenes[place]
            whole = (scene.view, 0, scene.high, scene.segments, facts, candidates)
            looking[place] = min(looking[place], _seconds(_looked, *whole))
    fitted = _fit(rows / best[:, None])
    factor = float(np.quantile(best / (rows @ fitted), 1 - _LOW))
    rates = {
        name: float(rate) * factor * _ASIDE * _NANO
        for name, rate in zip(_FEATURES, fitted, strict=True)
    }
    lines = np.array([_rows_in(scene) for scene in scenes], dtype=float)
    free = lines == 0
    rates["looking"] = float(np.quantile((looking / rows[:, 0])[free], _LOW)) * _NANO
    left = looking[~free] * _NANO - rates["looking"] * rows[~free, 0]
    rates["row"] = max(float(np.quantile(left / lines[~free], _LOW)), 0.0)
    rates["window"], rates["piece"] = _reading(tagger)
    table = Table(
        "All else: CPU seconds, and what the rates say", ("text", "characters", "seconds", "said")
    )
    for (name, text), seconds, row in zip(texts, best, rows, strict=True):
        said = sum(rates[key] * value for key, value in zip(_FEATURES, row, strict=True)) / _NANO
        table.add(name, len(text), f"{seconds:.3f}", f"{said:.3f}")
    return {name: round(rate, 1) for name, rate in rates.items()}, table


def _fit(shares: Any) -> Any:
    """Return rates of at least nothing by which every text costs about one: least squares, by turns."""
    rates = np.zeros(shares.shape[1])
    for _ in range(2000):
        for each in range(len(rates)):
            left = 1 - shares @ rates + shares[:, each] * rates[each]
            rates[each] = max(
                0.0, float(shares[:, each] @ left / (shares[:, each] @ shares[:, each]))
            )
    return rates


def _reading(tagger: Tagger) -> tuple[float, float]:
    """Return what a window costs, and each of its pieces, in nanoseconds."""
    words, points = _SAID.split(), []

    def read(text: str) -> None:
        tagger.work(text)
        list(tagger.each([text]))

    for size in (6, 9, 14, 20, 40, 80, 120):
        text = " ".join(words[rank * 5 % len(words)] for rank in range(size))
        best = min(_seconds(read, text) for _ in range(8 * _ROUNDS))
        windows, pieces = tagger.work(text)
        points.append((windows / best, pieces / best))
    window, piece = _fit(np.array(points)) * _NANO
    return float(window), float(piece)


def gains(data: Sequence[GoldDocument], tagger: Tagger) -> dict[str, Found]:
    """Count what the model adds to tool output and to reports, each joined to one text, by kind of stretch."""
    seen: dict[str, Found] = defaultdict(Found)
    for wanted in (True, False):
        rows = [row for row in data if (row.source == "report") is wanted]
        text = "\n".join(row.text for row in rows)
        scene, facts, candidates, _ = _scene(text)
        alignment = Pipeline(Settings(tagger="off")).read(Document("", text))[0].alignment
        known = confirmed_spans(facts, candidates)
        whole = (scene.view, 0, scene.high, scene.segments, facts, candidates)
        units = units_of(scene.view, unexplained(*whole), known)
        for unit in units:
            entry, (windows, pieces) = seen[unit.kind], tagger.work(unit.text)
            entry.units += 1
            entry.windows += windows
            entry.pieces += pieces
            entry.names += names_of(unit.text)
        places = sorted((start, end, unit.kind) for unit in units for start, end, _ in unit.places)
        plain, full = (
            {
                (each.label, each.start, each.end)
                for each in Pipeline(Settings(tagger=mode)).run(Document("", text)).entities
            }
            for mode in ("off", _ALL)
        )
        gold = _gold(rows)
        for each in full - plain:
            start = (alignment.to_decoded(*each[1:]) or (0, 0))[0]
            rank = bisect_right(places, (start, scene.high, "")) - 1
            if rank >= 0 and start < places[rank][1]:
                seen[places[rank][2]].alone += 1
                seen[places[rank][2]].gold += each in gold
    return dict(seen)


def _gold(rows: Sequence[GoldDocument]) -> set[tuple[str, int, int]]:
    """Return the gold of documents that were joined by line ends."""
    start, found = 0, set()
    for row in rows:
        for each in row.entities:
            found |= {(label, each.start + start, each.end + start) for label in each.labels}
        start += len(row.text) + 1
    return found


def _weights(seen: dict[str, Found]) -> dict[str, float]:
    """Return what is found for each name, by kind, beside prose."""
    worth = {kind: each.gold / max(each.names, _FEWEST_NAMES) for kind, each in seen.items()}
    prose_worth = worth.get("prose") or 1.0
    made = {
        kind: round(max(value / prose_worth, _LEAST), 3) for kind, value in sorted(worth.items())
    }
    return made | {"row": _ROW_GAIN}


def _write(path: Path, cost: dict[str, float], gain: dict[str, float], share: int) -> None:
    about = (
        "made by python -m decloak.evaluation.reading; cost in nanoseconds of one machine, of which only the "
        f"ratios matter; gain for each name beside prose, over each {share}-th report, all banners and all tool output, each "
        "joined to one text; row is assumed"
    )
    text = json.dumps({"about": about, "cost": cost, "gain": gain}, indent=1)
    path.write_text(text + "\n", "utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write the rates; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m decloak.evaluation.reading")
    parser.add_argument(
        "--data", type=Path, default=DEFAULT_DATA, help="folder of labelled *.jsonl"
    )
    parser.add_argument("--share", type=int, default=10, help="of reports, each n-th is read")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="where to write")
    parser.add_argument("--into", type=Path, help="page whose section is to be made again")
    options = parser.parse_args(arguments)
    folder = find_folder(None)
    if folder is None:
        parser.error("there is no model")
    tagger = Tagger(folder, threads=1, remembered=0)
    data = [row for rank, row in enumerate(load(options.data))
            if row.source != "report" or rank % options.share == 0]  # fmt: skip
    cost, table = costs(data, tagger)
    _write(options.output, cost, {"prose": 1.0}, options.share)
    seen = gains(data, tagger)
    found = Table(
        "What the model alone finds, by kind of stretch",
        ("kind", "units", "windows", "pieces", "names", "entities", "in the gold"),
    )
    for kind, each in sorted(seen.items()):
        found.add(kind, each.units, each.windows, each.pieces, each.names, each.alone, each.gold)
    given = sys.argv[1:] if arguments is None else arguments
    page = section(command_line("python -m decloak.evaluation.reading", given), [table, found])
    if options.into:
        put(options.into, "reading", page)
    else:
        sys.stdout.write(page + "\n")
    _write(options.output, cost, _weights(seen), options.share)
    return 0


if __name__ == "__main__":
    sys.exit(main())
