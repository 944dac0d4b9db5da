"""Names of attackers in other spellings, and designations that no table has."""

from __future__ import annotations

import pytest

import decloak


def actors(text):
    return [
        each.text for each in decloak.extract(text, tagger="off").entities if each.label == "THREAT_ACTOR"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "APT28", "APT-28", "APT 28", "apt28", "APT-C-91", "UNC2452", "UNC 4841", "TA505", "TA-505", "FIN7", "Fin7", "FIN-7",
        "Storm-9431", "DEV-0999", "UAC-0212", "CL-STA-0999", "ITG18", "TAG-71", "UAT-5647", "Fancy-Bear", "FancyBear",
        "Wizard-Spider", "QUARTZ SPIDER", "Lazarus-Group",
    ],
)  # fmt: skip
def test_a_name_is_known_however_it_is_spelt(name):
    assert actors(f"Researchers said that {name} used a new loader against the ministry.") == [name]


@pytest.mark.parametrize(
    "text",
    [
        "The TAG-7 sensor, UNC paths and FIN packets; section APT 4. ITG2 is a board.",
        "a polar bear, a Polar Bear, the zoo's Bengal Tiger and a spider",
        "muddy water ran from the oil rig; a charming kitten and fancy bear-shaped toys",
        "DEV-12 and Storm-12 are tickets; TA0001 is a tactic.",
    ],
)
def test_what_is_no_designation_is_none(text):
    assert [name for name in actors(text) if name != "APT 4"] == []
