import resource
import threading
from dataclasses import dataclass, field

import pytest

from decloak.acquire.collect import collect
from decloak.acquire.process import Stopped
from decloak.acquire.store import Run, RunStore, now
from decloak.core.errors import ServiceError, StoreError
from decloak.core.pace import Pace


@dataclass
class FakeJob:
    target: str
    log: list = field(default_factory=list)
    error: str | None = None
    raises: Exception | None = None
    tool = "dig"

    @property
    def command(self):
        return ("dig", self.target)

    def run(self, stop):  # noqa: ARG002 - the protocol
        self.log.append(self.target)
        if self.raises:
            raise self.raises
        return Run(
            tool="dig", version=None, profile="default", target=self.target, command=self.command,
            started=now(), seconds=0.0, exit_status=0, error=self.error,
        )  # fmt: skip


@pytest.mark.parametrize("workers", [1, 3])
def test_every_job_is_done_once_and_only_failures_again(tmp_path, workers):
    store, log = RunStore(tmp_path), []

    def jobs():
        return (FakeJob(f"t{i % 10}", log, "no reply" if i == 3 else None) for i in range(20))

    first = list(collect(jobs(), store, workers=workers))
    assert sum(outcome.run is not None for outcome in first) == 10
    assert sorted(log) == [f"t{i}" for i in range(10)]
    log.clear()
    again = list(collect(jobs(), store, workers=workers))
    assert log == ["t3"]
    assert len(again) == 20
    assert {run.target for run in store.runs("dig")} == {f"t{i}" for i in range(10)}


def test_what_ends_everything_leaves_what_was_done(tmp_path):
    store, log = RunStore(tmp_path), []
    jobs = [
        FakeJob("a", log),
        FakeJob("b", log, raises=ServiceError("no credits")),
        FakeJob("c", log),
    ]
    with pytest.raises(ServiceError, match="no credits"):
        list(collect(jobs, store))
    assert log == ["a", "b"]
    assert [run.target for run in store.runs("dig")] == ["a"]


def test_a_full_disk_ends_everything(tmp_path):
    store, log = RunStore(tmp_path), []
    list(collect([FakeJob("a", log)], store))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (store.path("dig").stat().st_size + 50, hard))
    try:
        with pytest.raises(StoreError, match="the runs stored before are intact"):
            list(collect([FakeJob("a", log), FakeJob("b", log), FakeJob("c", log)], store))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    list(collect([FakeJob("a", log), FakeJob("b", log), FakeJob("c", log)], store))
    assert log == ["a", "b", "b", "c"]
    assert [run.target for run in store.runs("dig")] == ["a", "b", "c"]


def test_what_has_finished_is_stored_although_another_ends_everything(tmp_path):
    store, both = RunStore(tmp_path), threading.Barrier(6)

    class Together(FakeJob):
        def run(self, stop):
            both.wait(20)
            return super().run(stop)

    jobs = [Together("a", raises=ServiceError("no credits")), *map(Together, "bcdef")]
    with pytest.raises(ServiceError, match="no credits"):
        list(collect(jobs, store, workers=6))
    assert sorted(run.target for run in store.done("dig")) == list("bcdef")


def test_leaving_early_stops_what_runs(tmp_path):
    stopped = threading.Event()

    class Slow(FakeJob):
        def run(self, stop):
            assert stop.wait(20)
            stopped.set()
            raise Stopped

    jobs = [FakeJob("quick"), Slow("slow"), FakeJob("never")]
    outcomes = collect(jobs, RunStore(tmp_path), workers=2)
    assert next(outcomes).run.target == "quick"
    outcomes.close()
    assert stopped.is_set()


def test_the_pace_is_kept_for_each_server():
    time, slept = [100.0], []

    def sleep(seconds):
        slept.append(round(seconds, 6))
        time[0] += seconds

    pace = Pace(1.0, lambda: time[0], sleep)
    for key in ("a", "a", "b", "a"):
        pace.wait(key)
    assert slept == [1.0, 1.0]  # b waits for nobody
    pace.delay("b", 30)
    pace.wait("b")
    assert slept[-1] == 30
    time[0] += 100
    pace.wait("a")
    assert len(slept) == 3


def test_no_pace_is_no_wait():
    pace = Pace(0, lambda: 0.0, lambda _: pytest.fail("slept"))
    for _ in range(3):
        pace.wait("a")
