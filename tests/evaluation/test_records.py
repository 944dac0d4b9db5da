"""Whole records of generated outputs, alone and pasted together."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import pytest

from decloak.core.document import Document
from decloak.evaluation.hosts.draw import Draw
from decloak.evaluation.records.complete import lacks
from decloak.evaluation.records.drawn import draw_machine
from decloak.evaluation.records.engines import host_object, print_host
from decloak.evaluation.records.measure import LAYOUTS, drawn, pasted, tables
from decloak.options import Settings
from decloak.pipeline import Pipeline

STYLE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(Settings(tagger="off"))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_output_gives_its_record_whole_and_no_other(layout: str, pipeline: Pipeline) -> None:
    for index, (text, wanted) in enumerate(drawn(layout, 11, 20)):
        assert lacks(wanted, pipeline.run(Document(str(index), text)).record_rows) == [], text


def test_pasted_outputs_give_the_records_they_give_alone(pipeline: Pipeline) -> None:
    for index, (text, wanted) in enumerate(pasted(11, 60)):
        records = list(pipeline.run(Document(str(index), text)).record_rows)
        for layout, record in wanted:
            assert lacks(record, records, alone=False) == [], (layout, text)


def test_what_is_missing_is_said() -> None:
    value: dict[str, Any] = {"value": "192.0.2.1", "start": 0, "end": 9}
    port = {"kind": "port", "number": {"value": "22"}}
    wanted = {
        "kind": "host",
        "address": "192.0.2.1",
        "names": ["a.example.com"],
        "ports": [{"kind": "port", "number": "22"}],
    }
    assert lacks(wanted, []) == ["host"]
    assert lacks(wanted, [{"kind": "host", "address": value}]) == ["names=a.example.com", "ports"]
    whole = {
        "kind": "host",
        "address": value,
        "names": [{"value": "a.example.com"}],
        "ports": [port],
    }
    assert lacks(wanted, [whole]) == []
    assert lacks(wanted, [{"kind": "scan", "hosts": [whole]}]) == []
    assert lacks(wanted, [whole | {"ports": [port, port]}]) == ["ports: one too many"]
    assert lacks(wanted, [whole, {"kind": "host"}]) == ["one record, not host, host"]


def test_the_table_counts_what_lacks(pipeline: Pipeline) -> None:
    table, gaps = tables(pipeline, 3, 1, examples=1)
    assert [row[0] for row in table.rows] == [*LAYOUTS, "pasted together"]
    assert not gaps.rows


@pytest.mark.parametrize("history", [False, True])
def test_hosts_are_printed_as_the_official_client_does(
    *, history: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    client = pytest.importorskip("shodan.cli.host")
    for seed in range(30):
        draw = Draw(Random(seed))
        host = host_object(draw_machine(draw), draw.rng)
        made = print_host(host, history=history)
        client.host_print_pretty(host, history=history)
        assert STYLE.sub("", capsys.readouterr().out) == made
