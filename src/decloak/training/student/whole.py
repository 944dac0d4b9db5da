"""Whole: from texts and a teacher to a model folder with a student in it, in steps that are kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from decloak import __version__
from decloak.core.folder_lock import folder_lock
from decloak.kb.lexicon import entries
from decloak.kb.packs import pack
from decloak.tag.model_folder import ModelFolder, open_folder
from decloak.tag.neural import Tagger, encoder_of
from decloak.tag.places import GRAPH, RECORD, SHIPPED, TOKENIZER
from decloak.tag.student.network import FIRST
from decloak.tag.student.spelling import Spelling
from decloak.training.student.batches import Pupil, Target, targets
from decloak.training.student.calibrate import temperature_of
from decloak.training.student.learn import Learned, StudentSettings, is_held, learn, measure
from decloak.training.student.lessons import read_lessons, teach
from decloak.training.student.network import StudentNetwork
from decloak.training.student.pack import write_student
from decloak.training.student.texts import texts
from decloak.training.whole import few_threads

__all__ = ["StudentPlan", "names_to_put", "train_student"]

_KINDS = {
    "group": "THREAT_ACTOR", "malware": "MALWARE", "ransomware": "MALWARE", "rat": "MALWARE",
    "botnet": "MALWARE",
}  # fmt: skip
_SHORTEST, _LONGEST = 3, 40
_WORDS = "word_embeddings.weight"
_SPREAD = 0.3
"""Standard deviation of the tables to begin with."""
_DOUBT = 0.2
"""Probability of another labelling from which the teacher may be asked: below, he hardly ever says another."""


@dataclass(frozen=True, slots=True)
class StudentPlan:
    """What a student learns from, and where.

    Attributes:
        folder: for all that is made: ``lessons/``, ``run/``, ``model/``.
        corpus: tool output, a corpus or its slice, or None.
        data: labelled rows by others, or None.
        teacher: a model folder.
        most: excerpts at most; None for all.
    """

    folder: Path
    corpus: Path | None = None
    data: Path | None = None
    teacher: Path = SHIPPED
    most: int | None = None


def train_student(
    plan: StudentPlan,
    settings: StudentSettings,
    *,
    told: Callable[[str], None] = lambda _: None,
    report: Callable[[Learned], None] = lambda _: None,
) -> dict[str, Any]:
    """Let the teacher read, train, round to eight bits, calibrate; return the student's record.

    ``model/`` is the teacher's folder with the student's two files. What is done is kept: the same call after a stop
    goes on where it was.

    Raises:
        InputError: when something to read is missing or damaged.
        ModelFileError: when the teacher is.
        OutputError: when another run works in the folder.
        ToolError: when a package is missing that texts come from.
    """
    plan.folder.mkdir(parents=True, exist_ok=True)
    with folder_lock(plan.folder):
        few_threads()
        teacher = open_folder(plan.teacher)
        lessons = plan.folder / "lessons"
        if not (lessons / "done").exists():
            told("asking the teacher")
            given = islice(texts(plan.corpus, plan.data, settings.seed), plan.most)
            teach(given, Tagger(teacher), lessons, lambda n: told(f"{n} excerpts"))
            (lessons / "done").touch()
        told("training")
        network, pupil, held, count = _learned(plan, settings, teacher, lessons, report)
        told("calibrating")
        labels = teacher.crf.labels
        f1 = {
            group: round(counts.f1, 4)
            for group, counts in measure(network, pupil, held, labels).items()
            if counts.f1 is not None
        }
        return _written(plan, settings, network, teacher, {
            "f1": {"of": "the teacher and the gold, on texts that were not learned from", **f1},
            "trained_on": count,
        }, temperature_of(network, pupil, held, labels))  # fmt: skip


def _learned(
    plan: StudentPlan,
    settings: StudentSettings,
    teacher: ModelFolder,
    lessons: Path,
    report: Callable[[Learned], None],
) -> tuple[StudentNetwork, Pupil, list[Target], dict[str, int]]:
    labels = teacher.crf.labels
    names = names_to_put()
    known = list(targets(read_lessons(lessons), labels, names))
    given = [each for each in known if not is_held(each)]
    held = [each for each in known if is_held(each)]
    torch.manual_seed(settings.seed)
    table = _teachers_table(teacher, settings.width)
    network = StudentNetwork(
        len(table), len(labels), settings.width, settings.dilations, settings.dropout
    )
    network.pieces.weight.data[:] = table
    gap = max(FIRST // 2, *settings.dilations, 1)
    pupil = Pupil(Spelling(encoder_of(teacher)), labels, gap)
    learn(network, pupil, given, settings, names, plan.folder / "run", report)
    count: dict[str, int] = {}
    for each in given:
        count[each.group] = count.get(each.group, 0) + 1
    return network, pupil, held, count


def _written(
    plan: StudentPlan,
    settings: StudentSettings,
    network: StudentNetwork,
    teacher: ModelFolder,
    about: dict[str, Any],
    temperature: float,
) -> dict[str, Any]:
    model = plan.folder / "model"
    model.mkdir(exist_ok=True)
    for name in (GRAPH, TOKENIZER, RECORD, "README.md"):
        if (plan.teacher / name).exists():
            shutil.copyfile(plan.teacher / name, model / name)
    return write_student(
        network,
        model,
        labels=teacher.crf.labels,
        tokenizer=teacher.record["files"][TOKENIZER]["sha256"],
        about={
            "teacher": teacher.digest,
            "settings": settings.model_dump(),
            "code_version": __version__,
            **about,
        },
        temperature=temperature,
        doubt=_DOUBT,
    )


def names_to_put() -> dict[str, Sequence[str]]:
    """Return label -> names that may stand in place of others, from the packs and the lexicon."""
    found: dict[str, set[str]] = {"MALWARE": set(), "ORGANIZATION": set(), "THREAT_ACTOR": set()}
    for row in pack("names"):
        if (label := _KINDS.get(row[2])) is not None:
            found[label].update((row[1], row[3]))
    for label, names in found.items():
        names.update(name for entry in entries(label) for name in entry.names)
    return {
        label: sorted(
            name for name in names if _SHORTEST <= len(name) <= _LONGEST and not name.islower()
        )
        for label, names in found.items()
    }


def _teachers_table(teacher: ModelFolder, width: int) -> torch.Tensor:
    """Return the teacher's word pieces in fewer dimensions: what it knows of words to begin with."""
    graph = onnx.load_from_string(teacher.read(GRAPH)).graph
    arrays = {each.name: each for each in graph.initializer if _WORDS in each.name}
    whole = next((name for name in arrays if name.endswith(f"{_WORDS}_quantized")), None)
    if whole is not None:
        root = whole.removesuffix("_quantized")
        zero = numpy_helper.to_array(arrays[f"{root}_zero_point"]).astype(np.float32)
        scale = numpy_helper.to_array(arrays[f"{root}_scale"]).astype(np.float32)
        table = (numpy_helper.to_array(arrays[whole]).astype(np.float32) - zero) * scale
    else:
        table = numpy_helper.to_array(next(iter(arrays.values()))).astype(np.float32)
    table = table - table.mean(0)
    axes = np.linalg.svd(table, full_matrices=False)[2][:width]
    made = np.zeros((len(table), width), np.float32)
    made[:, : len(axes)] = table @ axes.T
    return torch.from_numpy(made / made.std() * _SPREAD)
