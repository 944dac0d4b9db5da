"""The loop: what a narrative leaves out is named, told, or added; what it makes up is refused."""

from __future__ import annotations

import pytest

from decloak.core.document import Document
from decloak.core.errors import ModelReachError, ModelReplyError
from decloak.llm import Line, Scripted
from decloak.llm.checked import Checked
from decloak.options import Settings
from decloak.pipeline import Pipeline

TABLE_3 = (
    "Nmap scan report for example.com (192.0.2.10). Host is up (0.21s latency). "
    "PORT STATE SERVICE VERSION. 22/tcp open ssh OpenSSH 8.4p1 Ubuntu 5. "
    "80/tcp open http nginx 1.18.0. 443/tcp open ssl/https nginx 1.18.0. 53/tcp closed domain."
)


def run(text, *lines, model=..., **settings):
    """Return the result and the scripted model that was asked."""
    given = {f"llm_{key}": value for key, value in settings.items()}
    scripted = Scripted(*lines)
    asked = Checked(scripted) if model is ... else None
    pipeline = Pipeline(Settings(trace=True, review=True, **given), model=asked)
    return pipeline.run(Document("-", text)), scripted


def voices_of(result, label, text):
    [entity] = [e for e in result.entities if (e.label, e.text) == (label, text)]
    return list(entity.evidence)


def test_no_model_is_asked_and_nothing_is_told_without_one():
    result, model = run(TABLE_3, model=None)
    assert result.identification is None
    assert result.ungrounded is None
    assert model.asked == []


FIRST = (
    "The host example.com has the address 192.0.2.10; it is up with a latency of 0.21s.\n"
    "Port 22/tcp is open and runs ssh; the software is OpenSSH, version 8.4p1 (Ubuntu 5).\n"
    "Port 80/tcp is open and runs http with nginx 1.18.0.\n"
    "Port 443/tcp is open and runs ssl/https; it is nginx 1.18.0. PROTOCOL: 2.0."
)
TOLD = FIRST.removesuffix(" PROTOCOL: 2.0.")
LAST = "Port 53/tcp is closed; its service is domain."


def test_the_dropped_port_is_named_to_the_model_and_told():
    result, model = run(TABLE_3, FIRST, LAST, mode="narrative", critique=False)
    first, second = result.identification["rounds"]
    assert first["omissions"] == ["Port 53/tcp has the state closed and the service domain."]
    assert second["omissions"] == []
    assert second["narrative"] == f"{TOLD}\n{LAST}"
    assert [each["ungrounded"] for each in first["removed"]] == [["2.0"]]
    assert result.identification["added"] == []
    assert "Port 53/tcp has the state closed" in model.asked[1].messages[-1].content
    assert set(first) == {"narrative", "removed", "omissions", "usage"}
    assert set(result.identification) == {"template", "rounds", "added"}


def test_a_state_said_of_one_port_is_not_said_of_the_others():
    result, _ = run(
        TABLE_3, FIRST.replace("443/tcp is open and", "443/tcp"), "", mode="narrative", rounds=1
    )
    [only] = result.identification["rounds"]
    assert only["omissions"] == [
        "Port 443 has the state open.",
        "Port 53/tcp has the state closed and the service domain.",
    ]


def test_what_is_said_of_a_port_that_is_not_there_is_not_said_of_another():
    made_up = FIRST.replace("443/tcp is open and", "443/tcp") + "\nPort 8443/tcp is open."
    result, _ = run(TABLE_3, f"{made_up}\n{LAST}", mode="narrative", rounds=1)
    assert result.identification["rounds"][0]["omissions"] == ["Port 443 has the state open."]


def test_what_the_model_never_tells_is_added_and_marked():
    result, _ = run(TABLE_3, FIRST, "I cannot find more.", "Sorry.", mode="narrative")
    assert result.identification["added"] == [
        "Port 53/tcp has the state closed and the service domain."
    ]


def test_a_model_that_repeats_itself_is_not_asked_for_ever():
    result, model = run(TABLE_3, Line(FIRST, again=True), mode="narrative", rounds=10)
    assert len(model.asked) == 2
    assert len(result.identification["added"]) == 1


def test_prose_has_to_name_what_was_found_in_it():
    text = "The loader at 192.0.2.66 contacts update.example.org; samples went to lab@example.com."
    told = "The loader has the address 192.0.2.66."
    result, _ = run(text, told, "It contacts update.example.org.", "OK.", mode="narrative")
    first, second, last = (each["omissions"] for each in result.identification["rounds"])
    assert first == [
        "The text also names the domain update.example.org and the email lab@example.com."
    ]
    assert second == last == ["The text also names the email lab@example.com."]
    assert result.identification["added"] == last


def test_the_critique_names_only_what_the_text_holds():
    told = f"{FIRST}\n{LAST}"
    result, model = run(
        TABLE_3 + "\nNote: maintenance window tonight.", told,
        '{"missing": ["maintenance window", "203.0.113.5", "nginx", "STATE"]}',
        "The note names a maintenance window.", '{"missing": []}', mode="narrative",
    )  # fmt: skip
    first, second = result.identification["rounds"]
    assert first["omissions"] == ["The data also names maintenance window."]
    assert second["omissions"] == result.identification["added"] == []
    assert len(model.asked) == 4


def test_what_is_made_up_is_reported_as_ungrounded_and_is_no_entity():
    listed = '{"entities": [{"label": "IP_ADDRESS", "text": "203.0.113.5"}, {"label": "PORT", "text": "22"}]}'
    result, _ = run(TABLE_3, listed, mode="structured")
    assert [each["text"] for each in result.ungrounded] == ["203.0.113.5"]
    assert all(entity.value != "203.0.113.5" for entity in result.all_entities)
    assert voices_of(result, "PORT", "22") == ["nmap.port.number", "llm.structured"]


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (ModelReachError("nobody there"), "unreachable"),
        (ModelReplyError("nothing", "empty reply"), "empty reply"),
        (ModelReplyError("no JSON", "not JSON", '{"entities": [{"label": "PORT", "te'), "not JSON"),
    ],
)
def test_a_fault_costs_nothing_that_was_found_without_the_model(error, cause):
    plain, _ = run(TABLE_3, model=None)
    result, _ = run(TABLE_3, Line(error, again=True))
    assert [(e.label, e.start, e.end, e.value) for e in result.entities] == [
        (e.label, e.start, e.end, e.value) for e in plain.entities
    ]
    assert any(cause in warning for warning in result.warnings)


def test_a_report_that_was_broken_off_counts_as_far_as_it_goes_and_is_completed():
    said = f"{FIRST}\n" + "Port 443/tcp is open and runs ssl/https; it is nginx 1.18.0. " * 9
    broken = Line(ModelReplyError("it repeated itself", "repetition", said))
    result, model = run(TABLE_3, broken, LAST, mode="narrative", critique=False)
    first, second = result.identification["rounds"]
    assert first["narrative"] == TOLD
    assert first["omissions"] == ["Port 53/tcp has the state closed and the service domain."]
    assert (second["omissions"], result.identification["added"]) == ([], [])
    assert len(model.asked) == 2
    assert ["repetition" in each for each in result.warnings] == [True]


def test_a_json_reply_that_was_cut_off_counts_as_far_as_it_goes():
    reply = '{"entities": [{"label": "PORT", "text": "22"}, {"label": "SOFTWARE", "text": "ngi'
    result, _ = run(TABLE_3, Line(ModelReplyError("cut", "cut off", reply)), mode="structured")
    assert voices_of(result, "PORT", "22") == ["nmap.port.number", "llm.structured"]
    assert "cut off" in result.warnings[0]


def test_a_doubtful_entity_is_asked_about_and_accepted_when_the_samples_agree():
    text = "The agents met Turla-like code in setup.zip and config.sh yesterday."
    plain, _ = run(text, model=None)
    doubtful = [e for e in plain.held_back if e.evidence[-1].startswith("confidence")]
    if not doubtful:
        pytest.skip("nothing is below its threshold here any more")
    label = doubtful[0].label
    said = Line(f'{{"label": "{label}"}}', when="Text in question", again=True)
    empty = Line('{"entities": []}', again=True)
    result, model = run(text, said, empty, mode="structured")
    confirmed = [e for e in result.all_entities if "llm.confirmed" in e.evidence]
    assert confirmed
    seeds = {each.seed for each in model.asked if "Text in question" in each.text}
    assert len(seeds) >= 2
