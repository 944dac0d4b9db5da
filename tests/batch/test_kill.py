"""Killed at any moment, coordinator or worker, a run goes on to the bytes of an undisturbed one."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from decloak.batch.status import verify

pytestmark = pytest.mark.slow


def family(pid: int) -> list[int]:
    """The processes below one, by /proc."""
    below: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        below.setdefault(parent, []).append(int(path.name))
    found, new = [], [pid]
    while new:
        new = [child for each in new for child in below.get(each, [])]
        found += new
    return found


def is_worker(pid: int) -> bool:
    """Whether a process is a fork of the fork server."""
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_bytes().count(b"forkserver") > 0
    except OSError:
        return False


@pytest.mark.parametrize("seed", [1])
def test_killed_at_twenty_moments_it_ends_with_the_same_bytes(kit, tmp_path, seed):
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(160):
        (folder / f"{n:03}.txt").write_text("".join(kit.text_of(m) for m in range(n, n + 60)))
    recipe = kit.recipe_of(shard_bytes=16 << 10)
    kit.start([folder], tmp_path / "calm", recipe=recipe)
    dice = random.Random(seed)
    out = tmp_path / "out"
    order = kit.command(
        folder,
        "--out",
        out,
        "--tagger",
        "off",
        "--shard-size",
        1 / 64,
        "--jobs",
        2,
        "--resume",
        "-q",
    )
    victims = ["coordinator"] * 8 + ["worker"] * 12
    dice.shuffle(victims)
    process = None
    while victims:
        if process is None or process.poll() is not None:
            assert process is None or process.returncode in {0, -9}
            for marker in sorted((out / "done").glob("*"))[::2]:  # so that there is something left
                marker.unlink()
            process = subprocess.Popen(order)
        workers = [each for each in family(process.pid) if is_worker(each)]
        anywhere = victims[-1] == "coordinator" and dice.random() < 0.3
        if not (workers or anywhere):
            time.sleep(0.02)
            continue
        time.sleep(dice.uniform(0, 0.4))
        with contextlib.suppress(ProcessLookupError):  # it ended by itself
            if victims[-1] == "coordinator":
                process.kill()
                process.wait()
            else:
                os.kill(dice.choice(workers), signal.SIGKILL)
            victims.pop()
    process.kill()
    process.wait()
    done = subprocess.run(order, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert kit.parts_of(out) == kit.parts_of(tmp_path / "calm")
    assert list(verify(out)) == []
