"""No library that phones home is loaded before it is told not to."""

import ast
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import decloak
from decloak.core.offline import SWITCHES

ROOT = Path(decloak.__file__).parent


def imported(path):
    """The libraries that a file imports by itself."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "import_module":
            yield from (
                str(each.value).partition(".")[0]
                for each in node.args
                if isinstance(each, ast.Constant)
            )


def test_they_are_loaded_in_one_place_alone_or_below_a_package_that_silenced_them():
    found = {
        (path.relative_to(ROOT).parts[0], library)
        for path in ROOT.rglob("*.py")
        for library in imported(path)
        if library in SWITCHES
    }
    silenced = ast.parse((ROOT / "training" / "__init__.py").read_text("utf-8"))
    told = {
        each.value
        for node in ast.walk(silenced)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "silence"
        for each in node.args
    }
    assert found == {("training", library) for library in told} != set()


@pytest.mark.parametrize("library", SWITCHES)
def test_the_switches_are_set_before_a_library_is_loaded(library):
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    code = (
        "import builtins, os, sys\n"
        "from decloak.core import offline\n"
        "def stop(name): print({n: os.environ.get(n) for n in offline.SWITCHES[name]}); sys.exit()\n"
        "offline.import_module = stop\n"
        f"offline.load({library!r})"
    )
    clean = {k: v for k, v in os.environ.items() if k not in {*SWITCHES[library]}}
    done = subprocess.run(
        [sys.executable, "-c", code], env=clean, capture_output=True, text=True, check=True
    )
    told = ast.literal_eval(done.stdout)
    wanted = SWITCHES[library]
    assert all(told[name] == (value or told[name]) and told[name] for name, value in wanted.items())
    # What stands for a passing folder is gone with the process.
    assert not any(Path(told[name]).exists() for name, value in wanted.items() if not value)
