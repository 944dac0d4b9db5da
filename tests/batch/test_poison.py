"""Documents that kill, hang or fill the processes that read them cost themselves and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.batch.engines.base import Died
from decloak.batch.pieces import Piece, to_line
from decloak.batch.poison import poison_of
from decloak.batch.report import Report

SIZES = st.lists(st.integers(1, 9), min_size=1, max_size=9)


@given(sizes=SIZES, data=st.data())
def test_halving_finds_every_poison_and_nothing_else(sizes, data):
    places = [(piece, place) for piece, size in enumerate(sizes) for place in range(size)]
    deadly = data.draw(st.sets(st.sampled_from(places), min_size=1))
    unreadable = data.draw(st.sets(st.sampled_from(range(len(sizes)))))
    asked = []

    def ask(tasks):
        asked.extend(tasks)
        return [(task, answer(task.probe)) for task in tasks]

    def answer(probe):
        inside = range(probe.first, probe.last)
        processed = {
            (piece, place) for piece, place in deadly
            if piece in inside and probe.begin <= place < probe.end
        }  # fmt: skip
        if processed or unreadable & set(inside):
            return Died(-9)
        return Report(0, documents=sum(sizes[piece] for piece in inside))

    line = to_line(0, [Piece("file", str(n), "") for n in range(len(sizes))])
    expected = {(piece, -1) for piece in unreadable}
    expected |= {(piece, place) for piece, place in deadly if piece not in unreadable}
    assert set(poison_of(line, ask)) == expected
    assert len(asked) <= 12 * (len(deadly) + len(unreadable)) + 12


def test_a_worker_that_was_only_unlucky_leaves_no_blame():
    answers = iter([Died(-9)])

    def ask(tasks):
        return [(task, next(answers, Report(0, documents=4))) for task in tasks]

    assert poison_of(to_line(0, [Piece("file", str(n), "") for n in range(4)]), ask) == ()


@pytest.mark.slow
def test_what_kills_hangs_or_fills_is_a_failure_by_name_and_all_else_is_done(
    kit, tmp_path, bewitched
):
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(16):
        (folder / f"{n:02}.txt").write_text(kit.text_of(n))
    kit.start([folder], tmp_path / "clean", recipe=kit.recipe_of(shard_bytes=3 << 10))
    for n, spell in ((3, "SPIN"), (9, "KILL"), (10, "STUCK"), (15, "GREED")):
        (folder / f"{n:02}.txt").write_text(spell)
    out = tmp_path / "out"
    done = kit.cli(
        folder, "--out", out, "--tagger", "off", "--shard-size", 3 / 1024, "--jobs", 2,
        "--document-seconds", 0.5, "--worker-memory", 4096, env=bewitched,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    rows = {row["id"][-6:-4]: row for row in kit.rows_of(out)}
    clean = {row["id"][-6:-4]: row for row in kit.rows_of(tmp_path / "clean")}
    why = {n: row["error"]["message"] for n, row in rows.items() if "error" in row}
    assert sorted(why) == ["03", "09", "10", "15"]
    for n in ("09", "10"):
        assert why[n].startswith("the worker process died at it")
    assert why["03"] == "it took more than 0.5 seconds of CPU time; it was left out"
    assert why["15"].startswith("memory ran out")
    assert {n: row for n, row in rows.items() if n not in why} == {
        n: row for n, row in clean.items() if n not in why
    }
