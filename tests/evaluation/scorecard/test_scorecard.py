"""Scorecards agree with the libraries of the field where these count the same, and explain every error."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nervaluate.evaluator import Evaluator
from seqeval.metrics import f1_score, precision_score, recall_score
from seqeval.scheme import IOB2
from sklearn.metrics import precision_recall_fscore_support

from decloak.core.result import Failure
from decloak.evaluation.labelled import Span
from decloak.evaluation.score import Gold
from decloak.evaluation.scorecard import (
    GoldSet,
    Predictions,
    all_tables,
    load_gold,
    load_predictions,
    measured,
)
from decloak.evaluation.scorecard.card import macro
from decloak.evaluation.scorecard.errors import errors_of
from decloak.evaluation.scorecard.page import page
from decloak.evaluation.scorecard.systems import predicted
from decloak.evaluation.tagger.mentions import Text
from decloak.evaluation.tagger.tally import figures

LABELS = ("DOMAIN", "OS", "MALWARE")
tags = st.lists(
    st.sampled_from(["O", *(f"{p}-{label}" for p in "BI" for label in LABELS)]),
    min_size=1,
    max_size=12,
)


def strict(sequence):
    """Make a sequence of tags valid: what continues nothing begins."""
    made, open_label = [], ""
    for tag in sequence:
        prefix, _, label = tag.partition("-")
        made.append(f"B-{label}" if prefix == "I" and label != open_label else tag)
        open_label = label
    return made


def spans_of(sequence):
    """Spans in a text in which every token is one letter, tokens parted by a blank."""
    found = []
    for place, tag in enumerate(sequence):
        prefix, _, label = tag.partition("-")
        if prefix == "B":
            found.append([2 * place, 2 * place + 1, label])
        elif prefix == "I":
            found[-1][1] = 2 * place + 1
    return [tuple(each) for each in found]


def text_of(sequence, name="t"):
    text = " ".join("x" * len(sequence))
    gold = tuple(Gold(s, e, label, f"{label}{s}") for s, e, label in spans_of(sequence))
    return Text(name, "test", text, gold)


def said_of(sequence):
    return tuple(Span(s, e, label, f"{label}{s}") for s, e, label in spans_of(sequence))


def card_of(pairs):
    texts = tuple(text_of(known, f"t{i}") for i, (known, _) in enumerate(pairs))
    return measured(GoldSet(texts), Predictions("s", tuple(said_of(each) for _, each in pairs)))


both = st.tuples(tags, tags).map(
    lambda pair: [strict(each[: min(map(len, pair))]) for each in pair]
)


@given(pairs=st.lists(both, min_size=1, max_size=5))
def test_exact_figures_are_those_of_seqeval(pairs):
    known, said = [list(side) for side in zip(*pairs, strict=True)]
    made = figures(card_of(pairs).tally.exact)
    for ours, theirs in (
        (made.precision, precision_score),
        (made.recall, recall_score),
        (made.f1, f1_score),
    ):
        assert (ours or 0.0) == pytest.approx(
            theirs(known, said, mode="strict", scheme=IOB2, zero_division=0)
        )


@given(pairs=st.lists(both, min_size=1, max_size=5))
def test_exact_counts_are_those_of_nervaluate(pairs):
    """Its `strict`; its `ent_type` pairs one prediction with two gold entities and is not followed."""
    known, said = [list(side) for side in zip(*pairs, strict=True)]
    result = Evaluator(known, said, tags=list(LABELS), loader="list").evaluate()["overall"][
        "strict"
    ]
    made = card_of(pairs).tally.exact.sum(axis=(0, 1))
    assert result.correct == made[0]


@given(pairs=st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1))
def test_with_the_same_boundaries_labels_are_scored_as_scikit_learn_does(pairs):
    card = card_of([([f"B-{one}"], [f"B-{other}"]) for one, other in pairs])
    known, said = zip(*pairs, strict=True)
    *_, micro, _ = precision_recall_fscore_support(known, said, average="micro", zero_division=0)
    present = sorted(set(known))
    *_, mean, _ = precision_recall_fscore_support(
        known, said, average="macro", labels=present, zero_division=0
    )
    assert figures(card.tally.exact).f1 == pytest.approx(micro)
    assert macro(card.tally.exact) == pytest.approx(mean)


@given(pair=both)
def test_every_error_is_named_once_and_nothing_else(pair):
    known, said = pair
    gold = GoldSet((text_of(known),))
    mine = Predictions("s", (said_of(said),))
    errors = list(errors_of(gold, mine))
    right = {(each.start, each.end, each.label) for each in gold.texts[0].gold} & set(
        spans_of(said)
    )
    assert sorted((e.gold.start, e.gold.end, e.gold.label) for e in errors if e.gold) == sorted(
        set(spans_of(known)) - right
    )
    assert sorted((e.said.start, e.said.end, e.said.label) for e in errors if e.said) == sorted(
        set(spans_of(said)) - right
    )
    for each in errors:
        if each.kind == "boundary":
            assert each.gold.label == each.said.label
        if each.kind == "label":
            assert each.gold.label != each.said.label


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_predictions_are_joined_by_id_and_what_is_held_back_explains_a_loss(tmp_path):
    gold = load_gold([write(
        tmp_path / "gold.jsonl",
        {"id": "a", "text": "APT28 and Hive", "entities": [[0, 5, "THREAT_ACTOR"], [10, 14, "MALWARE"]]},
        {"id": "b", "text": "nothing", "entities": []},
    )])  # fmt: skip
    said = load_predictions("mine", write(
        tmp_path / "said.jsonl",
        {"id": "a", "entities": [
            {"start": 0, "end": 5, "label": "THREAT_ACTOR", "confidence": 0.9, "status": "accepted"},
            {"start": 10, "end": 14, "label": "MALWARE", "confidence": 0.4, "status": "review",
             "evidence": ["lexicon.name", "below 0.85"]}]},
        {"id": "z", "entities": []},
    ), gold)  # fmt: skip
    (error,) = errors_of(gold, said)
    assert (error.kind, error.stage, error.reason) == ("missed", "held back", "review: below 0.85")
    assert [each.reason.partition(";")[0] for each in said.problems] == [
        "the id 'z' is no row of the gold", "1 of 2 rows have no prediction: nothing was found in them",
    ]  # fmt: skip


def test_attack_success_counts_what_was_found_clean(tmp_path):
    gold = load_gold([write(
        tmp_path / "gold.jsonl",
        {"id": "a", "text": "evil.com evil.org", "entities": [[0, 8, "DOMAIN"], [9, 17, "DOMAIN"]]},
        {"id": "b", "clean": "a", "families": ["defang"], "text": "evil[.]com evil[.]org",
         "entities": [[0, 10, "DOMAIN"], [11, 21, "DOMAIN"]]},
    )])  # fmt: skip
    said = Predictions(
        "s", ((Span(0, 8, "DOMAIN"), Span(9, 17, "DOMAIN")), (Span(11, 21, "DOMAIN"),))
    )
    card = measured(gold, said)
    assert card.lost == {"defang": (1, 2)}
    assert any(table.title.startswith("Attack success") for table in all_tables(gold, [card, card]))


def test_a_text_that_fails_is_scored_as_nothing_found():
    gold = GoldSet((text_of(["B-OS"]),))

    def run(documents):
        return (Failure(each.id, "InternalError", "a bug") for each in documents)

    said = predicted("s", gold, run)
    assert said.said == ((),)
    assert "a bug" in said.problems[0].reason


@given(text=st.text(min_size=1, max_size=80), name=st.text(max_size=20))
def test_no_text_becomes_markup_on_the_page(text, name):
    hostile = f"</script><script>alert(1)</script><!--{text}"
    gold = GoldSet((Text(name, hostile, hostile, (Gold(0, len(hostile), "OS", hostile),)),))
    said = Predictions(hostile, ((Span(0, 1, "DOMAIN", hostile, evidence=(hostile,)),),))
    made = page(gold, [said], all_tables(gold, [measured(gold, said)])[0], hostile)
    assert made.count("<script") == 2
    assert made.count("</script") == 2
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', made, re.DOTALL)
    (error,) = json.loads(block[1])["errors"]
    assert error["context"] == hostile
    assert error["said"]["evidence"] == [hostile]
