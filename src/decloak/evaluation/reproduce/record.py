"""Record: what was measured, with all that is needed to measure it again; one JSON file for an item."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import decloak
from decloak.core.threads import usable_cores
from decloak.evaluation.reproduce.bench import Bench, digest_of
from decloak.evaluation.reproduce.outcome import Outcome, to_json
from decloak.evaluation.tagger.predict import code_version
from decloak.evaluation.tagger.systems import digest
from decloak.kb.packs import packs

__all__ = ["fingerprint", "read", "write"]

_LIBRARIES = ("numpy", "onnxruntime", "torch", "xllamacpp")


def fingerprint(item: str, bench: Bench) -> dict[str, Any]:
    """Return everything that the figures of an item depend on, but for the machine."""
    return {
        "item": item,
        "budget": bench.budget.name,
        "seed": bench.seed,
        "corpus": bench.digest(),
        "documents by others": digest_of(bench.data) if bench.data else "",
        "model": digest(bench.shipped),
        "packs": _packs(),
        "code": code_version(),
        "measured by": _sources(),
        "language model": "" if bench.llm is None else Path(bench.llm).name,
    }


def _packs() -> str:
    state = sha256()
    for each in packs().values():
        state.update(f"{each.name}\0{each.content_sha256}\0".encode())
    return state.hexdigest()[:16]


def _sources() -> str:
    """Return 16 hex digits of the code that measures."""
    state = sha256()
    for file in sorted(Path(__file__).parents[1].rglob("*.py")):
        if file.parent.name in {"items", "tagger", "llm"} or file.name in {"bench.py", "budget.py"}:
            state.update(file.read_bytes())
    return state.hexdigest()[:16]


def read(path: Path, wanted: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """Return a record; None where there is none, it is damaged, or it is about something else.

    Args:
        path: the file.
        wanted: the fingerprint that it has to have; None for any.
    """
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        same = wanted is None or found["about"] == dict(wanted)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if same else None


def write(path: Path, about: Mapping[str, Any], made: Outcome, clocks: tuple[float, float]) -> None:
    """Write a record; whole or not at all.

    Args:
        path: the file.
        about: the fingerprint.
        made: what was measured.
        clocks: seconds it took, by the clock and of processor time.
    """
    row = {
        "about": dict(about),
        "run": {
            "version": decloak.__version__,
            "commit": _commit(),
            "made": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "seconds": round(clocks[0], 1),
            "processor seconds": round(clocks[1], 1),
            "machine": f"{usable_cores()} cores, {platform.machine()}, {platform.system()}",
            "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
            "python": platform.python_version(),
            "libraries": {name: found for name in _LIBRARIES if (found := _version(name))},
        },
        **to_json(made),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(row, ensure_ascii=False, indent=1) + "\n", "utf-8")
    beside.replace(path)


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""


def _commit() -> str:
    """Return the commit of a checkout, with a mark where files differ from it; "" elsewhere."""
    root = Path(decloak.__file__).parents[2]
    if not (root / ".git").exists():
        return ""
    command = [
        "git",
        "-C",
        str(root),
        "describe",
        "--always",
        "--dirty",
        "--abbrev=9",
        "--exclude=*",
    ]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.SubprocessError) as error:
        sys.stderr.write(f"no commit can be named: {error}\n")
        return ""
    return done.stdout.strip()
