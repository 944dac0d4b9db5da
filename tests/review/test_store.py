"""The review store: nothing decided is lost, nothing is changed behind anybody's back, labels come out whole."""

import json
import sqlite3
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from decloak.cli.review import app
from decloak.core.document import Document
from decloak.core.errors import InputError, StoreError
from decloak.evaluation.scorecard import load_gold
from decloak.options import Settings
from decloak.pipeline import Pipeline
from decloak.review import Action, Change, ReviewStore, labelled_rows

TEXT = "Seen printer.foo and printer.foo again; main.py asked server01.internal on 198.51.100.7, said Contoso."


@pytest.fixture(scope="module")
def result():
    made = Pipeline(Settings(tagger="off", review=True)).run(Document("a", TEXT))
    assert made.held_back
    return made


@pytest.fixture
def store(tmp_path, result):
    made = ReviewStore(tmp_path / "r.sqlite")
    assert made.add([result]) == len(result.all_entities)
    yield made
    made.close()


def test_the_queue_holds_what_was_held_back_and_adding_twice_adds_nothing(store, result):
    assert store.add([result]) == 0
    queue = store.queue("ann")
    assert {(each.start, each.end, each.label) for each in queue} == {
        (each.start, each.end, each.label) for each in result.held_back
    }
    assert [each.worth for each in queue] == sorted((each.worth for each in queue), reverse=True)


def test_decisions_are_kept_undone_and_compared(store):
    first = store.queue("ann")[0]
    store.decide(first.id, "ann", Action.ACCEPT)
    store.decide(first.id, "bob", Action.REJECT)
    assert first.id not in {each.id for each in store.queue("ann")}
    assert [each.id for each in store.conflicts()] == [first.id]
    assert store.agreement("ann", "bob").same == 0
    assert store.undo("bob") == [first.id]
    assert store.conflicts() == []
    assert [each["action"] for each in store.history(first.id)] == ["accept", "reject", "undo"]
    assert store.undo("bob") == []


def test_all_alike_at_once_and_back(store):
    alike = [each for each in store.queue("ann") if each.alike > 1]
    assert alike
    numbers = store.decide(alike[0].id, "ann", Action.REJECT, alike=True)
    assert len(numbers) == alike[0].alike
    assert set(store.undo("ann")) == set(numbers)


def test_labelled_rows_say_what_people_said_and_nothing_about_the_rest(store, tmp_path):
    queue = store.queue("ann")
    store.decide(queue[0].id, "ann", Action.CHANGE, Change(label="FILE_NAME", value="x.foo"))
    store.add_missed("a", "ann", TEXT.index("Contoso"), TEXT.index("Contoso") + 7, "ORGANIZATION")
    (row,) = labelled_rows(store)
    said = {(e["start"], e["label"], e["value"]) for e in row["entities"]}
    assert (queue[0].start, "FILE_NAME", "x.foo") in said
    assert (TEXT.index("Contoso"), "ORGANIZATION", "Contoso") in said
    assert any(e["value"] == "198.51.100.7" for e in row["entities"])
    assert [[e.start, e.end] for e in sorted(queue[1:], key=lambda e: e.start)] == sorted(
        row["ignore"]
    )
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(row))
    assert load_gold([path]).problems == ()


def test_what_cannot_be_is_refused(store):
    number = store.queue("ann")[0].id
    for wrong in (
        {"label": "NOPE"},
        {"start": 5},
        {"start": 5, "end": 5},
        {"start": 0, "end": 10_000},
    ):
        with pytest.raises(InputError):
            store.decide(number, "ann", Action.CHANGE, Change(**wrong))
    with pytest.raises(InputError, match="no item 999"):
        store.decide(999, "ann", Action.ACCEPT)
    with pytest.raises(InputError, match="no document"):
        store.add_missed("nowhere", "ann", 0, 1, "OS")
    assert store.history(number) == []


def test_a_file_that_is_no_store_is_left_alone(tmp_path):
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE mine (x)")
    with pytest.raises(StoreError, match="no review store"):
        ReviewStore(path)
    (tmp_path / "text").write_text("just text, and a lot of it, so that no header can be read" * 20)
    with pytest.raises(StoreError):
        ReviewStore(tmp_path / "text")
    with pytest.raises(StoreError):
        ReviewStore(tmp_path / "nowhere" / "r.sqlite")


def test_two_processes_lose_no_decision(store):
    numbers = [each.id for each in store.queue("x", 100)] * 5
    code = (
        "import sys; from pathlib import Path; from decloak.review import Action, ReviewStore\n"
        f"store = ReviewStore(Path({str(store.path)!r}))\n"
        f"for number in {numbers}: store.decide(number, sys.argv[1], Action.ACCEPT)"
    )
    workers = [subprocess.Popen([sys.executable, "-c", code, name]) for name in ("ann", "bob")]
    assert [worker.wait() for worker in workers] == [0, 0]
    assert sum(len(store.history(number)) for number in set(numbers)) == 2 * len(numbers)


def test_what_was_decided_is_there_after_a_kill(store):
    number = store.queue("ann")[0].id
    code = (
        "import os, signal, sys; from pathlib import Path; from decloak.review import Action, ReviewStore\n"
        f"s = ReviewStore(Path({str(store.path)!r})); s.decide({number}, 'ann', Action.ACCEPT)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert [each["action"] for each in store.history(number)] == ["accept"]


@given(texts=st.lists(st.text(max_size=60), min_size=1, max_size=3))
def test_any_text_is_taken_with_its_offsets(texts, tmp_path_factory):
    pipeline = Pipeline(Settings(tagger="off", review=True))
    store = ReviewStore(tmp_path_factory.mktemp("any") / "r.sqlite")
    store.add(
        pipeline.run(Document(str(i), f"198.51.100.7 {text}")) for i, text in enumerate(texts)
    )
    for row in labelled_rows(store):
        for each in row["entities"]:
            assert 0 <= each["start"] < each["end"] <= len(row["text"])
    store.close()


def test_the_terminal_does_the_same(tmp_path):
    file, path = tmp_path / "a.txt", tmp_path / "r.sqlite"
    file.write_text(TEXT)
    call = CliRunner().invoke
    assert call(app, ["add", str(path), str(file), "--tagger", "off"]).exit_code == 0
    listed = call(app, ["next", str(path), "--list", "--reviewer", "ann"])
    count = len(listed.stdout.splitlines())
    assert count
    done = call(
        app, ["next", str(path), "--reviewer", "ann"], input="s\na\nu\n" + "a\n" * (count + 1)
    )
    assert done.exit_code == 0, done.output
    assert "nothing is left" in done.stderr or "skip" in done.stdout
    counts = dict(
        each.split("\t")[:2] for each in call(app, ["stats", str(path)]).stdout.splitlines()
    )
    assert int(counts["decided"]) >= count - 1
    row = json.loads(call(app, ["export", str(path)]).stdout.splitlines()[0])
    assert row["text"] == TEXT
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"item": 1}\n{"item": 1, "reviewer": "bob", "action": "reject"}\n')
    done = call(app, ["import", str(path), str(bad)])
    assert "bad.jsonl:1" in done.stderr
    assert call(app, ["stats", str(path), "--agreement", "ann,bob"]).exit_code == 0
