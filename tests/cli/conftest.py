from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCAN = "Nmap scan report for www.example.com (192.0.2.1)\nHost is up (0.21s latency).\n"


@pytest.fixture
def decloak(tmp_path):
    """Run the command line in a process of its own, in an empty folder."""

    def run(*arguments: str, **more):
        return subprocess.run(
            [sys.executable, "-m", "decloak.cli", *arguments],
            cwd=tmp_path,
            capture_output=True,
            timeout=60,
            check=False,
            **({"stdin": subprocess.DEVNULL} if "input" not in more else {}),
            **more,
        )

    return run


@pytest.fixture
def scan(tmp_path) -> Path:
    path = tmp_path / "scan.txt"
    path.write_text(SCAN)
    return path


@pytest.fixture
def quiet_environment():
    return {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "TERM"}}
