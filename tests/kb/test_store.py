"""The store: files in the formats that are published come in whole, or not at all."""

from __future__ import annotations

import contextlib
import gzip
import io
import ipaddress
import json
import os
import sqlite3
import tracemalloc
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from decloak.cli.kb import app
from decloak.core.errors import InputError, KnowledgeError, StoreError, UnreadableError
from decloak.kb.keys import name_key
from decloak.kb.store import Store, add, the_store, update
from decloak.kb.store.feeds import streamed

FEEDS = Path(__file__).parents[1] / "kb" / "feeds"
"""Small files in the formats that are really published."""
FILES = {
    each.name: each.read_text("utf-8")
    for each in sorted(FEEDS.iterdir())
    if each.name != "patterns.json"
}
NVD, CVE5, KEV = (
    json.loads(FILES[name])
    for name in (
        "nvdcve-2.0-2021.json",
        "CVE-2024-6387.json",
        "known_exploited_vulnerabilities.json",
    )
)


@pytest.fixture
def place(tmp_path, monkeypatch):
    path = tmp_path / "data" / "kb.sqlite"
    monkeypatch.setenv("DECLOAK_KB", str(path))
    return path


def filled(folder, place):
    for name, content in FILES.items():
        (folder / name).write_text(content, "utf-8")
        add(folder / name, place)
    return the_store()


def dump(place):
    with closing(sqlite3.connect(place)) as connection:
        return list(connection.iterdump())


def test_every_format_comes_in_and_says_what_it_was(tmp_path, place):
    store = filled(tmp_path, place)
    kinds = {(each.kind, each.version) for each in store.datasets()}
    assert {
        ("nvd", "2026-11-30T12:00:00.000"), ("epss", "v2025.03.14 2026-11-30"), ("galaxy", "400"),
        ("attack", "19.0"), ("cpe", "2026-11-28T03:50:00Z"), ("warninglist", "3"),
    } <= kinds  # fmt: skip
    assert store.verify() == []
    [record] = store.records("CVE-2021-41617")
    assert (record.cwes, record.severity, record.state) == (("CWE-273",), 7.0, "MODIFIED")
    ranges = {(each.cve, each.low, each.high, each.high_open) for each in store.affected("openssh")}
    assert ranges == {
        ("CVE-2021-41617", "6.2", "8.8", True),
        ("CVE-2024-6387", "8.5p1", "9.7p1", False),
    }
    assert [each.only_with for each in store.affected("nginx")] == ["linux_kernel"]
    assert store.epss("CVE-2024-6387")[:2] == (0.61234, 0.98201)
    assert store.epss("CVE-2000-0001") is None
    assert store.lists("popular.example")[0][1:] == ("MISP warning list Top of the list", "3")
    number = int(ipaddress.ip_address("198.18.7.200"))
    assert store.ranges(4, number)
    assert not store.ranges(4, number + 256)
    [name] = store.names(name_key("velvet WOMBAT"))
    assert (name.target, name.version) == ('misp-galaxy:threat-actor="Gilded Numbat"', "400")
    assert {row.target for row in store.names("unc90210")} == {"G9001"}
    assert [row[:3] for row in store.products("burrowd")] == [("a", "quokka", "burrow_server")]


def test_what_is_newer_takes_the_place_of_what_was(tmp_path, place):
    store = filled(tmp_path, place)
    assert store.kev("CVE-2020-0001") is None  # the second catalogue that was added lacks it
    assert store.kev("CVE-2021-41617")[0] == "2026-01-02"
    assert not store.has_release("quokka", "burrow_server", "3.1:rc2")
    assert store.has_release("quokka", "burrow_server", "3.2")
    before = dump(place)
    assert update(place) == []
    assert dump(place) == before
    (tmp_path / "nvdcve-2.0-2021.json").write_text(
        json.dumps(NVD | {"vulnerabilities": NVD["vulnerabilities"][:1]})
    )
    [(about, rows)] = update(place)
    assert (about.kind, rows) == ("nvd", 2)
    assert the_store().records("CVE-2021-23017") == ()


def packed(name, data, how):
    if how == "gzip":
        return gzip.compress(data)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(f"folder/{name}", data)
        file.writestr("folder/readme.txt", b"read me")
    return (
        packed("inner.zip", archive.getvalue(), "zip")
        if how == "zip in zip"
        else archive.getvalue()
    )


@pytest.mark.parametrize("how", ["gzip", "zip", "zip in zip"])
def test_packed_files_are_what_they_hold(how, tmp_path, place):
    path = tmp_path / "feed"
    path.write_bytes(
        packed("nvdcve.json", b"\xef\xbb\xbf" + FILES["nvdcve-2.0-2021.json"].encode(), how)
    )
    [(about, rows)] = add(path, place)
    assert (about.kind, rows) == ("nvd", 4)


def test_records_of_a_folder_or_an_archive_are_one_dataset(tmp_path, place):
    other = json.loads(json.dumps(CVE5).replace("2024-6387", "2024-6388"))
    folder = tmp_path / "cves" / "6xxx"
    folder.mkdir(parents=True)
    (folder / "a.json").write_text(json.dumps(CVE5))
    (folder / "b.json").write_text(json.dumps(other))
    (folder / "z_delta.json").write_text('{"fetchTime": "2026-11-30"}')
    [(about, rows)] = add(tmp_path / "cves", place)
    assert (about.kind, rows) == ("cve", 4)
    assert len(the_store().affected("openssh")) == 2


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
@settings(max_examples=8)
def test_damage_leaves_the_store_as_it_was(name, data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("damage")
    place, path, good = folder / "kb.sqlite", folder / name, FILES[name].encode()
    (folder / "good.json").write_text(json.dumps(KEV))
    add(folder / "good.json", place)
    before = dump(place)
    cut = data.draw(st.integers(0, len(good) - 2))
    path.write_bytes(
        data.draw(
            st.sampled_from(
                [good[:cut], good[:cut] + b"\x00\xff" + good[cut:], gzip.compress(good)[: cut // 4]]
            )
        )
    )
    with contextlib.suppress(InputError):
        add(path, place)
        before = dump(place)  # what is left is whole: a list that ends a line earlier
    assert dump(place) == before
    with closing(Store(place)) as store:
        assert store.verify() == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"CVE_data_type": "CVE", "CVE_Items": []}, "format 1"),
        (NVD | {"version": "3.0"}, "version 3.0"),
        (CVE5 | {"dataVersion": "4.0"}, "version 4.0"),
        (NVD | {"vulnerabilities": [{"cve": {"id": 7}}]}, "'id' is missing"),
        (NVD | {"vulnerabilities": [{"cve": {"id": "CVE-1", "weaknesses": [[]]}}]}, "not of the format's shape"),
        ({"hello": 1}, "no known format"),
        ([{"name": "x" * 400, "label": "MALWARE"}], "too long"),
        ([{"name": "a\u202eb", "label": "MALWARE"}], "control characters"),
        ([{"name": "a", "label": "VIRUS"}], "no label 'VIRUS'"),
        ([{"name": "ab", "label": "MALWARE", "nmae": ""}], "unknown 'nmae'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_begun(content, message, tmp_path, place):
    path = tmp_path / "given.json"
    path.write_text(json.dumps(content))
    with pytest.raises(KnowledgeError, match=message):
        add(path, place)
    assert not place.exists()


def test_yaml_cannot_grow_without_end(tmp_path, place):
    path = tmp_path / "names.yaml"
    path.write_text("- name: &a [x, x]\n  label: MALWARE\n  aliases: [*a, *a]\n")
    with pytest.raises(KnowledgeError, match="aliases of YAML"):
        add(path, place)


def test_a_file_that_is_no_store_is_left_alone(tmp_path, place):
    place.parent.mkdir()
    place.write_bytes(b"SQLite format 3\x00" + b"junk" * 999)
    kept = place.read_bytes()
    (tmp_path / "kev.json").write_text(json.dumps(KEV))
    with pytest.raises(StoreError):
        add(tmp_path / "kev.json", place)
    with pytest.raises(StoreError):
        the_store()
    assert place.read_bytes() == kept


def peak_of(count, folder):
    """Return the most memory that adding so many records takes, in bytes."""
    one = json.dumps(NVD["vulnerabilities"][0])
    path = folder / "large.json"
    with path.open("w") as file:
        file.write('{"format": "NVD_CVE", "version": "2.0", "vulnerabilities": [')
        file.write(
            ", ".join(one.replace("2021-41617", f"2021-{number:07}") for number in range(count))
        )
        file.write("]}")
    tracemalloc.start()
    [(_, rows)] = add(path, folder / f"{count}.sqlite")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows == 2 * count
    return peak


def test_a_feed_of_any_size_is_read_in_the_same_memory(tmp_path):
    peak_of(50, tmp_path)  # what is loaded once
    assert peak_of(1600, tmp_path) < 1.2 * peak_of(800, tmp_path)


def test_one_endless_record_is_refused(tmp_path, place, monkeypatch):
    monkeypatch.setattr(streamed, "MOST_EVENTS", 2000)
    filled(tmp_path, place)
    kept = dump(place)
    record = NVD["vulnerabilities"][0] | {"more": [{"a": 1}] * 1000}
    (tmp_path / "large.json").write_text(json.dumps(NVD | {"vulnerabilities": [record]}))
    with pytest.raises(KnowledgeError, match=r"has more than 2,000 parts"):
        add(tmp_path / "large.json", place)
    assert dump(place) == kept


def test_progress_tells_the_rows_so_far(tmp_path, place):
    lines = "".join(f"Name{number}x,MALWARE\n" for number in range(1200))
    (tmp_path / "ours.csv").write_text(f"name,label\n{lines}")
    told = []
    add(tmp_path / "ours.csv", place, lambda name, rows: told.append((name, rows)))
    assert told == [("ours.csv", 500), ("ours.csv", 1000), ("ours.csv", 1200)]


def test_the_commands(tmp_path, place):
    run = CliRunner()
    (tmp_path / "kev.json").write_text(json.dumps(KEV))
    result = run.invoke(app, ["add", str(tmp_path / "kev.json"), str(FEEDS / "patterns.json")])
    assert result.exit_code == 0
    assert "CISA KEV 2026.11.28: 1 rows" in result.stdout
    assert "regex are not used" in result.stderr
    listed = run.invoke(app, ["info"]).stdout
    assert "MITRE ATT&CK Enterprise 18.1" in listed
    assert f"store: {place}" in listed
    assert run.invoke(app, ["verify"]).stdout == "packs: whole; store: whole\n"
    missing = run.invoke(app, ["add", str(tmp_path / "none")])
    assert (missing.exit_code, "no such file" in missing.stderr) == (2, True)
    with pytest.raises(UnreadableError):
        add(tmp_path / "none", place)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_a_forked_process_opens_the_store_anew(tmp_path, place):
    store = filled(tmp_path, place)
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        os.write(writer, b"other" if the_store() is not store else b"same")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 5) == b"other"
    assert the_store() is store
