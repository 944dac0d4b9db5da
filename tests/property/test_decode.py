"""Decoding hostile text: nothing raises, every offset points home, disguises come undone."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decloak.core.alignment import apply_edits
from decloak.core.document import View
from decloak.core.lines import even
from decloak.decode import DECODERS, decode

settings.register_profile(
    "decode", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)

PIECES = st.sampled_from(
    [
        "example.com", "192.0.2.10", "http://", "OpenSSH", "user@", "www", "\n", "\r\n", " ", "> ",
        "[.]", "hxxp", "(dot)", "&#46;", "&amp;#46;", "&#x", "%2e", "%25", "%252e", "\\u002e", "\\x2e",
        "\\/", "<b>", "</b>", "<wbr>", "**", "_", "`", "[b]", "[/b]", "\x1b[31m", "\x1b]", "\\textbf{",
        "}", "{.}", "=\n", "-\n", "\u00ad", "\u200b", "\u200d", "\ufe0f", "\u202e", "\u202d", "\u202c",
        "\u2067", "\u2069", "\u0301", "\u0430", "\uff11", "\u3002", "\u05d0", "\0", "\ud800", "\udfff",
        "\U000e0041", "\U0001f468", "g00gle", "l92.O.2.l0", "a-p-a-c-h-e", "+", "=", "/", "0x", "C0",
    ]
)  # fmt: skip
HOSTILE = st.one_of(
    st.lists(PIECES, max_size=14).map("".join),
    st.text(st.one_of(st.characters(), st.sampled_from("\0\ud800\u202e\u200b%&\\")), max_size=40),
)
STRATEGIES = st.sampled_from(["consensus", "canonical", "realign", "off"])
CHECKED = settings(settings.get_profile("decode"))


@CHECKED
@given(HOSTILE, STRATEGIES, st.integers(1, 5))
def test_decoding_never_raises_and_offsets_stay_inside(
    text: str, strategy: str, rounds: int
) -> None:
    decoded = decode(text, strategy=strategy, max_rounds=rounds)
    assert decoded.raw == text
    assert decoded.alignment.raw_length == len(text)
    assert decoded.alignment.length == len(decoded.text)
    for start in range(len(decoded.text)):
        a, b = decoded.alignment.to_raw(start, start + 1)
        assert 0 <= a < b <= len(text)
    for edit in decoded.edits:
        assert 0 <= edit.start < edit.end <= len(text)
        assert 0 <= edit.confidence <= 1
    assert list(decoded.edits) == sorted(decoded.edits, key=lambda edit: (edit.start, edit.end))


@CHECKED
@given(HOSTILE)
def test_characters_outside_edits_are_the_raw_ones(text: str) -> None:
    decoded = decode(text)
    for i, char in enumerate(decoded.text):
        a, b = decoded.alignment.to_raw(i, i + 1)
        if not any(edit.start < b and a < edit.end for edit in decoded.edits):
            assert text[a:b] == char or (char == "\n" and text[a:b].isspace())
    if not decoded.edits:
        assert decoded.text == even(text)[0]


@CHECKED
@given(HOSTILE)
def test_no_decoder_raises_overlaps_or_leaves_the_text(text: str) -> None:
    view = View(text)
    for decoder in DECODERS:
        edits = list(decoder.propose(view))
        assert all(one.end <= other.start for one, other in pairwise(edits)), decoder.name
        assert all(edit.decoder == decoder.name for edit in edits)
        assert all(edit.family in decoder.families for edit in edits)
        apply_edits(text, edits)


@CHECKED
@given(HOSTILE)
def test_the_same_text_decodes_the_same(text: str) -> None:
    one, other = decode(text), decode(text)
    assert (one.text, one.edits, one.alignment) == (other.text, other.edits, other.alignment)


INVISIBLE = st.sampled_from("\u200b\u200c\u200d\u2060\ufeff\u180e\u00ad\u200e\u2066\ufff9")
VALUES = st.sampled_from(["example.com", "192.0.2.10", "http://example.net/a", "CVE-2021-44228"])


@CHECKED
@given(VALUES, st.lists(st.tuples(st.integers(1, 8), INVISIBLE), max_size=5))
def test_invisible_characters_undone_point_back_at_what_they_hid(
    value: str, marks: list[tuple[int, str]]
) -> None:
    written: list[tuple[int, int]] = []
    raw = "x "
    by_place: dict[int, str] = {}
    for place, mark in marks:
        by_place[place] = by_place.get(place, "") + mark
    for i, char in enumerate(value):
        raw += by_place.get(i, "")
        written.append((len(raw), len(raw) + 1))
        raw += char
    decoded = decode(raw + " y")
    assert decoded.text == f"x {value} y"
    for i, place in enumerate(written):
        assert decoded.alignment.to_raw(i + 2, i + 3) == place


ESCAPES = st.sampled_from(
    ["&#{};", "&#x{:x};", "&amp;#{};", "\\u{:04x}", "\\x{:02x}", "%{:02x}", "%25{:02X}"]
)


@CHECKED
@given(
    st.sampled_from(["example.com", "192.0.2.10", "login.example.net"]),
    st.sets(st.integers(0, 9), min_size=1),
    ESCAPES,
)
def test_escapes_undone_point_back_at_what_they_hid(
    value: str, places: set[int], form: str
) -> None:
    written: list[tuple[int, int]] = []
    raw = "x "
    for i, char in enumerate(value):
        shown = form.replace("{}", "{:d}").format(ord(char)) if i in places else char
        written.append((len(raw), len(raw) + len(shown)))
        raw += shown
    decoded = decode(raw + " y")
    assert decoded.text == f"x {value} y"
    for i, place in enumerate(written):
        assert decoded.alignment.to_raw(i + 2, i + 3) == place


@CHECKED
@given(st.text("abcdefghij klmnop,\n0123456789", max_size=200))
def test_plain_words_come_back_as_they_are(text: str) -> None:
    decoded = decode(text)
    if decoded.alignment.is_identity:
        assert decoded.text is text
