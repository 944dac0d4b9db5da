"""Sample: one labelled text of the corpus, and its row of JSON.

A row is ``{"id", "text", "source", "group", "split", "entities": [{"start", "end", "label",
"value", "provenance"}], "license", "perturbed"?, "layout"?}``; offsets are half-open code points.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from decloak.core.errors import InputError
from decloak.core.labels import LABELS

__all__ = ["LICENSE", "SOURCES", "Label", "Sample", "from_row", "to_line", "to_row"]

LICENSE = "CC0-1.0"
"""Of what the lab's own servers and zones say; rows imported from others carry their own."""

SOURCES = ("nmap", "dig", "whois", "rdap", "shodan", "report", "mixed")
"""Where a text comes from; ``mixed`` holds the output of several tools."""


class Label(NamedTuple):
    """One labelled entity.

    Attributes:
        start, end: half-open range of code points in the sample's text.
        label: a name of `decloak.core.labels.LABELS`.
        value: the canonical value.
        provenance: where the value comes from and how its place was found:
            ``<twin>:<field>@<place>``, with ``~<view>`` for each view it went through.
    """

    start: int
    end: int
    label: str
    value: str
    provenance: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled text.

    Attributes:
        id: unique in the corpus.
        text: the text, never empty.
        source: one of `SOURCES`.
        group: host, zone or registration; everything that shares one is in the same part.
        entities: labels in order, not overlapping.
        layout: the tool's layout, and the views it went through.
        split: ``train``, ``validation`` or ``test``; empty before the split.
        license: an SPDX identifier.
        perturbed: families of disguise in this text, or empty.
    """

    id: str
    text: str
    source: str
    group: str
    entities: tuple[Label, ...]
    layout: str = ""
    split: str = ""
    license: str = LICENSE
    perturbed: tuple[str, ...] = ()

    def problems(self) -> list[str]:
        """Return what is wrong with the labels, in words; nothing when all is well."""
        found, last = [], 0
        for each in self.entities:
            surface = self.text[each.start : each.end]
            if not last <= each.start < each.end <= len(self.text):
                found.append(
                    f"{each.label} at [{each.start}, {each.end}) overlaps or leaves the text"
                )
            elif surface != surface.strip():
                found.append(f"{each.label} {surface!r} begins or ends with white space")
            if each.label not in LABELS:
                found.append(f"no label is called {each.label!r}")
            last = max(last, each.end)
        return found


def to_row(sample: Sample) -> dict[str, Any]:
    """Return a sample as a JSON-serialisable row."""
    row: dict[str, Any] = {
        "id": sample.id,
        "text": sample.text,
        "source": sample.source,
        "layout": sample.layout,
        "group": sample.group,
        "split": sample.split,
        "license": sample.license,
        "entities": [each._asdict() for each in sample.entities],
    }
    if sample.perturbed:
        row["perturbed"] = list(sample.perturbed)
    return row


def to_line(sample: Sample) -> str:
    """Return a sample as one line of JSON with its line end."""
    return json.dumps(to_row(sample), ensure_ascii=False) + "\n"


def from_row(row: Mapping[str, Any]) -> Sample:
    """Read a row.

    Raises:
        InputError: when a field is missing or of the wrong type.
    """
    try:
        entities: Iterable[Mapping[str, Any]] = row["entities"]
        return Sample(
            row["id"],
            row["text"],
            row["source"],
            row["group"],
            tuple(
                Label(e["start"], e["end"], e["label"], e["value"], e["provenance"])
                for e in entities
            ),
            row.get("layout") or "",
            row.get("split") or "",
            row.get("license") or LICENSE,
            tuple(row.get("perturbed") or ()),
        )
    except (KeyError, TypeError) as error:
        message = f"no row of a corpus: {type(error).__name__} {error}"
        raise InputError(message) from error
