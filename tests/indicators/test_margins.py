"""Margins: what stands before every line is seen, and nothing else is taken for it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.document import View
from decloak.indicators.margins import margins_of, without_margins

LINES = ["22/tcp open ssh", "Registrar: Example Inc.", "  80/tcp open http", "| banner: hello"]


def margins(text: str) -> list[str]:
    return [text[start:end] for start, end in margins_of(View(text), 0, len(text))]


@pytest.mark.parametrize(
    "before",
    [
        "2026-01-02T03:04:05Z ",
        "2026-01-02T03:04:05.123456789Z ",
        "2026-01-02 03:04:05,678 INFO ",
        "[2026-01-02 03:04:05+01:00] ",
        "2026/01/02 03:04:05 ",
        "[03:04:05] ",
        "03:04 ",
        "3:04 PM ",
        "| 2026-01-02 03:04:05 ",
        "> [03:04] ",
        "Jan  2 03:04:05 ",
        "03:04 <olu> ",
        "03:04 mira | ",
        "mira 03:04 ",
        "@kofi ",
        "<kofi> ",
        "web_1  | ",
    ],
)
def test_the_same_margin_on_every_line(before: str) -> None:
    text = "".join(f"{before}{line}\n" for line in LINES)
    assert margins(text) == [before] * len(LINES)
    blank = "".join(f"{' ' * len(before)}{line}\n" for line in LINES)
    assert without_margins(View(text)).text == blank


@pytest.mark.parametrize(
    "form", ["{:6}\t", "{}:", "{}: ", "[{}] ", "{} | ", "  {} | ", "a.txt:{}:"]
)
def test_line_numbers_count(form: str) -> None:
    text = "".join(form.format(8 + row) + line + "\n" for row, line in enumerate(LINES))
    found = [each.strip() for each in margins(text)]
    assert found == [form.format(8 + row).strip() for row in range(len(LINES))]


def test_numbers_that_do_not_count_are_text() -> None:
    assert margins("10: mail\n20: backup\n30: other\n") == []
    assert margins("1   0.03 ms a\n2   0.03 ms b\n3   0.03 ms c\n") == []
    assert margins("a-1: up\nb-2: up\nc-3: up\nd:4: up\n") == []
    assert margins("2001:db8::1\n2001:db8::2\n2001:db8::3\n2001:db8::4\n") == []


def test_a_syslog_header_with_the_program_that_wrote_it() -> None:
    before = "<14>Jan 12 03:04:05 scanner[812]: "
    assert margins(f"{before}Host is up.\n" * 6) == [before] * 6


def test_a_field_behind_a_time_stamp_is_no_speaker() -> None:
    lines = ["Registrar: Example Inc.", "nserver: ns1.example.com", "nserver: ns2.example.com"]
    text = "".join(f"03:04:05 {line}\n" for line in lines)
    assert margins(text) == ["03:04:05 "] * 3


def test_two_lines_are_not_enough() -> None:
    assert margins("03:04:05 one\n03:04:06 two\n\nthree\n") == []


def test_blank_lines_and_bare_margins_do_not_end_a_row() -> None:
    text = "03:04:05 one\n\n03:04:06\n03:04:07 \n03:04:08 two\n"
    assert margins(text) == ["03:04:05 ", "03:04:06", "03:04:07 ", "03:04:08 "]


def test_a_long_log_has_its_margins_to_the_end() -> None:
    before = "2026-01-02T03:04:05Z scanner[812]: "
    text = f"{before}Host is up.\n" * 10_001
    assert margins(text) == [before] * 10_001


def test_who_speaks_must_stay_the_same() -> None:
    assert margins("@ns1.example.com a\n@ns2.example.com b\n@ns3.example.com c\n") == []


def test_a_text_without_margins_keeps_its_view() -> None:
    view = View("Nmap scan report for www.example.com (192.0.2.1)\n22/tcp open ssh\n")
    assert without_margins(view) is view


PIECES = st.sampled_from(
    ["03:04:05 ", "2026-01-02T03:04:05Z ", "1\t", "2\t", "3\t", "@a ", "<b> ", "\n", "\n", " ", "x",
     "é", "\u202e", "\x00", "\ud800", ":", "|", "[7] ", "[8] "]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60).map("".join))
def test_only_margins_turn_blank_whatever_the_text(text: str) -> None:
    found = list(margins_of(View(text), 0, len(text)))
    assert all(start < end for start, end in found)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(found))
    blank = without_margins(View(text)).text
    assert len(blank) == len(text)
    inside = {place for start, end in found for place in range(start, end)}
    for place, (before, after) in enumerate(zip(text, blank, strict=True)):
        assert after == (" " if place in inside else before)
        assert place not in inside or before != "\n"
    for start, _ in found:
        assert start == 0 or text[start - 1] == "\n"


def test_margins_of_empty_lines_need_no_blank_behind_them() -> None:
    numbered = "     1\tName: a.example\n     2\n     3\tOrg: Example\n     4\tCity: Zwolle\n"
    logged = "".join(
        f"<14>08:41:3{second} scanner:{said}\n"
        for second, said in enumerate((" a", "", " b", " c", "", " d", " e"))
    )
    for text in (numbered, logged):
        left = without_margins(View(text)).text
        assert [line.strip() for line in left.split("\n")] == [
            line.rpartition("\t")[2].rpartition("scanner:")[2].strip()
            if not line.strip().isdigit()
            else ""
            for line in text.split("\n")
        ]


def test_a_column_of_numbers_is_no_margin() -> None:
    view = View("ports\n1\n2\n3\n4\n5\n")
    assert without_margins(view) is view
