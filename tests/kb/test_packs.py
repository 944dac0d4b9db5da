"""Packs: small, whole, with notices, and what the pinned packages give."""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.resources import files

import pytest

from decloak.kb import packs as home
from decloak.kb.build import __main__ as build
from decloak.kb.build.package import PINNED
from decloak.kb.keys import name_key
from decloak.kb.names import needs_context
from decloak.kb.packs import pack, packs, source_of, verify_packs

DATA = files("decloak.kb") / "data"
FOLDER = files("decloak.kb.packs")
MOST_BYTES = 3_000_000


def test_every_checksum_holds_and_all_of_it_is_small():
    assert verify_packs() == []
    assert sum((FOLDER / each.file).stat().st_size for each in packs().values()) < MOST_BYTES


def test_a_changed_byte_is_seen(tmp_path, monkeypatch):
    for name in [*(each.file for each in packs().values()), "manifest.json"]:
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    damaged = tmp_path / packs()["names"].file
    damaged.write_bytes(damaged.read_bytes()[:-9])
    monkeypatch.setattr(home, "files", lambda _: tmp_path)
    assert verify_packs() == ["names.tsv.gz: the checksum differs from the manifest's"]
    with pytest.raises(home.StoreError, match=r"names.tsv.gz is damaged"):
        pack.__wrapped__("names")


@pytest.fixture(scope="module")
def made():
    return build.drafts()


def test_the_packs_are_what_the_pinned_packages_give(made):
    assert build.differences(made, build.FOLDER) == []


def test_the_check_sees_rows_that_nothing_gives(made, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(build, "drafts", lambda: made)
    assert build.main(["--folder", str(tmp_path)]) == 0
    again = {each.name: (tmp_path / each.file).read_bytes() for each in packs().values()}
    assert build.main(["--folder", str(tmp_path)]) == 0
    assert again == {each.name: (tmp_path / each.file).read_bytes() for each in packs().values()}
    manifest = tmp_path / "manifest.json"
    entries = json.loads(manifest.read_text("utf-8"))
    entries["packs"]["attack"]["rows"] += 1
    manifest.write_text(json.dumps(entries), "utf-8")
    assert build.main(["--check", "--folder", str(tmp_path)]) == 1
    assert "attack: the manifest differs" in capsys.readouterr().err


def test_rows_have_the_columns_and_sources_that_the_manifest_names():
    for each in packs().values():
        sources = set()
        rows = list(pack(each.name))
        assert len(rows) == each.rows
        for row in rows:
            assert len(row) == len(each.columns)
            if "source" in each.columns:
                sources.add(row[each.columns.index("source")])
        assert sources <= set(each.sources)


def test_every_source_says_where_it_is_from_and_has_its_notice():
    notices = (FOLDER / "NOTICES.md").read_text("utf-8")
    for each in packs().values():
        assert f"`{each.file}`" in notices
        for source in each.sources.values():
            if source.package == "decloak":  # our own tables, as they are
                told = {
                    path: sha256((DATA / path).read_bytes()).hexdigest() for path in source.files
                }
                assert source.files == told
                continue
            name, _, version = source.package.partition("==")
            assert PINNED[name] == version
            assert source.licence
            assert source.files
    assert source_of("attack").version == "18.1"


def test_the_licence_of_what_others_hold_is_kept_out():
    assert not any(
        code.startswith(("misp:malpedia", "misp:sigma", "misp:tidal"))
        for code in packs()["names"].sources
    )


@pytest.mark.parametrize(
    ("spelling", "target"),
    [("APT-28", "G0007"), ("fancy bear", "G0007"), ("Wanna Cry", "S0366"),
     ("Phishing: Spearphishing Attachment", "T1566.001")],
)  # fmt: skip
def test_names_are_found_however_they_are_spelt(spelling, target):
    assert target in {row[4] for row in pack("names").rows(name_key(spelling))}


def test_ordinary_words_need_context():
    assert all(map(needs_context, ["Hive", "Elise", "MWI", "B2"]))
    assert not any(map(needs_context, ["FIN7", "Fancy Bear", "TrickBot", "APT28"]))
