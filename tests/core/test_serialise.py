from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from decloak.core.alignment import Edit
from decloak.core.entity import Entity, Link, Status
from decloak.core.labels import LABELS
from decloak.core.result import Failure, Result
from decloak.core.serialise import dump, failure_output, load, record_output, result_output

texts = st.text(st.characters(), max_size=12)
entities = st.builds(
    Entity,
    label=st.sampled_from(list(LABELS)),
    start=st.integers(0, 9),
    end=st.integers(10, 20),
    text=texts,
    decoded=texts,
    value=texts,
    confidence=st.floats(0, 1),
    status=st.sampled_from(Status),
    evidence=st.tuples(texts),
    obfuscation=st.tuples(texts, texts),
    resembles=st.none() | texts,
    links=st.tuples(st.builds(Link, texts, texts, texts)),
)
edits = st.builds(
    Edit,
    st.integers(0, 4),
    st.integers(5, 9),
    texts,
    texts,
    texts,
    st.floats(0, 1),
    texts,
    st.booleans(),
)
fields = st.fixed_dictionaries(
    {"value": texts, "start": st.integers(0, 9), "end": st.integers(10, 20)}
)
records = st.fixed_dictionaries(
    {"kind": st.just("host"), "address": fields, "names": st.lists(fields, max_size=2)}
)
results = st.builds(
    Result,
    id=texts,
    source=texts,
    text=texts,
    all_entities=st.lists(entities, max_size=3).map(tuple),
    record_rows=st.lists(records, max_size=2).map(tuple),
    warnings=st.lists(texts, max_size=2).map(tuple),
    edits=st.lists(edits, max_size=2).map(tuple),
)


@given(results)
def test_a_result_survives_the_way_through_json(result):
    assert load(json.loads(json.dumps(dump(result)))) == result


@given(results)
def test_the_output_has_the_keys_of_the_contract_in_their_order(result):
    output = result_output(result, review=True)
    assert list(output) == ["id", "source", "entities", "records", "warnings", "offsets"]
    for entity in output["entities"]:
        assert list(entity) == [
            "label", "text", "start", "end", "value", "confidence", "status", "evidence",
            "obfuscation", "resembles", "links",
        ]  # fmt: skip
    assert len(output["entities"]) == len(result.all_entities)
    held = result_output(result)["entities"]
    assert all(entity["status"] == "accepted" for entity in held)


def test_offsets_of_records_are_converted_at_every_depth():
    field = {"value": "start", "start": 1, "end": 2}
    record = {"kind": "host", "address": field, "ports": [{"kind": "port", "cpes": [field]}]}
    moved = {"value": "start", "start": 11, "end": 12}
    assert record_output(record, lambda offset: offset + 10) == {
        "kind": "host",
        "address": moved,
        "ports": [{"kind": "port", "cpes": [moved]}],
    }


def test_a_failure_names_itself():
    assert failure_output(Failure("f", "BinaryError", "why")) == {
        "id": "f",
        "error": {"type": "BinaryError", "message": "why"},
    }


@given(results, st.sampled_from(["codepoint", "utf16"]))
def test_the_fast_writer_writes_what_the_plain_one_does(result, unit):
    from decloak.export import EXPORTERS, Shape
    from decloak.export.json_text import dumps

    convert = None if unit == "codepoint" else (lambda offset: 3 * offset)
    written = "".join(EXPORTERS.get("jsonl").render(result, Shape(True, unit, convert)))
    assert written == dumps(result_output(result, review=True, convert=convert, unit=unit)) + "\n"
