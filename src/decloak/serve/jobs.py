"""Jobs: what a worker process does for a request, from bytes or text to answers that are ready to be sent."""

from __future__ import annotations

import json
import time
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from decloak.batch.limits import OutOfTime, cpu_limit
from decloak.core.document import Document
from decloak.core.entity import Entity
from decloak.core.errors import DecloakError
from decloak.core.result import Failure
from decloak.core.serialise import dump, failure_output
from decloak.decode import decode
from decloak.explanation import explaining, explanation, explanations, offset_of
from decloak.export import EXPORTERS
from decloak.export.json_text import dumps
from decloak.export.shaping import shape_of
from decloak.options import Settings
from decloak.pipeline import Pipeline
from decloak.readers import documents_in
from decloak.readers.base import Limits
from decloak.readers.settings import read_options
from decloak.serve.shown import shown
from decloak.sources.known import with_known_source

__all__ = ["Answer", "Job", "Part", "failed_part", "warm", "work", "work_all"]

_LINES = frozenset({"jsonl", "decode", "explain", "dump"})
PIPELINES = 4
"""Pipelines of different options that a worker keeps."""
PARTS, UNPACKED = 1_000, 256 << 20
"""Parts of one file, and bytes that they come to: what a service unpacks for whoever asks."""


@dataclass(frozen=True, slots=True)
class Job:
    """One document or file of a request. Picklable.

    Attributes:
        name: the document's id.
        content: a text, or the bytes of a file.
        settings: the options of the extraction.
        form: a format of `decloak.export.EXPORTERS`; ``decode`` for what the decoders change; ``explain``;
            ``dump`` for all that a result holds.
        stamp: the time of the request.
        seconds: CPU seconds that each document may take.
        pages: pages that the file may have.
        with_text: whether the raw text goes back too, for whoever shows it.
        at: line and column of the place to explain, both from 1; None for every decision.
    """

    name: str
    content: str | bytes
    settings: Settings
    form: str = "jsonl"
    stamp: str = ""
    seconds: float = 60.0
    pages: int = 2_000
    with_text: bool = False
    at: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """The answer for one document.

    Attributes:
        id: its id.
        text: its output, whole.
        failure: what went wrong, or None.
        characters: code points of the document.
        labels: entities by label.
        seconds: CPU seconds by stage: ``read``, ``extract``, ``write``.
    """

    id: str
    text: str
    failure: Failure | None = None
    characters: int = 0
    labels: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


Answer = tuple[Part, ...]
_pipelines: OrderedDict[str, Pipeline] = OrderedDict()


def work(job: Job) -> Answer:
    """Do a job; whatever happens to a document is that document's failure."""
    return tuple(_parts(job))


def work_all(jobs: Sequence[Job]) -> list[Answer]:
    """Do one job after the other."""
    return [work(job) for job in jobs]


def _parts(job: Job) -> Iterator[Part]:
    begun = time.process_time()
    found = _documents(job)
    while True:
        try:
            with cpu_limit(job.seconds, isolated=True):
                document = next(found, None)
                if document is None:
                    return
                read = time.process_time() - begun
                part = _part(job, document, read)
        except OutOfTime:
            yield failed_part(job, Failure(job.name, "ResourceError", _late(job), 1))
            return
        yield part
        begun = time.process_time()


def _late(job: Job) -> str:
    return f"it took more than {job.seconds:g} CPU seconds, the limit of this service; split it"


def _documents(job: Job) -> Iterator[Document | Failure]:
    if isinstance(job.content, str):
        return iter((Document(job.name, job.content),))
    try:
        chosen = read_options(job.settings.reading)
    except DecloakError as error:
        return iter((Failure.of(job.name, error),))
    options = replace(chosen, limits=Limits(pages=job.pages, parts=PARTS, unpacked=UNPACKED))
    return documents_in(job.name, job.content, options)


def _part(job: Job, document: Document | Failure, read: float) -> Part:
    if isinstance(document, Failure):
        return failed_part(job, document)
    try:
        if job.form == "decode":
            return _decoded(job, document, read)
        if job.form == "explain":
            return _explained(job, document, read)
        return _extracted(job, document, read)
    except Exception as error:  # noqa: BLE001 - one document costs no other one
        return failed_part(job, Failure.of(document.id, error))


def _extracted(job: Job, document: Document, read: float) -> Part:
    start = time.process_time()
    result = _pipeline(job.settings).run(with_known_source(document))
    middle = time.process_time()
    if job.form == "dump":
        entities: Sequence[Entity] = result.entities
        text = json.dumps(dump(result)) + "\n"
    else:
        shape = shape_of(job.settings.output, job.form, document, job.stamp)
        entities = shape.entities(result)
        text = "".join(EXPORTERS.get(job.form).render(result, shape))
    if job.with_text:  # the page shows the text itself, and what the decoders changed in it
        text = f"{text.rstrip()[:-1]}, {dumps(shown(result))[1:]}\n"
    return Part(
        document.id,
        text,
        characters=len(document.text),
        labels=dict(Counter(entity.label for entity in entities)),
        seconds={
            "read": read,
            "extract": middle - start,
            "write": time.process_time() - middle,
        },
    )


def _decoded(job: Job, document: Document, read: float) -> Part:
    start = time.process_time()
    chosen = job.settings.decode
    made = decode(document.text, strategy=chosen.strategy, max_rounds=chosen.rounds)
    row: dict[str, Any] = {
        "id": document.id,
        "text": made.text,
        "edits": [
            {
                "start": edit.start,
                "end": edit.end,
                "before": made.raw[edit.start : edit.end],
                "after": edit.replacement,
                "family": edit.family,
                "decoder": edit.decoder,
                "confidence": edit.confidence,
                "reason": edit.reason,
            }
            for edit in made.edits
        ],
        "warnings": [*document.warnings, *made.warnings],
        "offsets": "codepoint",
    }
    return Part(
        document.id, dumps(row) + "\n", characters=len(document.text),
        seconds={"read": read, "decode": time.process_time() - start},
    )  # fmt: skip


def _explained(job: Job, document: Document, read: float) -> Part:
    start = time.process_time()
    pipeline = _pipeline(explaining(job.settings))
    if job.at is None:
        row = explanations(pipeline, document)
    else:
        row = explanation(pipeline, document, offset_of(document.text, *job.at))
    return Part(
        document.id, dumps(row) + "\n", characters=len(document.text),
        seconds={"read": read, "explain": time.process_time() - start},
    )  # fmt: skip


def failed_part(job: Job, failure: Failure) -> Part:
    """Return the answer for a document that could not be processed."""
    line = dumps(failure_output(failure)) + "\n"
    is_lines = job.form in _LINES
    return Part(
        failure.id, line if is_lines else EXPORTERS.get(job.form).render_failure(failure), failure
    )


def _pipeline(settings: Settings) -> Pipeline:
    """Return the pipeline of these options; the one used longest ago makes room."""
    key = settings.digest
    if key not in _pipelines:
        _pipelines[key] = Pipeline(settings)
        while len(_pipelines) > PIPELINES:
            _pipelines.popitem(last=False)
    _pipelines.move_to_end(key)
    return _pipelines[key]


def warm(settings: Iterable[Settings]) -> None:
    """Build pipelines before the first request."""
    for each in settings:
        _pipeline(each).run(Document("-", "198.51.100.7 example.org, said a report."))
