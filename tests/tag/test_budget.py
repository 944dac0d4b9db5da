"""What is read of long input: within a budget of work, the best first, and never in silence."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from decloak import Pipeline, Settings
from decloak.core.document import Document, View
from decloak.core.result import Result
from decloak.evaluation.hosts.draw import Draw
from decloak.evaluation.hosts.logs import LOGS, log
from decloak.evaluation.hosts.marks import collect
from decloak.evaluation.hosts.tools import dig, nmap, shodan, whois
from decloak.tag.budget import FLOOR, Budget, factor_of
from decloak.tag.neural import Tagger
from decloak.tag.rows import Stretch
from decloak.tag.units import units_of

SENTENCES = (
    "The group known as Example Panda uses Examplebot {n} against Contoso. It was seen in May.\n\n"
)


def places(result):
    return [(each.label, each.start, each.end) for each in result.all_entities]


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


def test_prose_is_read_before_logs_and_what_is_frequent_before_what_is_not(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    each = Tagger.each
    monkeypatch.setattr(Tagger, "each", lambda self, texts: read.extend(texts) or each(self, texts))
    prose = "Contoso was attacked by Example Panda with Examplebot.\n"
    rare = "Jan  1 10:00:00 gw sshd[7]: Odd thing seen by Anna\n"
    often = "Jan  1 10:00:00 gw sshd[7]: Bad thing seen by Anna\n"
    logs = (log("hadoop", 500, random.Random(1)), log("squid", 500, random.Random(2)))
    text = "".join([logs[0], rare, *[often] * 400, "\n", prose, "\n", logs[1]])
    assert run(text, tiny_model, "auto:1x").warnings
    assert read.index(prose) < len(read) / 2
    at = next(rank for rank, line in enumerate(read) if "Bad thing" in line)
    assert not any("Odd thing" in line for line in read[:at])


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
    texts = [log(kind, 60, random.Random(5)) for kind in LOGS] + [report(9000)]
    texts += [collect(maker(Draw(random.Random(6))))[0] for maker in (nmap, dig, whois, shodan)] * 3
    random.Random(7).shuffle(texts)
    text = "\n".join(texts)
    assert len(text) > FLOOR
    model = model_maker(tmp_path / "model", max_pieces=256)
    warm = [run(text, model) for _ in range(2)]
    assert warm[0] == warm[1]
    cold = Tagger(model, remembered=0)
    monkeypatch.setattr("decloak.tag.neural.shared_tagger", lambda _: cold)
    plain = run(text, model)
    assert places(plain) == places(warm[0])
    assert plain.warnings == warm[0].warnings


def test_a_budget_counts_work_and_not_time() -> None:
    one, other = (Budget(3.0, FLOOR + 1, 0) for _ in range(2))
    one.earn(60_000, 5_000, 10, 100)
    for _ in range(10):
        other.earn(6_000, 500, 1, 10)
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
    assert Settings(tagger=mode).tagger.mode == mode


@pytest.mark.parametrize(
    "mode", ["auto:", "auto:x", "auto:-1x", "auto:10", "always:3x", "some", "auto\n"]
)
def test_no_other_mode_is_one(mode: str) -> None:
    with pytest.raises(ValidationError):
        Settings(tagger=mode)


@given(st.text("ab. \n\t", max_size=80), st.integers(1, 12))
def test_blocks_are_all_of_a_stretch_in_order(text: str, size: int) -> None:
    with patch("decloak.tag.units.BLOCK", size):
        units = units_of(View(text), [Stretch(0, len(text), "prose")] if text else [], ())
    places = sorted((start, end) for unit in units for start, end, _ in unit.places)
    assert "".join(text[start:end] for start, end in places) == text
    assert all(0 < end - start <= size for start, end in places)
