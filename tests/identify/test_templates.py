"""Templates: there is one for every source and category, and its examples are true."""

from __future__ import annotations

import re

import pytest

from decloak.core.document import Document
from decloak.core.labels import LABELS
from decloak.identify.context import CATEGORIES, SOURCES, Context
from decloak.identify.places import fold, names
from decloak.identify.select import SLOT, fill, instructions, select, templates
from decloak.llm.scripted import Line, Scripted
from decloak.options import Settings
from decloak.pipeline import Pipeline

ALL = templates()


def _context(source, category, disguises=()):
    return Context(source, "", category, ("DOMAIN",), tuple(disguises), 100, ())


def test_every_source_and_category_has_its_own_template():
    assert [each.name.partition("@")[0] for each in ALL] == [
        f"{source}-{category}" for source in SOURCES for category in CATEGORIES
    ]
    assert all(re.fullmatch(r"[a-z]+-[a-z]+@[1-9]\d*", each.name) for each in ALL)


@pytest.mark.parametrize("template", ALL, ids=lambda each: each.name)
def test_examples_name_what_stands_in_their_data_and_nothing_else(template):
    for example in template.examples:
        for label, text in example.entities:
            assert label in LABELS
            assert text in example.data
            assert names(fold(example.narrative), text)
        # Every number of the narrative is in the data: an example that invents teaches inventing.
        for number in re.findall(r"\d+(?:\.\d+)*", example.narrative):
            assert number in example.data or number in "1 2 4 6", number


THINGS = {
    "CVE": r"CVE", "CPE": r"CPE", "OS": r"operating system", "MAC_ADDRESS": r"\bMAC\b", "URL": r"\blinks?\b|URL",
    "EMAIL": r"e-mail|mailbox", "ASN": r"autonomous", "HASH": r"hash|fingerprint", "CIDR": r"network range",
    "MALWARE": r"malware", "ORGANIZATION": r"organi[sz]ation|vendor|provider",
}  # fmt: skip


@pytest.mark.parametrize("template", ALL, ids=lambda each: each.name)
def test_a_thing_that_a_text_may_lack_is_asked_for_only_where_it_was_found(template):
    for label, words in THINGS.items():
        asked = [other for other in LABELS if re.search(words, template.covering({other}))]
        assert asked in ([], [label]) or (label, asked) == ("ORGANIZATION", ["MAC_ADDRESS"])
    assert {label for label, _ in template.also} <= set(LABELS)
    assert template.covering(()) == template.focus


def test_a_report_is_asked_for_what_was_found_and_for_nothing_else():
    text = (
        "Nmap scan report for 192.0.2.1\nHost is up (0.1s latency).\n22/tcp open ssh OpenSSH 9.1\n"
    )
    lacking = sent(text)
    assert "MAC" not in lacking
    assert "HOSTNAME" not in lacking
    assert re.search(r"Kinds of things in it: .*\bSERVICE\b", lacking)
    assert "Also: the MAC address with its vendor." in sent(
        f"{text}MAC Address: 00:00:5E:00:53:1A (Example Networks)\n"
    )


def sent(text):
    model = Scripted(Line("The host 192.0.2.1 is up.", again=True))
    settings = Settings(llm_mode="narrative", llm_rounds=1, llm_critique=False)
    Pipeline(settings, model).run(Document("-", text))
    asked = model.asked[0].messages[-1].content
    return asked.rpartition("DATA-")[2]


@pytest.mark.parametrize("template", ALL, ids=lambda each: each.name)
def test_only_reserved_names_and_addresses_are_in_examples(template):
    reserved = re.compile(r"192\.0\.2\.|198\.51\.100\.|203\.0\.113\.")
    for example in template.examples:
        for address in re.findall(r"\b\d+\.\d+\.\d+\.\d+\b", example.data):
            assert reserved.match(address), address


def test_instructions_have_no_unknown_slot():
    wording = instructions()
    for name in ("rules", "narrate", "again", "critique", "extract", "monolithic", "confirm"):
        text = getattr(wording, name)
        assert len(re.findall(r"\[[^\]]*\]", text)) == len(SLOT.findall(text)), name


def test_a_bent_text_gets_the_example_of_a_bent_text():
    clean = select(_context("nmap", "host"))[1]
    bent = select(_context("nmap", "host", ["collapsed"]))[1]
    assert clean.disguises == ()
    assert "collapsed" in bent.disguises


def test_slots_are_filled_in_one_pass_so_that_a_value_is_never_read_for_slots():
    assert fill("[labels] in [focus]", labels="[focus]", focus="x") == "[focus] in x"
