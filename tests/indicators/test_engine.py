"""The engine calls RE2's matcher itself; the library's own layer is its slow twin."""

import re2
from hypothesis import given
from hypothesis import strategies as st

from decloak.indicators.engine import compile_pattern

PATTERNS = (
    rb"a*", rb"(?m)^a|b$", rb"(a)|(b)", rb"(a+)(b)?", rb"[^\n]*", rb"\b[ab]+\b", rb"", rb"x",
)  # fmt: skip


def twin(pattern):
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    return re2.compile(pattern, options)


def told(match, groups):
    if match is None:
        return None
    return [(match.start(n), match.end(n), match.span(n), match.group(n) or b"") for n in groups]


@given(
    pattern=st.sampled_from(PATTERNS),
    text=st.lists(st.sampled_from([b"a", b"b", b"x", b"\n", b" ", b"\x80"]), max_size=12).map(
        b"".join
    ),
    pos=st.integers(0, 14),
    endpos=st.none() | st.integers(0, 14),
)
def test_the_matcher_says_what_the_library_says(pattern, text, pos, endpos):
    ours, theirs = compile_pattern(pattern), twin(pattern)
    groups = range(theirs.groups + 1)
    for name in ("search", "match", "fullmatch"):
        mine = getattr(ours, name)(text, pos, endpos)
        assert told(mine, groups) == told(getattr(theirs, name)(text, pos, endpos), groups)
    assert [told(each, groups) for each in ours.finditer(text, pos, endpos)] == [
        told(each, groups) for each in theirs.finditer(text, pos, endpos)
    ]
