"""Learned names: what packs and the user add to the lexicon, and what they do not change."""

from __future__ import annotations

import os
import subprocess
import sys

from decloak.kb.lexicon import LEXICON_LABELS, entries, lookup
from decloak.kb.store import add

PROGRAM = """
import decloak
for text in ("Servers of WombatWare and of Glimmerfang were seized.", "The gang called Wombat Locker is back."):
    print([(e.label, e.text, e.value) for e in decloak.extract(text, tagger="off").entities])
"""


def test_packs_add_names_to_those_that_we_know():
    entry = lookup("Grizzly Steppe")
    assert (entry.name, entry.label) == ("APT28", "THREAT_ACTOR")
    assert lookup("Xitami").label == "SOFTWARE"
    assert lookup("Orion", "SOFTWARE").is_weak("Orion")
    assert lookup("G0007") is None


def test_no_label_has_a_name_twice():
    for label in LEXICON_LABELS:
        names = [entry.name for entry in entries(label)]
        assert len(set(names)) == len(names)
        assert all(entry.label == label for entry in entries(label))


def test_names_of_the_users_own_are_found_in_text(tmp_path):
    (tmp_path / "own.csv").write_text(
        "name,label,aliases\nWombatWare,MALWARE,Wombat Locker\nGlimmerfang,THREAT_ACTOR,\n"
    )
    store = tmp_path / "kb.sqlite"
    add(tmp_path / "own.csv", store)
    environment = os.environ | {"DECLOAK_KB": str(store)}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env=environment
    )
    first, second = run.stdout.splitlines()
    assert (
        first
        == "[('MALWARE', 'WombatWare', 'WombatWare'), ('THREAT_ACTOR', 'Glimmerfang', 'Glimmerfang')]"
    )
    assert second == "[('MALWARE', 'Wombat Locker', 'Wombat Locker')]"
