"""Recall by value in banners."""

import json

import pytest

from decloak.core.errors import UnreadableError
from decloak.evaluation.gold import GoldDocument
from decloak.evaluation.halves import is_training_half
from decloak.evaluation.score import Gold
from decloak.evaluation.tagger.banners import found_values, tables
from decloak.evaluation.tagger.mentions import Mention
from decloak.evaluation.tagger.predict import Answers
from decloak.evaluation.tagger.systems import NameAndVersion

GOLD = (
    Gold(0, 6, "SOFTWARE", "Apache"), Gold(7, 10, "VERSION", "2.4"), Gold(20, 23, "VERSION", "2.4"),
    Gold(30, 33, "VERSION", "1.0"),
)  # fmt: skip
ROW = GoldDocument("a", "banner", "x" * 40, GOLD, frozenset(), ())


def test_each_value_counts_once_wherever_it_is_found():
    said = [Mention(20, 23, "VERSION", 1.0, "2.4"), Mention(0, 6, "SOFTWARE", 1.0, "apache")]
    assert found_values(ROW, said, "VERSION") == (1, 2)
    assert found_values(ROW, said, "SOFTWARE") == (1, 1)
    assert found_values(ROW, [Mention(0, 6, "OS", 1.0, "Apache")], "SOFTWARE") == (0, 1)


def test_halves_are_told_apart(tmp_path):
    groups = ["recog:a", "recog:b", "recog:c", "recog:d"]
    assert {is_training_half(group) for group in groups} == {True, False}
    rows = [
        {
            "id": f"recog/{group}/{i}", "source": "banner", "text": f"Apache/2.4.{i}", "group": group,
            "gold": {"entities": [
                {"start": 0, "end": 6, "label": "SOFTWARE", "text": "Apache"},
                {"start": 7, "end": 12, "label": "VERSION", "text": f"2.4.{i}"}]},
        }
        for group in groups for i in range(3)
    ]  # fmt: skip
    rows[0]["gold"]["entities"] = []
    (tmp_path / "banner.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    half, group = tables(tmp_path, [NameAndVersion()], Answers())
    held = sum(not is_training_half(row["group"]) for row in rows)
    assert [row[:2] for row in half.rows[::2]] == [
        ("held out", held),
        ("may be trained on", 12 - held),
    ]
    assert {row[-1] for row in half.rows} == {"1.000"}
    assert [row[:2] for row in group.rows[::2]] == [
        (name, "no" if is_training_half(name) else "yes") for name in groups
    ]
    assert group.rows[0][3] == 2


def test_no_banners_is_an_error(tmp_path):
    (tmp_path / "banner.jsonl").write_text("", "utf-8")
    with pytest.raises(UnreadableError, match="--data"):
        tables(tmp_path, [NameAndVersion()], Answers())
