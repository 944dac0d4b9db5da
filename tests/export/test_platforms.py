"""STIX, MISP and plain values, held against the platforms' own libraries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import decloak
from decloak.core.entity import Entity, Status
from decloak.core.labels import LABELS
from decloak.core.result import Result
from decloak.export import EXPORTERS, Shape
from decloak.export.platforms import platforms

REPORT = (
    "Turla dropped eb38203e2dfc3c523d1a35203422defedd03dbe6b79f154a353fe8983ef6f585 from hxxps://cdn[.]evil[.]example[.]com/a'b "
    "at 198.51.100.7 and 2001:db8::7 (CVE-2021-44228, T1059.001), mail to ada@evil.example.com, AS64496, 203.0.113.0/24."
)
SCAN = (
    "Nmap scan report for web01.example.org (192.0.2.10)\nHost is up (0.021s latency).\n"
    "PORT   STATE SERVICE VERSION\n22/tcp open  ssh     OpenSSH 8.4p1 Debian 5+deb11u1\n443/tcp closed https\n"
)
UNAVOIDABLE = "301"
"""Of the validator's warnings: traffic without a source port, which no scan reports."""


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
        misp = platforms().of(label).misp
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


HASHES = {
    "MD5": "d41d8cd98f00b204e9800998ecf8427e",
    "SHA-1": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "SHA-256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
}
OTHER = {
    "MD5": "0cc175b9c0f1b6a831c399e269772661",
    "SHA-1": "86f7e437faa5a7fce15d1ddcb9eaea377667edb8",
}


def files_in(text: str) -> list[dict]:
    return of_type(bundle(text)["objects"], "file")


@pytest.mark.parametrize(
    "text",
    [
        "MD5: {MD5}\nSHA1: {SHA-1}\nSHA-256: {SHA-256}\n",
        "The sample ({MD5}, {SHA-1}, {SHA-256}) was seen.",
        "{MD5} | {SHA-1} | {SHA-256}\n",
        "SHA256 {SHA-256} / SHA1 {SHA-1} / MD5 {MD5}\nAgain: {SHA-256}\n",
    ],
)
def test_all_digests_of_one_file_are_in_one_file(text):
    (file,) = files_in(text.format(**HASHES))
    assert file["hashes"] == HASHES


def test_digests_of_different_files_stay_apart():
    rows = "a.exe | {MD5} | {SHA-1}\n".format(**HASHES) + "b.exe | {MD5} | {SHA-1}\n".format(
        **OTHER
    )
    assert [(each["name"], len(each["hashes"])) for each in files_in(rows)] == [
        ("a.exe", 2),
        ("b.exe", 2),
    ]
    listed = "{MD5}\n{SHA-1}\n{SHA-256}\n".format(**HASHES)
    assert [len(each["hashes"]) for each in files_in(listed)] == [1, 1, 1]
    far = (
        "MD5 {MD5} is the dropper. It was seen in May.\n\nThe SHA1 {SHA-1} is the implant.".format(
            **HASHES
        )
    )
    assert len(files_in(far)) == 2


def test_an_imphash_is_no_digest_of_a_file():
    text = f"imphash: {OTHER['MD5']} and MD5: {HASHES['MD5']}"
    (file,) = files_in(text)
    assert file["hashes"] == {"MD5": HASHES["MD5"]}
    types = {each["value"]: each["type"] for each in event(text)["Attribute"]}
    assert types[OTHER["MD5"]] == "imphash"


def event(text: str, shape: Shape | None = None, **more) -> dict:
    exporter = EXPORTERS.get("misp")
    result = decloak.extract(text, tagger="off", **more)
    return json.loads("".join(exporter.render(result, shape or Shape())))["Event"]


def test_misp_has_one_object_for_one_file():
    made = event("setup.exe MD5: {MD5} SHA1: {SHA-1} SHA256: {SHA-256}".format(**HASHES))
    (file,) = made["Object"]
    assert [each["object_relation"] for each in file["Attribute"]] == [
        "md5",
        "sha1",
        "sha256",
        "filename",
    ]
    assert not {each["value"] for each in made["Attribute"]} & set(HASHES.values())


def test_the_template_of_the_object_is_the_one_pymisp_has():
    import pymisp

    from decloak.export.platforms import platforms

    home = Path(pymisp.__file__).parent / "data/misp-objects/objects/file/definition.json"
    known = json.loads(home.read_text("utf-8"))
    made = platforms().misp_file
    assert (made["uuid"], made["meta"]) == (known["uuid"], known["meta-category"])
    assert {"md5", "sha1", "sha256", "filename"} <= known["attributes"].keys()


@pytest.mark.parametrize("level", ["clear", "green", "amber", "amber+strict", "red"])
@pytest.mark.parametrize("form", ["stix", "opencti"])
def test_every_object_bears_the_mark_and_the_producer(form, level):
    import stix2

    shape = Shape(tlp=level, producer="Example CERT")
    exporter = EXPORTERS.get(form)
    objects: dict[str, dict] = {}
    for text in (REPORT, SCAN):
        for piece in exporter.render(decloak.extract(text, tagger="off"), shape):
            each = json.loads(piece[2:])
            objects.setdefault(each["id"], each)
    (mark,) = of_type(list(objects.values()), "marking-definition")
    producer = next(each["id"] for each in of_type(list(objects.values()), "identity"))
    for each in objects.values():
        if each["type"] == "marking-definition" or each["id"] == producer:
            continue
        assert each["object_marking_refs"] == [mark["id"]]
        if form == "opencti" or "created" in each:
            made_by = each.get("created_by_ref") or each["x_opencti_created_by_ref"]
            assert made_by == producer
    if form == "opencti" and level != "amber+strict":
        first = "white" if level == "clear" else level
        assert mark["id"] == getattr(stix2, f"TLP_{first.upper()}")["id"]
    tags = [each["name"] for each in event(REPORT, shape)["Tag"]]
    assert tags == [f"tlp:{level}"]
    assert event(REPORT, shape)["Orgc"]["name"] == "Example CERT"


def test_marks_and_producers_pass_the_validator():
    from stix2validator import ValidationOptions, validate_instance

    options = ValidationOptions(version="2.1", disabled=UNAVOIDABLE)
    exporter = EXPORTERS.get("stix")
    shape = Shape(tlp="amber+strict", producer="Example CERT")
    pieces = exporter.render(decloak.extract(REPORT, tagger="off"), shape)
    result = validate_instance(json.loads(exporter.head + "".join(pieces) + exporter.tail), options)
    assert result.is_valid
    assert not result.errors
    assert not getattr(result, "warnings", None)


def test_opencti_gets_its_own_types_scores_and_a_report():
    exporter = EXPORTERS.get("opencti")
    text = REPORT + " User-Agent: EvilBot/1.0 (X11)\nhostname: WS01\n"
    result = decloak.extract(text, tagger="off")
    objects = [json.loads(piece[2:]) for piece in exporter.render(result, Shape())]
    indicators = of_type(objects, "indicator")
    assert {each["x_opencti_main_observable_type"] for each in indicators} >= {
        "StixFile",
        "IPv4-Addr",
        "Url",
    }
    assert of_type(objects, "report")
    assert not of_type(objects, "grouping")
    assert {each["name"] for each in of_type(objects, "intrusion-set")} == {"Turla"}
    (address,) = [each for each in of_type(objects, "ipv4-addr") if each["value"] == "198.51.100.7"]
    assert 0 < address["x_opencti_score"] <= 100


def test_what_a_scan_shows_and_what_is_on_a_warning_list_alerts_nobody():
    from decloak.core.entity import Link

    assert not any(each["to_ids"] for each in event(SCAN)["Attribute"])
    value = "192.0.2.77"
    listed = replace(
        entity("IP_ADDRESS", value), links=(Link("warning-list", "public resolver", "a list"),)
    )
    for found, alerts in ((entity("IP_ADDRESS", value), True), (listed, False)):
        result = Result("r", "prose", value, (found,), (), ())
        (row,) = json.loads("".join(EXPORTERS.get("misp").render(result, Shape())))["Event"][
            "Attribute"
        ]
        assert row["to_ids"] is alerts
        assert ("warning list: public resolver" in row["comment"]) is not alerts
        objects = [json.loads(each[2:]) for each in EXPORTERS.get("stix").render(result, Shape())]
        assert of_type(objects, "ipv4-addr")
        assert bool(of_type(objects, "indicator")) is alerts


def test_a_report_with_a_record_in_it_says_what_to_look_for_and_what_was_seen():
    text = f"{REPORT}\n{REPORT}\n\n$ dig ns.example.org\n;; ANSWER SECTION:\nns.example.org.\t300\tIN\tA\t192.0.2.53\n"
    result = decloak.extract(text, tagger="off")
    assert result.source == "prose"
    assert result.record_rows
    objects = [json.loads(piece[2:]) for piece in EXPORTERS.get("stix").render(result, Shape())]
    sought = {each["name"] for each in of_type(objects, "indicator")}
    assert "198.51.100.7" in sought
    assert "192.0.2.53" not in sought
    (link,) = [
        each
        for each in of_type(objects, "relationship")
        if each["relationship_type"] == "resolves-to"
    ]
    assert link["source_ref"].startswith("domain-name--")
    (seen,) = of_type(objects, "observed-data")
    assert link["target_ref"] in seen["object_refs"]


def test_a_network_is_searched_by_what_is_in_it():
    (indicator,) = [
        each for each in of_type(bundle(REPORT)["objects"], "indicator") if "/24" in each["pattern"]
    ]
    assert indicator["pattern"] == "[ipv4-addr:value ISSUBSET '203.0.113.0/24']"


class Page:
    def places(self, start, _end):
        return (
            {"page": 3, "boxes": [[1, 2, 3, 4]]},
            {"part": "2", "alternative": True, "row": start, "start": 1},
        )


def test_the_place_in_a_source_is_told_everywhere():
    result = replace(decloak.extract("at 192[.]0[.]2[.]77 now", tagger="off"), source_map=Page())
    told = "page 3; part 2, alternative, row 3"
    for form in ("html", "csv", "stix", "opencti", "misp"):
        assert told in "".join(EXPORTERS.get(form).render(result, Shape())), form


def test_misp_stix_converts_the_events(tmp_path):
    python = Path(__file__).parents[2] / "build" / "oracles" / "bin" / "python"
    if not python.exists():
        if os.environ.get("DECLOAK_REQUIRE_TOOLS"):
            pytest.fail("build/oracles is missing: run scripts/oracles")
        pytest.skip("build/oracles is missing: run scripts/oracles")
    text = REPORT + "\nsetup.exe MD5: {MD5} SHA1: {SHA-1}\n".format(**HASHES)
    (tmp_path / "event.json").write_text(
        json.dumps({"Event": event(text, Shape(tlp="amber"))}), "utf-8"
    )
    code = (
        "import json, sys\nfrom misp_stix_converter import MISPtoSTIX21Parser\n"
        "parser = MISPtoSTIX21Parser()\nparser.parse_misp_event(json.load(open(sys.argv[1])))\n"
        "print(json.dumps([dict(parser.errors), [json.loads(each.serialize()) for each in parser.stix_objects]]))"
    )
    run = subprocess.run(
        [python, "-c", code, tmp_path / "event.json"], capture_output=True, text=True, check=True
    )
    errors, objects = json.loads(run.stdout)
    assert not errors
    patterns = " ".join(each["pattern"] for each in of_type(objects, "indicator"))
    assert "198.51.100.7" in patterns
    assert HASHES["MD5"] in patterns
    assert of_type(objects, "vulnerability")


def test_programs_get_values_as_they_are_and_people_safe_ones():
    result = decloak.extract("asked hxxps://evil[.]example/a and evil.example", tagger="off")
    shape = Shape(defang=True)
    for form, plain in (("stix", True), ("opencti", True), ("misp", True), ("html", False)):
        text = "".join(EXPORTERS.get(form).render(result, shape))
        assert ("https://evil.example/a" in text) is plain, form
