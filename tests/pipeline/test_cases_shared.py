"""Small inputs of analysts and disguises beside the checkout, one by one, as the product is used.

A case wants entities and forbids others. The identifiers in ``cases_open.txt`` are those that do not pass
yet; one that passes has to leave the list, so that it can only shrink.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from decloak.core.document import Document
from decloak.core.entity import Entity
from decloak.options import Settings
from decloak.pipeline import Pipeline

CASES = Path(__file__).parents[3] / "shared" / "cases"
OPEN = frozenset(Path(__file__).with_name("cases_open.txt").read_text("utf-8").split())
ANY_OTHER = "* (any other)"
CUT = re.compile(r"\.\.\. \([0-9]+ chars\)$")


def _cases() -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            case = json.loads(line)
            marks = [pytest.mark.xfail(strict=True)] if case["id"] in OPEN else []
            found.append(pytest.param(case, id=case["id"], marks=marks))
    return found


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(Settings())


def _whole(text: str) -> str:
    """Return a case's text; a list of numbered lines that was cut for reading is continued."""
    if CUT.search(text) is None:
        return text
    first, second = text.split("\n")[:2]
    assert re.sub("1", "0", second) == first
    return "".join(f"{first.replace('0', str(number))}\n" for number in range(1500))


def _missing(wanted: dict[str, str], found: list[Entity]) -> bool:
    return not any(
        entity.label == wanted["label"]
        and ("value" not in wanted or entity.value == wanted["value"])
        and ("resembles" not in wanted or wanted["resembles"] == entity.resembles)
        for entity in found
    )


def _forbidden(case: dict[str, Any], entity: Entity) -> bool:
    """Whether an entity is one that the case names as wrong."""
    wanted = {(each["label"], each.get("value", each.get("resembles"))) for each in case["want"]}
    for banned in case["not"]:
        if banned.get("label", entity.label) != entity.label:
            continue
        if banned["value"] == ANY_OTHER:
            if (entity.label, entity.value) not in wanted:
                return True
        elif banned["value"] == entity.value:
            return True
    return False


@pytest.mark.shared
@pytest.mark.parametrize("case", _cases())
def test_a_case_gives_what_it_wants_and_nothing_that_it_forbids(
    case: dict[str, Any], pipeline: Pipeline
) -> None:
    found = list(pipeline.run(Document("-", _whole(case["text"]))).entities)
    assert [each for each in case["want"] if _missing(each, found)] == []
    assert [(each.label, each.value) for each in found if _forbidden(case, each)] == []


@pytest.mark.shared
def test_what_is_open_is_a_case() -> None:
    if not CASES.is_dir():
        pytest.skip("no cases beside the checkout")
    assert {param.id for param in _cases()} >= OPEN
