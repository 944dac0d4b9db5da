"""CoNLL and DocBin: tokens that end where entities do, and the same entities when read back."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import decloak
from decloak.core.entity import Entity, Status
from decloak.core.errors import ToolError
from decloak.core.result import Result
from decloak.export import EXPORTERS, Shape
from decloak.export.sanitise import restore
from decloak.export.spacy_docs import docbin

REPORT = (
    "hxxps://cdn[.]evil[.]example/a asked 192.0.2.7:443 \u202e and\tg00gle.com, twice:\n192.0.2.7"
)


def of(text, *spans):
    entities = (
        Entity("DOMAIN", a, b, text[a:b], text[a:b], "x", 0.9, Status.ACCEPTED, ("test",))
        for a, b in spans
    )
    return Result("-", "prose", text, tuple(entities), (), ())


def read(text):
    """Read CoNLL back: the surfaces of entities, without white space."""
    found = []
    for line in text.splitlines():
        if not line or line.startswith("# id = "):
            continue
        token, tag = line.split("\t")
        if tag.startswith("B-"):
            found.append([tag[2:], restore(token)])
        elif tag.startswith("I-"):
            found[-1][1] += restore(token)
    return [tuple(each) for each in found]


def test_conll_has_the_entities():
    result = decloak.extract(REPORT, tagger="off", nested=True)
    told = "".join(EXPORTERS.get("conll").render(result, Shape()))
    plain = decloak.extract(REPORT, tagger="off")
    assert read(told) == [(each.label, "".join(each.text.split())) for each in plain.entities]
    assert told.endswith("\n\n")


@given(
    text=st.text(min_size=1, max_size=30),
    edges=st.lists(st.integers(0, 30), max_size=6, unique=True),
)
def test_conll_of_any_text_is_read_back(text, edges):
    cuts = sorted(edge for edge in edges if edge <= len(text))
    spans = [
        (a, b)
        for a, b in zip(cuts[::2], cuts[1::2], strict=False)
        if text[a:b].strip() == text[a:b]
    ]
    result = of(text, *spans)
    told = "".join(EXPORTERS.get("conll").render(result, Shape()))
    assert read(told) == [("DOMAIN", "".join(text[a:b].split())) for a, b in spans]


def test_a_docbin_has_the_texts_and_the_entities():
    spacy = pytest.importorskip("spacy")
    from spacy.tokens import DocBin

    results = [decloak.extract(text, tagger="off") for text in (REPORT, "", "192.0.2.1")]
    again = DocBin().from_bytes(docbin(results).to_bytes())
    docs = list(again.get_docs(spacy.blank("xx").vocab))
    assert [doc.text for doc in docs] == [each.text for each in results]
    for doc, result in zip(docs, results, strict=True):
        told = [(each.label_, each.start_char, each.end_char) for each in doc.ents]
        assert told == [(each.label, each.start, each.end) for each in result.entities]


def test_without_spacy_a_docbin_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(ToolError, match="pip install spacy"):
        docbin([])
