"""Records from facts, in order and out of order, packed and not."""

from __future__ import annotations

import pytest

from decloak.assemble import Records, assemble
from decloak.core.alignment import Alignment
from decloak.core.document import Decoded, View
from decloak.core.facts import Facts


def _decoded(text):
    return Decoded(text, View(text), Alignment(len(text)))


def _hosts(order, *, packed):
    """Two hosts with two ports each; `order` says in which order facts are added."""
    facts = Facts("nmap")
    one, two = facts.open("host"), facts.open("host")
    ports = [facts.open("port", one), facts.open("port", one), facts.open("port", two),
             facts.open("port", two)]  # fmt: skip
    rows = [(one, "address"), (ports[0], "number"), (ports[1], "number"), (two, "address"),
            (ports[2], "number"), (ports[3], "number"), (two, "names"), (two, "names")]  # fmt: skip
    for place in order:
        record, field = rows[place]
        facts.add(record, field, "", place, place + 1)
    facts.note("DOMAIN", 8, 9, "hint.name")
    if packed:
        facts._packed.take(facts.items)
    facts.sort()
    return facts


TEXT = "abcdefghi"
EXPECTED = (
    {"kind": "host", "address": {"value": "a", "start": 0, "end": 1},
     "ports": [{"kind": "port", "number": {"value": "b", "start": 1, "end": 2}},
               {"kind": "port", "number": {"value": "c", "start": 2, "end": 3}}]},
    {"kind": "host", "address": {"value": "d", "start": 3, "end": 4},
     "names": [{"value": "g", "start": 6, "end": 7}, {"value": "h", "start": 7, "end": 8}],
     "ports": [{"kind": "port", "number": {"value": "e", "start": 4, "end": 5}},
               {"kind": "port", "number": {"value": "f", "start": 5, "end": 6}}]},
)  # fmt: skip


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("order", [range(8), range(7, -1, -1), (3, 0, 4, 1, 5, 2, 6, 7)])
def test_records_are_nested_whatever_the_order(order, packed):
    facts = _hosts(list(order), packed=packed)
    assert assemble(_decoded(TEXT), facts, [None] * len(facts)) == EXPECTED


def test_interleaved_records_are_grouped():
    facts = Facts("dig")
    one, two = facts.open("query"), facts.open("query")
    for place, record in enumerate((one, two, one, two)):
        facts.add(record, "name" if place < 2 else "server", "", place, place + 1)
    facts.sort()
    first, second = assemble(_decoded(TEXT), facts, [None, "B", None, None])
    assert (first["name"]["value"], first["server"]["value"]) == ("a", "c")
    assert (second["name"]["value"], second["server"]["value"]) == ("B", "d")


def test_rows_behave_like_the_tuple_of_their_items():
    facts = _hosts(range(8), packed=False)
    records = Records(_decoded(TEXT), facts, [None] * len(facts))
    assert records == EXPECTED
    assert records == EXPECTED
    assert (records[0], records[-1], records[0:1]) == (EXPECTED[0], EXPECTED[1], EXPECTED[:1])
    assert records[::-1] == EXPECTED[::-1]
    with pytest.raises(IndexError):
        records[2]
