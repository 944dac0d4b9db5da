"""Inputs of analysts: what each gives, and which labels or values it must not give.

A line of ``field.jsonl`` is one: ``want`` lists label and value; ``not`` lists labels of which nothing but what is
wanted may be found, or label and value. Texts are our own, names and addresses reserved or invented.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from decloak.core.document import Document
from decloak.options import Settings
from decloak.pipeline import Pipeline

_PATH = Path(__file__).with_name("field.jsonl")
CASES = [json.loads(line) for line in _PATH.read_text("utf-8").splitlines()]
PIPELINE = Pipeline(Settings(tagger="off"))


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_an_input_gives_what_is_in_it(case: dict[str, Any]) -> None:
    entities = PIPELINE.run(Document("-", case["text"])).entities
    found = {(entity.label, entity.value.lower()) for entity in entities}
    wanted = {(label, value.lower()) for label, value in case["want"]}
    labels = {each for each in case["not"] if isinstance(each, str)}
    values = {(each[0], each[1].lower()) for each in case["not"] if not isinstance(each, str)}
    assert wanted - found == set()
    assert {each for each in found - wanted if each[0] in labels or each in values} == set()
