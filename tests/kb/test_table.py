"""Tables: a look-up where the rows lie finds what a dictionary of them finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from decloak.kb.table import Table

WORDS = st.text(
    st.characters(exclude_characters="\t\n\r", exclude_categories=["C", "Z"]), max_size=6
)
ROWS = st.lists(st.tuples(WORDS, WORDS), max_size=30).map(
    lambda rows: sorted(rows, key=lambda row: [cell.encode() for cell in row])
)


def table(rows):
    return Table("".join(f"{key}\t{value}\n" for key, value in rows).encode())


@given(ROWS, st.one_of(WORDS, st.text(max_size=3)))
def test_a_look_up_finds_what_the_whole_list_holds(rows, other):
    made = table(rows)
    assert len(made) == len(rows)
    for key in {key for key, _ in rows} | {other}:
        assert list(made.rows(key)) == [row for row in rows if row[0] == key]
        encoded = key.encode("utf-8", "surrogatepass")
        lower = [row for row in rows if row[0].encode() <= encoded]
        found = made.before(key)
        assert (found and found[0]) == (lower[-1][0] if lower else None)


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=12), WORDS)
def test_rows_are_found_by_a_cell_between_the_others(rows, cell):
    rows = sorted(rows, key=lambda row: [each.encode() for each in row])
    made = Table("".join("\t".join(row) + "\n" for row in rows).encode())
    for wanted in {cell, *(row[1] for row in rows)}:
        assert list(made.having(wanted)) == [row for row in rows if row[1] == wanted]
