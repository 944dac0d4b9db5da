"""Refinement: the model may word the instruction anew, once, and only with every slot in place."""

from __future__ import annotations

import pytest

from decloak.core.document import Document
from decloak.core.errors import ModelReplyError
from decloak.identify.refine import refine
from decloak.identify.select import instructions, templates
from decloak.llm import Line, Scripted
from decloak.options import Settings
from decloak.pipeline import Pipeline

TEMPLATE = templates()[0]
GOOD = "Report on what stands between the lines [boundary]; cover [focus] and name [labels]. Only the report."


def test_a_wording_with_all_slots_is_taken():
    model = Scripted(f'"{GOOD}"')
    assert refine(model.complete, instructions(), TEMPLATE, seed=1) == (GOOD, True, "")
    assert "nmap-host" in model.asked[0].text
    assert "DATA-" not in model.asked[0].text


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (GOOD.replace("[labels]", "labels"), "slots lost or added"),
        (GOOD + " [system prompt]", "slots lost or added"),
        ("[boundary][focus][labels]", "too short or too long"),
        (GOOD + " Please." * 200, "too short or too long"),
        (Line(ModelReplyError("x", "empty reply")), "empty reply"),
    ],
)
def test_any_other_is_refused_and_the_old_one_stands(said, reason):
    made = refine(Scripted(said).complete, instructions(), TEMPLATE, seed=1)
    assert made == (instructions().narrate, False, reason)


def test_the_new_wording_is_used_and_asked_for_once():
    text = "Nmap scan report for 192.0.2.1\n22/tcp open ssh\n"
    told = "The host 192.0.2.1 has port 22/tcp open; it runs ssh."
    model = Scripted(Line(GOOD, when="Rewrite the instruction"), Line(told, again=True))
    pipeline = Pipeline(
        Settings(llm_refine=True, llm_mode="narrative", llm_critique=False, trace=True), model
    )
    for _ in range(2):
        result = pipeline.run(Document("-", text))
        assert result.identification["rounds"][0]["omissions"] == []
    assert len(model.asked) == 3
    assert "cover each host" in model.asked[1].messages[-1].content
