"""Work: one input through the pipeline to text that is ready to be written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from decloak.cli.render import renderer
from decloak.cli.spool import spooled
from decloak.core.document import Document
from decloak.core.result import Failure
from decloak.export import EPOCH
from decloak.export.shaping import hidden_labels, shape_of
from decloak.options import Settings
from decloak.pipeline import Pipeline
from decloak.readers import Input, ReadOptions, documents_of
from decloak.readers.settings import read_options
from decloak.sources.known import with_known_source

__all__ = ["Item", "Outcome", "Task", "failed", "outcomes"]

Item = Input | Document | Failure
"""What there is to do: something to read, something that was read, or what went wrong before."""

_WITH_KEYS = frozenset({"jsonl", "json"})
_MOST_REFUSED = 10


@dataclass(frozen=True, slots=True)
class Task:
    """What to do with every input; sent to every worker once.

    Attributes:
        settings: of the pipeline.
        form: name of the output format.
        colour: whether the output goes to a terminal that shows colours.
        width: columns of that terminal.
        stamp: the time of the run (`decloak.export.Shape`).
    """

    settings: Settings
    form: str
    colour: bool = False
    width: int = 100
    stamp: str = EPOCH

    @property
    def hidden(self) -> frozenset[str]:
        """Labels that this format leaves out because nobody asked for them."""
        return hidden_labels(self.settings.output, self.form)

    @property
    def reading(self) -> ReadOptions:
        """What readers are told."""
        return read_options(self.settings.reading)


class Outcome(NamedTuple):
    """What became of one document.

    Attributes:
        id: the document's id.
        pieces: its output, to be written in order, once.
        warnings: for standard error.
        failure: what went wrong, or None.
        account: what a language model was asked so far, a line for each; empty without one.
    """

    id: str
    pieces: Iterable[str]
    warnings: tuple[str, ...] = ()
    failure: Failure | None = None
    account: tuple[str, ...] = ()


def outcomes(
    task: Task,
    items: Iterable[Item],
    pipeline: Pipeline | None = None,
    watch: Callable[[int, int], None] | None = None,
) -> Iterator[Outcome]:
    """Process items one by one, in order, each when it is asked for.

    Args:
        task: what to do with every item.
        items: what there is to do.
        pipeline: of the task's settings; a new one when None.
        watch: told how far a long document has come (`Pipeline.watch`).
    """
    pipeline = pipeline or Pipeline(task.settings)
    pipeline.watch = watch
    for item in items:
        for document in documents_of(item, task.reading) if isinstance(item, Input) else (item,):
            if isinstance(document, Failure):
                yield failed(task, document)
            else:
                yield _outcome(task, pipeline, document)


def _outcome(task: Task, pipeline: Pipeline, document: Document) -> Outcome:
    try:
        document = with_known_source(document)
        result = pipeline.run(document)
        shape = shape_of(task.settings.output, task.form, document, task.stamp)
        pieces = spooled(renderer(task).render(result, shape))
    except Exception as error:  # noqa: BLE001 - one document costs no other one
        return failed(task, Failure.of(document.id, error))
    account = tuple(pipeline.account.summary().lines()) if pipeline.account else ()
    warnings = result.warnings
    if result.ungrounded and task.form not in _WITH_KEYS:
        warnings += tuple(_refused(result.ungrounded))
    return Outcome(result.id, pieces, warnings, account=account)


def _refused(ungrounded: Sequence[dict[str, str]]) -> Iterator[str]:
    """Say what a language model named and the text does not hold, where the format cannot."""
    for each in ungrounded[:_MOST_REFUSED]:
        yield f"ungrounded: {each['label']} {each['text']!r} ({each['origin']}) is not in the text"
    if len(ungrounded) > _MOST_REFUSED:
        yield f"ungrounded: {len(ungrounded) - _MOST_REFUSED} more"


def failed(task: Task, failure: Failure) -> Outcome:
    """Return the outcome of what could not be processed."""
    text = renderer(task).render_failure(failure)
    return Outcome(failure.id, (text,) if text else (), (), failure)
