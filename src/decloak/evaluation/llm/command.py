"""``python -m decloak.evaluation narratives|grounding|hostile``: measure language models."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from decloak.core.errors import DecloakError
from decloak.evaluation.llm import grounding, hostile, narratives
from decloak.evaluation.llm.sample import SLICE, Sample, draw, short_name
from decloak.evaluation.report import Table
from decloak.evaluation.tagger.sections import put, section

__all__ = ["MEASUREMENTS", "main"]

T = TypeVar("T")
_PROGRAM = "python -m decloak.evaluation"
_SILENT = frozenset({"--into", "--section", "--cache", "--records", "--minutes"})
"""Options that change nothing in what is printed, or only how much of it."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=_PROGRAM, description=__doc__)
    parser.add_argument("what", choices=MEASUREMENTS)
    parser.add_argument("--llm", action="append", default=[], metavar="URI", help="models, each")
    parser.add_argument(
        "--corpus", type=Path, action="append",
        help="narratives, grounding: JSON lines, or a folder of texts; may be given again",
    )  # fmt: skip
    parser.add_argument("--cases", type=Path, default=hostile.CASES, help="hostile: their folder")
    parser.add_argument(
        "--count", type=int, help="documents of each source; hostile: cases, all by default"
    )
    parser.add_argument("--longest", type=int, default=600, help="code points of a document")
    parser.add_argument("--seed", type=int, default=5, help="of the draw and of the models")
    parser.add_argument("--rounds", type=int, default=3, help="of the loop, at most")
    parser.add_argument("--samples", type=int, default=3, help="answers to each question")
    parser.add_argument("--temperature", type=float, default=0.0, help="of narratives")
    parser.add_argument("--no-critique", action="store_true", help="check by the facts alone")
    parser.add_argument("--timeout", type=float, default=3600, help="seconds for one request")
    parser.add_argument("--threads", type=int, help="of a model in this process")
    parser.add_argument("--cache", help="folder of stored replies")
    parser.add_argument("--records", type=Path, help="file of what was measured, to go on with")
    parser.add_argument(
        "--minutes", type=float, default=1e9, help="begin nothing after so many; go on by --records"
    )
    parser.add_argument("--into", type=Path, help="page whose section is to be made again")
    parser.add_argument("--section", help="name of that section; the measurement's own by default")
    parser.add_argument("--json", action="store_true", help="JSON lines instead of Markdown")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run one measurement; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        made = MEASUREMENTS[options.what](options)
    except DecloakError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    if options.into:
        put(options.into, options.section or options.what, section(_shown(arguments), made))
        return 0
    for table in made:
        sys.stdout.write((table.json() if options.json else table.markdown()) + "\n")
    return 0


def _shown(arguments: Sequence[str]) -> str:
    """Return the command as others would type it: model files by name, no places of this machine."""
    words = [_PROGRAM]
    pending = list(arguments)
    while pending:
        word = pending.pop(0)
        if word in _SILENT:
            pending = pending[1:]
        elif word == "--llm" and pending:
            words += [word, short_name(pending.pop(0))]
        else:
            words.append(word)
    return " ".join(words)


def _given(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "rounds": options.rounds,
        "samples": options.samples,
        "critique": not options.no_critique,
        "timeout": options.timeout,
        "threads": options.threads,
        "cache": options.cache,
        "seed": options.seed,
        "temperature": options.temperature,
    }


def _in_time(items: Sequence[T], minutes: float) -> Iterator[T]:
    """Yield items until the time is over."""
    end = time.monotonic() + 60 * minutes
    for item in items:
        if time.monotonic() > end:
            _say("the time is over; the tables hold what was measured")
            return
        yield item


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _narratives(options: argparse.Namespace) -> list[Table]:
    samples = _drawn(options)
    rows = [
        row
        for uri in options.llm
        for row in narratives.measure(
            _in_time(samples, options.minutes), uri, options.records, _say, **_given(options)
        )
    ]
    return narratives.tables(rows)


def _grounding(options: argparse.Namespace) -> list[Table]:
    samples = _drawn(options)
    rows = [
        row
        for uri in options.llm
        for row in grounding.measure(
            _in_time(samples, options.minutes), uri, options.records, _say, **_given(options)
        )
    ]
    return grounding.tables(rows)


def _drawn(options: argparse.Namespace) -> list[Sample]:
    return draw(options.corpus or [SLICE], options.count or 3, options.longest, options.seed)


def _hostile(options: argparse.Namespace) -> list[Table]:
    cases = hostile.load(options.cases, options.count, options.seed)
    rows = [
        row
        for uri in options.llm or ["obedient"]
        for row in hostile.measure(
            _in_time(cases, options.minutes), uri, options.records, _say, **_given(options)
        )
    ]
    return hostile.tables(rows)


MEASUREMENTS: dict[str, Callable[[argparse.Namespace], list[Table]]] = {
    "narratives": _narratives,
    "grounding": _grounding,
    "hostile": _hostile,
}
