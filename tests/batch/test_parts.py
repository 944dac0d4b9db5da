"""Parquet and zstd hold what JSON lines hold, all of it, and the same bytes twice."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from decloak.batch.schema import flat_schema, nested_schema
from decloak.batch.status import verify
from decloak.core.errors import SettingsError
from decloak.core.facts import RECORDS

DOCS = Path(__file__).parents[2] / "docs" / "batch.md"
SAMPLES = Path(__file__).parents[2] / "examples"


def tables_of(out):
    return pa.concat_tables(pq.read_table(path) for path in sorted((out / "parts").iterdir()))


def more(row):
    return json.loads(row.pop("more") or "{}")


def json_row(row):
    """The output object that a nested row was made of."""
    if row["error"]:
        return {"id": row["id"], "error": {"type": row["error"], "message": row["message"]}}
    entities = [
        {**entity, "links": [link | more(link) for link in entity["links"]], **extra}
        for entity in row["entities"]
        for extra in [more(entity)]
    ]
    made = []
    for record in row["records"]:
        kind = RECORDS[record["kind"]]
        shown = {"kind": kind.name}
        for field in record["fields"]:
            name = field.pop("name")
            if name in kind.many:
                shown.setdefault(name, []).append(field)
            else:
                shown[name] = field
        if record["parent"] is not None:
            made[record["parent"]].setdefault(record["under"], []).append(shown)
        made.append(shown)
    top = [made[n] for n, record in enumerate(row["records"]) if record["parent"] is None]
    keys = {"id": row["id"], "source": row["source"], "entities": entities, "records": top}
    return keys | {"warnings": row["warnings"], "offsets": "codepoint"}


@pytest.fixture
def inputs(some_files):
    return [some_files, SAMPLES]


def test_nested_parquet_holds_all_of_the_json(kit, inputs, tmp_path):
    kit.start(inputs, tmp_path / "lines")
    kit.start(inputs, tmp_path / "table", recipe=kit.recipe_of(form="parquet"))
    found = tables_of(tmp_path / "table")
    assert found.schema.metadata == {b"decloak.schema": b"nested/1"}
    assert [json_row(row) for row in found.to_pylist()] == kit.rows_of(tmp_path / "lines")
    assert list(verify(tmp_path / "table")) == []


def test_flat_parquet_counts_the_same(kit, inputs, tmp_path):
    kit.start(inputs, tmp_path / "lines")
    event = kit.start(inputs, tmp_path / "flat", recipe=kit.recipe_of(form="parquet", flat=True))
    found = tables_of(tmp_path / "flat").to_pylist()
    kinds = [row["row"] for row in found]
    assert kinds.count("document") == event.now.documents
    assert kinds.count("failure") == event.now.failures == 1
    rows = [row for row in kit.rows_of(tmp_path / "lines") if "error" not in row]
    entities = [entity for row in rows for entity in row["entities"]]
    shown = [row for row in found if row["row"] == "entity"]
    for key in ("label", "start", "end", "value", "confidence"):
        assert [row[key] for row in shown] == [entity[key] for entity in entities]
    fields = json.dumps([row["records"] for row in rows]).count('"start":')
    assert sum(row["field"] is not None for row in found) == fields
    assert list(verify(tmp_path / "flat")) == []


@pytest.mark.parametrize("options", [{"form": "parquet"}, {"compressed": True}], ids=str)
def test_the_same_bytes_twice(kit, inputs, tmp_path, options):
    for name in ("one", "two"):
        kit.start(inputs, tmp_path / name, recipe=kit.recipe_of(**options))
    assert kit.parts_of(tmp_path / "one") == kit.parts_of(tmp_path / "two")
    assert list(verify(tmp_path / "one")) == []


def test_zstd_holds_the_lines(kit, inputs, tmp_path):
    kit.start(inputs, tmp_path / "lines")
    kit.start(inputs, tmp_path / "small", recipe=kit.recipe_of(compressed=True))
    for part in (tmp_path / "lines" / "parts").iterdir():
        packed = tmp_path / "small" / "parts" / f"{part.name}.zst"
        with pa.input_stream(packed, compression="zstd") as stream:
            assert stream.read() == part.read_bytes()


def test_forms_that_do_not_go_together_are_refused(kit):
    for options in ({"flat": True}, {"compressed": True, "form": "parquet"}):
        with pytest.raises(SettingsError, match="--flat is for Parquet"):
            kit.recipe_of(**options)


@pytest.mark.parametrize("schema", [nested_schema, flat_schema])
def test_the_docs_name_every_column(schema):
    page = DOCS.read_text("utf-8")
    for name in schema().names:
        assert f"`{name}`" in page


SNIPPETS = re.findall(r"```python\n(import (\w+)\n.*?)```", DOCS.read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize(("code", "library"), SNIPPETS, ids=lambda each: each.split()[-1])
def test_three_lines_of_the_docs_read_it(kit, tmp_path, monkeypatch, capsys, code, library):
    pytest.importorskip(library)
    kit.start([SAMPLES], tmp_path / "run1", recipe=kit.recipe_of(form="parquet"))
    kit.start([SAMPLES], tmp_path / "run2", recipe=kit.recipe_of(form="parquet", flat=True))
    monkeypatch.chdir(tmp_path)
    exec(compile(code, library, "exec"), {})
    assert capsys.readouterr().out.strip() not in {"", "[]"}
