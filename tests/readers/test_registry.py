from __future__ import annotations

import json
import subprocess
import sys
import types
from collections.abc import Iterator

import pytest

from decloak.core.document import Document
from decloak.core.registry import Registry
from decloak.core.result import Failure
from decloak.core.serialise import result_output
from decloak.core.source_map import Anchors
from decloak.export import EXPORTERS, Shape
from decloak.pipeline import Pipeline
from decloak.readers import read, registry
from decloak.readers.base import Context, Limits, ReadOptions
from decloak.readers.registry import ENTRIES, Entry, names


class Sections:
    """A format of the tests: sections parted by a line of ``%``, the first one its own text."""

    name = "sections"

    def knows(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the protocol has it
        return head.startswith(b"%sections\n")

    def read(self, data: bytes, context: Context) -> Iterator[Document | Failure]:
        own, *parts = data.removeprefix(b"%sections\n").split(b"\n%\n")
        if own == b"library":
            import no_such_library  # noqa: F401
        text = own.decode()
        yield Document(context.name, text, source_map=Anchors([0, 4], [None, {"section": 1}]))
        for number, part in enumerate(parts, 2):
            yield from context.inside(str(number), part)
        if own == b"broken":
            raise KeyError(own)


@pytest.fixture
def found(monkeypatch, tmp_path):
    entries: Registry[Entry] = Registry("reader")
    entries.add(Entry("sections", (b"%sections",), extra="documents"))
    module = types.ModuleType("decloak.readers.sections")
    module.READER = Sections()
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(registry, "ENTRIES", entries)

    def run(data: bytes, options: ReadOptions | None = None):
        path = tmp_path / "input"
        path.write_bytes(data)
        made = list(read([str(path)], (), options or ReadOptions()))
        return [(each.id.removeprefix(str(path)), each) for each in made]

    return run


def test_every_entry_leads_to_the_reader_of_its_name():
    for entry in ENTRIES:
        assert entry.load().name == entry.name


def test_a_reader_that_knows_the_content_makes_the_document_and_hands_its_parts_on(found):
    nested = b"%sections\ninner 192.0.2.7\n%\ndeep"
    made = found(b"%sections\nsee 192.0.2.1\n%\n" + b'{"text": "row"}\n{"text": "two"}' + b"\n%\n")
    assert [name for name, _ in made] == ["", "/2:1", "/2:2", "/3"]
    assert [each.text for _, each in made] == ["see 192.0.2.1", "row", "two", ""]
    assert made[0][1].source_map.places(4, 13) == ({"section": 1},)
    [(_, outer), (name, inner)] = found(
        b"%sections\nown\n%\n" + nested.replace(b"\n%\n", b"\n%%\n")
    )
    assert (outer.text, name) == ("own", "/2")
    assert inner.text.startswith("inner")


def test_a_user_may_insist_on_a_reader_or_on_none(found):
    data = b"%sections\nsee\n%\nmore"
    [(_, document)] = found(data, ReadOptions(reader="text"))
    assert (document.text, document.source_map) == (data.decode(), None)
    [(_, document)] = found(b"see", ReadOptions(reader="sections"))
    assert document.source_map is not None
    [(_, failure)] = found(data, ReadOptions(reader="none"))
    assert "known: text, jsonl, lines, sections" in failure.message
    [(_, failure)] = found(b"no json", ReadOptions(reader="jsonl"))
    assert "not JSON" in failure.message


def test_a_missing_library_names_the_extra_and_costs_nothing_else(found):
    [(_, first), (_, failure)] = found(b"%sections\nx\n%\n%sections\nlibrary")
    assert first.text == "x"
    assert failure.error == "ToolError"
    assert "no_such_library is not installed: pip install 'decloak[documents]'" in failure.message


def test_an_error_within_a_reader_is_the_failure_of_its_input(found):
    (_, first), (name, failure) = found(b"%sections\nbroken")
    assert first.text == "broken"
    assert (name, failure.error) == ("", "InternalError")


def test_limits_are_named(found):
    made = found(b"%sections\nx\n%\n%sections\nx", ReadOptions(limits=Limits(depth=0)))
    assert "the limit is 0" in made[1][1].message
    made = found(b"%sections\nx" + b"\n%\ny" * 3, ReadOptions(limits=Limits(parts=2)))
    assert "more than 2 parts" in made[-1][1].message
    made = found(b"%sections\nx\n%\n" + bytes(100), ReadOptions(limits=Limits(unpacked=99)))
    assert "longer than 99 bytes" in made[-1][1].message


def test_places_stand_in_the_output_only_where_a_reader_made_the_text(found):
    [(_, document)] = found(b"%sections\nsee 192.0.2.1")
    for given, places in ((document, [{"section": 1}]), (Document("-", document.text), None)):
        result = Pipeline().run(given)
        [entity] = result_output(result)["entities"]
        assert entity.get("places") == places
        assert json.loads("".join(EXPORTERS.get("jsonl").render(result, Shape())))["entities"] == [
            entity
        ]


def test_text_imports_no_reader():
    code = (
        "import sys; from decloak.readers import read; [d] = read([sys.argv[1]]);"
        "print(*(m for m in sys.modules if m.startswith('decloak.readers.')))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code, "-"],
        input="192.0.2.1 up\n",
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not {f"decloak.readers.{name}" for name in names()} & set(loaded)
