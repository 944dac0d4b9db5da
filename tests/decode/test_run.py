"""Decoding a text: rounds, strategies, what is sure and what must read better."""

from __future__ import annotations

import pytest

from decloak.core.errors import SettingsError
from decloak.decode import DECODERS, decode
from decloak.indicators.engine import compile_pattern

DISGUISED = [
    ("ex\u200bample.com", "example.com"),
    ("192&#46;0&#46;2&#46;1", "192.0.2.1"),
    ("http%3A%2F%2Fexample.com%2Fa", "http://example.com/a"),
    ("ex<b>am</b>ple.com", "example.com"),
    ("login.exam-\nple.com", "login.example.com"),
    ("\u202emoc.elpmaxe\u202c", "example.com"),
    ("example\\u002ecom", "example.com"),
    ("exam\x1b[1mple\x1b[0m.com", "example.com"),
]

HONEST = [
    "Nmap scan report for example.com (192.0.2.10)\n22/tcp open ssh OpenSSH 8.4p1\n",
    "dGhlIHF1aWNrIGJyb3duIGZveA== YWJj=\nYWJj\n",
    r"C:\Windows\System32\drivers\etc printf(\"%02x %4d %s\n\"); ^\d+\.\*[a-z]{2,3}$",
    "| **example.com** | `192.0.2.1` |\n|---|---|\n",
    '{"a": "x\\n\\"y\\"", "u": "https://example.com/a%20b?u=http%3A%2F%2Fexample.net"}',
    "<td>a.example.com</td><td>b.example.com</td> &amp; &lt;",
    "Die Größe der Straße, naïve façade, snake_case_name, __init__.py\n",
    "0123456789abcdef\n0123456789abcdef\n0123456789abcdef\n",
    "",
]


@pytest.mark.parametrize(("text", "readable"), DISGUISED)
@pytest.mark.parametrize("strategy", ["consensus", "canonical", "realign"])
def test_every_strategy_undoes_plain_disguises(text: str, readable: str, strategy: str) -> None:
    decoded = decode(f"see {text} now", strategy=strategy)
    assert decoded.text == f"see {readable} now"
    start, end = decoded.alignment.to_raw(4, 4 + len(readable))
    assert start >= 4
    assert end <= 4 + len(text)


@pytest.mark.parametrize("text", HONEST)
@pytest.mark.parametrize("strategy", ["consensus", "realign"])
def test_honest_text_passes_untouched(text: str, strategy: str) -> None:
    decoded = decode(text, strategy=strategy)
    assert decoded.text == text
    assert decoded.edits == ()
    assert decoded.alignment.is_identity


def test_off_leaves_everything() -> None:
    decoded = decode("ex\u200bample[.]com", strategy="off")
    assert decoded.text == "ex\u200bample[.]com"
    assert decoded.edits == ()


def test_disguises_over_disguises_take_rounds() -> None:
    decoded = decode("exa&#37;6dple.com \u202emoc;64#&elpmaxe\u202c")
    assert decoded.text.startswith("example.com ")
    assert all(0 <= edit.start < edit.end <= len(decoded.raw) for edit in decoded.edits)


def test_what_is_left_after_the_last_round_is_said() -> None:
    layered = "exa&#37;6dple.com"
    assert decode(layered, max_rounds=1).warnings
    assert not decode(layered, max_rounds=3).warnings


def test_unknown_strategies_are_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="consensus"):
        decode("a", strategy="guess")
    with pytest.raises(SettingsError):
        decode("a", max_rounds=0)


def test_removing_a_disguise_points_back_at_all_of_it() -> None:
    raw = "at 192\u200b&#46;0.2.1!"
    decoded = decode(raw)
    start = decoded.text.index("192.0.2.1")
    a, b = decoded.alignment.to_raw(start, start + 9)
    assert raw[a:b] == "192\u200b&#46;0.2.1"


def test_a_good_indicator_is_not_improved() -> None:
    for text in ("xn--exmple-cua.com", "http://example.com/%7Euser", "a_b.example.com"):
        assert decode(text).text == text


def test_every_decoder_says_what_it_is() -> None:
    for decoder in DECODERS:
        assert decoder.expert in {"symbol", "typographic", "semantic"}
        assert decoder.version >= 1
        assert decoder.families
        assert isinstance(decoder.trigger, bytes)

        compile_pattern(decoder.trigger, capture=False).search(b"")


@pytest.mark.parametrize(
    "unit", ["a\u200b", "&amp;", "%25", "<b>x", "\u202ea", "\x1b]", "a**b", "\0"]
)
def test_a_long_row_of_one_disguise_is_decoded(unit: str) -> None:
    text = unit * 5_000
    decoded = decode(text)
    assert decoded.alignment.length == len(decoded.text)


def test_nested_references_are_one_disguise() -> None:
    assert decode("192&" + "amp;" * 60 + "#46;0.2.1").text == "192.0.2.1"


def test_a_later_round_looks_only_around_what_changed_and_finds_the_same() -> None:
    layers = "see exa&#109;ple[.]com, 192%252e0%252e2%252e7 and &#37;36&#37;37.example[.]org\n"
    honest = "Nothing here is disguised, and nobody needs to look twice at it.\n" * 200
    once = decode(layers).text
    text = honest + layers + honest + layers + layers + honest
    assert decode(text).text == honest + once + honest + once + once + honest
    whole = decode(text)
    for edit in whole.edits:
        assert text[edit.start : edit.end] != edit.replacement
