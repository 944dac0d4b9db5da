"""Jobs: one command each, run into the store unless it is there already."""

from __future__ import annotations

import itertools
import subprocess
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from lab.isolation import SCRATCH

from decloak.acquire.store import Run, RunStore, now, run_id

__all__ = ["Job", "Runnable", "Tally", "run_jobs"]

_LIMIT = 8 << 20


@dataclass(frozen=True, slots=True)
class Job:
    """A command whose outputs go into the store.

    Attributes:
        tool, version, profile, target, command, meta: as in `Run`.
        files: output name -> the file that the command writes in its folder.
        twins: output name -> another command, whose standard output it is.
        stdin: what the command reads.
        seconds: after so long it is ended.
    """

    tool: str
    version: str
    profile: str
    target: str
    command: tuple[str, ...]
    files: dict[str, str] = field(default_factory=dict)
    twins: dict[str, tuple[str, ...]] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    seconds: float = 120.0
    meta: dict[str, str] = field(default_factory=dict)
    good: frozenset[int] = frozenset({0})

    def run(self) -> Run:
        """Run it."""
        job = self
        started, begin = now(), time.monotonic()
        outputs: dict[str, bytes] = {}
        status, error = None, None
        with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
            for name, text in job.given.items():
                (Path(folder) / name).write_text(text)
            try:
                done = subprocess.run(
                    job.command,
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    check=False,
                    timeout=job.seconds,
                )
                outputs = {"stdout": done.stdout, "stderr": done.stderr}
                status = done.returncode
                if status not in job.good:
                    error = f"exit status {status}: {done.stderr[-200:].decode('utf-8', 'replace').strip()}".replace(
                        "\n", " "
                    )
                for name, twin in job.twins.items():
                    outputs[name] = subprocess.run(
                        twin,
                        cwd=folder,
                        stdin=subprocess.DEVNULL,
                        capture_output=True,
                        check=False,
                        timeout=job.seconds,
                    ).stdout
            except subprocess.TimeoutExpired:
                error = f"ended after {job.seconds:.0f} s"
            for name, file in job.files.items():
                path = Path(folder) / file
                if path.is_file():
                    outputs[name] = path.read_bytes()
        truncated = tuple(name for name, data in outputs.items() if len(data) > _LIMIT)
        return Run(
            tool=job.tool, version=job.version, profile=job.profile, target=job.target, command=job.command, started=started,
            seconds=round(time.monotonic() - begin, 3), exit_status=status, error=error,
            outputs={name: data[:_LIMIT] for name, data in outputs.items() if data or name == "stdout"}, truncated=truncated, meta=job.meta,
        )  # fmt: skip


class Runnable(Protocol):
    """Anything that makes one run."""

    @property
    def tool(self) -> str:
        """One of the store's tools."""
        ...

    @property
    def command(self) -> tuple[str, ...]:
        """What identifies it."""
        ...

    def run(self) -> Run:
        """Make it; a failure of the tool is a run with an error."""
        ...


@dataclass(slots=True)
class Tally:
    """What became of some jobs."""

    done: int = 0
    failed: int = 0
    skipped: int = 0
    left: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.done} run, {self.failed} failed, {self.skipped} were there, {self.left} left out; {self.seconds:.0f} s"


def run_jobs(store: RunStore, jobs: Iterable[Runnable], workers: int, deadline: float) -> Tally:
    """Run jobs, a few at a time; those in the store are passed over.

    Args:
        store: gets each run as soon as it ends.
        jobs: all of one tool.
        workers: how many at a time.
        deadline: of `time.monotonic`; no job starts after it.
    """
    jobs = list(jobs)
    tally, begin = Tally(), time.monotonic()
    if not jobs:
        return tally
    known = store.ids(jobs[0].tool)
    waiting = [job for job in jobs if run_id(job.tool, job.command) not in known]
    tally.skipped = len(jobs) - len(waiting)
    count = itertools.count()

    def work(job: Runnable) -> None:
        if time.monotonic() > deadline:
            tally.left += 1
            return
        run = job.run()
        store.append(run)
        tally.done += run.error is None
        tally.failed += run.error is not None
        if next(count) % 500 == 499:
            print(f"  {jobs[0].tool}: {tally.done} of {len(waiting)}", flush=True)

    with ThreadPoolExecutor(workers) as pool:
        for future in [pool.submit(work, job) for job in waiting]:
            future.result()
    tally.seconds = time.monotonic() - begin
    return tally
