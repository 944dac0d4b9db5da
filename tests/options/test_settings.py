"""Settings: a value that survives every way it is carried, and one rule for its flat keywords."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import decloak
from decloak.core.labels import LABELS
from decloak.options import Settings, complaints, leaves
from decloak.options.model import keywords

VALUES = {
    "labels": st.frozensets(st.sampled_from(sorted(LABELS)), min_size=1),
    "nested": st.booleans(),
    "min_confidence": st.floats(0, 1),
    "strategy": st.sampled_from(["consensus", "canonical", "realign", "off"]),
    "tagger": st.sampled_from(["auto", "auto:2x", "off"]),
    "llm": st.sampled_from(["gguf:x", "openai:y"]),
    "llm_price": st.tuples(st.floats(0, 100), st.floats(0, 100)),
    "llm_cache": st.sampled_from(["a", "/b/c"]),
    "llm_rounds": st.integers(1, 10),
}
SETTINGS = st.fixed_dictionaries({}, optional=VALUES)


@given(SETTINGS, SETTINGS)
def test_settings_are_the_same_after_every_journey(first, second):
    one, other = Settings(**first), Settings(**second)
    for back in (
        pickle.loads(pickle.dumps(one)),
        Settings.model_validate_json(one.model_dump_json()),
        Settings(**one.model_dump()),
        one.updated(),
    ):
        assert back == one
        assert hash(back) == hash(one)
        assert back.digest == one.digest
    assert (one == other) == (one.digest == other.digest)
    assert one.updated(**second) == Settings(**(first | second))


def test_the_digest_does_not_hang_on_the_order_of_labels():
    assert (
        Settings(labels=["URL", "DOMAIN", "CVE"]).digest
        == Settings(labels=("CVE", "url", "DOMAIN")).digest
    )


def test_every_option_has_one_flat_keyword_at_least_and_none_has_two_meanings():
    known = keywords()
    assert {leaf for leaf, _ in known.values()} == set(leaves())
    assert not set(known) & set(Settings.model_fields)
    for leaf in leaves():
        default = getattr(getattr(Settings(), leaf.group), leaf.name)
        assert Settings(**{f"{leaf.group}_{leaf.name}": default}) == Settings()
        assert Settings.model_validate({leaf.group: {leaf.name: default}}) == Settings()


def test_every_option_says_what_it_is_and_what_it_takes():
    for leaf in leaves():
        assert leaf.field.description, leaf.key
        assert leaf.allowed() != "text", leaf.key


def test_an_old_keyword_says_the_new_one():
    with pytest.warns(DeprecationWarning, match="decode_neural"):
        assert Settings(decode_model=True).decode.neural


def test_flat_keywords_reach_extract():
    found = decloak.extract(
        "see http://a.example.com/x", tagger="off", labels=["DOMAIN"], nested=True
    )
    assert {entity.label for entity in found.entities} == {"DOMAIN"}


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"llm_rounds": 40}, "llm.rounds: 40 is not allowed; allowed: a whole number from 1 to 10"),
        (
            {"labels": ["IPADDRESS"]},
            "output.labels: unknown label 'IPADDRESS'; did you mean IP_ADDRESS",
        ),
        ({"labels": []}, "no label is named"),
        ({"nestd": True}, "unknown option 'nestd'; did you mean"),
        ({"llm": {"round": 1}}, "unknown option 'llm.round'; did you mean llm.rounds"),
        ({"reading": 3, "source": "nmap"}, "unknown option 'reading'"),
        ({"tagger": "sometimes"}, "tagger.mode: 'sometimes' is not allowed; allowed: auto,"),
        ({"llm_price": (1, -1)}, "llm.price: -1 is not allowed; allowed: two numbers"),
        ({"llm_max_cost": float("nan")}, "llm.max_cost"),
    ],
    ids=str,
)
def test_wrong_values_are_refused_in_words(wrong, complaint):
    with pytest.raises(ValidationError) as caught:
        Settings(**wrong)
    [said] = complaints(caught.value)
    assert complaint in said


def test_the_keywords_of_type_checkers_are_those_of_the_settings():
    import decloak.options.keywords as written
    from decloak.options.made import module

    def plain(text):
        return re.sub(r"[\s,()]", "", text).replace("'", '"')

    assert plain(Path(written.__file__).read_text("utf-8")) == plain(module()), (
        "run scripts/generated"
    )
    annotated = written.Keywords.__annotations__.keys() - Settings.model_fields.keys()
    assert annotated == {name for name, (_, former) in keywords().items() if not former}
