"""Views: what they keep, and that labels follow."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decloak.corpus.prompts import joined, prompted
from decloak.corpus.sample import Label, Sample
from decloak.corpus.views import VIEWS
from decloak.corpus.views.base import Page

VALUES = {"DOMAIN": "web01.corp.example", "IP_ADDRESS": "192.0.2.10", "VERSION": "8.4p1 Debian 5",
          "ORGANIZATION": "Quarry Lane Pottery Ltd"}  # fmt: skip


@st.composite
def pages(draw) -> Page:
    """Lines with entities, tabs, headings and columns."""
    text, labels = "", []
    for _ in range(draw(st.integers(1, 25))):
        for _ in range(draw(st.integers(0, 4))):
            text += (
                draw(
                    st.sampled_from(
                        (" ", "\t", "  |  ", "PORT  STATE ", "Registrar: ", "x" * 30 + " ", "(")
                    )
                )
                or " "
            )
            label = draw(st.sampled_from((*VALUES, "")))
            if label and not (text and text[-1].isalnum()):
                labels.append(
                    Label(len(text), len(text) + len(VALUES[label]), label, VALUES[label], "t:f@h")
                )
                text += VALUES[label] + draw(st.sampled_from((" ", "\t", ")", ";")))
        text += draw(st.sampled_from(("\n", "\n", "\n\n", " \n")))
    return Page(text, tuple(labels))


@pytest.mark.parametrize("name", VIEWS)
@settings(max_examples=60)
@given(page=pages(), seed=st.integers(0, 1 << 30))
def test_labels_follow_every_view(name, page, seed):
    made = VIEWS[name][0](page, random.Random(seed))
    if made is None:
        return
    assert Sample("x", made.text, "nmap", "g", made.labels).problems() == []
    for each in made.labels:
        surface = made.text[each.start : each.end]
        if not each.provenance.startswith("view:"):
            assert "".join(surface.split()) == "".join(each.value.split())
    if name not in {"excerpt", "cut_off"}:
        kept = [e for e in made.labels if not e.provenance.startswith("view:")]
        assert [e[2:] for e in kept] == [e[2:] for e in page.labels]
    again = VIEWS[name][0](page, random.Random(seed))
    assert made == again


def test_lines_are_joined_as_in_the_published_example():
    text = "Nmap scan report for a.example (192.0.2.1)\nHost is up.\n\nPORT   STATE\n22/tcp open\n"
    texts = {
        VIEWS["collapsed"][0](Page(text, ()), random.Random(s)).text.rstrip("\n") for s in range(20)
    }
    assert (
        "Nmap scan report for a.example (192.0.2.1). Host is up. PORT STATE. 22/tcp open" in texts
    )


def test_headings_are_translated_and_values_are_not():
    text = "PORT  STATE SERVICE\nRegistrar: PORT\n"
    page = Page(text, (Label(text.rindex("PORT"), len(text) - 1, "ORGANIZATION", "PORT", "p"),))
    texts = [VIEWS["translated"][0](page, random.Random(s)) for s in range(30)]
    assert any("PUERTO" in made.text for made in texts)
    assert all(made.text[e.start : e.end] == "PORT" for made in texts for e in made.labels)


def test_a_prompt_shows_the_command_and_labels_its_arguments():
    page = Page("Host is up\n", (Label(8, 10, "STATUS", "up", "p"),))
    command = (
        "/usr/bin/nmap",
        "-sV",
        "-p",
        "22",
        "-oN",
        "/tmp/a.nmap",
        "192.0.2.10",
        "web.example",
    )
    made = prompted(page, command, random.Random(1))
    said = [(e.label, made.text[e.start : e.end]) for e in made.labels]
    assert said == [
        ("FILE_PATH", "/tmp/a.nmap"),
        ("IP_ADDRESS", "192.0.2.10"),
        ("DOMAIN", "web.example"),
        ("STATUS", "up"),
    ]
    assert "nmap -sV -p 22 -oN" in made.text
    dig = prompted(
        page, ("dig", "@192.0.2.53", "-p", "5353", "corp.example", "MX"), random.Random(2)
    )
    assert [e.label for e in dig.labels] == ["IP_ADDRESS", "PORT", "DOMAIN", "STATUS"]
    assert prompted(page, ("curl", "https://x.example"), random.Random(1)) is None
    assert prompted(page, (), random.Random(1)) is None


def test_several_outputs_stand_in_one_file():
    one = Page("up\n", (Label(0, 2, "STATUS", "up", "p"),))
    made = joined([one, one, one], random.Random(4))
    assert [made.text[e.start : e.end] for e in made.labels] == ["up"] * 3
