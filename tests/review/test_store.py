"""The review store: nothing decided is lost, nothing is changed behind anybody's back, labels come out whole."""

import json
import re
import sqlite3
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from typer.testing import CliRunner

import decloak
from decloak.cli.kb import app as kb
from decloak.cli.review import app
from decloak.core.document import Document
from decloak.core.errors import InputError, StoreError
from decloak.evaluation.scorecard import load_gold
from decloak.options import Settings
from decloak.pipeline import Pipeline
from decloak.review import (
    Action,
    Change,
    Found,
    ReviewStore,
    conll_lines,
    conll_rows,
    labelled_rows,
    suggestions,
    take_labelled,
)
from decloak.review.database import Database

TEXT = "Seen printer.foo and printer.foo again; main.py asked server01.internal on 198.51.100.7, said Contoso."


@pytest.fixture(scope="module")
def pipeline():
    return Pipeline(Settings(tagger="off", review=True))


@pytest.fixture(scope="module")
def result(pipeline):
    made = pipeline.run(Document("a", TEXT))
    assert made.held_back
    return made


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.slow, pytest.mark.tools])]
)
def place(request, tmp_path):
    if request.param == "postgresql":
        return request.getfixturevalue("database")()
    return str(tmp_path / "r.sqlite")


@pytest.fixture
def store(place, result):
    made = ReviewStore(place)
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
    store.add_missed(
        queue[0].document_id,
        "ann",
        TEXT.index("Contoso"),
        TEXT.index("Contoso") + 7,
        "ORGANIZATION",
    )
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
        store.add_missed(999, "ann", 0, 1, "OS")
    with pytest.raises(InputError, match="what is right"):
        store.decide(number, "ann", Action.CHANGE)
    with pytest.raises(InputError, match="reviewer"):
        store.decide(number, "", Action.ACCEPT)
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


def test_two_processes_lose_no_decision(store, place):
    numbers = [each.id for each in store.queue("x", 100)] * 3
    code = (
        "import sys; from decloak.review import Action, ReviewStore\n"
        f"store = ReviewStore({place!r})\n"
        f"for number in {numbers}: store.decide(number, sys.argv[1], Action.ACCEPT)"
    )
    workers = [subprocess.Popen([sys.executable, "-c", code, name]) for name in ("ann", "bob")]
    assert [worker.wait() for worker in workers] == [0, 0]
    assert sum(len(store.history(number)) for number in set(numbers)) == 2 * len(numbers)


def test_what_was_decided_is_there_after_a_kill(store, place):
    number = store.queue("ann")[0].id
    code = (
        "import os, signal, sys; from decloak.review import Action, ReviewStore\n"
        f"s = ReviewStore({place!r})\n"
        f"while True: s.decide({number}, 'ann', Action.ACCEPT); os.write(1, b'.')"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as worker:
        told = len(worker.stdout.read(5))
        worker.kill()
        told += len(worker.stdout.read())
    kept = [each["action"] for each in store.history(number)]
    assert set(kept) == {"accept"}
    assert told <= len(kept) <= told + 1  # the last one may have been kept before it was told


def test_whoever_exports_keeps_nobody_waiting_and_sees_one_moment(store, place, pipeline):
    store.add(pipeline.run(Document(name, f"{TEXT} {name}")) for name in "bc")
    others = ReviewStore(place)
    rows = labelled_rows(store)
    seen = [next(rows)]
    numbers = [each.id for each in others.queue("bob", 100)]
    for number in numbers:
        others.decide(number, "bob", Action.REJECT)
    seen += rows
    assert not any(
        each["provenance"].startswith("review") for row in seen for each in row["entities"]
    )
    assert all(row["ignore"] for row in seen)
    assert not any(row["ignore"] for row in labelled_rows(others))
    others.close()


def test_the_history_cannot_be_changed(store, place):
    number = store.queue("ann")[0].id
    store.decide(number, "ann", Action.ACCEPT)
    database = Database(place)
    for statement in ("UPDATE decisions SET reviewer = 'eve'", "DELETE FROM decisions"):
        with pytest.raises(StoreError, match="appended"), database.writing() as connection:
            connection.execute(text(statement))
    database.close()
    assert [each["reviewer"] for each in store.history(number)] == ["ann"]


def test_a_full_disk_costs_what_was_not_kept_and_nothing_else(tmp_path, result):
    place = tmp_path / "r.sqlite"
    store = ReviewStore(place)
    store.add([result])
    number = store.queue("ann")[0].id
    code = (  # a limit of the size of files: SQLite's own write is refused, as on a full disk
        "import os, resource, signal; from decloak.core.errors import StoreError\n"
        "from decloak.review import Action, ReviewStore\n"
        f"s = ReviewStore({str(place)!r}); signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"size = os.path.getsize({str(place)!r} + '-wal') + 60_000\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY)); kept = 0\n"
        "try:\n"
        f"    while True: s.decide({number}, 'ann', Action.ACCEPT); kept += 1\n"
        "except StoreError as error: assert 'make room' in str(error)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))\n"
        f"s.decide({number}, 'ann', Action.REJECT); print(kept)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    kept = [each["action"] for each in store.history(number)]
    assert kept == ["accept"] * int(done.stdout) + ["reject"]
    assert len(kept) > 1
    store.close()


def test_what_is_flagged_joins_the_queue_and_comes_first(store):
    accepted = next(
        number for number, (start, _, label) in store.places(1) if label == "IP_ADDRESS"
    )
    before = store.progress("ann").left
    assert store.decide(accepted, "bob", Action.FLAG) == [accepted]
    first = store.queue("ann")[0]
    assert (store.progress("ann").left, first.flagged) == (before + 1, True)
    assert store.item(accepted).decisions == ()
    assert store.undo("bob") == [accepted]
    assert store.progress("ann").left == before


def test_the_order_is_uncertainty_times_frequency_times_novelty(place):
    store = ReviewStore(place)
    found = [
        Found(n, n + 1, "OS", value, confidence, "review")
        for n, (value, confidence) in enumerate(
            [("sure", 0.95), ("open", 0.5), ("often", 0.6), ("often", 0.6), ("often", 0.6), ("twin", 0.5),
             ("twin", 0.5)]
        )
    ]  # fmt: skip
    _, numbers = store.add_document("a", "prose", "x" * 20, found)
    assert len(numbers) == len(found)
    assert [each.value for each in store.queue("ann")] == [
        *["often"] * 3, *["twin"] * 2, "open", "sure"
    ]  # fmt: skip
    store.decide(numbers[5], "bob", Action.ACCEPT)  # what is alike is not new any more
    assert [each.value for each in store.queue("ann")][:4] == ["often"] * 3 + ["open"]
    store.close()


def test_kappa_is_that_of_the_textbook(place):
    store = ReviewStore(place)
    found = [Found(n, n + 1, "OS", str(n), 0.5, "review") for n in range(50)]
    _, numbers = store.add_document("a", "prose", "x" * 50, found)
    for place_, number in enumerate(numbers):  # 20 both yes, 5 yes/no, 10 no/yes, 15 both no
        yes = place_ < 20, place_ < 25
        store.decide(number, "ann", Action.ACCEPT if yes[1] else Action.REJECT)
        said = yes[0] or place_ >= 40
        store.decide(number, "bob", Action.ACCEPT if said else Action.REJECT)
    made = store.agreement("ann", "bob")
    assert (made.both, made.same) == (50, 35)
    assert made.kappa == pytest.approx(0.4)
    assert store.agreements() == {("ann", "bob"): made}
    assert len(store.conflicts()) == store.counts()["conflicts"] == 15
    store.close()


def test_conll_comes_back_as_it_went(store, tmp_path):
    queue = store.queue("ann")
    for each in queue[::2]:
        store.decide(each.id, "ann", Action.ACCEPT)
    lines = list(conll_lines(labelled_rows(store)))
    assert any(line.endswith("\t_\n") for line in lines)
    (was,) = labelled_rows(store)
    (row,) = conll_rows("".join(lines).split("\n"), store)
    assert row["text"] == was["text"]
    assert [(e["start"], e["end"], e["label"]) for e in row["entities"]] == [
        (e["start"], e["end"], e["label"]) for e in was["entities"]
    ]
    other = ReviewStore(tmp_path / "other.sqlite")
    assert take_labelled(other, [was], "bob") == len(was["entities"])
    (again,) = labelled_rows(other)
    strip = {"provenance": None}
    assert [e | strip for e in again["entities"]] == [e | strip for e in was["entities"]]
    # A whole labelling of a known text: what it does not name is rejected.
    take_labelled(store, [{**was, "entities": [], "ignore": []}], "eve")
    assert {each.action for each in store.queue("nobody", 99) for each in each.decisions} <= {
        Action.ACCEPT, Action.REJECT
    }  # fmt: skip
    assert store.progress("eve").left == 0
    other.close()
    with pytest.raises(InputError, match="line 2"):
        list(conll_rows(["# id = a", "Zebra\tO"], store))
    with pytest.raises(InputError, match="no tag"):
        list(conll_rows(["Zebra\tX-OS"], store))


@settings(max_examples=20)
@given(texts=st.lists(st.text(max_size=60), min_size=1, max_size=3))
def test_any_text_is_taken_with_its_offsets(texts, tmp_path_factory, pipeline):
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
    assert "bad.jsonl:2" not in done.stderr
    assert (done.exit_code, "1 decisions taken" in done.stderr) == (3, True)
    written = call(app, ["export", str(path), "--conll"]).stdout
    assert written.startswith("# id = ")
    (tmp_path / "back.conll").write_text(written)
    done = call(app, ["import", str(path), str(tmp_path / "back.conll"), "--reviewer", "eve"])
    assert done.exit_code == 0, done.output
    assert call(app, ["stats", str(path), "--agreement", "ann,bob"]).exit_code == 0


def test_corrections_suggest_lists_that_the_other_commands_read(tmp_path, monkeypatch):
    names = ["Zorblax", "Zorblax", "Quuxrat", "Twice", "Twice"]
    text = " and ".join(f"{name} asked build.example.org" for name in names)
    store = ReviewStore(place := str(tmp_path / "r.sqlite"))
    ends = [(at, at + len("build.example.org")) for at in _all(text, "build.example.org")]
    found = [Found(low, high, "DOMAIN", "build.example.org", 0.9, "accepted") for low, high in ends]
    document, items = store.add_document("a", "prose", text, found)
    for number in items:
        store.decide(number, "ann", Action.REJECT)
    for name in ("Zorblax", "Quuxrat", "Twice"):
        for low in _all(text, name):
            store.add_missed(document, "ann", low, low + len(name), "MALWARE")
    for number, (low, high, label) in store.places(document):
        if text[low:high] == "Twice":
            store.decide(number, "bob", Action.REJECT)  # they do not agree: nothing is suggested
            assert label == "MALWARE"
    assert [(each.kind, each.value, each.times) for each in suggestions(store)] == [
        ("ignore", "build.example.org", 5),
        ("name", "Zorblax", 2),
    ]
    store.close()
    ignore, pack = tmp_path / "ignore.txt", tmp_path / "names.csv"
    done = CliRunner().invoke(
        app, ["suggest", place, "--ignore", str(ignore), "--names", str(pack)]
    )
    assert done.stdout.splitlines()[0] == "ignore\tDOMAIN\tbuild.example.org\t×5\t1 reviewers"
    assert "DOMAIN" not in {
        each.label for each in decloak.extract(text, ignore=str(ignore)).entities
    }
    monkeypatch.setenv("DECLOAK_KB", str(tmp_path / "kb.sqlite"))
    assert CliRunner().invoke(kb, ["add", str(pack)]).exit_code == 0
    done = subprocess.run(  # names are known from the next command on
        [sys.executable, "-m", "decloak.cli", "extract", "-", "--tagger", "off", "--format", "csv"],
        input="The Zorblax malware was seen.", capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ",MALWARE,Zorblax," in done.stdout


def _all(text, word):
    return [each.start() for each in re.finditer(re.escape(word), text)]
