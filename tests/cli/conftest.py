from __future__ import annotations

import subprocess
import sys

import pytest


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
