"""Keywords: what `Settings` takes, for type checkers. Made by `decloak.options.made`; declares nothing new."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from os import PathLike
from typing import Any, Literal, TypedDict

from decloak.options.groups import (
    DecodeSettings,
    LinkSettings,
    LlmSettings,
    OutputSettings,
    ReadingSettings,
    TaggerSettings,
)

__all__ = ["Keywords"]


class Keywords(TypedDict, total=False):
    """The groups, and the flat keywords that lead to their options."""

    decode: DecodeSettings | Mapping[str, Any]
    tagger: TaggerSettings | Mapping[str, Any] | str
    llm: LlmSettings | Mapping[str, Any] | str | None
    link: LinkSettings | Mapping[str, Any] | str | PathLike[str] | None
    reading: ReadingSettings | Mapping[str, Any]
    output: OutputSettings | Mapping[str, Any]
    decode_strategy: Literal["consensus", "canonical", "realign", "off"]
    decode_rounds: int
    decode_neural: bool
    tagger_mode: str
    tagger_model: str | PathLike[str] | None
    llm_uri: str | None
    llm_mode: Literal["full", "narrative", "structured", "monolithic"]
    llm_rounds: int
    llm_samples: int
    llm_critique: bool
    llm_refine: bool
    llm_room: int
    llm_seed: int
    llm_temperature: float
    llm_trace: bool
    llm_cache: str | PathLike[str] | None
    llm_timeout: float
    llm_retries: int
    llm_rest: float
    llm_concurrency: int
    llm_per_minute: float | None
    llm_max_cost: float | None
    llm_max_tokens: int | None
    llm_price: tuple[float, float] | None
    llm_context: int | None
    llm_threads: int | None
    link_kb: str | PathLike[str] | None
    reading_source: str | None
    reading_reader: str | None
    reading_encoding: str | None
    reading_field: str | None
    reading_exclude: Collection[str]
    reading_hidden: bool
    reading_passwords: Collection[str]
    reading_stream: bool
    reading_depth: int
    reading_parts: int
    reading_unpacked: int
    reading_pages: int
    output_format: (
        Literal[
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
        | None
    )
    output_labels: Collection[str] | None
    output_group: Collection[str] | None
    output_view: Literal["entities", "exposures"]
    output_unique: bool
    output_defang: bool
    output_ignore: str | PathLike[str] | None
    output_min_confidence: float
    output_nested: bool
    output_review: bool
    output_offsets: Literal["codepoint", "utf16", "bytes"]
    output_tlp: Literal["clear", "green", "amber", "amber+strict", "red"] | None
    output_producer: str | None
    strategy: Literal["consensus", "canonical", "realign", "off"]
    neural: bool
    model: str | PathLike[str] | None
    uri: str | None
    samples: int
    critique: bool
    refine: bool
    room: int
    seed: int
    temperature: float
    trace: bool
    cache: str | PathLike[str] | None
    timeout: float
    retries: int
    rest: float
    concurrency: int
    per_minute: float | None
    max_cost: float | None
    max_tokens: int | None
    price: tuple[float, float] | None
    context: int | None
    threads: int | None
    kb: str | PathLike[str] | None
    source: str | None
    reader: str | None
    encoding: str | None
    field: str | None
    exclude: Collection[str]
    hidden: bool
    passwords: Collection[str]
    stream: bool
    depth: int
    parts: int
    unpacked: int
    pages: int
    format: (
        Literal[
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
        | None
    )
    labels: Collection[str] | None
    group: Collection[str] | None
    view: Literal["entities", "exposures"]
    unique: bool
    defang: bool
    ignore: str | PathLike[str] | None
    min_confidence: float
    nested: bool
    review: bool
    offsets: Literal["codepoint", "utf16", "bytes"]
    tlp: Literal["clear", "green", "amber", "amber+strict", "red"] | None
    producer: str | None
