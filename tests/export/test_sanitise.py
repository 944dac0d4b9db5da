from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from decloak.core.hidden import default_ignorable
from decloak.export.csv_rows import neutralise
from decloak.export.sanitise import restore, sanitise

tricky = st.text(st.sampled_from("\\xu0159abU\x1b\u202e\ud800\n\r\t'=+\U000e0041")) | st.text(
    st.characters()
)


@given(tricky)
def test_different_strings_stay_different(text):
    assert restore(sanitise(text)) == text


@given(tricky)
def test_nothing_that_moves_or_hides_text_is_left(text):
    shown = sanitise(text)
    assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in shown)
    assert not any(
        char in "\u061c\u200b\u200e\u200f\u2028\u2029\u202e\u2066\ufeff" for char in shown
    )
    shown.encode("utf-8")


def test_nothing_that_unicode_shows_as_nothing_is_left():
    """The table is the property's, as a maintained package has it."""
    regex = pytest.importorskip("regex")
    ignorable = regex.compile(r"\p{Default_Ignorable_Code_Point}")
    every = [chr(code) for code in range(0x110000)]
    wanted = [char for char in every if ignorable.match(char)]
    assert len(wanted) > 4000
    listed = {code for low, high in default_ignorable() for code in range(low, high + 1)}
    assert listed == set(map(ord, wanted))
    for lines in (False, True):
        shown = sanitise("".join(wanted), lines=lines)
        assert shown.isascii()
        assert restore(shown) == "".join(wanted)


@given(tricky)
def test_lines_keep_only_tabs_and_line_ends(text):
    shown = sanitise(text, lines=True)
    assert "\r" not in shown.replace("\r\n", "")
    assert not any(char in shown for char in "\x1b\u202e\ud800")
    assert shown.count("\n") == text.count("\n")
    assert shown.count("\t") == text.count("\t")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\u202eb", "a\\u202eb"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
        (r"C:\Windows\xa.dll", r"C:\Windows\xa.dll"),
        (r"\x1b", r"\x5cx1b"),
        ("\\\x1b", "\\\\x1b"),
    ],
)
def test_examples(text, shown):
    assert sanitise(text) == shown


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@a", "'@a"),
        ("\t=a", "'\\x09=a"),
        ("\ra", "'\\x0da"),
        ("＝1", "'＝1"),
        ("a=b", "a=b"),
        ("'quoted'", "'quoted'"),
        ("'=1", "''=1"),
        ("", ""),
        ("'", "'"),
        (" =1", "' =1"),
        ("a;=1", "a;'=1"),
        ('a; "=1";\'-2', "a;' \"=1\";''-2"),
        ("a;b=1", "a;b=1"),
    ],
)
def test_cells_that_would_run_get_an_apostrophe(cell, safe):
    assert neutralise(cell) == safe


@given(tricky, tricky)
def test_different_cells_stay_different(one, other):
    assert (neutralise(one) == neutralise(other)) == (one == other)


cells = st.text(st.sampled_from(";;,\"'=+-@\t\r\n a1\uff1d")) | tricky


@example([';"'], ";")
@given(st.lists(cells, min_size=1, max_size=4), st.sampled_from(",;"))
def test_no_cell_runs_whichever_sign_ends_it(texts, delimiter):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(["id", *map(neutralise, texts)])
    [row] = csv.reader(io.StringIO(out.getvalue()), delimiter=delimiter)
    for cell in row:
        assert cell.strip(' "')[:1] not in {*"=+-@\t\r\n\uff1d"} - {""}, row
    if delimiter == ",":
        assert row == ["id", *map(neutralise, texts)]


@given(st.sampled_from("=+-@\t\r"), tricky)
def test_no_cell_begins_a_formula(first, rest):
    assert neutralise(first + rest)[0] == "'"
