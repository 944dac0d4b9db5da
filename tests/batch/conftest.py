from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from decloak.batch.engines import open_engine
from decloak.batch.recipe import Recipe
from decloak.batch.run import run
from decloak.options import Settings

TEXTS = (
    """\
Nmap scan report for host{n}.example.com (192.0.2.{m})
Host is up (0.01s latency).
PORT   STATE SERVICE VERSION
22/tcp open  ssh     OpenSSH 8.{m}

""",
    "The actor used hxxps://evil{n}[.]com/a and 198[.]51[.]100[.]{m}; see CVE-2024-{k}.\n\n",
    """\
domain{n}.com.\t300\tIN\tA\t203.0.113.{m}
domain{n}.com.\t300\tIN\tMX\t10 mx{n}.example.net.

""",
)


def text_of(n: int) -> str:
    return TEXTS[n % len(TEXTS)].format(n=n, m=n % 250, k=10_000 + n)


@pytest.fixture
def some_files(tmp_path):
    """A folder of many small files in folders, with one that is no text."""
    dice = random.Random(1)
    root = tmp_path / "in"
    for n in range(120):
        path = root / f"{n % 7}" / f"{n:04}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            "".join(text_of(dice.randrange(10_000)) for _ in range(dice.randrange(1, 5)))
        )
    (root / "3" / "program").write_bytes(b"\x7fELF\x00\x01\x02" * 100)
    return root


def recipe_of(**options) -> Recipe:
    settings = {
        key: options.pop(key) for key in ("passwords", "review", "tagger") if key in options
    }
    return Recipe.of(Settings(**{"tagger": "off"} | settings), **{"shard_bytes": 4000} | options)


def start(inputs, out, *, engine="here", jobs=0, recipe=None, **options):
    chosen = open_engine(engine, jobs)
    try:
        return run([str(each) for each in inputs], out, recipe or recipe_of(), chosen, **options)
    finally:
        chosen.close()


def parts_of(out: Path) -> dict[str, str]:
    """Name -> digest of every part."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((out / "parts").iterdir())
    }


def rows_of(out: Path) -> list[dict]:
    return [
        json.loads(line)
        for path in sorted((out / "parts").iterdir())
        for line in path.read_text("ascii").splitlines()
    ]


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "decloak.cli", "batch", *map(str, arguments)]


def cli(*arguments: object, **more):
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, check=False, timeout=300, **more
    )


@pytest.fixture
def bewitched(tmp_path):
    """An environment in which texts can do to the process that reads them what their words say."""
    folder = tmp_path / "bewitched"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import hashlib, os, signal, sys\n"
        "if 'decloak' in ' '.join(sys.orig_argv) or 'forkserver' in ' '.join(sys.orig_argv) \\\n"
        "        or 'multiprocessing' in ' '.join(sys.orig_argv):\n"
        "    from decloak import pipeline\n"
        "    honest = pipeline.Pipeline._run\n"
        "    def run(self, document):\n"
        "        text = document.text\n"
        "        if 'KILL' in text:\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
        "        while 'SPIN' in text:\n"
        "            pass\n"
        "        if 'STUCK' in text:\n"  # native code that never comes back
        "            hashlib.pbkdf2_hmac('sha256', b'', b'', 1 << 30)\n"
        "        if 'GREED' in text:\n"
        "            bytearray(1 << 34)\n"
        "        return honest(self, document)\n"
        "    pipeline.Pipeline._run = run\n"
    )
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    return os.environ | {"PYTHONPATH": path}


@pytest.fixture
def kit():
    """What starts runs and looks at what they leave."""
    return SimpleNamespace(
        start=start, parts_of=parts_of, rows_of=rows_of, recipe_of=recipe_of, cli=cli,
        command=command, text_of=text_of,
    )  # fmt: skip
