"""Places: where the tagger's model lies."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = [
    "GRAPH", "RECORD", "SHIPPED", "STUDENT", "STUDENT_FORMAT", "STUDENT_RECORD",
    "TOKENIZER", "VARIABLE", "find_folder",
]  # fmt: skip

GRAPH, TOKENIZER, RECORD = "model.onnx", "tokenizer.json", "model.json"
STUDENT, STUDENT_RECORD = "student.npz", "student.json"
STUDENT_FORMAT = 1
VARIABLE, FORMER = "DECLOAK_TAGGER_MODEL", "DECLOAK_MODEL"
SHIPPED = Path(__file__).with_name("model")
"""Where the model lies that comes with the package."""


def find_folder(named: Path | str | None = None) -> Path | None:
    """Return the folder of the model to use: the one named, else DECLOAK_TAGGER_MODEL, else the shipped one.

    None when none is named and none is shipped.
    """
    if named is not None:
        return Path(named)
    if variable := os.environ.get(VARIABLE) or os.environ.get(FORMER):
        return Path(variable)
    return SHIPPED if (SHIPPED / RECORD).is_file() else None
