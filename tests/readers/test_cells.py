from __future__ import annotations

import csv
import io
import pickle
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decloak.core.document import Document
from decloak.core.serialise import result_output
from decloak.pipeline import Pipeline
from decloak.readers import ReadOptions, read
from decloak.readers.cell_layout import Layout, layout_of
from decloak.readers.cells import READER, CellMap

FEED = """\
# Abuse feed
# id,dateadded,url,note
"1","2026-01-01","http://evil.example/a","first, with ""quotes""
and a line end"
"2","2026-01-02","http://evil.example/b",""
"3","2026-01-03","http://192.0.2.7/c","x"
"""


@pytest.fixture
def found(tmp_path):
    def run(text: str, name: str = "input", **options):
        path = tmp_path / name
        path.write_text(text, newline="")
        return list(read([str(path)], (), ReadOptions(**options)))

    return run


def test_an_entity_leads_back_to_its_cell(found):
    [document] = found(FEED)
    assert document.text == FEED
    result = Pipeline().run(document)
    places = {each["value"]: each["places"] for each in result_output(result)["entities"]}
    assert places["http://evil.example/a"] == [{"row": 3, "column": 3, "header": "url"}]
    assert places["http://evil.example/b"] == [{"row": 4, "column": 3, "header": "url"}]
    assert places["http://192.0.2.7/c"] == [{"row": 5, "column": 3, "header": "url"}]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_tables_are_known_by_their_content(found, delimiter):
    rows = ["ip,port,seen", "192.0.2.1,22,2026-01-01", "192.0.2.2,80,2026-01-02"]
    text = "\r\n".join(row.replace(",", delimiter) for row in rows)
    [document] = found(text)
    at = text.index("192.0.2.2")
    assert document.source_map.places(at, at + 9) == ({"row": 3, "column": 1, "header": "ip"},)
    assert document.source_map.places(at, len(text))[1:] == (
        {"row": 3, "column": 2, "header": "port"},
        {"row": 3, "column": 3, "header": "seen"},
    )


KINDS = {
    "zeek": "#separator \\x09\n#fields\tts\tid.orig_h\tnote\n#types\ttime\taddr\tstring\n1.5\t192.0.2.1\tx\n#close\t2\n",
    "excel": "sep=;\r\nwhen;id.orig_h\r\n1;192.0.2.1\r\n2;192.0.2.2\r\n",
    "feed": '# ThreatFox\n# "when", "id.orig_h", "note"\n"1", "192.0.2.1", "a, b"\n"2", "192.0.2.2", "c"\n',
}


@pytest.mark.parametrize("kind", KINDS)
def test_other_programs_name_columns_in_their_own_ways(found, kind):
    text = KINDS[kind]
    [document] = found(text)
    at = text.index("192")
    row = text.count("\n", 0, at) + 1
    assert document.source_map.places(at, at + 9) == (
        {"row": row, "column": 2, "header": "id.orig_h"},
    )


NO_TABLES = {
    "prose": "Dear all, hello\nwe saw this, again\nand, once more\n",
    "a log": "2026-01-01 10:00:00,123 INFO started\n2026-01-01 10:00:01,124 INFO stopped\n" * 3,
    "syslog": "Jan  1 10:00:00 host sshd[1]: Failed password for root from 192.0.2.1 port 22 ssh2\n"
    * 4,
    "values alone": "192.0.2.1,22\n192.0.2.2,80\n192.0.2.3,443\n",
    "ragged": "a,b\n1,2\n1,2,3\n1,2\n",
    "one row": "name,address\nx,192.0.2.1\n",
    "grepable": "Host: 192.0.2.1 ()\tStatus: Up\nHost: 192.0.2.1 ()\tPorts: 22/open/tcp//ssh///\n",
    "markdown": "| a | b |\n|---|---|\n| 1 | 2 |\n",
    "dig": "example.com.\t3600\tIN\tA\t192.0.2.1\nexample.com.\t3600\tIN\tA\t192.0.2.2\n",
    "code": "int a, b;\nint c, d;\nx = 1;\n",
}


@pytest.mark.parametrize("kind", NO_TABLES)
def test_what_is_no_table_is_text(found, kind):
    [document] = found(NO_TABLES[kind])
    assert document.source_map is None


def test_a_name_breaks_a_tie_and_a_user_decides(found):
    [document] = found(NO_TABLES["values alone"], "list.csv")
    assert document.source_map.places(0, 1) == ({"row": 1, "column": 1},)
    [document] = found(NO_TABLES["ragged"], "list.csv")
    assert document.source_map is None
    [document] = found(NO_TABLES["ragged"], reader="csv")
    at = NO_TABLES["ragged"].index("3")
    assert document.source_map.places(at, at + 1) == ({"row": 3, "column": 3},)
    [document] = found(FEED, reader="text")
    assert document.source_map is None


CELLS = st.lists(
    st.lists(st.text('a1 ,;"\n\t\u00e9.', max_size=6), min_size=3, max_size=3),
    min_size=1,
    max_size=80,
)


@settings(max_examples=150, deadline=None)
@given(
    CELLS, st.sampled_from([",", "\t", ";"]), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
)
def test_places_are_what_a_reader_of_csv_finds(rows, delimiter, quoting):
    """The cell of every code point is the one in which Python's own reader finds it."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\n").writerows(rows)
    text = out.getvalue()
    cells = CellMap(text, Layout(delimiter, ("a", "b", "c")))
    found: dict[tuple[int, int], str] = {}
    for at, char in enumerate(text):
        [place] = cells.places(at, at + 1)
        key = (place["row"], place["column"])
        found[key] = found.get(key, "") + char
    again = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    for (row, column), written in found.items():
        cell = written.removesuffix("\n" if column == 3 else delimiter)
        quoted = cell.startswith('"')
        assert again[row - 1][column - 1] == (cell[1:-1].replace('""', '"') if quoted else cell)


def test_the_order_of_questions_does_not_matter():
    rows = [f'{n},"a{n}\nb",c' for n in range(1000)]
    text = "\n".join(["x,y,z", *rows])
    cells = CellMap(text, Layout(",", ("x", "y", "z")))
    places = [text.index(f'"a{n}\n') for n in range(1000)]
    random.Random(1).shuffle(places)
    copy = pickle.loads(pickle.dumps(cells))
    for at in places:
        n = int(text[at + 2 : text.index("\n", at)])
        expected = ({"row": n + 2, "column": 2, "header": "y"},)
        assert cells.places(at, at + 1) == copy.places(at, at + 1) == expected


def test_hostile_quotes_cost_linear_time():
    layout_of("#\n" * 32_000, "x")
    for text in (
        '"' * 300_000,
        'a,"b' * 100_000,
        '"a,""b' * 100_000,
        ',"' * 200_000,
        "a,b\n" * 100_000 + '"',
    ):
        cells = CellMap(text, Layout(",", ()))
        assert cells.places(len(text) - 1, len(text))
        layout_of(text[:65536], "x.csv")


def test_a_document_and_its_map_share_the_text():
    document = READER.mapped(Document("x", FEED))
    again = pickle.loads(pickle.dumps(document))
    assert again.source_map._text is again.text


def test_tool_output_is_no_table():
    golden = Path(__file__).parents[1] / "golden"
    for path in golden.rglob("*.txt"):
        layout = layout_of(path.read_text("utf-8", "replace")[:65536], path.name)
        assert layout is None, path
