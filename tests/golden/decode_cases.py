"""What a golden case of a decoder holds: the decoder alone, run once over the text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from decloak.core.alignment import apply_edits
from decloak.core.document import View
from decloak.decode import DECODERS

FIXTURES = Path(__file__).parent / "decode"


def cases() -> list[Path]:
    """Return ``<decoder>--<case>.txt``, sorted."""
    return sorted(FIXTURES.glob("*--*.txt"))


def decoder_of(case: Path) -> str:
    return case.stem.partition("--")[0]


def result_of(case: Path) -> dict[str, Any]:
    """Return the readable text and the edits as plain data, in the order proposed."""
    text = case.read_bytes().decode("utf-8", "surrogatepass")
    edits = list(DECODERS.get(decoder_of(case)).propose(View(text)))
    return {
        "text": apply_edits(text, edits)[0],
        "edits": [
            {"start": edit.start, "end": edit.end, "surface": text[edit.start : edit.end],
             "replacement": edit.replacement, "family": edit.family,
             "confidence": edit.confidence} | ({"reversed": True} if edit.reversed else {})
            for edit in edits
        ],
    }  # fmt: skip
