"""Run: shards through an engine until every one has its part and its marker, whatever dies on the way."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from decloak.batch.engines.base import Died, Engine
from decloak.batch.files import Folder
from decloak.batch.manifest import Manifest, begin, opened, require_same, require_unchanged
from decloak.batch.poison import poison_of
from decloak.batch.recipe import Recipe
from decloak.batch.report import Report, Totals
from decloak.batch.shard import ShardWorker, Task
from decloak.core.errors import OutputError, ResourceError, SettingsError

__all__ = ["Event", "run"]

_ROUNDS = 5
"""Times that the poison of a shard is looked for, each of which finds some more."""


@dataclass(frozen=True, slots=True)
class Event:
    """How far a run has come.

    Attributes:
        manifest: of the run.
        before: what was done before this process began.
        now: what it did.
        report: the shard that was done last; None at the start.
    """

    manifest: Manifest
    before: Totals
    now: Totals
    report: Report | None = None


def run(
    inputs: Sequence[str],
    out: Path,
    recipe: Recipe,
    engine: Engine,
    *,
    resume: bool = False,
    max_failures: int | None = None,
    told: Callable[[Event], object] = lambda _: None,
) -> Event:
    """Do a run, or what is left of it; return how it ended.

    Args:
        inputs: files, folders, globs and URIs; may be empty to go on with a run.
        out: its folder.
        recipe: what to do with every document.
        engine: where.
        resume: go on with the run that is there, if there is one.
        max_failures: end the run when more documents than that have failed; None for no limit.
        told: called when a shard is done.

    Raises:
        OutputError: when the folder holds a run, is in use, or cannot be written.
        SettingsError: when the run was begun otherwise.
        InputError: when an input changed, nothing can be read, or too much failed.
        StoreError: when the folder is damaged.
    """
    folder = Folder(out)
    folder.make()
    with folder.locked():
        folder.clean()
        manifest = _manifest(folder, tuple(inputs), recipe, resume=resume)
        event = Event(manifest, _done(folder), Totals())
        told(event)
        _stop(event, max_failures)
        try:
            with closing(_reports(folder, recipe, engine)) as reports:
                for report in reports:
                    event.now.add(report)
                    told(Event(manifest, event.before, event.now, report))
                    _stop(event, max_failures)
        finally:
            folder.clean()  # of workers that were ended in the middle
    return event


def _manifest(folder: Folder, inputs: tuple[str, ...], recipe: Recipe, *, resume: bool) -> Manifest:
    if folder.manifest.exists():
        if not resume:
            message = (
                f"{folder.path}: holds a run already; go on with --resume, or choose another --out"
            )
            raise OutputError(message)
        manifest = opened(folder)
        require_same(manifest, inputs, recipe)
        require_unchanged(folder)
        return manifest
    if not inputs:
        message = "name what to read: there is no run yet to go on with"
        raise SettingsError(message)
    return begin(folder, inputs, recipe)


def _done(folder: Folder) -> Totals:
    totals = Totals()
    for shard in sorted(folder.finished()):
        totals.add(Report.load(json.loads(folder.marker(shard).read_bytes())))
    return totals


def _stop(event: Event, most: int | None) -> None:
    failures = event.before.failures + event.now.failures
    if most is not None and failures > most:
        message = (
            f"{failures} documents failed, more than --max-failures {most}; what is done is kept"
        )
        raise OutputError(message)


def _reports(folder: Folder, recipe: Recipe, engine: Engine) -> Generator[Report, None, None]:
    """Yield the report of every shard that had none."""
    worker = ShardWorker(folder.path, recipe, isolated=engine.isolated)
    finished = folder.finished()
    again: list[Task] = []
    tasks: Iterator[Task] = (
        Task(line) for shard, line in enumerate(folder.shards()) if shard not in finished
    )
    for _ in range(2):  # a worker that dies costs its shard once more
        died: list[Task] = []
        for task, answer in engine.map(worker, tasks):
            if isinstance(answer, Died):
                died.append(task)
            else:
                yield answer
        again, tasks = died, iter(died)
    for task in again:
        yield _without_poison(task, worker, engine)


def _without_poison(task: Task, worker: ShardWorker, engine: Engine) -> Report:
    """Do a shard without the documents that kill workers.

    Raises:
        ResourceError: when workers die of it, but of no document alone.
    """

    def ask(tasks: Sequence[Task]) -> list[tuple[Task, Report | Died]]:
        return list(engine.map(worker, tasks))

    skip = task.skip
    for _ in range(_ROUNDS):
        skip = tuple(sorted({*skip, *poison_of(task.line, ask, skip)}))
        ((_, answer),) = ask([task._replace(skip=skip)])
        if isinstance(answer, Report):
            return answer
    shard = json.loads(task.line)["shard"]
    message = (
        f"workers die at shard {shard}, but at none of its documents alone; give each more memory, or use "
        "fewer --jobs, then run the same command with --resume"
    )
    raise ResourceError(message)
