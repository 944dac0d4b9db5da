import os
import signal
import sys
import threading
import time

import pytest

from decloak.acquire.process import Stopped, execute
from decloak.acquire.program import NMAP
from decloak.core.errors import DecloakError


def run(tmp_path, *command, seconds=20.0, limit=1 << 20, stop=None):
    return execute(
        command, folder=tmp_path, seconds=seconds, limit=limit, stop=stop or threading.Event()
    )


def python(tmp_path, code, **more):
    return run(tmp_path, sys.executable, "-c", code, **more)


def is_gone(pid):
    """Whether the process is gone; a killed orphan may take a moment."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_both_outputs_and_the_status(tmp_path):
    done = python(tmp_path, "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    assert done.outputs == {"stdout": b"out\n", "stderr": b"err\n"}
    assert (done.exit_status, done.truncated, done.timed_out) == (3, (), False)


def test_the_environment_holds_no_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("SHODAN_API_KEY", "hush")
    done = python(tmp_path, "import os; print(sorted(os.environ), os.getcwd(), os.environ['HOME'])")
    told = done.outputs["stdout"].decode()
    assert "SHODAN" not in told
    assert told.count(str(tmp_path)) == 2


def test_standard_input_is_empty(tmp_path):
    assert python(tmp_path, "print(len(input()))").exit_status == 1


def test_a_program_that_does_not_end_is_ended(tmp_path):
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('x', flush=True); time.sleep(60)"
    done = python(tmp_path, code, seconds=1)
    assert done.timed_out
    assert done.exit_status == -signal.SIGKILL
    assert done.outputs["stdout"] == b"x\n"


def test_a_flood_is_cut(tmp_path):
    done = run(tmp_path, "yes", limit=100_000)
    assert done.truncated == ("stdout",)
    assert len(done.outputs["stdout"]) == 100_000


@pytest.mark.parametrize("how", ["timeout", "stop"])
def test_children_go_with_their_parent(tmp_path, how):
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen(['sleep', '60'])\n"
        "open('pid', 'w').write(str(child.pid))\n"
        "time.sleep(60)"
    )
    stop = threading.Event()
    if how == "timeout":
        assert python(tmp_path, code, seconds=2).timed_out
    else:
        threading.Timer(2, stop.set).start()
        with pytest.raises(Stopped):
            python(tmp_path, code, stop=stop)
    assert is_gone(int((tmp_path / "pid").read_text()))


def test_a_child_that_holds_the_pipes_does_not_hold_us(tmp_path):
    code = "import subprocess\nchild = subprocess.Popen(['sleep', '60'])\nprint(child.pid)"
    done = python(tmp_path, code)
    assert done.exit_status == 0
    assert not done.timed_out
    assert is_gone(int(done.outputs["stdout"]))


def test_what_cannot_be_started_is_named(tmp_path):
    with pytest.raises(DecloakError, match="no-such-program cannot be started"):
        run(tmp_path, "no-such-program")
    with pytest.raises(DecloakError, match="cannot be started"):
        run(tmp_path, "echo", "a\0b")


def test_a_question_for_the_version_tells_nothing_of_the_environment(tmp_path, monkeypatch):
    program = tmp_path / "nmap"
    program.write_text('#!/bin/sh\necho "Nmap version ${SHODAN_API_KEY:-7.0}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("SHODAN_API_KEY", "hush")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert NMAP.version() == "7.0"
