"""Where a URL ends, in a sentence that goes on around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import decloak
from decloak.tag.locators import trim_url

TRAILING, PAIRS = ".,;:!?'\"", {")": "(", "]": "[", "}": "{", ">": "<"}


def _twin(text: str) -> int:
    """Count the brackets again for each that is taken off."""
    end = len(text)
    while end:
        char = text[end - 1]
        unopened = char in PAIRS and text.count(char, 0, end) > text.count(PAIRS[char], 0, end)
        if char not in TRAILING and not unopened:
            break
        end -= 1
    return end


@given(st.text("a()[]{}<>.,;", max_size=40))
def test_brackets_that_the_url_did_not_open_are_no_part_of_it(text: str) -> None:
    assert trim_url(text, 0, len(text)) == _twin(text)


def test_many_brackets_are_counted_once() -> None:
    text = "http://a.example/" + ")]" * 500_000  # the twin takes minutes
    assert trim_url(text, 0, len(text)) == len("http://a.example/")


@pytest.mark.parametrize(
    ("line", "mailboxes"),
    [
        ("Message-ID: <20261130081230.A1B2@mail.bank.com>", []),
        ("> In-Reply-To: <a@mail.bank.com>", []),
        ("References: <a@mail.bank.com> <b@mail.bank.com>", []),
        ("X-Message-Id:<a@mail.bank.com>", []),
        ("From: Joe <joe@bank.com>", ["joe@bank.com"]),
        ("Message-ID to Joe <joe@bank.com>", ["joe@bank.com"]),
        ("References: joe@bank.com", ["joe@bank.com"]),
    ],
)
def test_what_identifies_a_message_is_no_mailbox(line: str, mailboxes: list[str]) -> None:
    found = decloak.extract(f"Subject: x\n{line}\nTo: a@soc.com\n", tagger="off").entities
    values = [each.value for each in found if each.label == "EMAIL"]
    assert values == [*mailboxes, "a@soc.com"]


def test_a_message_names_the_host_that_made_it() -> None:
    found = decloak.extract("Message-ID: <a@mail.bank.com>\n", tagger="off").entities
    assert [(each.label, each.value) for each in found] == [("DOMAIN", "mail.bank.com")]
