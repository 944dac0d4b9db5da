"""What is read of lines that are told entirely, and of logs: once what is alike, in whatever order."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from decloak import Pipeline, Settings
from decloak.core.document import Document
from decloak.core.entity import Tagged
from decloak.tag.fold import EXAMPLES, folded, unfolded
from decloak.tag.neural import Tagger, shared_tagger

INDICATORS = "".join(f"https://a{row}.evil.example.com/x{row}\n192.0.2.{row}\n" for row in range(9))
DEFANGED = INDICATORS.replace("https", "hxxps").replace(".example.", "[.]example[.]")
PROSE = "The group known as Example Panda uses Examplebot.\nIt was seen at Contoso in May.\n"


def log(lines: int) -> str:
    return "".join(
        f"Jan {1 + row % 28:2} 0{row % 10}:12:{10 + row % 50} gw sshd[{1000 + row}]: Failed password for invalid user bob"
        f" from 192.0.2.{row % 250} port {40_000 + row} ssh2\n"
        for row in range(lines)
    )


def asked(tagger: Tagger) -> int:
    return tagger.cache.hits + tagger.cache.misses


def found(text: str, model: Path) -> list[tuple[int, int, str, float]]:
    entities = Pipeline(Settings(model=model, review=True)).run(Document("-", text)).all_entities
    return [(each.start, each.end, each.label, each.confidence) for each in entities]


@pytest.mark.parametrize("text", [INDICATORS, DEFANGED, "hxxp://a[.]example[.]com/x\n"])
def test_what_is_told_asks_nothing_whatever_was_undone(tiny_model: Path, text: str) -> None:
    tagger = shared_tagger(tiny_model)
    before = asked(tagger)
    Pipeline(Settings(model=tiny_model)).run(Document("-", text))
    assert asked(tagger) == before


@pytest.mark.parametrize(
    "row", ["hxxp://a[.]example[.]com/x\n", "\n\n\n", "192.0.2.1\n\n192.0.2.7\n"]
)
def test_a_line_or_two_within_prose_are_context(
    tiny_model: Path, row: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[tuple[int, int]] = []
    stretches = Tagger.stretches
    monkeypatch.setattr(
        Tagger,
        "stretches",
        lambda self, text, ranges: read.extend(ranges) or stretches(self, text, ranges),
    )
    Pipeline(Settings(model=tiny_model)).run(Document("-", PROSE + row + PROSE))
    assert len(read) == 1


def test_a_list_within_prose_is_left_out(tiny_model: Path) -> None:
    tagger = Tagger(tiny_model)
    parts = [each[:3] for each in tagger.tag(PROSE)]
    behind = len(PROSE) + len(INDICATORS)
    wanted = parts + [(start + behind, end + behind, label) for start, end, label in parts]
    given_ = PROSE + INDICATORS + PROSE
    ranges = [(0, len(PROSE)), (behind, len(given_))]
    assert [each[:3] for each in tagger.stretches(given_, ranges)] == wanted


def test_lines_of_a_log_that_are_alike_are_read_once(
    tmp_path: Path, model_maker: Callable[..., Path]
) -> None:
    model = model_maker(tmp_path / "model", max_pieces=256)
    entities = found(log(60), model)
    assert shared_tagger(model).cache.misses == 1
    rows: list[list[tuple[str, str, float]]] = [[] for _ in range(60)]
    text = log(60)
    for start, end, label, confidence in entities:
        rows[text.count("\n", 0, start)].append((text[start:end], label, confidence))
    assert any(rows)
    assert {len(row) for row in rows} == {len(rows[0])}


def test_what_was_read_before_changes_nothing(
    tmp_path: Path, model_maker: Callable[..., Path]
) -> None:
    documents = [
        log(40),
        PROSE + log(12),
        DEFANGED,
        PROSE,
        log(3).replace("bob", "amy"),
        log(7)[50:],
    ]
    first = model_maker(tmp_path / "first")
    wanted = {text: found(text, first) for text in documents}
    for seed in range(3):
        model = model_maker(tmp_path / f"again{seed}")  # a memory of its own
        order = random.Random(seed).sample(documents, len(documents))
        assert {text: found(text, model) for text in order} == wanted


@given(
    parts=st.lists(
        st.one_of(
            st.sampled_from(["apt28 ", "x17y2", "7.88.1", "deadbeef01", "0x1f", "  ", "port 17458", "a:0b:1c:2d:3e", "\n"]),
            st.text("a0b.:- \u0661\u4e2d", max_size=9),
        ),
        max_size=8,
    ),
    label=st.sampled_from(sorted(EXAMPLES)),
)  # fmt: skip
def test_a_fold_maps_back_to_what_it_hid(parts: list[str], label: str) -> None:
    text = "".join(["<<", *parts, "192.0.2.77", *reversed(parts), ">>"])
    at = text.index("192.0.2.77")
    known = [(at, at + 10, label)]
    made = folded(text, 2, len(text) - 2, known)
    assume(made.count(EXAMPLES[label]) == 1)  # other addresses fold to the same example
    example = made.index(EXAMPLES[label])
    whole = [
        Tagged(example, example + len(EXAMPLES[label]), label, 1.0),
        Tagged(0, len(made), label, 1.0),
    ]
    got = [each[:2] for each in unfolded(text, 2, len(text) - 2, known, whole)]
    assert got == [(at, at + 10), (2, len(text) - 2)]


def test_a_fold_keeps_what_names_have() -> None:
    text = "APT28 used curl/7.88.1 at 12:30 on x86_64 from node17 pid 4711"
    assert folded(text, 0, len(text), ()) == (
        "APT28 used curl/7.88.1 at 4321:4321 on x1_4321 from node1 pid 4321"
    )
