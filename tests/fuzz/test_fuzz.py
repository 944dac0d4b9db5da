"""Two thousand mutated documents keep every promise. Any number by hand: `tests/fuzz/run.py`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from campaign import Campaign, Violation, minimised
from fuzz_seeds import seed_groups

STEPS = 8
EACH = 250
TAGGED_EVERY = 50


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return Campaign(seed_groups(beside=False), seed=2026, tagged_every=TAGGED_EVERY)


@pytest.mark.parametrize("step", range(STEPS))
def test_mutated_documents_keep_every_promise(campaign: Campaign, step: int) -> None:
    broken = list(campaign.violations(step * EACH, (step + 1) * EACH))
    kinds = {each.kind: each for each in broken}
    assert not kinds, "\n".join(_told(campaign, each) for each in kinds.values())


def _told(campaign: Campaign, violation: Violation) -> str:
    text = ascii(minimised(campaign, violation))
    return f"{violation.detail}\ndocument {violation.number}, read {violation.way}: {text}"
