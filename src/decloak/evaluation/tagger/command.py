"""``python -m decloak.evaluation tagger|calibration|banners|cyner``: measure the tagger."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from decloak.core.errors import DecloakError, SettingsError
from decloak.evaluation.gold import DEFAULT_DATA
from decloak.evaluation.report import Table
from decloak.evaluation.tagger import (
    banners,
    calibration,
    cyner,
    labelled,
    plots,
    results,
    sections,
    tables,
    texts,
)
from decloak.evaluation.tagger.predict import Answers
from decloak.evaluation.tagger.systems import (
    Decoded,
    NameAndVersion,
    PipelineSystem,
    System,
    TaggerSystem,
)

__all__ = ["MEASUREMENTS", "main"]

_PROGRAM = "python -m decloak.evaluation"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=_PROGRAM, description=__doc__)
    parser.add_argument("what", choices=MEASUREMENTS)
    parser.add_argument("--corpus", type=Path, help="folder made by `decloak corpus build`")
    parser.add_argument(
        "--data", type=Path, default=DEFAULT_DATA, help="folder of labelled *.jsonl"
    )
    parser.add_argument("--baseline", type=Path, help="model folder of the clean fine-tuning")
    parser.add_argument("--robust", type=Path, help="model folder of the robust fine-tuning")
    parser.add_argument("--model", type=Path, help="cyner: model folder with CyNER's own labels")
    parser.add_argument("--documents", type=int, default=100, help="documents per disguise")
    parser.add_argument("--clean", type=int, default=1000, help="documents as they are")
    parser.add_argument("--share", type=float, default=1.0, help="part of the entities to disguise")
    parser.add_argument("--labelled", type=int, default=2000, help="documents of --data per kind")
    parser.add_argument("--seed", type=int, default=20_261_126, help="of samples and resamples")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--cache", type=Path, help="file of answers, to go on after a stop")
    parser.add_argument("--csv", type=Path, help="where to write every figure")
    parser.add_argument("--png", type=Path, help="calibration: where to draw")
    parser.add_argument("--into", type=Path, help="page whose section is to be made again")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run one measurement; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        with Answers(options.cache, options.jobs) as answers:
            made = MEASUREMENTS[options.what](options, answers)
    except DecloakError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    page = sections.section(sections.command_line(_PROGRAM, arguments), made)
    if options.into:
        sections.put(options.into, options.what, page)
    else:
        sys.stdout.write(page)
    return 0


def _systems(options: argparse.Namespace) -> list[System]:
    systems: list[System] = []
    for name, model in (("baseline", options.baseline), ("robust", options.robust)):
        if model is not None:
            systems.append(TaggerSystem(name, model))
            systems.append(Decoded(f"{name} + decode", systems[-1]))
    if options.robust is not None:
        systems.append(PipelineSystem("full pipeline", "auto", options.robust))
    return [*systems, PipelineSystem("pipeline without model", "off")]


def _tagger(options: argparse.Namespace, answers: Answers) -> list[Table]:
    """Compare all systems on the test part of the corpus and on the documents by others."""
    systems = _systems(options)
    made: list[Table] = []
    if options.corpus is not None:
        samples = texts.clean_samples(options.corpus, "test")
        drawn, kinds = results.texts_by_condition(
            samples, options.documents, options.clean, options.seed, share=options.share
        )
        measured = results.measure(systems, drawn, kinds, answers)
        made += tables.all_tables(measured, options.seed)
        if options.csv:
            tables.write_csv(measured, options.csv)
    if options.data.is_dir():
        rows = labelled.labelled_texts(options.data, options.labelled, options.seed)
        made.append(labelled.table(systems, rows, answers))
    if not made:
        message = "nothing to measure on: name a corpus with --corpus or a folder with --data"
        raise SettingsError(message)
    return made


def _calibration(options: argparse.Namespace, answers: Answers) -> list[Table]:
    """Measure the model's confidence on both parts of the corpus that it was not trained on."""
    if options.corpus is None or options.robust is None:
        message = "calibration needs --corpus and --robust"
        raise SettingsError(message)
    found = calibration.calibrate(
        options.corpus,
        options.robust,
        answers,
        documents=options.documents,
        clean=options.clean,
        seed=options.seed,
    )
    if options.csv:
        calibration.write_csv(found, options.csv)
    if options.png:
        plots.draw_calibration(found, options.png)
    return calibration.tables(found, options.robust)


def _banners(options: argparse.Namespace, answers: Answers) -> list[Table]:
    """Measure on free service banners, which no grammar explains."""
    systems: list[System] = [NameAndVersion(), PipelineSystem("pipeline without model", "off")]
    if options.robust is not None:
        systems.append(PipelineSystem("full pipeline", "auto", options.robust))
        systems.append(TaggerSystem("robust", options.robust))
    return banners.tables(options.data, systems, answers)


def _cyner(options: argparse.Namespace, answers: Answers) -> list[Table]:
    """Score on the prose set with published figures."""
    return cyner.tables(options.data, options.model, answers)


MEASUREMENTS: dict[str, Callable[[argparse.Namespace, Answers], list[Table]]] = {
    "tagger": _tagger,
    "calibration": _calibration,
    "banners": _banners,
    "cyner": _cyner,
}
"""What can be measured."""
