"""``decloak evaluate``: score systems against labelled files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from decloak.cli.exits import FINE, PARTIAL, tidy
from decloak.cli.messages import say
from decloak.cli.output import open_output
from decloak.cli.progress import progress
from decloak.core.errors import SettingsError

if TYPE_CHECKING:
    from decloak.evaluation.labelled import Problem
    from decloak.evaluation.scorecard import GoldSet, Predictions

__all__ = ["app", "evaluate", "pairs_of"]

app = typer.Typer()

_SHOWN = 20
"""Problems of a file that are listed; the rest is counted."""


class ScoreForm(StrEnum):
    """Formats of `evaluate`."""

    table = "table"
    json = "json"


class GoldForm(StrEnum):
    """Formats of labelled files; the names of `decloak.evaluation.labelled.FORMATS`."""

    jsonl = "jsonl"
    conll = "conll"
    spacy = "spacy"
    brat = "brat"
    label_studio = "label-studio"


@app.command()
def evaluate(  # noqa: PLR0913, PLR0917 - each is an option
    gold: Annotated[
        list[Path],
        typer.Argument(metavar="GOLD", help="Labelled files, or folders of them."),
    ],
    predictions: Annotated[
        list[str] | None,
        typer.Option(
            "--predictions", "-p", metavar="[NAME=]FILE",
            help="What a system predicts, such as the JSON lines of `extract --review`; repeat for more.",
        ),
    ] = None,
    config: Annotated[
        list[str] | None,
        typer.Option(
            "--config", "-c", metavar="[NAME=]OPTIONS",
            help="Run decloak with these: KEY=VALUE,... or a TOML file; repeat for more.",
        ),
    ] = None,
    gold_format: Annotated[
        GoldForm | None, typer.Option(help="Format of the gold.  [default: by name and content]")
    ] = None,
    label_map: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="THEIRS=OURS", help="Score a label as another; '' leaves it out."),
    ] = None,
    exhaustive: Annotated[
        str | None,
        typer.Option(
            metavar="LABELS",
            help="Labels of which the gold is complete: only these can be predicted wrongly.",
        ),
    ] = None,
    form: Annotated[ScoreForm, typer.Option("--format", "-f", help="Of the tables.")] = ScoreForm.table,
    errors: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write a page of all errors (HTML).")
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Instead of standard output.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse files in which anything is wrong.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:  # fmt: skip
    """Score systems against labelled files: precision, recall, F1, boundaries, calibration, significance."""
    with tidy():
        code = _evaluate(
            gold,
            _named(predictions or (), "predictions"),
            _named(config or (), "config"),
            gold_format.value if gold_format else None,
            dict(_pair(each, "--map") for each in label_map or ()),
            exhaustive,
            form,
            errors,
            output,
            strict=strict,
            quiet=quiet,
        )
    raise typer.Exit(code)


def _evaluate(  # noqa: PLR0913, PLR0917 - each is an option
    paths: list[Path],
    predictions: Mapping[str, str],
    configs: Mapping[str, str],
    gold_format: str | None,
    mapped: Mapping[str, str],
    exhaustive: str | None,
    form: ScoreForm,
    errors: str | None,
    output: str | None,
    *,
    strict: bool,
    quiet: bool,
) -> int:
    from decloak.evaluation.labelled import our_label  # noqa: PLC0415 - numpy, only for this
    from decloak.evaluation.scorecard import (  # noqa: PLC0415 - likewise
        all_tables,
        load_gold,
        load_predictions,
        measured,
    )

    complete = None
    if exhaustive is not None:
        complete = frozenset(our_label(each, mapped) for each in exhaustive.split(",") if each)
    gold = load_gold(paths, gold_format, mapped, complete)
    _tell(gold.problems, strict=strict)
    systems = [
        load_predictions(name, Path(file), gold, None, mapped) for name, file in predictions.items()
    ]
    if not systems and not configs:
        configs = {"decloak": ""}
    systems += [_run(name, text, gold, quiet=quiet) for name, text in configs.items()]
    problems = [problem for said in systems for problem in said.problems]
    _tell(problems, strict=strict)
    tables = all_tables(gold, [measured(gold, said) for said in systems])
    with open_output(output) as (out, _):
        for table in tables:
            out.write((table.json() if form is ScoreForm.json else table.markdown()) + "\n")
    if errors is not None:
        from decloak.evaluation.scorecard.page import page  # noqa: PLC0415 - only when asked for

        about = f"{len(gold.texts)} documents of {', '.join(str(path) for path in paths)}"
        with open_output(errors) as (out, _):
            out.write(page(gold, systems, tables[0], about))
    return PARTIAL if gold.problems or problems else FINE


def _run(name: str, text: str, gold: GoldSet, *, quiet: bool) -> Predictions:
    """Run decloak itself with some options; what it holds back is kept, to explain what is lost."""
    from decloak.evaluation.scorecard.systems import predicted  # noqa: PLC0415 - only when asked for
    from decloak.options import load  # noqa: PLC0415 - likewise
    from decloak.pipeline import Pipeline  # noqa: PLC0415 - likewise

    file = Path(text) if text.endswith(".toml") else None
    given = pairs_of("" if file else text, "--config")
    given.append(("output.review", "output.review", True))
    pipeline = Pipeline(load(file, None, given))
    with progress(wanted=not quiet) as advance:
        return predicted(name, gold, pipeline.run_many, lambda: advance(name))


def _named(texts: Iterable[str], option: str) -> dict[str, str]:
    """Read ``NAME=VALUE``; without a name a file gives its own, and options themselves are one.

    Raises:
        SettingsError: when two have one name.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, mark, rest = text.partition("=")
        if not mark or "." in name or "/" in name:  # a key of an option or a path, and no name
            name, rest = (Path(text).stem if option == "predictions" else text), text
        if name in found:
            message = f"--{option}: two are called {name!r}; write NAME=... before one"
            raise SettingsError(message)
        found[name] = rest
    return found


def pairs_of(text: str, option: str) -> list[tuple[str, str, Any]]:
    """Read ``KEY=VALUE,...`` as `decloak.options.load` takes it.

    Raises:
        SettingsError: when a part is no such pair.
    """
    pairs = [(*_pair(part, option), part) for part in text.split(",") if part]
    return [(key, f"{option} {part}", value) for key, value, part in pairs]


def _pair(text: str, option: str) -> tuple[str, str]:
    """Read ``KEY=VALUE``.

    Raises:
        SettingsError: when it is none.
    """
    key, mark, value = text.partition("=")
    if not mark:
        message = f"{option} {text}: KEY=VALUE is expected"
        raise SettingsError(message)
    return key.strip(), value.strip()


def _tell(problems: Iterable[Problem], *, strict: bool) -> None:
    """Name what is wrong with a file.

    Raises:
        SettingsError: when the user refuses such files.
    """
    listed = list(problems)
    for problem in listed[:_SHOWN]:
        say(str(problem))
    if len(listed) > _SHOWN:
        say(f"... and {len(listed) - _SHOWN} more")
    if strict and listed:
        message = f"{len(listed)} problems, and --strict: mend them, or leave out --strict"
        raise SettingsError(message)
