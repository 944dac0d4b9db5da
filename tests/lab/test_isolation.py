"""A lab that is killed leaves nothing behind, and nothing of the outside is touched."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from decloak.acquire.store import RunStore

pytestmark = [pytest.mark.tools, pytest.mark.slow]
ROOT = Path(__file__).parents[2]


def processes(mark):
    """Processes whose command names a store."""
    listed = subprocess.run(
        ["ps", "-eww", "-o", "pid,args"], capture_output=True, text=True, check=True
    )
    return [line for line in listed.stdout.splitlines() if mark in line and "ps -eww" not in line]


@pytest.mark.usefixtures("harvested")  # for its reasons to skip
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_harvest_takes_everything_with_it_and_goes_on_later(tmp_path, sign):
    store = tmp_path / f"killed-{sign.name}"
    command = [sys.executable, "-m", "lab", "harvest", "--store", store, "--seed", "8"]
    mounts = Path("/proc/self/mountinfo").read_text("utf-8")
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        end = time.monotonic() + 120
        while not list(store.glob("dig.jsonl")) and time.monotonic() < end:
            assert process.poll() is None
            time.sleep(0.1)
        assert processes(store.name)
        os.kill(process.pid, sign)
        process.wait(30)
    end = time.monotonic() + 20
    while processes(store.name) and time.monotonic() < end:
        time.sleep(0.1)
    assert processes(store.name) == []
    assert Path("/proc/self/mountinfo").read_text("utf-8") == mounts
    assert list(RunStore(store).done("dig"))  # what was stored can be read


def test_a_lab_without_root_says_so():
    from lab.daemons import LabError
    from lab.isolation import run_isolated

    if os.geteuid() == 0:
        code = "import os; from lab.isolation import run_isolated; os.setuid(65534); run_isolated('lab.harvest', [], 1)"
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert "run it as root" in done.stderr
    else:
        with pytest.raises(LabError, match="root"):
            run_isolated("lab.harvest", [], 1)
