"""LLM: language models as one more source of disguises, filtered before anything is learnt.

The request is the one of the robust fine-tuning that this follows ("paraphrase or symbolically
obfuscate this entity, keep its contextual meaning"). The models and the sentence encoder are passed
in as callables. Every sample is kept with what became of it; none is dropped silently.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from decloak.core.alignment import Edit, apply_edits
from decloak.core.errors import ModelError, SettingsError
from decloak.perturb.document import Marked
from decloak.perturb.llm_filter import MIN_COSINE, Encoder, cosine, reads_as, syntax_fault
from decloak.perturb.llm_places import Lost, find_again
from decloak.perturb.llm_request import Prompt, Task

__all__ = ["Acceptance", "Verdict", "Writer", "ask_ensemble", "judge"]

Writer = Callable[[Prompt], str]
"""A model: answers with JSON text, or raises a `ModelError`."""

_NUMBERED = re.compile(r"[\w.:/@-]*\d[\w.:/@-]*")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one reply.

    Attributes:
        reply: what the model said; None when it failed.
        reason: why it is rejected, or None when it is accepted.
        cosine: similarity of the passage before and after, or None when it came to no comparison.
        text: the document with the disguise in it, or the paraphrase alone; None when rejected.
        marks: its entities, in order.
    """

    reply: str | None
    reason: str | None
    cosine: float | None = None
    text: str | None = None
    marks: tuple[Marked, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether it is fit to train on."""
        return self.reason is None


@dataclass(slots=True)
class Acceptance:
    """How many replies of one model were accepted, and why the others were not."""

    asked: int = 0
    accepted: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, verdict: Verdict) -> None:
        """Count a verdict; reasons are counted up to their colon."""
        self.asked += 1
        self.accepted += verdict.accepted
        if verdict.reason is not None:
            self.reasons[verdict.reason.partition(":")[0]] += 1

    @property
    def rate(self) -> float | None:
        """The accepted part, in [0, 1]; None when nothing was asked."""
        return self.accepted / self.asked if self.asked else None


def ask_ensemble(
    task: Task, writers: Mapping[str, Writer], encoder: Encoder, seed: int
) -> Iterator[tuple[str, Verdict]]:
    """Let every model of an ensemble rewrite one passage, and judge each.

    Args:
        task: the passage.
        writers: at least two models, by name.
        encoder: sentences to vectors.
        seed: of the sampling.

    Yields:
        The name of the model, and what became of its reply.

    Raises:
        SettingsError: when there are fewer than two models.
    """
    if len(writers) < 2:
        message = "an ensemble has at least two models; one alone teaches its own habits"
        raise SettingsError(message)
    prompt = task.prompt(seed)
    for name, writer in writers.items():
        try:
            reply = writer(prompt)
        except ModelError as error:
            said = getattr(error, "reply", "") or None
            yield name, Verdict(said, f"model: {error.cause}")
            continue
        yield name, judge(task, reply, encoder)


def judge(task: Task, reply: str, encoder: Encoder) -> Verdict:
    """Filter one reply; see `decloak.perturb.llm_filter`."""
    try:
        told = json.loads(reply)
        surface, *rest = (told[field] for field in reversed(task.fields))
    except (ValueError, TypeError, KeyError, RecursionError):
        return Verdict(reply, "form: not what was asked for")
    if not isinstance(surface, str) or not surface.strip():
        return Verdict(reply, "form: not what was asked for")
    surface = surface.strip()
    passage = rest[0] if rest else _with(task, surface)
    if not isinstance(passage, str):
        return Verdict(reply, "form: not what was asked for")
    passage = passage.strip("\n") if not task.passage.endswith("\n") else passage
    fault = syntax_fault(task.passage, passage, same_lines=task.mode == "obfuscate")
    if fault:
        return Verdict(reply, f"syntax: {fault}")
    if passage.split() == task.passage.split():
        return Verdict(reply, "unchanged")
    inside = task.inside()
    surfaces = [
        surface if index == task.target else task.text[mark.start : mark.end]
        for index, mark in ((index, task.marks[index]) for index in inside)
    ]
    places = find_again(passage, surfaces, task.passage)
    if isinstance(places, Lost):
        label = task.marks[inside[places.index]].label
        return Verdict(reply, f"{places.reason}: {label}")
    target = task.marks[task.target]
    start, end = places[inside.index(task.target)]
    if not reads_as(passage[start:end], task.entity, target.label):
        return Verdict(reply, f"another entity: {target.label}")
    if _adds_numbers(task.passage, passage, places):
        return Verdict(reply, "added: a number or address")
    similar = cosine(encoder, task.passage, passage)
    if similar <= MIN_COSINE:
        return Verdict(reply, f"meaning: {similar:.2f}", similar)
    text, marks = _spliced(task, passage, dict(zip(inside, places, strict=True)))
    return Verdict(reply, None, similar, text, marks)


def _with(task: Task, surface: str) -> str:
    """Return the passage with another spelling of the entity in it, and nothing else changed."""
    mark = task.marks[task.target]
    return task.text[task.start : mark.start] + surface + task.text[mark.end : task.end]


def _adds_numbers(before: str, after: str, places: list[tuple[int, int]]) -> bool:
    """Say whether something with a digit stands there that was nowhere before: nobody labels it."""
    known = set(_NUMBERED.findall(before))
    covered = sorted(places)
    for found in _NUMBERED.finditer(after):
        inside = any(start < found.end() and found.start() < end for start, end in covered)
        if not inside and found[0] not in known:
            return True
    return False


def _spliced(
    task: Task, passage: str, places: Mapping[int, tuple[int, int]]
) -> tuple[str, tuple[Marked, ...]]:
    """Put the passage back into its document; move all entities to where they stand now.

    A paraphrase is prose, and stands alone: in the middle of JSON or a table nobody would write it.
    """
    if task.mode == "paraphrase":
        inside = (
            task.marks[index]._replace(start=at[0], end=at[1]) for index, at in places.items()
        )
        return passage, tuple(sorted(inside))
    text, alignment = apply_edits(
        task.text, [Edit(task.start, task.end, passage, "llm", "llm", reason=task.mode)]
    )
    marks = []
    for index, mark in enumerate(task.marks):
        if index in places:
            start, end = places[index]
            marks.append(mark._replace(start=task.start + start, end=task.start + end))
        else:
            image = alignment.to_decoded(mark.start, mark.end)
            if image is not None:
                marks.append(mark._replace(start=image[0], end=image[1]))
    return text, tuple(sorted(marks))
