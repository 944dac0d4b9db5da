"""App: the commands and their options. What they do is imported when they run."""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from typing import Annotated

import typer

from decloak import __version__
from decloak.cli.acquire import app as acquire_app
from decloak.cli.corpus import app as corpus_app
from decloak.cli.exits import UNUSABLE, tidy
from decloak.cli.model import Folder
from decloak.cli.model import app as model_app
from decloak.cli.train import calibrate, denoiser, export, train
from decloak.cli.usage import SafeGroup
from decloak.core.limits import TAGGER_MODE

__all__ = ["app"]

_EXIT_CODES = (
    "Exit codes: 0 everything was processed; 1 a bug in decloak; 2 wrong usage, or nothing could be "
    "read; 3 some inputs failed and the others were written; 130 Ctrl-C. A closed pipe ends with 0."
)

app = typer.Typer(
    name="decloak",
    cls=SafeGroup,
    help="Find security entities in tool output and threat reports, also when they are disguised.",
    epilog=_EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(acquire_app)

app.add_typer(corpus_app)
app.add_typer(model_app)
model_app.command()(export)
model_app.command()(calibrate)
model_app.command("train-denoiser")(denoiser)
app.command()(train)


class Form(StrEnum):
    """Formats of `extract`; the names of `decloak.export.EXPORTERS`."""

    table = "table"
    jsonl = "jsonl"
    json = "json"
    csv = "csv"
    text = "text"
    values = "values"
    stix = "stix"
    misp = "misp"


class EditForm(StrEnum):
    """Formats of `decode`."""

    text = "text"
    jsonl = "jsonl"


class Unit(StrEnum):
    """Units of offsets; the names of `decloak.export.UNITS`."""

    codepoint = "codepoint"
    utf16 = "utf16"
    bytes = "bytes"


class ModeName(StrEnum):
    """What a language model is asked for; the names of `decloak.config.ModelMode`."""

    full = "full"
    narrative = "narrative"
    structured = "structured"
    monolithic = "monolithic"


class StrategyName(StrEnum):
    """How disguises are undone; the names of `decloak.config.Strategy`."""

    consensus = "consensus"
    canonical = "canonical"
    realign = "realign"
    off = "off"


Paths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATH",
        help="Files, folders, globs, gzip files, JSON lines; - for standard input.",
        show_default=False,
    ),
]
Llm = Annotated[
    str | None,
    typer.Option(
        "--llm",
        metavar="URI",
        help="Language model: anthropic:MODEL, openai:MODEL@URL or gguf:PATH; docs/identify.md.",
    ),
]
LlmRounds = Annotated[
    int | None,
    typer.Option(min=1, max=10, help="Rounds to complete a narrative.  [default: 3]"),
]
LlmTimeout = Annotated[
    float | None, typer.Option(min=0.001, help="Seconds for one attempt.  [default: 120]")
]
LlmCache = Annotated[
    str | None,
    typer.Option(metavar="DIR", help="Keep the model's replies here and use them again."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no warnings.")]
Strategy = Annotated[StrategyName, typer.Option(help="How disguises are undone.")]
DecodeModel = Annotated[
    bool, typer.Option("--decode-model", help="Let the strategy ask its model; docs/decode.md.")
]


def _paths(context: typer.Context, paths: list[str] | None) -> tuple[str, ...]:
    """Return the paths; standard input when none is named and something is piped in."""
    if paths:
        return tuple(paths)
    if sys.stdin is None or sys.stdin.isatty():
        typer.echo(context.get_help())
        raise typer.Exit(UNUSABLE)
    return ("-",)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"decloak {__version__}")
        raise typer.Exit


def _tagger_mode(named: str) -> str:
    if not re.fullmatch(TAGGER_MODE, named):
        message = f"{named!r} is none of auto, auto:10x (or another number), always, off"
        raise typer.BadParameter(message)
    return named


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Find security entities in tool output and threat reports, also when they are disguised."""


@app.command(epilog=_EXIT_CODES)
def extract(  # noqa: PLR0913, PLR0917 - the options of the command
    context: typer.Context,
    paths: Paths = None,
    form: Annotated[
        Form | None,
        typer.Option(
            "--format", "-f", help="Output format.  [default: table on a terminal, else jsonl]"
        ),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(help="Keep these labels only: a comma list; see `decloak labels`."),
    ] = None,
    min_confidence: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Keep entities at least this sure.")
    ] = 0.0,
    source: Annotated[
        str | None,
        typer.Option(help="The tool that wrote the input; detected otherwise. `decloak sources`."),
    ] = None,
    review: Annotated[
        bool, typer.Option("--review", help="Also show what was held back, and why.")
    ] = False,
    nested: Annotated[
        bool, typer.Option("--nested", help="Also report the parts of URLs and e-mail addresses.")
    ] = False,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Processes; 0 for one per usable core.")
    ] = 1,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write here; whole or not at all."),
    ] = None,
    offsets: Annotated[
        Unit, typer.Option(help="Unit of start and end; see docs/output.md.")
    ] = Unit.codepoint,
    strategy: Strategy = StrategyName.consensus,
    decode_model: DecodeModel = False,
    tagger: Annotated[
        str,
        typer.Option(
            metavar="[auto|auto:10x|always|off]",
            callback=_tagger_mode,
            help="What the tagger's model reads: what nothing else explains (of long input, for 3 times "
            "the time of all else, or so many times), all, nothing.",
        ),
    ] = "auto",
    model: Folder = None,
    trace: Annotated[
        bool, typer.Option("--trace", help="Also give what the language model told, by round.")
    ] = False,
    llm: Llm = None,
    llm_mode: Annotated[
        ModeName | None, typer.Option(help="What the model is asked for.  [default: full]")
    ] = None,
    llm_rounds: LlmRounds = None,
    llm_samples: Annotated[
        int | None,
        typer.Option(min=0, max=25, help="Answers about each doubtful entity.  [default: 3]"),
    ] = None,
    llm_seed: Annotated[int | None, typer.Option(min=0, help="Seed.  [default: 0]")] = None,
    llm_temperature: Annotated[
        float | None, typer.Option(min=0, max=2, help="Of narratives.  [default: 0]")
    ] = None,
    llm_refine: Annotated[
        bool, typer.Option("--llm-refine", help="Let the model reword its instruction.")
    ] = False,
    llm_cache: LlmCache = None,
    llm_timeout: LlmTimeout = None,
    llm_max_cost: Annotated[
        float | None, typer.Option(min=0, help="US dollars that this run may spend.")
    ] = None,
    llm_max_tokens: Annotated[
        int | None, typer.Option(min=1, help="Tokens that this run may spend.")
    ] = None,
    llm_price: Annotated[
        tuple[float, float] | None,
        typer.Option(min=0, help="US dollars per million tokens read and written."),
    ] = None,
    llm_context: Annotated[
        int | None, typer.Option(min=256, help="Tokens of prompt and reply together.")
    ] = None,
    llm_threads: Annotated[
        int | None,
        typer.Option(min=1, help="Threads of an in-process model.  [default: idle cores]"),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Extract entities and records from text."""
    with tidy():
        named = _paths(context, paths)
        from decloak.cli.extract import ModelRequest, Request  # noqa: PLC0415 - start-up time
        from decloak.cli.extract import extract as run  # noqa: PLC0415 - likewise

        code = run(
            Request(
                paths=named,
                form=form.value if form else None,
                labels=labels,
                min_confidence=min_confidence,
                source=source,
                review=review,
                nested=nested,
                jobs=jobs,
                output=output,
                offsets=offsets.value,
                strategy=strategy.value,
                decode_model=decode_model,
                quiet=quiet,
                tagger=tagger,
                model=model,
                trace=trace,
                llm=None
                if llm is None
                else ModelRequest(
                    llm,
                    llm_mode.value if llm_mode else None,
                    llm_rounds,
                    llm_samples,
                    llm_seed,
                    llm_temperature,
                    llm_refine,
                    llm_cache,
                    llm_timeout,
                    llm_max_cost,
                    llm_max_tokens,
                    llm_price,
                    llm_context,
                    llm_threads,
                ),
            )
        )
    raise typer.Exit(code)


@app.command(epilog=_EXIT_CODES)
def decode(
    context: typer.Context,
    paths: Paths = None,
    form: Annotated[
        EditForm, typer.Option("--format", "-f", help="Output format.")
    ] = EditForm.text,
    strategy: Strategy = StrategyName.consensus,
    decode_model: DecodeModel = False,
    quiet: Quiet = False,
) -> None:
    """Show every disguise that is undone: its place (line:column), reason, before and after."""
    with tidy():
        named = _paths(context, paths)
        from decloak.cli.edits import show_edits  # noqa: PLC0415 - start-up time

        code = show_edits(named, form.value, strategy.value, decode_model=decode_model, quiet=quiet)
    raise typer.Exit(code)


@app.command(epilog=_EXIT_CODES)
def identify(  # noqa: PLR0913, PLR0917 - the options of the command
    context: typer.Context,
    paths: Paths = None,
    form: Annotated[
        EditForm, typer.Option("--format", "-f", help="Output format.")
    ] = EditForm.text,
    show_prompt: Annotated[
        bool, typer.Option("--show-prompt", help="Show what would be sent; nothing is sent.")
    ] = False,
    llm: Llm = None,
    llm_rounds: LlmRounds = None,
    llm_cache: LlmCache = None,
    llm_timeout: LlmTimeout = None,
    strategy: Strategy = StrategyName.consensus,
    quiet: Quiet = False,
) -> None:
    """Tell each document in plain English: by a language model, or without one from its facts."""
    with tidy():
        named = _paths(context, paths)
        from decloak.cli.extract import ModelRequest  # noqa: PLC0415 - start-up time
        from decloak.cli.identify import tell  # noqa: PLC0415 - likewise

        model = None
        if llm is not None:
            model = ModelRequest(llm, "narrative", llm_rounds, cache=llm_cache, timeout=llm_timeout)
        code = tell(named, form.value, strategy.value, model, show_prompt=show_prompt, quiet=quiet)
    raise typer.Exit(code)


@app.command()
def labels() -> None:
    """List the labels of entities."""
    with tidy():
        from decloak.cli.listings import labels_table  # noqa: PLC0415 - start-up time

        typer.echo(labels_table(), nl=False)


@app.command()
def sources() -> None:
    """List the tools whose output is understood, and their layouts."""
    with tidy():
        from decloak.cli.listings import sources_table  # noqa: PLC0415 - start-up time

        typer.echo(sources_table(), nl=False)


@app.command()
def schema() -> None:
    """Print the JSON Schema of one output object."""
    with tidy():
        from decloak.cli.listings import schema_text  # noqa: PLC0415 - start-up time

        typer.echo(schema_text(), nl=False)
