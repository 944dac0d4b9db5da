"""Golden cases of the source parsers: ``sources/PARSER--CASE.txt`` beside ``PARSER--CASE.json``.

The JSON file lists the facts, one on a line, each with the path of its record. Write it anew after
a change that is meant, then read the difference before committing it:

    DECLOAK_UPDATE_GOLDEN=1 pytest tests/golden/test_sources_golden.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

import decloak.sources  # noqa: F401 - importing it fills the registry
from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.sources.base import PARSERS

CASES = sorted((Path(__file__).parent / "sources").glob("*--*.txt"))
UPDATE = "DECLOAK_UPDATE_GOLDEN"


def path_of(facts: Facts, record: int) -> str:
    """Return where a record stands: ``host 0 / port 1``; ``-`` for a note outside all records."""
    parts: list[str] = []
    while record >= 0:
        parts.append(f"{facts.kinds[record]} {record}")
        record = facts.parents[record]
    return " / ".join(reversed(parts)) or "-"


def as_rows(facts: Facts, text: str) -> list[dict[str, Any]]:
    """Return facts and warnings as JSON values; ``value`` only where it differs from the text."""
    rows: list[dict[str, Any]] = [
        {
            "record": path_of(facts, fact.record),
            "field": fact.field,
            "label": fact.label,
            "start": fact.start,
            "end": fact.end,
            "text": text[fact.start : fact.end],
        }
        | ({} if fact.value is None else {"value": fact.value})
        for fact in sorted(facts.items, key=lambda fact: (fact.start, fact.end, fact.field))
    ]
    return rows + [{"warning": warning} for warning in facts.warnings]


def parse(name: str, text: str) -> Facts:
    parser = PARSERS.get(name)
    facts = Facts(parser.source)
    parser.parse(View(text), 0, len(text), facts)
    return facts


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_parser_matches_golden(case: Path) -> None:
    text = case.read_bytes().decode("utf-8")  # line ends as they are
    rows = as_rows(parse(case.stem.partition("--")[0], text), text)
    expected = case.with_suffix(".json")
    if os.environ.get(UPDATE):
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        expected.write_text(f"[\n{lines}\n]\n", "utf-8")
    assert rows == json.loads(expected.read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_parser_knows_its_golden_case_from_the_content(case: Path) -> None:
    text = case.read_bytes().decode("utf-8")
    score = PARSERS.get(case.stem.partition("--")[0]).score(View(text), 0, len(text))
    assert 0 < score <= 1


def test_every_parser_has_a_golden_case() -> None:
    assert {path.stem.partition("--")[0] for path in CASES} == set(PARSERS.names())
