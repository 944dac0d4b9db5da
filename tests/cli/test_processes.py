"""The command line as a process: pipes, signals, streams and start-up."""

from __future__ import annotations

import json
import multiprocessing
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "decloak.cli"]


pytestmark = pytest.mark.usefixtures("interruptible")


def start(*arguments: str, **more) -> subprocess.Popen:
    return subprocess.Popen(
        [*COMMAND, *arguments], stderr=subprocess.PIPE, stdout=subprocess.PIPE, **more
    )


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_closed_pipe_ends_quietly(tmp_path, jobs):
    rows = tmp_path / "rows.jsonl"
    rows.write_text(
        "".join(f'{{"text": "seen at 192.0.2.{n % 250} {"x" * 500}"}}\n' for n in range(2000))
    )
    with start("extract", str(rows), "-j", jobs) as process:
        assert process.stdout.readline().startswith(b"{")
        process.stdout.close()
        errors = process.stderr.read()
        assert process.wait(60) == 0
    assert errors == b""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_with_130_and_leaves_the_old_output(tmp_path, jobs):
    out = tmp_path / "out"
    out.write_text("old")
    with start(
        "extract", "-", "-o", str(out), "-j", jobs, stdin=subprocess.PIPE, start_new_session=True
    ) as process:
        process.stdin.write(b'{"text": "192.0.2.1"}\n')
        process.stdin.flush()
        deadline = time.monotonic() + 30
        # The temporary file has a result in it: the run is under way.
        while not any(p.stat().st_size for p in tmp_path.glob(".out.*")):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        errors = process.stderr.read()
        assert process.wait(60) == 130
    assert errors == b"decloak: interrupted\n"
    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_json_lines_on_standard_input_are_answered_as_they_arrive(jobs):
    with start("extract", "-", "-j", jobs, stdin=subprocess.PIPE) as process:
        for number in range(3):
            process.stdin.write(f'{{"id": "{number}", "text": "192.0.2.{number}"}}\n'.encode())
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == str(number)
        process.stdin.close()
        assert process.wait(60) == 0
        assert process.stderr.read() == b""


def test_no_path_on_a_terminal_shows_the_help():
    controller, terminal = pty.openpty()
    for command in ("extract", "decode"):
        with start(command, stdin=terminal) as process:
            assert b"Usage" in process.stdout.read()
            assert process.wait(60) == 2
    os.close(terminal)
    os.close(controller)


def test_a_terminal_without_unicode_gets_escapes(decloak, tmp_path):
    (tmp_path / "a").write_text("caf\u00e9 192.0.2.1\n")
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = decloak("extract", "a", "-f", "text", env=environment)
    assert done.returncode == 0
    assert done.stdout == b"caf\\xe9 [[IP_ADDRESS 192.0.2.1]]\n"


def test_undecodable_file_names_are_read_and_shown(decloak, tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9")).write_text("192.0.2.1")
    done = decloak("extract", ".")
    assert done.returncode == 0
    assert json.loads(done.stdout)["id"] == "./caf\udce9"
    assert decloak("extract", ".", "-f", "csv").stdout.splitlines()[1].startswith(b"./caf\\udce9,")


@pytest.fixture
def crew():
    """A crew of one worker."""
    from decloak.cli.crew import Crew
    from decloak.cli.work import Task
    from decloak.options import Settings

    made = Crew(Task(Settings(), "jsonl"), 1)
    yield made
    made.dismiss(finished=False)


def has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("deaths", [1, 2])
def test_a_killed_worker_costs_the_document_it_was_at_and_no_other(crew, tmp_path, deaths):
    """The second document is a pipe: who reads it waits for a writer, and is killed there."""
    from decloak.readers import Input

    held = tmp_path / "held"
    os.mkfifo(held)
    for name in ("before", "after"):
        (tmp_path / name).write_text("192.0.2.1")

    def kill_readers():
        for _ in range(deaths):
            writer = os.open(held, os.O_WRONLY)
            (reader,) = crew.processes
            os.kill(reader, signal.SIGKILL)
            while not has_ended(reader):
                time.sleep(0.01)
            os.close(writer)
        if deaths == 1:
            held.write_text("192.0.2.1")

    killer = threading.Thread(target=kill_readers, daemon=True)
    killer.start()
    crew.give([Input(name, str(tmp_path / name), 1) for name in ("before", "held", "after")])
    found = []
    bell, ring = multiprocessing.Pipe(duplex=False)
    while len(found) < 3:
        crew.work(bell)
        found += [outcome for _, made in crew.take() for outcome in made]
    killer.join()
    ring.close()
    assert [outcome.id for outcome in found] == ["before", "held", "after"]
    errors = [outcome.failure and outcome.failure.error for outcome in found]
    assert errors == [None, None if deaths == 1 else "ResourceError", None]
    assert crew.is_idle


def test_a_large_output_waits_in_a_file_without_a_name(tmp_path, monkeypatch):
    from decloak.cli.spool import Spool

    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("decloak.cli.spool._MOST_HELD", 10)
    spool = Spool()
    for piece in ("12345", "67890", "\r\nabc"):
        spool.add(piece)
    assert list(tmp_path.iterdir()) == []
    assert "".join(spool.read()) == "1234567890\r\nabc"


def descendants(pid: int) -> set[int]:
    """The processes below one, and those that were started by it and moved to its group."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parents[int(entry.name)] = int(
                    (entry / "stat").read_text().rpartition(")")[2].split()[1]
                )
            except OSError:
                continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("name", ["passing", "passing" * 20], ids=["short", "long"])
def test_a_killed_run_leaves_no_process_and_no_file(tmp_path, name):
    """One worker is in the middle of a document that takes minutes; standard input is open."""
    (tmp_path / "short").write_text("192.0.2.1\n")
    (tmp_path / "long").write_text(
        "".join(f"at 192[.]0[.]2[.]1 h{n}.example.com\n" for n in range(400_000))
    )
    passing = tmp_path / name
    passing.mkdir()
    paths = (str(tmp_path / "short"), str(tmp_path / "long"), "-")
    command = ("extract", *paths, "-j", "2", "-o", str(tmp_path / "out"))
    with start(
        *command, stdin=subprocess.PIPE, env=os.environ | {"TMPDIR": str(passing)}
    ) as process:
        while not any(p.stat().st_size for p in tmp_path.glob(".out.*")):
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.05)
        below = descendants(process.pid)
        assert len(below) >= 2  # the fork server and a worker
        process.kill()
        process.wait()
        deadline = time.monotonic() + 60
        while left := [pid for pid in below if not has_ended(pid)]:
            assert time.monotonic() < deadline, left
            time.sleep(0.05)
    assert list(passing.iterdir()) == []


@pytest.mark.parametrize("module", ["typer", "rich", "pydantic", "re2", "decloak.pipeline"])
def test_importing_the_command_line_loads_nothing_heavy(module):
    code = f"import sys, decloak.cli; print({module!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_pipeline_loads_the_model_and_its_libraries_only_when_there_is_something_to_read():
    code = (
        "import sys, decloak\n"
        "decloak.extract('Host is up (0.21s latency).\\n22/tcp open ssh\\n')\n"
        "print({'numpy', 'onnxruntime', 'tokenizers', 'torch'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_help_does_not_load_the_pipeline():
    code = (
        "import sys\nfrom decloak.cli.app import app\n"
        "try: app(['--help'])\nexcept SystemExit: pass\n"
        "print({'re2', 'pydantic', 'decloak.pipeline'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "set()\n"
