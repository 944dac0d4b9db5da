"""A run does every shard once, gives the same bytes wherever it runs, and refuses what would change them."""

from __future__ import annotations

import gzip
import json
import resource

import pytest

from decloak.batch.files import Folder
from decloak.batch.status import status, verify
from decloak.core.errors import InputError, OutputError, SettingsError, StoreError
from decloak.core.partial import PARTIAL


def test_rows_are_those_of_extract(kit, some_files, tmp_path, capsys):
    from decloak.cli.app import app

    kit.start([some_files], tmp_path / "out")
    with pytest.raises(SystemExit):
        app(["extract", str(some_files), "--tagger", "off", "--format", "jsonl", "-q"])
    expected = capsys.readouterr().out
    whole = "".join(p.read_text() for p in sorted((tmp_path / "out" / "parts").iterdir()))
    assert whole == expected
    assert len(kit.parts_of(tmp_path / "out")) > 5


def test_processes_give_the_bytes_of_one(kit, some_files, tmp_path):
    kit.start([some_files], tmp_path / "one")
    event = kit.start([some_files], tmp_path / "two", engine="local", jobs=2)
    assert kit.parts_of(tmp_path / "one") == kit.parts_of(tmp_path / "two")
    assert (event.now.documents, event.now.failures) == (120, 1)
    assert list(verify(tmp_path / "two")) == []


def test_a_run_is_not_begun_twice_and_resumes_what_is_missing_only(kit, some_files, tmp_path):
    out = tmp_path / "out"
    kit.start([some_files], out)
    before = kit.parts_of(out)
    with pytest.raises(OutputError, match="--resume"):
        kit.start([some_files], out)
    folder = Folder(out)
    folder.marker(1).unlink()
    folder.part(3, ".jsonl").rename(folder.part(3, f".jsonl{PARTIAL}"))
    folder.marker(3).unlink()
    event = kit.start([], out, resume=True)
    assert event.now.shards == 2
    assert kit.parts_of(out) == before
    assert kit.start([some_files], out, resume=True).now.shards == 0


def test_passwords_are_not_kept(kit, some_files, tmp_path):
    out, secret = tmp_path / "out", "correct horse battery"
    kit.start([some_files], out, recipe=kit.recipe_of(passwords=[secret]))
    for file in out.rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes()
    assert kit.start([some_files], out, resume=True, recipe=kit.recipe_of(passwords=[secret]))
    with pytest.raises(SettingsError, match="passwords"):
        kit.start([some_files], out, resume=True, recipe=kit.recipe_of(passwords=["other"]))


def test_other_terms_and_changed_inputs_are_refused_by_name(kit, some_files, tmp_path):
    out = tmp_path / "out"
    kit.start([some_files], out)
    with pytest.raises(SettingsError, match=r"recipe.settings.output.review was false and is true"):
        kit.start([some_files], out, resume=True, recipe=kit.recipe_of(review=True))
    with pytest.raises(SettingsError, match="inputs was"):
        kit.start([some_files / "1"], out, resume=True)
    (some_files / "0" / "0000.txt").write_text("grown")
    (some_files / "1" / "0001.txt").unlink()
    with pytest.raises(InputError, match=r"0/0000.txt.*1/0001.txt"):
        kit.start([some_files], out, resume=True)


def test_what_vanishes_or_changes_between_plan_and_read_is_a_failure_by_name(
    kit, some_files, tmp_path
):
    out = tmp_path / "out"

    def spoil(event):
        if event.report is None:
            (some_files / "6" / "0006.txt").unlink()
            (some_files / "6" / "0013.txt").write_text("grown 192.0.2.1")

    kit.start([some_files], out, told=spoil)
    rows = {row["id"]: row for row in kit.rows_of(out)}
    assert len(rows) == 121
    for name in ("6/0006.txt", "6/0013.txt"):
        assert "changed after it was planned" in rows[str(some_files / name)]["error"]["message"]


def test_every_kind_of_bad_input_has_its_row(kit, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("192.0.2.1")
    (folder / "empty").write_bytes(b"")
    (folder / "b.txt.gz").write_bytes(gzip.compress(b"192.0.2.2"))
    (folder / "cut.gz").write_bytes(gzip.compress(b"192.0.2.3" * 1000)[:40])
    (folder / "rows.jsonl").write_text(
        '{"id": "r", "text": "192.0.2.4", "source": "x"}\n{"text": 5}\n'
    )
    (folder / "loop").symlink_to(folder)
    event = kit.start([folder, tmp_path / "missing", "-"], tmp_path / "out")
    rows = kit.rows_of(tmp_path / "out")
    assert (event.now.documents, event.now.failures) == (5, 5)
    failed = [row["id"] for row in rows if "error" in row]
    assert failed == [
        str(folder / "cut.gz"), str(folder / "loop"), f"{folder}/rows.jsonl:2", f"{tmp_path}/missing", "-",
    ]  # fmt: skip
    named = next(row for row in rows if row["id"] == "r")
    assert named["warnings"] == ["source 'x' is not known; it was detected instead"]


def test_the_folder_of_the_run_is_no_input(kit, some_files):
    out = some_files / "out"
    kit.start([some_files], out)
    assert not any("/out/" in row["id"] for row in kit.rows_of(out))


def test_two_runs_do_not_share_a_folder(kit, some_files, tmp_path):
    out = tmp_path / "out"

    def intrude(event):
        if event.report is None:
            assert status(out).running
            with pytest.raises(OutputError, match="another run works here"):
                kit.start([some_files], out, resume=True)

    kit.start([some_files], out, told=intrude)
    assert not status(out).running


def test_too_many_failures_end_the_run_and_what_is_done_is_kept(kit, some_files, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(OutputError, match="--max-failures 0"):
        kit.start([some_files], out, max_failures=0)
    assert kit.start([], out, resume=True, max_failures=1).before.shards > 0
    assert list(verify(out)) == []


def test_damage_is_found(kit, some_files, tmp_path):
    out = tmp_path / "out"
    kit.start([some_files], out)
    folder = Folder(out)
    part = folder.part(0, ".jsonl")
    part.write_bytes(part.read_bytes()[:-10])
    folder.marker(1).unlink()
    marker = json.loads(folder.marker(2).read_text())
    folder.write_json(folder.marker(2), marker | {"documents": 99})
    found = list(verify(out))
    assert len(found) == 4
    assert "damaged" in found[0]
    assert found[1] == "shard 1: not done"
    assert "its marker says 99" in found[2]
    assert "belongs to no shard" in found[3]
    folder.plan.write_text("")
    with pytest.raises(StoreError, match="not the plan of this run"):
        status(out)


def test_a_full_disk_ends_the_run_in_one_line_and_it_goes_on_with_room(kit, some_files, tmp_path):
    kit.start([some_files], tmp_path / "whole", recipe=kit.recipe_of(shard_bytes=4089))
    out = tmp_path / "out"
    most = max(path.stat().st_size for path in (tmp_path / "whole" / "parts").iterdir()) - 1

    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

    options = (
        some_files,
        "--out",
        out,
        "--tagger",
        "off",
        "--shard-size",
        0.0039,
        "--resume",
        "-q",
    )
    full = kit.cli(*options, preexec_fn=limited)
    assert full.returncode == 2, full.stderr
    assert "file too large; make room" in full.stderr
    assert "Traceback" not in full.stderr
    assert not list((out / "parts").glob(f"*{PARTIAL}"))
    done = kit.cli(*options)
    assert done.returncode == 3, done.stderr
    assert list(verify(out)) == []
