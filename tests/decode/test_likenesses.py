"""Plain letters near a known name may be another name: told beside the text, never written into it."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak import extract
from decloak.decode import decode
from decloak.evaluation.honest_names.measure import answers
from decloak.indicators.disguise import shows_disguise
from decloak.pipeline import Pipeline

OTHERS = [
    ("Registrar: Linde plc\n", "Linde plc", "Linode plc"),
    ("Registrant Organization: Nokian Tyres\n", "Nokian Tyres", "Nokia Tyres"),
    ("Tech Organization: Contoso Ltd\n", "Contoso Ltd", "Contabo Ltd"),
    ("OrgName: Dropboo, vnc.\n", "Dropboo, vnc.", "Dropbox, Inc."),
    ("80/tcp open http Apahce Tomcat 9.0\n", "Apahce Tomcat", "Apache Tomcat"),
    ("OS details: Widnows Server 2019\n", "Widnows Server 2019", "Windows Server 2019"),
    ("Infections with Remcs have doubled.", "Remcs", "Remcos"),
    ("It is attributed to Gamredon again.", "Gamredon", "Gamaredon"),
    ("They ran Elastcsearch behind it.", "Elastcsearch", "Elasticsearch"),
    # A mark that hides elsewhere in the text, and in the name itself.
    ("1\u200b92.0.2.1 is of\nRegistrar: Lin\u200bde plc\n", "Linde plc", "Linode plc"),
]
SHOWN = [
    ("Registrar: L1node, LLC\n", "Linode, LLC"),
    ("OrgName: Lin*ode\n", "Linode"),
    ("Registrar: Dellll\n", "Dell"),
    ("OrgName: Gooogle Inc.\n", "Google Inc."),
    ("OrgName: Lin\u03bfde\n", "Linode"),
    ("Registrar: L\u200binode, LLC\n", "Linode, LLC"),
    ("OrgName: Lin\u0301od\u0308e\n", "Linode"),
]


@pytest.mark.parametrize(("text", "name", "known"), OTHERS)
def test_plain_letters_keep_their_value_and_resemble_the_known_name(
    text: str, name: str, known: str
) -> None:
    said = {entity.value: entity for entity in extract(text).entities}
    assert (said[name].resembles, said[name].decoded) == (known, name)
    assert known not in decode(text).text


@pytest.mark.parametrize(("text", "known"), SHOWN)
def test_what_shows_a_disguise_is_the_known_name(text: str, known: str) -> None:
    said = {entity.value: entity for entity in extract(text).entities}
    assert said[known].resembles is None


def test_where_a_closed_vocabulary_must_stand_nothing_else_is_meant() -> None:
    said = {
        e.label: e.value for e in extract("22/tcp open shs OpneSSH 7.4\n", tagger="off").entities
    }
    assert (said["SERVICE"], said["SOFTWARE"]) == ("ssh", "OpneSSH")


def test_records_hold_what_stands_there() -> None:
    (record,) = extract("Domain Name: example.com\nRegistrar: Linde plc\n").record_rows
    assert "Linde plc" in str(record)
    assert "Linode" not in str(record)


@pytest.mark.parametrize("strategy", ["consensus", "canonical", "realign"])
@given(
    pieces=st.lists(
        st.sampled_from(["Linde plc", "Registrar: ", "\n", "1\u200b92.0.2.1 ", "MarkMontor", "a[.]b.example ", "x",
                         "22/tcp open shs OpneSSH 7.4", "Op*enSSH ", "Elastcsearch ", "OrgName: Dropboo, vnc."]),
        max_size=12,
    ).map("".join)
)  # fmt: skip
def test_likenesses_are_sorted_apart_and_differ(strategy: str, pieces: str) -> None:
    decoded = decode(pieces, strategy=strategy)
    end = 0
    for each in decoded.likenesses:
        assert end <= each.start < each.end <= len(decoded.text)
        written = decoded.text[each.start : each.end]
        assert written != each.replacement
        assert not shows_disguise(written, each.replacement)
        end = each.end
    assert (decoded.meant == decoded.text) == (not decoded.likenesses)


@given(name=st.text(max_size=12), other=st.text(max_size=12))
def test_a_name_shows_no_disguise_of_itself_and_signs_always_show(name: str, other: str) -> None:
    assert not shows_disguise(name, name)
    assert shows_disguise(name + "*" + other, name + other)


def test_honest_names_keep_their_value() -> None:
    seed = Random(11).randrange(1000)  # repeatable; see `python -m decloak.evaluation honest-names`
    told = list(answers(Pipeline(), seed, 252))
    assert [(each.name, entity.value) for each in told for entity in each.changed] == []
    assert sum(bool(each.said) for each in told) > 180
