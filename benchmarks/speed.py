"""Speed and memory, beside peers, on the same text: ``python benchmarks/speed.py``.

Prints one Markdown table per question, with the command that made it. Peers live in an environment
of their own (``build/bench-env``), made here; none is a dependency of decloak.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

from corpus import disguised_text, text_of
from decloak.perturb import PERTURBATIONS
from rounds import rounds

ROOT = Path(__file__).parents[1]
WORKER = Path(__file__).with_name("worker.py")
PEER_ENVIRONMENT = ROOT / "build" / "bench-env"
PEERS = ("iocx", "dfir", "ioc-finder", "iocsearcher")
MEGABYTE = 1_000_000
SECONDS = 1800
DISGUISED = 400_000
"""Code points; the worker reads half of them before its clock starts."""


def peer_python() -> Path:
    """Return the interpreter of the peers' environment, making it when needed."""
    python = PEER_ENVIRONMENT / "bin" / "python"
    if not python.exists():
        venv.create(PEER_ENVIRONMENT, with_pip=True)
    return python


def peer_version(name: str) -> str | None:
    """Install a peer when needed; return its version, or None when it cannot be had."""
    python = str(peer_python())
    ask = [python, "-c", f"import importlib.metadata as m; print(m.version({name!r}))"]
    for attempt in (False, True):
        if attempt:
            install = [python, "-m", "pip", "install", "--quiet", name]
            if subprocess.run(install, check=False, capture_output=True).returncode:
                return None
        told = subprocess.run(ask, check=False, capture_output=True, text=True)
        if told.returncode == 0:
            return told.stdout.strip()
    return None


def measure(tool: str, path: Path, *more: str, **variables: str) -> dict[str, Any] | str:
    """Run one tool over a file or folder in a child process; words when it failed."""
    python = sys.executable if tool.startswith("decloak") else str(peer_python())
    command = [python, str(WORKER), tool, str(path), *more]
    try:
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            env=os.environ | variables,
        )
    except subprocess.TimeoutExpired:
        return f"more than {SECONDS} s"
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["no message"])[-1][:80]
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def table(title: str, head: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    """Print one Markdown table."""
    print(f"\n## {title}\n")
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    sys.stdout.flush()


def growth(folder: Path, sizes: list[int]) -> None:
    """Speed and peak memory of decloak over files of growing size."""
    rows: list[tuple[object, ...]] = []
    for size in sizes:
        path = folder / f"{size}.txt"
        text, indicators = text_of(size * MEGABYTE)
        path.write_text(text)
        made = measure("decloak", path)
        if isinstance(made, str):
            rows.append((size, made, "", "", "", ""))
            continue
        speed = made["size"] / MEGABYTE / made["seconds"]
        peak = made["memory_kb"][-1] / 1024
        dense = round(indicators / len(text) * MEGABYTE)
        rows.append(
            (size, f"{speed:.2f}", f"{made['first']:.1f}", f"{peak:.0f}", made["found"], dense)
        )
    head = ("MB", "MB/s", "s for the first 200 kB", "peak RSS in MiB", "entities",
            "indicators per MB in the text")  # fmt: skip
    table("decloak, one process, one file", head, rows)


def peers(folder: Path, size: int) -> None:
    """The same text through decloak and the peers, with ratios."""
    path = folder / f"peers-{size}.txt"
    path.write_text(text_of(size * MEGABYTE)[0])
    speeds: dict[str, float] = {}
    rows: list[tuple[object, ...]] = []
    for tool in ("decloak", *PEERS):
        version = "this checkout" if tool == "decloak" else peer_version(tool)
        if version is None:
            rows.append((tool, "could not be installed", "–", "–", "–", "–"))
            continue
        made = measure(tool, path)
        if isinstance(made, str):
            rows.append((tool, version, made, "–", "–", "–"))
            continue
        speeds[tool] = made["size"] / MEGABYTE / made["seconds"]
        ratio = speeds["decloak"] / speeds[tool] if "decloak" in speeds else 0.0
        first = f"{made['first']:.1f}"
        rows.append((tool, version, f"{speeds[tool]:.2f}", f"{ratio:.2f}", first, made["found"]))
    head = ("tool", "version", "MB/s", "decloak is so many times as fast", "s for the first 200 kB",
            "found")  # fmt: skip
    table(f"Peers on the same {size} MB", head, rows)


def disguised(folder: Path) -> None:
    """Text in which every entity is disguised, by family."""
    where = folder / "disguised"
    where.mkdir()
    rows: list[tuple[object, ...]] = []
    for family in PERTURBATIONS:
        path = where / f"{family.name}.txt"
        path.write_text(disguised_text(family, DISGUISED))
        made = measure("decloak", path)
        if isinstance(made, str):
            rows.append((family.name, made))
            continue
        rows.append((family.name, f"{made['seconds'] / made['size'] * MEGABYTE:.1f}"))
    table(f"All disguised, {DISGUISED // 1000} kB of each family", ("family", "s per MB"), rows)


def small_files(folder: Path, count: int) -> None:
    """Memory over many small files: flat when nothing is kept."""
    where = folder / "small"
    where.mkdir()
    for i in range(count):
        (where / f"{i:05}.txt").write_text(text_of(2000, seed=i)[0])
    made = measure("decloak", where)
    if isinstance(made, str):
        print(made)
        return
    peaks = [kb / 1024 for kb in made["memory_kb"]]
    rows: list[tuple[object, ...]] = [
        (i * count // 10 or 1, f"{peak:.0f}", "#" * round(peak / 4)) for i, peak in enumerate(peaks)
    ]
    speed = made["size"] / MEGABYTE / made["seconds"]
    table(f"Many small files, {speed:.2f} MB/s", ("files done", "peak RSS in MiB", ""), rows)


def jobs(folder: Path, count: int, size: int) -> None:
    """What a second process gains over several files."""
    where = folder / "jobs"
    where.mkdir()
    for i in range(count):
        (where / f"{i}.txt").write_text(text_of(size * MEGABYTE, seed=i)[0])
    rows: list[tuple[object, ...]] = []
    alone = 0.0
    for number in (1, 2):
        seconds = command_seconds("extract", str(where), "--format", "jsonl", "--quiet",
                                  "--jobs", str(number), "--output", os.devnull)  # fmt: skip
        if seconds is None:
            rows.append((number, "failed", "–"))
            continue
        alone = alone or seconds
        rows.append((number, f"{seconds:.1f}", f"{alone / seconds:.2f}"))
    table(f"--jobs over {count} files of {size} MB", ("jobs", "seconds", "speed-up"), rows)


def command_seconds(*arguments: str) -> float | None:
    """Return the wall-clock seconds of one run of the command; None when it failed."""
    command = [str(Path(sys.executable).with_name("decloak")), *arguments]
    start = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, timeout=SECONDS)
    return None if done.returncode else time.perf_counter() - start


def as_installed() -> dict[str, str]:
    """Return an environment in which Python may keep its bytecode, as an installer would have."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def starts() -> None:
    """Start-up times, the best of five; the interpreter's own is told apart."""
    runs = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "import decloak": [sys.executable, "-c", "import decloak"],
        "decloak --help": [str(Path(sys.executable).with_name("decloak")), "--help"],
    }
    rows: list[tuple[object, ...]] = []
    for name, command in runs.items():
        best = float("inf")
        for _ in range(5):
            start = time.perf_counter()
            done = subprocess.run(command, check=False, capture_output=True, env=as_installed())
            best = min(best, time.perf_counter() - start)
        rows.append((name, f"{best * 1000:.0f}" if done.returncode == 0 else "failed"))
    table("Starting", ("command", "ms"), rows)


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    known = ("rounds", "starts", "growth", "peers", "jobs", "disguised", "small")
    parser.add_argument("what", nargs="*", default=list(known), help=", ".join(known))
    parser.add_argument("--sizes", default="1,10,100", help="MB, for growth")
    parser.add_argument("--peer-size", type=int, default=10, help="MB, for peers")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--files", type=int, default=10_000, help="for small")
    options = parser.parse_args()
    print("# Speed\n\n    python " + " ".join(["benchmarks/speed.py", *sys.argv[1:]]))
    with tempfile.TemporaryDirectory(prefix="decloak-bench-") as name:
        folder = Path(name)
        if "rounds" in options.what:
            table(*rounds(folder, options.rounds, measure, peer_version))
        if "starts" in options.what:
            starts()
        if "growth" in options.what:
            growth(folder, [int(size) for size in options.sizes.split(",")])
        if "peers" in options.what:
            peers(folder, options.peer_size)
        if "jobs" in options.what:
            jobs(folder, 8, 4)
        if "disguised" in options.what:
            disguised(folder)
        if "small" in options.what:
            small_files(folder, options.files)


if __name__ == "__main__":
    main()
