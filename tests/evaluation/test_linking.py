"""The measure of links: what counts as right, and that links beat an exact match where nobody looked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from decloak.evaluation.linking import tables
from decloak.evaluation.linking.platforms import baseline, cases, is_scored, linked, measured

SHARED = Path("../shared/data")


def row(text, entities, *cpe):
    spans = [
        {
            "start": text.index(each),
            "end": text.index(each) + len(each),
            "label": label,
            "text": each,
        }
        for label, each in entities
    ]
    return {
        "id": text,
        "source": "banner",
        "text": text,
        "gold": {"entities": spans, "cpe": list(cpe)},
    }


def written(folder, *rows):
    (folder / "banner.jsonl").write_text("".join(json.dumps(each) + "\n" for each in rows))
    return list(cases(folder))


def test_a_case_is_a_mention_with_its_version_and_platforms(tmp_path):
    found = written(
        tmp_path,
        row(
            "nginx/1.18.0",
            [("SOFTWARE", "nginx"), ("VERSION", "1.18.0")],
            "cpe:/a:f5:nginx:1.18.0",
        ),
        row(
            "5.5.34-MariaDB",
            [("SOFTWARE", "MariaDB"), ("VERSION", "5.5.34")],
            "cpe:/a:mariadb:mariadb:5.5.34",
        ),
        row("Zorblatt 1", [("SOFTWARE", "Zorblatt"), ("VERSION", "1")]),
        row("Apache", [("SOFTWARE", "Apache")], "cpe:/o:linux:linux_kernel:-"),
    )
    assert [(each.mention, each.version, len(each.gold)) for each in found] == [
        ("nginx", "1.18.0", 1), ("MariaDB", "5.5.34", 1), ("Zorblatt", "1", 0),
    ]  # fmt: skip
    scores = [measured(iter(found), linked, scored=half) for half in (True, False)]
    assert sum(each.asked for each in scores) == 2
    assert sum(each.first for each in scores) == sum(each.with_version for each in scores) == 2
    assert [each.refused for each in scores] == [1, 1]


def test_halves_part_products_not_rows():
    assert {is_scored(("a", vendor, "nginx")) for vendor in ("f5", "nginx")} in [{True}, {False}]


@pytest.mark.shared
def test_links_beat_an_exact_match_on_the_scored_half():
    if not SHARED.is_dir():
        pytest.skip("no labelled data beside the checkout")
    known = list(cases(SHARED))
    ours, exact = (measured(iter(known), ask, scored=True) for ask in (linked, baseline))
    assert ours.asked == exact.asked > 200
    assert ours.first / ours.asked > 0.7 > exact.first / exact.asked
    assert ours.among / ours.asked > 0.75
    platforms, mentions = tables(SHARED)
    assert len(platforms.rows) == len(mentions.rows) == 4
