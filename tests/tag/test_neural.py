"""The tagger on a random model: what it finds is nonsense, and must be the same nonsense always."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decloak.core.labels import LABELS
from decloak.tag.crf import Found
from decloak.tag.neural import Tagger, shared_tagger
from decloak.tag.passages import Passage, window_of

QUIET = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TEXTS = st.one_of(
    st.text(max_size=300),
    st.text(st.sampled_from("ab1. /\n\u00e9\u200b"), max_size=600),
    st.lists(st.sampled_from(["nginx 1.18.0\n", "  open ssh\n", "\n", "x " * 40]), max_size=20).map(
        "".join
    ),
)


def test_spans_hold_together(tiny_model: Path) -> None:
    tagger = shared_tagger(tiny_model)

    @QUIET
    @given(TEXTS)
    def holds(text: str) -> None:
        last = 0
        for start, end, label, confidence in tagger.tag(text):
            assert last <= start < end <= len(text)
            assert label in LABELS
            assert 0.0 <= confidence <= 1.0
            assert not text[start].isspace()
            assert not text[end - 1].isspace()
            last = end

    holds()


def test_nothing_is_lost_where_windows_meet(tiny_model: Path) -> None:
    class Late(Tagger):
        """Sees in each window what goes over the place from which it speaks, and nothing else."""

        def read(self, _: str, windows: Iterable[Passage]) -> list[list[Found]]:
            ranks = [bisect_left(each.words.starts, each.own) for each in windows]
            return [[(rank - 1, rank + 1, "MALWARE", 0.9)] if rank else [] for rank in ranks]

    text = " ".join(f"word{number} in" for number in range(120))
    tagger = Late(tiny_model)
    windows = list(tagger.passages(text))
    assert len(windows) > 3
    assert len(tagger.tag(text)) == len(windows) - 1


def test_what_is_remembered_is_what_would_be_found(tiny_model: Path) -> None:
    warm, cold = Tagger(tiny_model), Tagger(tiny_model, remembered=0)

    @QUIET
    @given(TEXTS)
    def holds(text: str) -> None:
        first, again = warm.tag(text), warm.tag(text)
        assert first == again
        fresh = cold.tag(text)
        assert [each[:3] for each in first] == [each[:3] for each in fresh]
        assert [each[3] for each in first] == pytest.approx([each[3] for each in fresh], abs=1e-4)

    holds()
    assert warm.cache.hits > 0
    assert not len(cold.cache)


def test_stretches_are_read_each_on_its_own(tiny_model: Path) -> None:
    tagger = Tagger(tiny_model)
    lines = ["open ssh\n", "nginx 1.18.0\n", "open ssh\n"]
    text = "".join(lines)
    ranges = [(0, 9), (9, 22), (22, 31)]
    alone = [
        (start + low, end + low, label)
        for (low, _), line in zip(ranges, lines, strict=True)
        for start, end, label, _ in Tagger(tiny_model).tag(line)
    ]
    assert [each[:3] for each in tagger.stretches(text, ranges)] == alone


def test_a_batch_of_windows_gives_what_one_by_one_gives(tiny_model: Path) -> None:
    tagger = Tagger(tiny_model)
    texts = ["nginx 1.18.0", "a", "Host is up (0.2s latency).\n" * 2, "\u00e9\u00e9 \u4e2d"]
    windows = [
        window_of(text, passage, 2, 3) for text in texts for passage in tagger.passages(text)
    ]
    together = tagger.session.run(windows)
    for many, window in zip(together, windows, strict=True):
        one = tagger.session.run([window])[0]
        assert many == pytest.approx(one, abs=1e-4)


def test_a_quantised_graph_reads_windows_one_by_one(
    tmp_path: Path, model_maker: Callable[..., Path]
) -> None:
    tagger = Tagger(model_maker(tmp_path / "model", quantised="int8"))
    shapes: list[int] = []
    emissions = tagger.session._emissions
    tagger.session._emissions = lambda batch: (shapes.append(len(batch)), emissions(batch))[1]
    tagger.tag("nginx 1.18.0 at 192.0.2.1\n" * 20)
    assert len(shapes) > 1
    assert set(shapes) == {1}


def test_overlapping_windows_are_one_long_window_where_the_encoder_sees_no_further(
    tmp_path: Path, model_maker: Callable[..., Path]
) -> None:
    """The tiny encoder looks one piece to each side, so inside an overlap nothing is cut off."""
    narrow = Tagger(model_maker(tmp_path / "narrow", max_pieces=64))
    wide = Tagger(model_maker(tmp_path / "wide", max_pieces=4096))
    text = "Nmap scan report for www.example.com (192.0.2.10)\n" * 12
    got, whole = narrow.tag(text), wide.tag(text)
    assert len(list(narrow.passages(text))) > 5
    assert len(list(wide.passages(text))) == 1
    same = {each[:3] for each in got} & {each[:3] for each in whole}
    assert len(same) >= 0.9 * len(whole)


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n", "\t \r\n\x0b", "a", "\n\n\n", "\u200b", "\ud800", "\u4e2d" * 50, "\U000e0041"],
    ids=ascii,
)
def test_little_or_strange_text_is_fine(tiny_model: Path, text: str) -> None:
    for start, end, *_ in shared_tagger(tiny_model).tag(text):
        assert 0 <= start < end <= len(text)


def test_a_long_line_is_read_in_bounded_memory(tiny_model: Path) -> None:
    import tracemalloc

    tagger = shared_tagger(tiny_model)
    text = "example.com 192.0.2.1 " * 8_000
    tracemalloc.start()
    count = sum(1 for _ in tagger.stretches(text, [(0, len(text))]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count > 1000
    assert peak < 20_000_000


def test_white_space_alone_asks_the_encoder_nothing(tiny_model: Path) -> None:
    tagger = Tagger(tiny_model)
    assert tagger.tag(" \t" * 500_000) == []
    assert tagger.cache.misses == 0
