"""Facts say the same packed into columns and as tuples."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from decloak.core import facts as module
from decloak.core.facts import Facts

FIELDS = st.sampled_from(
    [("number", "PORT"), ("state", "STATE"), ("service", "SERVICE"), ("info", "")]
)
ROWS = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 9), FIELDS, st.none() | st.text(max_size=3)),
    max_size=30,
)


def made(rows: list[tuple[int, int, tuple[str, str], str | None]]) -> Facts:
    """Return facts of hosts with one port each, sorted."""
    facts = Facts("nmap")
    for start, size, (field, label), value in rows:
        port = facts.open("port", facts.open("host"))
        facts.add(port, field, label, start, start + size, value)
    facts.sort()
    return facts


@given(ROWS, st.integers(1, 5), st.integers(1, 5))
def test_packed_facts_are_the_same(
    rows: list[tuple[int, int, tuple[str, str], str | None]], first: int, then: int
) -> None:
    plain = made(rows)
    with patch.object(module, "_FIRST_PACK_AT", first), patch.object(module, "_PACK_AT", then):
        packed = made(rows)
    size = len(rows)
    assert len(packed) == len(plain) == size
    assert packed.span(0, size) == plain.span(0, size)
    assert packed.span(1, size - 1) == plain.span(1, size - 1)
    assert [packed.start_of(i) for i in range(size)] == [plain.start_of(i) for i in range(size)]
    assert list(packed.records()) == list(plain.records())
    assert list(packed.labelled("PORT")) == list(plain.labelled("PORT"))
