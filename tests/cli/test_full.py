"""No room, or nobody, for what is written: one clear line, the documented exit code, no trace."""

import json
import resource
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from decloak.cli.app import app
from decloak.core.partial import PARTIAL
from decloak.readers import walk

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")
LONG = " ".join(f"198.51.100.{n}" for n in range(40))


def limited(size):
    """Allow files of so many bytes, as a disk that is full does."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@contextmanager
def no_room():
    """Let nothing be written to files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("labels",), ("decode", "a"), ("extract", "a"), ("extract", "a", "-j", "2")],
    ids=" ".join,
)
def test_a_full_standard_output_is_told_in_one_line(arguments, tmp_path):
    (tmp_path / "a").write_text("192.0.2.1")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "decloak.cli", *arguments],
            cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("decloak: the output: no space left on device;")
    assert done.stderr.count("\n") == 1


def test_a_full_or_closed_standard_error_loses_no_result(tmp_path):
    (tmp_path / "a").write_text("192.0.2.1")
    command = f"{sys.executable} -m decloak.cli extract missing a"
    for errors in ("2>/dev/full", "2>&-"):
        done = subprocess.run(
            f"{command} {errors}", shell=True, cwd=tmp_path, stdout=subprocess.PIPE, check=False
        )
        assert done.returncode == 3
        assert len(done.stdout.splitlines()) == 2


def test_a_closed_standard_output_is_an_error_unless_another_is_named(tmp_path):
    (tmp_path / "a").write_text("192.0.2.1")
    command = f"{sys.executable} -m decloak.cli extract a"
    for more, code, lines in (("", 2, 1), ("-o out", 0, 0)):
        done = subprocess.run(
            f"{command} {more} >&-",
            shell=True, cwd=tmp_path, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr.count("\n")) == (code, lines)


def test_a_disk_without_room_for_the_output_keeps_the_old_one(tmp_path):
    (tmp_path / "a").write_text(LONG)
    out = tmp_path / "out"
    out.write_text("old")
    done = subprocess.run(
        [sys.executable, "-m", "decloak.cli", "extract", "a", "-o", "out"],
        cwd=tmp_path, capture_output=True, text=True, check=False, preexec_fn=limited(100),
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("decloak: out: file too large; make room")
    assert done.stderr.count("\n") == 1
    assert out.read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"a", "out"}


def test_a_result_without_room_on_its_way_is_a_failure_and_the_others_go_on(tmp_path, monkeypatch):
    monkeypatch.setattr("decloak.cli.spool._MOST_HELD", 2000)
    for name, text in (("a", "192.0.2.1"), ("b", LONG), ("c", "192.0.2.2")):
        (tmp_path / name).write_text(text)
    with no_room():
        made = CliRunner().invoke(app, ["extract", str(tmp_path)])
    assert made.exit_code == 3
    found = [json.loads(line).get("error", {}).get("type") for line in made.stdout.splitlines()]
    assert found == [None, "OutputError", None]
    assert "b: no room for the result: file too large; set TMPDIR" in made.stderr
    assert made.stderr.count("\n") == 1


def test_what_a_worker_sends_without_room_for_it_is_a_failure_and_the_next_is_not(monkeypatch):
    from decloak.cli.crew import Crew, _Worker
    from decloak.cli.work import Outcome, Task
    from decloak.options import Settings

    monkeypatch.setattr("decloak.cli.spool._MOST_HELD", 10)
    task = Task(Settings(), "jsonl")
    crew = Crew(task, 1)
    worker = _Worker(crew._context, task, None)
    worker.todo.extend([(0, None), (1, None)])
    whole = Outcome("b", ("12345",))
    with no_room():
        for message in (None, "12345", "67890", Outcome("a", ("12345",))):
            assert worker.hear(message) is None
    number, (outcome,) = worker.hear(None)
    assert (number, outcome.failure.error, outcome.failure.exit_code) == (0, "OutputError", 2)
    assert worker.hear(whole) is None
    assert worker.hear(None) == (1, [whole])
    worker.end()


def test_a_half_written_output_is_never_read_unless_it_is_named(tmp_path):
    left = tmp_path / f".out.abc{PARTIAL}"
    for path in (left, tmp_path / "a"):
        path.write_text("192.0.2.1")
    for paths in ([str(tmp_path)], [f"{tmp_path}/*", f"{tmp_path}/.*"]):
        assert [item.id for item in walk(paths)] == [str(tmp_path / "a")]
    assert [item.id for item in walk([str(left)])] == [str(left)]


@pytest.mark.usefixtures("interruptible")
def test_a_killed_run_leaves_its_output_under_that_name(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-m", "decloak.cli", "extract", "-", "-o", "out"],
        cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        process.stdin.write(b'{"text": "192.0.2.1"}\n')
        process.stdin.flush()
        while not any(path.stat().st_size for path in tmp_path.iterdir()):
            assert process.poll() is None
        process.kill()
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".out.")
    assert left.name.endswith(PARTIAL)
