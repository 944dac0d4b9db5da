"""STIX, MISP and plain values, held against the platforms' own libraries."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import decloak
from decloak.core.entity import Entity, Status
from decloak.core.labels import LABELS
from decloak.core.result import Result
from decloak.export import EXPORTERS, Shape
from decloak.export.platforms import platform_of

REPORT = (
    "Turla dropped eb38203e2dfc3c523d1a35203422defedd03dbe6b79f154a353fe8983ef6f585 from hxxps://cdn[.]evil[.]example[.]com/a'b "
    "at 198.51.100.7 and 2001:db8::7 (CVE-2021-44228, T1059.001), mail to ada@evil.example.com, AS64496, 203.0.113.0/24."
)
SCAN = (
    "Nmap scan report for web01.example.org (192.0.2.10)\nHost is up (0.021s latency).\n"
    "PORT   STATE SERVICE VERSION\n22/tcp open  ssh     OpenSSH 8.4p1 Debian 5+deb11u1\n443/tcp closed https\n"
)
UNAVOIDABLE = "103,202,301"
"""Of the validator's warnings: identifiers that are no UUIDv4, `based-on` observables, traffic without a source port."""


def bundle(*texts: str) -> dict:
    exporter = EXPORTERS.get("stix")
    lines: dict[str, str] = {}
    for text in texts:
        for piece in exporter.render(decloak.extract(text, tagger="off"), Shape()):
            lines.setdefault(piece.partition('"id": ')[2].partition(",")[0], piece)
    return json.loads(exporter.head + "".join(lines.values()) + exporter.tail)


def of_type(objects: list[dict], kind: str) -> list[dict]:
    return [each for each in objects if each["type"] == kind]


def entity(label: str, value: str) -> Entity:
    return Entity(
        label, 0, max(len(value), 1), value or "x", value, value, 0.9, Status.ACCEPTED, ("test",)
    )


def test_the_official_validator_finds_nothing():
    from stix2validator import ValidationOptions, validate_instance

    options = ValidationOptions(version="2.1", disabled=UNAVOIDABLE)
    for each in (bundle(REPORT), bundle(SCAN), bundle(REPORT, SCAN, REPORT)):
        result = validate_instance(each, options)
        assert result.is_valid
        assert not result.errors
        assert not getattr(result, "warnings", None)


def test_stix2_reads_a_bundle_and_gives_observables_the_same_identifiers():
    import stix2

    objects = bundle(REPORT, SCAN)["objects"]
    for each in objects:
        parsed = stix2.parse(each, version="2.1")
        assert parsed["id"] == each["id"]
        if each["type"].endswith("-addr") or each["type"] in {
            "domain-name",
            "url",
            "file",
            "autonomous-system",
        }:
            again = stix2.parse(
                {key: value for key, value in each.items() if key != "id"} | {"id": each["id"]},
                version="2.1",
            )
            bare = type(again)(
                **{
                    key: value
                    for key, value in each.items()
                    if key not in {"id", "type", "spec_version"}
                }
            )
            assert bare["id"] == each["id"]


def test_a_report_has_indicators_and_a_scan_observed_data():
    report, scan = bundle(REPORT)["objects"], bundle(SCAN)["objects"]
    assert {each["name"] for each in of_type(report, "indicator")} >= {
        "198.51.100.7",
        "ada@evil.example.com",
    }
    assert not of_type(report, "observed-data")
    assert not of_type(scan, "indicator")
    (seen,) = of_type(scan, "observed-data")
    (traffic,) = of_type(scan, "network-traffic")
    assert (traffic["dst_port"], traffic["protocols"]) == (22, ["tcp", "ssh"])
    assert traffic["id"] in seen["object_refs"]


def test_the_same_documents_give_the_same_identifiers():
    first, second = bundle(REPORT, SCAN), bundle(REPORT, SCAN)
    assert [each["id"] for each in first["objects"]] == [each["id"] for each in second["objects"]]


@given(value=st.text(min_size=1, max_size=40))
@pytest.mark.parametrize("label", ["URL", "MUTEX"])
def test_no_value_breaks_out_of_a_pattern(label, value):
    from stix2patterns.validator import run_validator

    result = Result("r", "prose", value, (entity(label, value),), (), ())
    lines = list(EXPORTERS.get("stix").render(result, Shape()))
    (indicator,) = [json.loads(line[2:]) for line in lines if '"type": "indicator"' in line]
    assert run_validator(indicator["pattern"], stix_version="2.1") == []
    inner = indicator["pattern"].partition(" = '")[2].removesuffix("']")
    assert inner.replace("\\'", "'").replace("\\\\", "\\") == value


@given(
    labels=st.lists(
        st.tuples(st.sampled_from(sorted(LABELS)), st.text(min_size=1, max_size=20)), max_size=8
    )
)
def test_hostile_values_stay_values(labels):
    entities = tuple(entity(label, value) for label, value in labels if label != "ASN")
    result = Result("<script>\u202e", "prose", "x" * 40, entities, (), ())
    for name in ("stix", "misp"):
        exporter = EXPORTERS.get(name)
        text = exporter.head + "".join(exporter.render(result, Shape())) + exporter.tail
        assert text.isascii()
        json.loads(text)
    lines = "".join(EXPORTERS.get("values").render(result, Shape())).splitlines()
    assert len(lines) == len({each.value for each in entities})


def test_misp_loads_the_event():
    from pymisp import MISPEvent

    exporter = EXPORTERS.get("misp")
    text = (
        exporter.head
        + "".join(exporter.render(decloak.extract(REPORT, tagger="off"), Shape()))
        + exporter.tail
    )
    (row,) = json.loads(text)["response"]
    event = MISPEvent()
    event.from_dict(**row)
    made = {(each.type, each.value): each for each in event.attributes}
    assert made["ip-dst", "198.51.100.7"].to_ids
    assert (
        made["sha256", "eb38203e2dfc3c523d1a35203422defedd03dbe6b79f154a353fe8983ef6f585"].category
        == "Payload delivery"
    )
    assert not made["vulnerability", "CVE-2021-44228"].to_ids
    assert 'misp:confidence-level="' in made["ip-dst", "198.51.100.7"].tags[0].name


def test_every_type_of_misp_goes_with_its_category():
    from pymisp import MISPEvent

    types = MISPEvent().describe_types["category_type_mappings"]
    for label in LABELS:
        misp = platform_of(label).misp
        if misp is not None and misp.type:
            assert misp.type in types[misp.category], label


def test_one_bundle_for_many_files_names_nothing_twice(tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(REPORT, "utf-8")
    command = [
        sys.executable,
        "-m",
        "decloak.cli",
        "extract",
        tmp_path,
        "--tagger",
        "off",
        "--format",
    ]
    run = subprocess.run(
        [*command, "stix", "--jobs", "2"], capture_output=True, text=True, check=True
    )
    names = [each["id"] for each in json.loads(run.stdout)["objects"]]
    assert len(names) == len(set(names))
    run = subprocess.run([*command, "values"], capture_output=True, text=True, check=True)
    values = run.stdout.splitlines()
    assert len(values) == len(set(values))
    assert "198.51.100.7" in values


def test_the_time_of_a_run_can_be_set(tmp_path):
    (tmp_path / "a.txt").write_text(REPORT, "utf-8")
    command = [
        sys.executable,
        "-m",
        "decloak.cli",
        "extract",
        tmp_path / "a.txt",
        "--tagger",
        "off",
        "-f",
        "stix",
    ]
    run = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"SOURCE_DATE_EPOCH": "86400"},
    )
    times = {
        each["created"] for each in json.loads(run.stdout)["objects"] if each["type"] == "indicator"
    }
    assert times == {"1970-01-02T00:00:00.000Z"}
