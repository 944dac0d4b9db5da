"""A Ray cluster of two workers on this machine gives the bytes of one process, whatever of it is killed."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from decloak.batch.engines import open_engine
from decloak.batch.engines.ray import _connect as connect
from decloak.batch.run import run
from decloak.batch.status import verify
from decloak.core.errors import ResourceError

pytest.importorskip("ray", reason="the extra ray is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # Ray's own
]

KILLS = int(os.environ.get("DECLOAK_KILLS", "3"))
"""Each costs seconds, for an actor starts slowly; DECLOAK_KILLS=20 is for a machine with time."""


@pytest.fixture(scope="module")
def cluster():
    """An engine with a cluster of its own; it is up before anything heavy runs."""
    try:
        engine = open_engine("ray", 2)
    except ResourceError as error:  # pragma: no cover - a machine too busy for Ray
        pytest.skip(str(error))
    yield engine
    engine.close()


@pytest.fixture
def texts(kit, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(60):
        (folder / f"{n:03}.txt").write_text("".join(kit.text_of(m) for m in range(n, n + 60)))
    return folder


def actors() -> list[int]:
    """The processes that work."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if path.read_bytes().startswith(b"ray::_Actor"):
                found.append(int(path.parent.name))
    return found


def test_killed_again_and_again_it_ends_with_the_bytes_of_one_process(
    kit, tmp_path, texts, cluster
):
    assert cluster.workers == 2
    import ray

    recipe = kit.recipe_of(shard_bytes=16 << 10)
    kit.start([texts], tmp_path / "calm", recipe=recipe)
    address = ray.get_runtime_context().gcs_address
    out = tmp_path / "out"
    order = kit.command(
        texts, "--out", out, "--tagger", "off", "--shard-size", 1 / 64, "--resume", "-q",
        "--engine", "ray", "--address", address,
    )  # fmt: skip
    dice = random.Random(1)
    victims = ["coordinator"] * -(-KILLS // 5)
    victims += ["worker"] * (KILLS - len(victims))
    dice.shuffle(victims)
    process = None
    while victims:
        if process is None or process.poll() is not None:
            assert process is None or process.returncode in {0, -9}
            for marker in sorted((out / "done").glob("*"))[::2]:  # so that there is something left
                marker.unlink()
            process = subprocess.Popen(order)
        working = actors()
        if not working:
            time.sleep(0.05)
            continue
        time.sleep(dice.uniform(0, 0.4))
        with contextlib.suppress(ProcessLookupError):
            if victims[-1] == "coordinator":
                process.kill()
                process.wait()
            else:
                os.kill(dice.choice(working), signal.SIGKILL)
            victims.pop()
    process.kill()
    process.wait()
    done = subprocess.run(order, capture_output=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    assert kit.parts_of(out) == kit.parts_of(tmp_path / "calm")
    assert list(verify(out)) == []


def test_what_a_worker_raises_ends_the_run_with_its_own_error(kit, tmp_path, texts, cluster):
    from decloak.core.errors import DecloakError

    recipe = kit.recipe_of(shard_bytes=16 << 10)
    recipe.settings["tagger"] |= {"mode": "always", "model": str(tmp_path / "none")}
    with pytest.raises(DecloakError, match="none"):
        run([str(texts)], tmp_path / "out", recipe, cluster)


def test_an_address_where_nobody_is_is_told_at_once():
    with pytest.raises(ResourceError, match=r"no Ray cluster at 127[.]0[.]0[.]1:1:"):
        connect(None, "127.0.0.1:1", 0)
