"""Run: items one after another; what was measured before, under the same conditions, is not measured again."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from decloak.evaluation.reproduce.bench import Bench
from decloak.evaluation.reproduce.items.registry import ITEMS
from decloak.evaluation.reproduce.outcome import LATE
from decloak.evaluation.reproduce.page import RECORDS
from decloak.evaluation.reproduce.record import fingerprint, read, write

__all__ = ["run"]


def run(names: Sequence[str], bench: Bench, out: Path, *, again: bool = False) -> list[str]:
    """Measure items and write a record of each; a run that was stopped goes on with the item it was at.

    Args:
        names: of `ITEMS`.
        bench: what they share.
        out: the folder of the records.
        again: measure also what is there.

    Returns:
        The names of those that were measured.
    """
    done = []
    with bench.answers:
        for name in names:
            path, about = out / RECORDS / f"{name}.json", fingerprint(name, bench)
            known = None if again else read(path, about)
            if known is not None and (bench.is_late or not _is_cut_short(known)):
                bench.say(f"{name}: measured before")
                continue
            bench.say(f"{name}: {ITEMS[name].question}")
            began, spent = time.monotonic(), time.process_time()
            made = ITEMS[name].measure(bench)
            write(path, about, made, (time.monotonic() - began, time.process_time() - spent))
            done.append(name)
    return done


def _is_cut_short(record: Mapping[str, Any]) -> bool:
    """Whether there was no time for a part of an item."""
    return any(each["why"] == LATE for each in record["missing"])
