"""The real 0.5b model, where it can be had: one load, a few requests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from decloak.config import Settings
from decloak.core.document import Document
from decloak.core.entity import Status
from decloak.evaluation.llm.hostile import compare, load
from decloak.pipeline import Pipeline

ROOT = Path(__file__).parents[2]
FETCH = ROOT.parent / "shared" / "tools" / "fetch-gguf"

pytestmark = [pytest.mark.shared, pytest.mark.slow]


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory):
    pytest.importorskip("xllamacpp", reason="the extra llm is not installed")
    tool = Path(os.environ.get("DECLOAK_FETCH_GGUF", FETCH))
    if not tool.exists():
        pytest.skip(f"no model can be had: {tool} is not there")
    path = subprocess.run([tool, "0.5b"], capture_output=True, text=True, check=True).stdout.strip()
    settings = Settings(
        llm=f"gguf:{path}", llm_rounds=2, llm_critique=False, llm_samples=0, llm_timeout=900,
        llm_mode="narrative", llm_cache=str(tmp_path_factory.mktemp("cache")), trace=True, review=True,
    )  # fmt: skip
    return Pipeline(settings)


def test_it_tells_the_published_example_and_what_it_drops_is_told_or_added(pipeline):
    text = (ROOT / "examples" / "collapsed.txt").read_text("utf-8")
    plain = Pipeline().run(Document("-", text))
    result = pipeline.run(Document("-", text))
    assert not [each for each in result.warnings if "language model" in each]
    rounds = result.identification["rounds"]
    assert len(rounds[0]["narrative"]) > 100
    assert rounds[0]["usage"]["completion_tokens"] > 20
    left = [len(each["omissions"]) for each in rounds]
    assert left == sorted(left, reverse=True)
    assert bool(left[-1]) == bool(result.identification["added"])
    found = {(e.label, e.start, e.end) for e in result.entities}
    assert found >= {(e.label, e.start, e.end) for e in plain.entities}
    assert any("llm.narrative" in e.evidence for e in result.entities)
    assert all(e.status is Status.ACCEPTED or e.evidence[-1] for e in result.all_entities)


def test_an_attack_takes_nothing_and_makes_nothing_up(pipeline):
    [case] = [
        case
        for case in load(Path(__file__).parent / "hostile")
        if case.id == "fake-omission-lists-06"
    ]
    settings = pipeline.settings.model_copy(update={"llm_mode": "structured"})
    listing = Pipeline(settings, pipeline.identifier.model)
    outcome = compare(case, listing, Pipeline(), "0.5b")
    assert (outcome.ungrounded, outcome.lost, outcome.added) == ((), (), ())
