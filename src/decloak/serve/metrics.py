"""Metrics of the service, as Prometheus reads them. Nothing of a document is a label of one."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from decloak.serve.jobs import Part

__all__ = ["CONTENT_TYPE_LATEST", "Metrics"]

_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100)


class Metrics:
    """Counts of one service; of no other in the same process."""

    def __init__(self, queued: Callable[[], float], running: Callable[[], float]) -> None:
        self._registry = CollectorRegistry()
        registry = self._registry
        self.requests = Counter(
            "decloak_requests", "Requests by path and status", ("path", "status"), registry=registry
        )
        self.documents = Counter("decloak_documents", "Documents processed", registry=registry)
        self.failures = Counter(
            "decloak_failures", "Documents that failed, by error", ("error",), registry=registry
        )
        self.characters = Counter(
            "decloak_characters", "Code points of the documents processed", registry=registry
        )
        self.received = Counter("decloak_received_bytes", "Bytes of bodies", registry=registry)
        self.entities = Counter(
            "decloak_entities", "Entities reported, by label", ("label",), registry=registry
        )
        self.stages = Histogram(
            "decloak_stage_seconds", "CPU seconds of a document, by stage", ("stage",),
            buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self.latency = Histogram(
            "decloak_request_seconds", "Seconds from the whole request to the whole answer", ("path",),
            buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        waiting = Gauge("decloak_queue", "Jobs that wait for a worker", registry=registry)
        waiting.set_function(queued)
        busy = Gauge("decloak_busy_workers", "Workers that are at a job", registry=registry)
        busy.set_function(running)

    def count(self, part: Part) -> None:
        """Count one answered document."""
        self.documents.inc()
        self.characters.inc(part.characters)
        if part.failure is not None:
            self.failures.labels(part.failure.error).inc()
        for label, number in part.labels.items():
            self.entities.labels(label).inc(number)
        for stage, seconds in part.seconds.items():
            self.stages.labels(stage).observe(seconds)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)
