"""The command line as a process: pipes, signals, streams and start-up."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time

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


def test_a_worker_that_dies_costs_only_its_document(tmp_path):
    """A limit on memory stands for the system's killer."""
    from decloak.cli.jobs import _Crew, _work
    from decloak.cli.work import Task
    from decloak.config import Settings
    from decloak.core.document import Document

    crew = _Crew(Task(Settings(), "jsonl"), 1, str(tmp_path))
    killed = crew._pool.submit(os._exit, 9)
    batch = [Document("x", "192.0.2.1")]
    assert isinstance(killed.exception(), BaseException)
    outcomes = list(crew.result(batch, killed))
    assert [outcome.id for outcome in outcomes] == ["x"]
    again = crew.submit(batch)
    assert [outcome.id for outcome in crew.result(batch, again)] == ["x"]
    crew.dismiss(finished=True)
    assert callable(_work)


def test_large_outputs_of_workers_go_through_files(tmp_path, monkeypatch):
    from decloak.cli import jobs
    from decloak.cli.work import Outcome

    monkeypatch.setattr(jobs, "_SPOOL", 10)
    packed = jobs._packed(Outcome("x", iter(["12345", "67890", "\r\nabc"])), tmp_path)
    assert packed.spooled is not None
    assert "".join(jobs._read_spooled(packed.spooled)) == "1234567890\r\nabc"
    assert jobs._packed(Outcome("x", iter(["123"])), tmp_path).pieces == ("123",)


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
