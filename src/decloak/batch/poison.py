"""Poison: which documents of a shard kill every worker, found by halving."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from decloak.batch.engines.base import Died
from decloak.batch.pieces import pieces_of
from decloak.batch.report import Report
from decloak.batch.shard import ALL, Probe, Task

__all__ = ["poison_of"]

_TRIES = 2
"""Workers that a single document has to kill alone before it is blamed."""

Ask = Callable[[Sequence[Task]], list[tuple[Task, Report | Died]]]
"""Maps tasks to answers, in any order."""


def poison_of(
    line: str, ask: Ask, known: tuple[tuple[int, int], ...] = ()
) -> tuple[tuple[int, int], ...]:
    """Return what kills workers in a shard, as `Task.skip` takes it; empty when nothing does alone.

    Args:
        line: the shard, as a line of the plan; known to have killed a worker.
        ask: does tasks.
        known: what was found before; it is passed over.
    """
    _, pieces = pieces_of(line)
    found: list[tuple[int, int]] = []
    search = _Search(line, known, ask)
    for piece in search.deadly([Probe(0, len(pieces))], _halved_pieces):
        reading = piece._replace(begin=ALL, end=ALL)
        read = search.tried(reading)
        if not isinstance(read, Died):
            whole = piece._replace(begin=0, end=max(1, read.documents))
            deadly = search.deadly([whole], _halved_documents)
            found += [(each.first, each.begin) for each in deadly if search.is_deadly(each)]
        elif search.is_deadly(reading):  # nothing was processed, and still
            found.append((piece.first, -1))
    return tuple(found)


class _Search:
    """Tries ranges of one shard."""

    def __init__(self, line: str, known: tuple[tuple[int, int], ...], ask: Ask) -> None:
        self._line, self._known, self._ask = line, known, ask

    def deadly(self, probes: list[Probe], halved: Callable[[Probe], list[Probe]]) -> list[Probe]:
        """Return the smallest ranges that killed a worker.

        Args:
            probes: ranges that have killed one.
            halved: parts a range in two; a smallest one is returned alone.
        """
        single: list[Probe] = []
        while probes:
            parts = [halved(probe) for probe in probes]
            single += [part[0] for part in parts if len(part) == 1]
            tasks = [self._task(probe) for part in parts if len(part) > 1 for probe in part]
            probes = [
                task.probe
                for task, answer in (self._ask(tasks) if tasks else ())
                if isinstance(answer, Died) and task.probe is not None
            ]
        return sorted(single)

    def is_deadly(self, probe: Probe) -> bool:
        """Whether a range kills workers as often as it is tried."""
        return all(isinstance(self.tried(probe), Died) for _ in range(_TRIES))

    def tried(self, probe: Probe) -> Report | Died:
        """Try one range."""
        ((_, answer),) = self._ask([self._task(probe)])
        return answer

    def _task(self, probe: Probe) -> Task:
        return Task(self._line, self._known, probe)


def _halved_pieces(probe: Probe) -> list[Probe]:
    middle = (probe.first + probe.last) // 2
    if middle == probe.first:
        return [probe]
    return [probe._replace(last=middle), probe._replace(first=middle)]


def _halved_documents(probe: Probe) -> list[Probe]:
    middle = (probe.begin + probe.end) // 2
    if middle == probe.begin:
        return [probe]
    return [probe._replace(end=middle), probe._replace(begin=middle)]
