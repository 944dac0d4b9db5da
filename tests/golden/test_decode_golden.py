"""Every decoder against its golden pairs: ``decode/<decoder>--<case>.txt`` and ``.json``."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from decode_cases import cases, decoder_of, result_of

from decloak.decode import DECODERS, decode

PARTS = re.compile(r"\w+|[^\w\s]+|\s+")


@pytest.mark.parametrize("case", cases(), ids=lambda path: path.stem)
def test_decoder_matches_golden(case: Path) -> None:
    expected = json.loads(case.with_suffix(".json").read_text("utf-8"))
    assert result_of(case) == expected


def test_every_decoder_has_a_golden_case() -> None:
    assert {decoder_of(case) for case in cases()} == set(DECODERS.names())


def test_text_may_end_behind_any_word_or_sign() -> None:
    """A disguise cut short: each line of a case alone, cut behind each of its parts."""
    lines = {line[:64] for case in cases() for line in case.read_text("utf-8").splitlines()}
    heads = {line[: part.end()] for line in lines for part in PARTS.finditer(line)}
    for head in sorted(heads):
        decoded = decode(head)
        assert decoded.alignment.raw_length == len(head)
