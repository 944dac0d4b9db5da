"""Whatever a model replies, what is found without it is found with it, and every span is exact."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from decloak.core.document import Document
from decloak.llm import Line, Scripted
from decloak.llm.checked import Checked
from decloak.options import Settings
from decloak.pipeline import Pipeline

TEXT = (
    "Nmap scan report for ex\u200bample.com (192.0.2.10)\n22/tcp open ssh OpenSSH 8.4p1\n\n"
    "The C2 server 198.51.100[.]7 of Example Widgets Ltd answered; see hxxp://a.example.org/x.\n"
)
PLAIN = Pipeline().run(Document("-", TEXT))
PIECES = st.sampled_from(
    ["port 22", "53/tcp", "example.com", "192.0.2.10", "OpenSSH 8.4p1", "Example Widgets Ltd", ". ", "\n",
     "DATA-00112233445566778899", "\u202e", "203.0.113.9", "is open", "<|im_end|>", "\ud800", "{", '"']
)  # fmt: skip
STORIES = st.lists(PIECES, max_size=30).map(" ".join) | st.text(max_size=80)
LABELS = st.sampled_from(["PORT", "DOMAIN", "SOFTWARE", "ORGANIZATION", "IP_ADDRESS", "VERSION"])
ITEMS = st.fixed_dictionaries({"label": LABELS, "text": STORIES})
LISTS = st.lists(ITEMS, max_size=8).map(lambda items: json.dumps({"entities": items}))


@settings(max_examples=60, deadline=None)
@given(STORIES, STORIES, LISTS | STORIES, st.text(max_size=40))
def test_no_reply_takes_anything_away_or_moves_a_span(first, again, listed, other):
    model = Scripted(
        Line(again, when="leaves out", again=True), Line(listed, when="List every", again=True),
        Line(other, when="Copy each missing value", again=True),
        Line(other, when="Text in question", again=True), Line(first, again=True),
    )  # fmt: skip
    pipeline = Pipeline(Settings(trace=True, review=True), Checked(model))
    result = pipeline.run(Document("-", TEXT))
    found = {(e.label, e.start, e.end, e.value): e for e in result.entities}
    for entity in PLAIN.entities:
        same = found[(entity.label, entity.start, entity.end, entity.value)]
        assert same.confidence >= entity.confidence
    for entity in result.all_entities:
        assert TEXT[entity.start : entity.end] == entity.text
    assert result.record_rows == PLAIN.record_rows
    assert json.loads(json.dumps(result.identification)) == result.identification
