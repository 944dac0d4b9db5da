"""Samples by language models: asked for, judged, and stored with what became of them.

The folder holds ``asked.jsonl``, one line per reply with its verdict, and ``samples.jsonl``, the
accepted ones as rows of a corpus. Only samples of the part ``train`` are rewritten.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, TextIO

from decloak.core.errors import DecloakError, StoreError
from decloak.corpus.sample import Label, Sample, to_line
from decloak.llm import ChatModel, Message, Request
from decloak.perturb.document import Marked
from decloak.perturb.llm import Acceptance, Verdict, Writer, ask_ensemble
from decloak.perturb.llm_filter import Encoder
from decloak.perturb.llm_request import TEMPLATE_VERSION, Prompt, Task, draw_task

__all__ = ["acceptance_table", "as_writer", "rewrite_samples"]

_TEMPERATURE = 0.8
"""Likely enough to be right, free enough to be different each time."""
_MOST_TOKENS = 400
"""Of a reply; a passage has at most 400 code points."""


def as_writer(model: ChatModel) -> Writer:
    """Return a model as a function from a prompt to JSON text."""

    def write(prompt: Prompt) -> str:
        request = Request(
            (Message("system", prompt.system), Message("user", prompt.user)),
            prompt.schema,
            "rewritten",
            prompt.seed,
            _TEMPERATURE,
            _MOST_TOKENS,
        )
        return model.complete(request).text

    return write


def rewrite_samples(
    samples: Iterable[Sample],
    writers: Mapping[str, Writer],
    encoder: Encoder,
    out: Path,
    wanted: int,
    seed: int,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> dict[str, Acceptance]:
    """Have an ensemble rewrite passages of a corpus, and store every reply.

    Args:
        samples: the corpus; only its part ``train`` is used, at most one passage of each.
        writers: at least two models, by name.
        encoder: sentences to vectors.
        out: the folder; what is there under these names is replaced.
        wanted: passages to ask for; each model is asked for each.
        seed: of the draw of passages and of the sampling.
        progress: called with the passages done and wanted.

    Returns:
        What was accepted and rejected, per model.

    Raises:
        StoreError: when the folder cannot be written.
        SettingsError: when there are fewer than two models.
    """
    rng = Random(f"llm-{seed}")  # noqa: S311 - reproducible, not secret
    pool = [sample for sample in samples if sample.split == "train" and not sample.perturbed]
    rng.shuffle(pool)
    counts = {name: Acceptance() for name in writers}
    done = 0
    try:
        out.mkdir(parents=True, exist_ok=True)
        with (
            (out / "asked.jsonl").open("w", encoding="utf-8") as asked,
            (out / "samples.jsonl").open("w", encoding="utf-8") as kept,
        ):
            for sample in pool:
                if done == wanted:
                    break
                marks = [
                    Marked(each.start, each.end, each.label, each.value) for each in sample.entities
                ]
                task = draw_task(sample.text, marks, rng)
                if task is None:
                    continue
                for name, verdict in ask_ensemble(task, writers, encoder, seed):
                    counts[name].add(verdict)
                    made = _sample(sample, task, name, verdict) if verdict.accepted else None
                    _write(asked, json.dumps(_row(sample, task, name, verdict, made)) + "\n")
                    if made is not None:
                        _write(kept, to_line(made))
                done += 1
                progress(done, wanted)
    except OSError as error:
        message = f"{out}: cannot be written: {error.strerror or error}"
        raise StoreError(message) from error
    return counts


def _write(stream: TextIO, line: str) -> None:
    """Write a line at once: a model's reply may have cost money, and the run may be stopped."""
    stream.write(line)
    stream.flush()


def _sample(sample: Sample, task: Task, model: str, verdict: Verdict) -> Sample:
    """Return the rewritten document as a sample of the corpus.

    Raises:
        DecloakError: when its labels are not sound; a bug.
    """
    before = sorted(sample.entities)
    labels = tuple(
        Label(mark.start, mark.end, mark.label, mark.value, f"{old.provenance}~llm")
        for mark, old in zip(verdict.marks, _same_order(before, verdict.marks), strict=True)
    )
    made = replace(
        sample,
        id=f"{sample.id}/llm-{task.mode}-{model}",
        text=verdict.text or "",
        source="report" if task.mode == "paraphrase" else sample.source,
        entities=labels,
        perturbed=("llm",),
    )
    problems = made.problems()
    if problems:
        message = f"{made.id}: {problems[0]}"
        raise DecloakError(message)
    return made


def _same_order(before: list[Label], marks: tuple[Marked, ...]) -> list[Label]:
    """Return for each mark the label that it came from; a paraphrase may change their order."""
    left = list(before)
    found = []
    for mark in marks:
        fitting = next(
            index
            for index, each in enumerate(left)
            if (each.label, each.value) == (mark.label, mark.value)
        )
        found.append(left.pop(fitting))
    return found


def _row(
    sample: Sample, task: Task, model: str, verdict: Verdict, made: Sample | None
) -> dict[str, Any]:
    target = task.marks[task.target]
    return {
        "sample": sample.id,
        "source": sample.source,
        "model": model,
        "mode": task.mode,
        "template": TEMPLATE_VERSION,
        "label": target.label,
        "value": target.value,
        "entity": task.entity,
        "start": task.start,
        "passage": task.passage,
        "reply": verdict.reply,
        "accepted": verdict.accepted,
        "reason": verdict.reason,
        "cosine": None if verdict.cosine is None else round(verdict.cosine, 4),
        "id": made.id if made else None,
    }


def acceptance_table(counts: Mapping[str, Acceptance]) -> str:
    """Return the acceptance of each model as a Markdown table, reasons by how often they came."""
    lines = ["| model | asked | accepted | share | rejected |", "|---|---|---|---|---|"]
    for name, each in counts.items():
        share = "-" if each.rate is None else f"{each.rate:.1%}"
        reasons = ", ".join(f"{reason} {count}" for reason, count in each.reasons.most_common())
        lines.append(f"| {name} | {each.asked} | {each.accepted} | {share} | {reasons or '-'} |")
    return "\n".join(lines) + "\n"
