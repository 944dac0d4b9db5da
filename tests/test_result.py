"""What users hold: strings for enumerations, values that never change, records with types, every form."""

from __future__ import annotations

import copy
import csv
import dataclasses
import inspect
import io
import json
import pickle
import sys

import pytest

import decloak
from decloak.core.entity import Entity, Link, entity_of
from decloak.core.errors import ToolError
from decloak.core.facts import RECORDS
from decloak.core.labels import GROUP_OF, LABELS, LabelGroup
from decloak.core.records import RECORD_TYPES, Field, printed, record_of
from decloak.core.serialise import record_output

SCAN = (
    "Nmap scan report for web.example.com (192.0.2.10)\nHost is up (0.21s latency).\n"
    "PORT   STATE SERVICE VERSION\n22/tcp open  ssh     OpenSSH 8.4p1 Debian 5 (protocol 2.0)\n"
)
REPORT = "It asked hxxp://evil[.]example[.]com/a for \U0001f600 and g\u043e\u043egle.com, CVE-2021-44228."
WHOIS = (
    "Domain Name: EXAMPLE.COM\nRegistrar: Example Registrar Inc.\nName Server: NS1.EXAMPLE.NET\n"
    "Registrant Name: A. Person\nRegistrant Organization: Example Networks\n"
)
DIG = "example.com.\t300\tIN\tMX\t10 mx.example.com.\n"


def test_enumerations_are_their_strings():
    entity = decloak.extract(SCAN).entities[0]
    assert entity.status == "accepted"
    assert json.dumps([entity.status, decloak.Verdict.SILENT]) == '["accepted", "silent"]'
    assert f"{entity.status}" == "accepted"
    assert decloak.Status("review") is decloak.Status.REVIEW


@pytest.mark.parametrize("name", decloak.__all__)
def test_what_is_exported_is_there_and_says_what_it_is(name):
    value = getattr(decloak, name)
    assert isinstance(value, str) or inspect.getdoc(value)


def test_an_entity_is_a_value_and_no_tuple():
    entity = decloak.extract(REPORT).entities[0]
    assert not hasattr(entity, "__len__")
    assert not hasattr(entity, "index")
    with pytest.raises(TypeError):
        iter(entity)
    for name in ("value", "more"):
        with pytest.raises((AttributeError, TypeError)):
            setattr(entity, name, "x")
    with pytest.raises(AttributeError):
        del entity.value
    assert pickle.loads(pickle.dumps(entity)) == copy.copy(entity) == entity
    assert hash(copy.deepcopy(entity)) == hash(entity)
    other = dataclasses.replace(entity, value="other")
    assert (other.value, other.start) == ("other", entity.start)
    assert other != entity


def test_the_fast_way_makes_the_same_entity():
    link = Link("cpe", "cpe:2.3:a:x", "table 1")
    values = (
        "CVE",
        1,
        2,
        "a",
        "a",
        "A",
        0.5,
        decloak.Status.REVIEW,
        ("e",),
        ("defang",),
        "b",
        (link,),
    )
    made = entity_of(*values)
    assert made == Entity(*values)
    assert type(made) is Entity
    assert [getattr(made, each.name) for each in dataclasses.fields(Entity)] == list(values)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.label = "DOMAIN"
    with pytest.raises(TypeError):
        entity_of("CVE", 1)


def test_every_label_has_a_group():
    assert GROUP_OF.keys() == LABELS.keys()
    assert set(GROUP_OF.values()) == set(LabelGroup)


def test_the_classes_of_records_have_the_fields_of_the_table():
    assert list(RECORD_TYPES) == list(RECORDS)
    for kind, made in RECORD_TYPES.items():
        names: dict[str, list[str]] = {}
        for each in dataclasses.fields(made):
            names.setdefault(each.type, []).append(printed(each.name))
        table = RECORDS[kind]
        assert names.pop("Field | None") == list(table.one)
        assert names.pop("tuple[Field, ...]", []) == list(table.many)
        assert made.plural == table.plural
        children = {f"tuple[{each.__name__}, ...]": each.plural for each in RECORD_TYPES.values()}
        del names["tuple[Record, ...]"]
        assert all([children[kind]] == attributes for kind, attributes in names.items())
        assert inspect.getdoc(made)


def test_records_are_typed_to_their_leaves():
    [host] = decloak.extract(SCAN).records
    assert isinstance(host, decloak.Host)
    assert host.address == Field("192.0.2.10", SCAN.index("192"), SCAN.index("192") + 10)
    [port] = host.ports
    assert isinstance(port, decloak.Port)
    assert (port.number.value, port.service.value, port.banner) == ("22", "ssh", None)
    assert [each.kind for each in host.walk()] == ["host", "port"]
    assert repr(port).startswith("Port(number=Field(value='22', ")
    [query] = decloak.extract(f";; ANSWER SECTION:\n{DIG}").records
    assert query.answers[0].class_.value == "IN"


@pytest.mark.parametrize("text", [SCAN, WHOIS, DIG, REPORT, ""])
def test_typed_records_are_what_is_printed(text):
    result = decloak.extract(text)
    assert [each.to_dict() for each in result.records] == list(result.record_rows)
    assert [each.others for one in result.records for each in one.walk() if each.others] == []
    assert json.loads(result.to_json())["records"] == [each.to_dict() for each in result.records]
    assert pickle.loads(pickle.dumps(result)) == result


def test_a_record_in_an_unusual_place_is_kept():
    field = {"value": "a", "start": 0, "end": 1}
    row = {"kind": "answer", "class": field, "hosts": [{"kind": "host", "names": [field, field]}]}
    record = record_of(row)
    assert record.others[0].names == (Field("a", 0, 1),) * 2
    assert record.to_dict() == record_output(row)


def test_every_form_tells_the_same():
    result = decloak.extract(REPORT, review=True)
    told = json.loads(result.to_json(review=True))
    assert told == json.loads(json.dumps(result.to_dict(review=True)))
    rows = list(csv.DictReader(io.StringIO(result.to_csv(review=True))))
    assert [row["value"] for row in rows] == [each["value"] for each in told["entities"]]
    for unit, text in (("utf16", REPORT.encode("utf-16-le")), ("bytes", REPORT.encode())):
        width = 2 if unit == "utf16" else 1
        for entity in result.to_dict(review=True, offsets=unit)["entities"]:
            piece = text[entity["start"] * width : entity["end"] * width]
            assert piece.decode("utf-16-le" if unit == "utf16" else "utf-8") == entity["text"]
    assert len(result.to_dict()["entities"]) == len(result.entities)
    with pytest.raises(ValueError, match="unknown unit"):
        result.to_json(offsets="lines")


def test_a_frame_has_a_row_per_entity():
    pandas = pytest.importorskip("pandas")
    result = decloak.extract(SCAN)
    frame = result.to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame["value"]) == [each.value for each in result.entities]
    assert list(frame.columns) == list(result.to_dict()["entities"][0])
    assert list(decloak.extract("").to_frame().columns) == list(frame.columns)


def test_without_pandas_a_frame_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ToolError, match="pip install pandas"):
        decloak.extract(SCAN).to_frame()


def test_a_notebook_shows_the_text_with_its_entities():
    text = '<script>alert("1")</script> \u202e\x1b[31m ' + REPORT
    shown = decloak.extract(text)._repr_html_()
    assert "<script" not in shown
    assert "\u202e" not in shown
    assert "\x1b" not in shown
    assert 'data-label="CVE"' in shown
    assert len(decloak.extract("x " * 50_000)._repr_html_()) < 40_000
