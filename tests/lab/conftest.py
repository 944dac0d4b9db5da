"""The lab's own tests: its modules lie beside the tests, not in the installed package."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from lab.daemons import find_tool  # noqa: E402 - found beside tests
from lab.harvest import TOOLS  # noqa: E402

_TRIES = 3
"""Harvests into one store: each asks again what failed before."""


def _need(*tools):
    """Skip where a tool is missing, unless the environment insists on it."""
    missing = [tool for tool in tools if find_tool(tool) is None]
    if missing and not os.environ.get("DECLOAK_REQUIRE_TOOLS"):
        pytest.skip(f"not installed: {', '.join(missing)} (lab/packages.txt)")
    assert not missing, f"not installed: {', '.join(missing)}"


@pytest.fixture(scope="session")
def need():
    return _need


@pytest.fixture(scope="session")
def harvested(tmp_path_factory):
    """A small harvest, made once."""
    if os.geteuid() != 0 and not os.environ.get("DECLOAK_REQUIRE_TOOLS"):
        pytest.skip("the lab makes network namespaces: it needs root")
    _need(*TOOLS)
    store = tmp_path_factory.mktemp("lab") / "store"
    for _ in range(_TRIES):
        done = _harvest(store)
        assert done.returncode == 0, done.stderr
        if not _unfinished(done.stdout):
            break
    return store


def _unfinished(told):
    """Return how many runs failed or were left out: a busy machine may run out of time."""
    return sum(map(int, re.findall(r"(\d+) (?:failed|left out)", told)))


@pytest.fixture(scope="session", name="harvest")
def harvest_fixture():
    return _harvest


def _harvest(store, *options):
    return subprocess.run(
        [sys.executable, "-m", "lab", "harvest", "--store", store, "--seed", "3", *options],
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
