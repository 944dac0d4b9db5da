"""Foreign: labelled data by others, with label maps of its own. Only ever for training.

A row is ``{"id", "source", "license", "text", "gold": {"kind": "spans", "entities": [...]},
"exhaustive"?: [labels]}``. Labels that decloak has not are mapped or left out as the map says. Rows of a
corpus of our own (`decloak.corpus.sample`), such as samples by language models, pass as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from decloak.core.errors import InputError
from decloak.core.labels import LABELS
from decloak.corpus.label.place import canonical
from decloak.corpus.sample import Label, Sample, from_row

__all__ = ["MAPS", "read_foreign"]

MAPS: Mapping[str, Mapping[str, str]] = {
    "whois": {"CONTACT_NAME": "", "REGISTRAR_HANDLE": ""},
    "banner": {"DEVICE": ""},
    "shodan": {"DEVICE": "SOFTWARE"},
    "report": {"SYSTEM": "SOFTWARE"},
}
"""By source: their label -> ours, or nothing. Labels that both know keep their name."""


def read_foreign(paths: Sequence[Path]) -> Iterator[Sample]:
    """Yield rows of others as samples of the part ``train``, with ids and licences as they were.

    Rows of our own that belong to another part are left out: nothing is learnt from them.

    Raises:
        InputError: at a row that is none; the message names file and line.
    """
    for path in paths:
        try:
            with path.open(encoding="utf-8") as stream:
                for number, line in enumerate(stream, 1):
                    try:
                        sample = _sample(json.loads(line))
                    except (ValueError, KeyError, TypeError) as error:
                        message = (
                            f"{path}:{number}: no labelled row: {type(error).__name__} {error}"
                        )
                        raise InputError(message) from error
                    if sample is not None:
                        yield sample
        except OSError as error:
            message = f"{path}: {(error.strerror or type(error).__name__).lower()}"
            raise InputError(message) from error


def _sample(row: Mapping[str, Any]) -> Sample | None:
    if "gold" not in row and "entities" in row:
        own = from_row(row)
        return own if own.split == "train" and not own.problems() else None
    names = MAPS.get(row["source"], {})
    text: str = row["text"]
    labels: list[Label] = []
    end = 0
    for each in sorted(row["gold"]["entities"], key=lambda e: (e["start"], -e["end"])):
        label = names.get(each["label"], each["label"])
        if label in LABELS and each["start"] >= end:
            value = each.get("value") or canonical(label, text[each["start"] : each["end"]])
            provenance = f"foreign:{each.get('native') or each['label']}@given"
            labels.append(Label(each["start"], each["end"], label, str(value), provenance))
            end = each["end"]
    exhaustive = "+".join(row.get("exhaustive") or ())
    layout = f"exhaustive={exhaustive}" if exhaustive else "partial"
    sample = Sample(
        f"foreign/{row['id']}", text, f"foreign-{row['source']}", f"foreign/{row.get('group', row['id'])}",
        tuple(labels), layout, "train", row["license"],
    )  # fmt: skip
    return None if not text.strip() or sample.problems() else sample
