"""Groups: every option with its range and its description. The one place where an option is declared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from decloak.core.labels import GROUPS, LABELS, LabelGroup
from decloak.core.limits import MAX_DECODE_ROUNDS, TAGGER_MODE
from decloak.core.suggest import suggest
from decloak.options.cli import Cli

__all__ = [
    "DecodeSettings",
    "Format",
    "Group",
    "LinkSettings",
    "LlmSettings",
    "ModelMode",
    "OffsetUnit",
    "OutputSettings",
    "ReadingSettings",
    "Strategy",
    "TaggerMode",
    "TaggerSettings",
]

Strategy = Literal["consensus", "canonical", "realign", "off"]
TaggerMode = Annotated[str, StringConstraints(pattern=TAGGER_MODE)]
ModelMode = Literal["full", "narrative", "structured", "monolithic"]
OffsetUnit = Literal["codepoint", "utf16", "bytes"]
Format = Literal[
    "table",
    "jsonl",
    "json",
    "csv",
    "text",
    "values",
    "html",
    "stix",
    "opencti",
    "misp",
    "conll",
    "compact",
]
OutputView = Literal["entities", "exposures"]
Tlp = Literal["clear", "green", "amber", "amber+strict", "red"]

_Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Place = Annotated[Path, AfterValidator(Path.expanduser)]


def _label(name: str) -> str:
    known = name.strip().upper().replace("-", "_")
    if known not in LABELS:
        raise ValueError(suggest("label", name, LABELS))
    return known


def _some(labels: frozenset[str]) -> frozenset[str]:
    if not labels:
        message = "no label is named; see `decloak labels`"
        raise ValueError(message)
    return labels


def _every(groups: object) -> object:
    return list(GROUPS) if groups == "all" or groups in (["all"], ("all",), {"all"}) else groups


def _lower(name: object) -> object:
    return name.lower() if isinstance(name, str) else name


_Label = Annotated[
    str, AfterValidator(_label), WithJsonSchema({"type": "string", "enum": list(LABELS)})
]
_Groups = Annotated[frozenset[LabelGroup], PlainSerializer(sorted, return_type=list[str])]
_Labels = Annotated[
    frozenset[_Label], AfterValidator(_some), PlainSerializer(sorted, return_type=list[str])
]


class Group(BaseModel):
    """One group of options: frozen, hashable, picklable; refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=False)

    main: ClassVar[str | None] = None
    """The option that the group's name alone stands for: ``tagger="off"`` is ``tagger.mode``."""


class DecodeSettings(Group):
    """How disguises are undone."""

    strategy: Annotated[Strategy, Cli(former=("--strategy",))] = Field(
        default="consensus", description="how disguises are undone"
    )
    rounds: Annotated[int, Cli(keyword="max_rounds")] = Field(
        default=MAX_DECODE_ROUNDS, ge=1, le=16, description="disguises undone one over another"
    )
    neural: Annotated[bool, Cli(former=("--decode-model",), keyword="decode_model")] = Field(
        default=False, description="let the strategy ask its neural network for what rules leave"
    )


class TaggerSettings(Group):
    """The tagger: an encoder with a CRF that reads what no grammar explains."""

    main = "mode"

    mode: Annotated[
        TaggerMode,
        Cli(flags=("--tagger",), allowed="auto, auto:10x (or another number), always, off"),
    ] = Field(
        default="auto",
        description="what the tagger reads: what nothing else explains (of long input, for so many times "
        "the time of all else), everything, nothing",
    )
    model: Annotated[_Place | None, Cli(former=("--model",), metavar="DIR", allowed="a folder")] = (
        Field(default=None, description="folder of the tagger's model; none: the one shipped")
    )


class LlmSettings(Group):
    """A language model, asked for a second opinion. Keys are no options: they come from the environment."""

    main = "uri"

    uri: Annotated[
        str | None,
        Cli(
            flags=("--llm",),
            shown=True,
            metavar="URI",
            allowed="anthropic:MODEL, openai:MODEL@URL, gguf:PATH, scripted:PATH",
        ),
    ] = Field(default=None, description="language model to ask; none: none is asked")
    mode: Annotated[ModelMode, Cli(former=("--llm-mode",))] = Field(
        default="full", description="what it is asked for"
    )
    rounds: Annotated[int, Cli(former=("--llm-rounds",))] = Field(
        default=3, ge=1, le=10, description="rounds to complete a narrative"
    )
    samples: Annotated[int, Cli(former=("--llm-samples",))] = Field(
        default=3, ge=0, le=25, description="answers about what is below its threshold; 0 asks none"
    )
    critique: bool = Field(default=True, description="let it look for omissions too")
    refine: Annotated[bool, Cli(former=("--llm-refine",))] = Field(
        default=False, description="let it reword its instruction, once for each template"
    )
    room: int = Field(default=1200, ge=64, description="tokens of data in one prompt, at most")
    seed: Annotated[int, Cli(former=("--llm-seed",))] = Field(
        default=0, ge=0, lt=1 << 31, description="seed of its sampling"
    )
    temperature: Annotated[float, Cli(former=("--llm-temperature",))] = Field(
        default=0.0, ge=0, le=2, description="of the sampling of narratives"
    )
    trace: Annotated[bool, Cli(former=("--trace",))] = Field(
        default=False, description="keep what it wrote, by round"
    )
    cache: Annotated[
        _Place | None, Cli(former=("--llm-cache",), metavar="DIR", allowed="a folder")
    ] = Field(default=None, description="folder of stored replies; none: no cache")
    timeout: Annotated[float, Cli(former=("--llm-timeout",))] = Field(
        default=120.0, gt=0, le=86_400, description="seconds for one attempt"
    )
    retries: int = Field(default=2, ge=0, le=20, description="attempts after the first")
    rest: float = Field(
        default=60.0,
        ge=0,
        allow_inf_nan=False,
        description="seconds without requests after three faults in a row",
    )
    concurrency: int = Field(default=4, ge=1, le=256, description="requests at one time")
    per_minute: float | None = Field(default=None, gt=0, description="requests a minute")
    max_cost: Annotated[float | None, Cli(former=("--llm-max-cost",))] = Field(
        default=None, ge=0, allow_inf_nan=False, description="US dollars that one run may spend"
    )
    max_tokens: Annotated[int | None, Cli(former=("--llm-max-tokens",))] = Field(
        default=None, ge=1, description="tokens that one run may use, read and written"
    )
    price: Annotated[
        tuple[_Dollars, _Dollars] | None,
        Cli(former=("--llm-price",), allowed="two numbers from 0: 0.15,0.6"),
    ] = Field(
        default=None,
        description="US dollars per million tokens read and written; none: the price table",
    )
    context: Annotated[int | None, Cli(former=("--llm-context",))] = Field(
        default=None, ge=256, description="tokens of prompt and reply; none: what is known of it"
    )
    threads: Annotated[int | None, Cli(former=("--llm-threads",))] = Field(
        default=None, ge=1, description="threads of a model in this process; none: idle cores"
    )


class LinkSettings(Group):
    """What entities are tied to."""

    main = "kb"

    kb: Annotated[_Place | None, Cli(flags=("--kb",), metavar="FILE", allowed="a file")] = Field(
        default=None,
        description="store that `decloak kb add` filled; none: $DECLOAK_KB, else the user's own",
    )


class ReadingSettings(Group):
    """How input becomes text."""

    source: Annotated[
        Annotated[str, BeforeValidator(_lower)] | None,
        Cli(flags=("--source",), allowed="a name that `decloak sources` lists"),
    ] = Field(default=None, description="tool that wrote the input; none: detected")
    reader: Annotated[
        Annotated[str, BeforeValidator(_lower)] | None,
        Cli(flags=("--reader",), metavar="NAME", allowed="a name that docs/readers.md lists"),
    ] = Field(default=None, description="format of the input; none: known by its content")
    encoding: Annotated[
        str | None,
        Cli(flags=("--encoding",), metavar="NAME", allowed="a name of an encoding, such as cp1252"),
    ] = Field(default=None, description="encoding of text without a byte-order mark; none: UTF-8")
    field: Annotated[
        str | None, Cli(flags=("--field",), metavar="NAME", allowed="a key, or a path with dots")
    ] = Field(
        default=None,
        min_length=1,
        description="where JSON lines have their text, a path with dots; none: text",
    )
    exclude: Annotated[tuple[str, ...], Cli(flags=("--exclude",), metavar="GLOB", repeat=True)] = (
        Field(default=(), description="files and folders to pass over; may be repeated")
    )
    hidden: Annotated[bool, Cli(flags=("--hidden",))] = Field(
        default=False, description="read hidden files inside folders, too"
    )
    passwords: Annotated[
        tuple[str, ...], Cli(flags=("--password",), metavar="TEXT", repeat=True)
    ] = Field(
        default=("infected",), description="tried where something is encrypted; may be repeated"
    )
    stream: Annotated[bool, Cli(flags=("--stream",))] = Field(
        default=False,
        description="answer standard input as it arrives; each time whole lines, a document of their own",
    )
    depth: int = Field(default=4, ge=0, le=100, description="containers within containers")
    parts: int = Field(default=10_000, ge=0, description="parts of one input, on all levels")
    unpacked: int = Field(
        default=1 << 30, ge=0, description="bytes that all parts of one input come to, unpacked"
    )
    pages: int = Field(default=5_000, ge=1, description="pages of one document")


class OutputSettings(Group):
    """What is kept, and how it is written."""

    def kept(self) -> frozenset[str] | None:
        """Return the labels that are kept: named, and of a group that is named; None for all."""
        if self.group is None:
            return self.labels
        grouped = frozenset(label for name in self.group for label in GROUPS[name])
        return grouped if self.labels is None else grouped & self.labels

    format: Annotated[
        Format | None, Cli(flags=("--format", "-f"), shown=True, metavar="FORMAT")
    ] = Field(default=None, description="output format; none: table on a terminal, else jsonl")
    labels: Annotated[
        _Labels | None,
        Cli(
            flags=("--labels",),
            shown=True,
            metavar="A,B",
            allowed="names that `decloak labels` lists, with commas between",
        ),
    ] = Field(default=None, description="labels to keep; none: all")
    group: Annotated[
        _Groups | None,
        BeforeValidator(_every),
        Cli(
            flags=("--group",),
            shown=True,
            metavar="A,B",
            allowed=f"{', '.join(GROUPS)}, with commas between; or all",
        ),
    ] = Field(
        default=None,
        description="groups to keep; none: all, but no observations in table and values",
    )
    view: Annotated[OutputView, Cli(flags=("--view",))] = Field(
        default="entities",
        description="what the table shows; exposures: services, platforms, matching CVEs",
    )
    unique: Annotated[bool, Cli(flags=("--unique",), shown=True)] = Field(
        default=False, description="each value once, with its count and first places"
    )
    defang: Annotated[bool, Cli(flags=("--defang",), shown=True)] = Field(
        default=False, description="write hxxp://evil[.]example"
    )
    ignore: Annotated[
        _Place | None, Cli(flags=("--ignore",), shown=True, metavar="FILE", allowed="a file")
    ] = Field(default=None, description="leave out what this file names; docs/output.md")
    min_confidence: Annotated[float, Cli(flags=("--min-confidence",))] = Field(
        default=0.0, ge=0, le=1, description="lowest confidence to keep"
    )
    nested: Annotated[bool, Cli(flags=("--nested",))] = Field(
        default=False, description="report the parts of URLs and e-mail addresses too"
    )
    review: Annotated[bool, Cli(flags=("--review",), shown=True)] = Field(
        default=False, description="keep what was not accepted, with the reason"
    )
    offsets: Annotated[OffsetUnit, Cli(flags=("--offsets",))] = Field(
        default="codepoint", description="unit of start and end"
    )
    tlp: Annotated[Tlp | None, BeforeValidator(_lower)] = Field(
        default=None,
        description="Traffic Light Protocol mark of every STIX object and MISP event; none: no mark",
    )
    producer: Annotated[str | None, Cli(metavar="NAME", allowed="a name")] = Field(
        default=None,
        min_length=1,
        description="body in whose name STIX and MISP objects are made; none: decloak",
    )
