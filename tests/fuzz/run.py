"""Fuzz decloak: run any number of mutated documents and show what breaks a promise.

python tests/fuzz/run.py --documents 50000 --seed 7 --state /tmp/fuzz.json

Every document depends on the seed texts, the seed and its number alone. With --state, an interrupted run
goes on where it stopped. Each kind of violation is shown once, with the smallest document found for it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from campaign import Campaign, Violation, minimised
from fuzz_seeds import seed_groups

_STEP = 500
"""Documents after which the state is written."""


def main() -> int:
    """Return 1 where a promise was broken."""
    options = _options()
    state = {"next": options.start, "kinds": {}}
    if options.state and options.state.exists():
        state = json.loads(options.state.read_text("utf-8"))
    end = options.start + options.documents
    steps = [(low, min(low + _STEP, end)) for low in range(state["next"], end, _STEP)]
    given = seed_groups(beside=not options.own), options.seed, options.tagged_every
    campaign = Campaign(*given)
    with ProcessPoolExecutor(options.processes, initializer=_begin, initargs=given) as pool:
        answers = pool.map(_work, steps)
        for (_, high), (violations, seconds) in zip(steps, answers, strict=True):
            for each in violations:
                _tell(campaign, each, state["kinds"], options.seed)
            print(
                f"{high} documents, {len(state['kinds'])} kinds of violation, {seconds:.1f} s CPU",
                flush=True,
            )
            state["next"] = high
            if options.state:
                options.state.write_text(json.dumps(state), "utf-8")
    return 1 if state["kinds"] else 0


_campaigns: list[Campaign] = []
"""That of a worker process."""


def _begin(*given: Any) -> None:
    _campaigns.append(Campaign(*given))


def _work(step: tuple[int, int]) -> tuple[list[Violation], float]:
    before = time.process_time()
    found = list(_campaigns[0].violations(*step))
    return found, time.process_time() - before


def _tell(campaign: Campaign, violation: Violation, kinds: dict[str, int], seed: int) -> None:
    kinds[violation.kind] = kinds.get(violation.kind, 0) + 1
    if kinds[violation.kind] > 1:
        return
    text = minimised(campaign, violation)
    print(f"== {violation.kind}: seed {seed}, document {violation.number}, read {violation.way}")
    print(violation.detail[-2000:])
    print(f"in {text!a}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0, help="number of the first document")
    parser.add_argument("--tagged-every", type=int, default=0, help="0: without the model")
    parser.add_argument("--processes", type=int, choices=(1, 2), default=1)
    parser.add_argument("--own", action="store_true", help="no seeds from beside the checkout")
    parser.add_argument("--state", type=Path, help="file to go on from")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
