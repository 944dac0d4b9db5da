"""What is read of long input: within a budget of work, the best first, and never in silence."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from decloak import Pipeline, Settings
from decloak.core.document import Document
from decloak.core.result import Result
from decloak.evaluation.hosts.logs import LOGS, log
from decloak.tag.budget import FLOOR, Budget, factor_of
from decloak.tag.neural import Tagger, shared_tagger

SENTENCES = (
    "The group known as Example Panda uses Examplebot {n} against Contoso. It was seen in May.\n\n"
)


def report(size: int) -> str:
    return "".join(SENTENCES.format(n=n) for n in range(size // len(SENTENCES) + 1))


def run(text: str, model: Path, mode: str = "auto") -> Result:
    return Pipeline(Settings(model=model, tagger=mode, review=True)).run(Document("-", text))


def test_short_input_is_read_whatever_it_costs(tiny_model: Path) -> None:
    text = report(FLOOR - 200)
    assert len(text) <= FLOOR
    assert run(text, tiny_model).warnings == ()


def test_what_is_not_read_is_said_with_a_count(tiny_model: Path) -> None:
    text = report(2 * FLOOR)
    (warning,) = run(text, tiny_model, "auto:1x").warnings
    assert "1 times" in warning
    assert "stretches" in warning
    assert "characters" in warning
    assert run(text, tiny_model, "auto:0x").entities == run(text, tiny_model, "off").entities
    assert run(text, tiny_model, "auto:9999x").warnings == ()
    assert run(text[:FLOOR], tiny_model, "always").warnings == ()


def test_more_budget_reads_more(tiny_model: Path) -> None:
    text = report(2 * FLOOR)
    counts = [
        len(run(text, tiny_model, mode).all_entities)
        for mode in ("auto:1x", "auto:3x", "auto:9999x")
    ]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_prose_is_read_before_logs(tiny_model: Path) -> None:
    prose = "Contoso was attacked by Example Panda with Examplebot.\n"
    text = (
        log("hadoop", 500, random.Random(1))
        + "\n\n"
        + prose
        + "\n\n"
        + log("squid", 500, random.Random(2))
    )
    found = run(text, tiny_model, "auto:1x")
    assert found.warnings
    at = text.index(prose)
    alone = {each[:3] for each in shared_tagger(tiny_model).tag(prose)}
    assert alone
    tagged = {
        (each.start - at, each.end - at, each.label)
        for each in found.all_entities
        if "tagger" in "".join(each.evidence)
    }
    assert alone & tagged


def test_the_same_input_gives_the_same_output_whatever_was_read_before(
    tmp_path: Path, model_maker: Callable[..., Path]
) -> None:
    texts = [log("squid", 600, random.Random(seed)) for seed in range(2)]
    texts += ["".join(random.Random(4).sample(texts[0].splitlines(keepends=True), 600))]
    assert all(len(text) > FLOOR * 0.8 for text in texts)
    first, again = (model_maker(tmp_path / name, max_pieces=256) for name in ("first", "again"))
    wanted = [run(text, first) for text in texts]
    assert [run(text, again) for text in reversed(texts)] == wanted[::-1]


def test_what_is_remembered_is_what_is_read(
    tmp_path: Path, model_maker: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\n".join(log(kind, 60, random.Random(5)) for kind in LOGS) + report(9000)
    model = model_maker(tmp_path / "model", max_pieces=256)
    warm = [run(text, model) for _ in range(2)]
    assert warm[0] == warm[1]
    cold = Tagger(model, remembered=0)
    monkeypatch.setattr("decloak.tag.neural.shared_tagger", lambda _: cold)
    plain = run(text, model)
    assert [each[:3] for each in plain.all_entities] == [each[:3] for each in warm[0].all_entities]
    assert plain.warnings == warm[0].warnings


def test_a_budget_counts_work_and_not_time() -> None:
    one, other = (Budget(3.0, FLOOR + 1, 0) for _ in range(2))
    one.earn(60_000, 10, 100)
    for _ in range(10):
        other.earn(6_000, 1, 10)
    for budget in (one, other):
        assert budget.affords(1, 10)
        assert not budget.affords(0, 10**6)
    one.spend(1, 10)
    one.leave(3, 700)
    assert "3 stretches (700 characters)" in one.warnings()[0]


@pytest.mark.parametrize(
    ("mode", "factor"), [("auto", 3.0), ("auto:10x", 10.0), ("auto:0.5x", 0.5)]
)
def test_modes_name_what_the_model_may_cost(mode: str, factor: float) -> None:
    assert factor_of(mode) == factor
    assert Settings(tagger=mode).tagger == mode


@pytest.mark.parametrize(
    "mode", ["auto:", "auto:x", "auto:-1x", "auto:10", "always:3x", "some", "auto\n"]
)
def test_no_other_mode_is_one(mode: str) -> None:
    with pytest.raises(ValidationError):
        Settings(tagger=mode)
