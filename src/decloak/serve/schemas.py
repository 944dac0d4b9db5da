"""Schemas: what requests and answers look like. The options are the library's own model."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.config import JsonDict

from decloak.core.errors import SettingsError
from decloak.core.labels import LABELS
from decloak.options import Settings, complaints, leaves
from decloak.readers.settings import read_options
from decloak.serve.errors import ForbiddenError
from decloak.sources.detect import resolve_hint

__all__ = [
    "OPEN",
    "DecodedEdit",
    "DecodedText",
    "DocumentIn",
    "Explained",
    "ExplainedPlace",
    "ExtractRequest",
    "Health",
    "LabelOut",
    "labels_out",
    "settings_of",
]

OPEN = frozenset(
    {
        "decode.strategy",
        "decode.rounds",
        "tagger.mode",
        "reading.source",
        "reading.reader",
        "reading.encoding",
        "reading.field",
        "reading.passwords",
        "output.labels",
        "output.group",
        "output.defang",
        "output.tlp",
        "output.producer",
        "output.min_confidence",
        "output.nested",
        "output.review",
        "output.offsets",
    }
)
"""Options that a request may set: none of them opens a file or a connection."""


_A_TEXT: JsonDict = {"type": "string"}
_A_LIST: JsonDict = {"type": "array"}
_NULL: JsonDict = {"type": "null"}


class DocumentIn(BaseModel):
    """One text."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(max_length=1_000)] = Field(
        default="-", description="its name in the answer"
    )
    text: str = Field(description="the text, with whatever disguises it has")


class ExtractRequest(BaseModel):
    """One text, or a list of them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "text": "Beacon to hxxp://evil[.]example[.]org/a from 198[.]51[.]100[.]7",
                    "options": {"output": {"labels": ["URL", "IP_ADDRESS"]}},
                },
                {
                    "documents": [
                        {"id": "a", "text": "APT28 used X-Agent."},
                        {"id": "b", "text": ""},
                    ]
                },
            ],
            "oneOf": [
                {"required": ["text"], "properties": {"text": _A_TEXT, "documents": _NULL}},
                {"required": ["documents"], "properties": {"documents": _A_LIST, "text": _NULL}},
            ],
        },
    )

    text: str | None = Field(default=None, description="the text; or else `documents`")
    id: Annotated[str, Field(max_length=1_000)] | None = Field(
        default=None, description="the name of `text`"
    )
    documents: list[DocumentIn] | None = Field(default=None, description="several texts")
    options: dict[str, Any] = Field(
        default_factory=dict, description="options by group, as `GET /v1/options` describes them"
    )
    include_text: bool = Field(
        default=False, description="give the raw text and the edits back too (JSON alone)"
    )

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if (self.text is None) == (self.documents is None):
            message = "give either `text` or `documents`"
            raise ValueError(message)
        return self


class DecodedEdit(BaseModel):
    """One edit of the decoders."""

    model_config = ConfigDict(extra="forbid")

    start: int = Field(ge=0)
    end: int = Field(ge=0, description="exclusive")
    before: str
    after: str
    family: str
    decoder: str
    confidence: float = Field(ge=0, le=1)
    reason: str


class DecodedText(BaseModel):
    """What the decoders make of one document."""

    model_config = ConfigDict(extra="forbid")

    id: str
    text: str = Field(description="the readable text")
    edits: list[DecodedEdit] = Field(description="in places of the text as it was given")
    warnings: list[str]
    offsets: Literal["codepoint"]


class ExplainedEdit(BaseModel):
    """What a decoder did."""

    model_config = ConfigDict(extra="forbid")

    family: str
    decoder: str
    before: str
    after: str
    confidence: float = Field(ge=0, le=1)
    reason: str


class ExplainedEntity(BaseModel):
    """What became of a candidate, and why."""

    model_config = ConfigDict(extra="forbid")

    label: str
    text: str
    value: str
    status: Literal["accepted", "review", "rejected"]
    confidence: float = Field(ge=0, le=1)
    evidence: list[str] = Field(description="who says so and why, strongest first")
    obfuscation: list[str]
    resembles: str | None
    links: list[str]


class Located(BaseModel):
    """Where something stands in the text as it was given."""

    line: int = Field(ge=1)
    column: int = Field(ge=1)
    start: int = Field(ge=0)
    end: int = Field(ge=0, description="exclusive")


class LocatedEdit(ExplainedEdit, Located):
    """The same, with its place."""


class LocatedEntity(ExplainedEntity, Located):
    """The same, with its place."""


class ExplainedFact(BaseModel):
    """What a grammar read."""

    model_config = ConfigDict(extra="forbid")

    field: str
    record: str | None
    label: str | None
    origin: str
    value: str


class ExplainedSegment(BaseModel):
    """Which tool wrote the lines around."""

    model_config = ConfigDict(extra="forbid")

    source: str
    layout: str
    confidence: float = Field(ge=0, le=1)


class ExplainedPlace(BaseModel):
    """What every stage did about one place: the answer where `at` names it."""

    model_config = ConfigDict(extra="forbid")

    id: str
    line: int = Field(ge=1)
    column: int = Field(ge=1)
    offset: int = Field(ge=0)
    edits: list[ExplainedEdit]
    readable: str | None = Field(description="the readable line; null where a decoder removed it")
    segment: ExplainedSegment | None
    facts: list[ExplainedFact]
    entities: list[ExplainedEntity]
    warnings: list[str]


class Explained(BaseModel):
    """Every edit and every decision about a document: the answer without `at`."""

    model_config = ConfigDict(extra="forbid")

    id: str
    edits: list[LocatedEdit]
    entities: list[LocatedEntity]
    warnings: list[str]


class LabelOut(BaseModel):
    """One label."""

    name: str
    description: str
    shape: str
    canonical: str


class Health(BaseModel):
    """Whether the service is alive, or ready."""

    status: Literal["ok", "starting", "draining"]


def labels_out() -> list[LabelOut]:
    """Return every label."""
    return [
        LabelOut(
            name=each.name,
            description=each.description,
            shape=each.shape,
            canonical=each.canonical,
        )
        for each in LABELS.values()
    ]


def settings_of(defaults: Settings, options: dict[str, Any]) -> Settings:
    """Return the settings of a request.

    Raises:
        ForbiddenError: when it names an option that only whoever starts the service may set.
        SettingsError: when an option is unknown, or its value is not allowed.
    """
    if not options:
        return defaults
    known = {leaf.key for leaf in leaves()}
    for group, values in options.items():
        for name in values if isinstance(values, dict) else ():
            key = f"{group}.{name}"
            if key in known and key not in OPEN:
                message = f"{key} is set where the service is started; a request may set {', '.join(sorted(OPEN))}"
                raise ForbiddenError(message)
        if not isinstance(values, dict):
            message = f"options.{group}: an object of options is expected"
            raise SettingsError(message)
    try:
        made = defaults.updated(**options)
    except ValidationError as error:
        raise SettingsError("; ".join(complaints(error))) from error
    read_options(made.reading)
    if made.reading.source is not None:
        resolve_hint(made.reading.source)
    return made
