"""Every kind of hostile client at once, for some seconds: each whole request has its answer, and nothing is left behind."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "service.py"


@pytest.mark.slow
def test_no_request_is_lost_and_nothing_leaks():
    command = [sys.executable, SCRIPT, "hostile", "--seconds", "6", "--burst", "300"]
    done = subprocess.run([*command, "--workers", "1"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    said = {tuple(line.split()[:-1]) for line in done.stdout.splitlines()[:-2]}
    assert {
        ("honest", "200"),
        ("burst", "200"),
        ("slow", "408"),
        ("killed",),
        ("after", "200"),
    } <= said
    assert not any(status[:1] == ("broken",) and status[1] >= "500" for status in said)
