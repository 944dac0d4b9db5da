"""Edges: what parts indicators is blank, at the same offsets, and what belongs to them stays."""

from __future__ import annotations

from itertools import takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.document import View
from decloak.core.shadow import shadow_of
from decloak.indicators.edges import edged
from decloak.indicators.edges.likely import token_after, token_before

PIECES = (
    "\\n", "\\\\t", "\\u000a", "\\x3c", "C:\\", "evil.example", "http://a.example/x", "hxxp://a[.]b", "203.0.113.5",
    "+", "++", "`", "~", "@", "{{{", "}}}", "[[", "][", "]]", "[url=", "[/url]", "[b]", "\\texttt{", "}", "&quot;", "&amp;",
    ",", ";", '"', " ", "\n", "\r\n", "地址", "に", "한", "ا", "。", "，", "：", "\u3164", "\u0e31", "d41d8cd98f00b204e9800998ecf8427e",
)  # fmt: skip

PARTED = [
    ('"a.example\\nb.example"', '"a.example  b.example"'),
    ("b'a.example\\x0d\\x0ab.example'", "b'a.example        b.example'"),
    ("\\u003chttp://a.example/\\u003e", "      http://a.example/      "),
    ('"{\\"x\\":\\"a.example\\\\nb.example\\"}"', '"{\\"x\\":\\"a.example   b.example\\"}"'),
    ('"C:\\\\new\\\\a\\nb.example"', '"C:\\\\new\\\\a  b.example"'),
    ("C:\\new\\a.exe\\nb.example", "C:\\new\\a.exe  b.example"),
    ("++a.example|203.0.113.5++", "  a.example|203.0.113.5  "),
    ("(`+a.example+`)", "(` a.example `)"),
    ("{{{a[.]example}}}", "   a[.]example   "),
    ("[[http://a.example/b][the page]]", "  http://a.example/b  the page]]"),
    ("http://a.example/[the page]^", "http://a.example/ the page]^"),
    ("[url=http://a.example/b]x[/url]", "     http://a.example/b x      "),
    ("\\verb|a.example|", "      a.example "),
    ("http://a.example/&gt; then", "http://a.example/     then"),
    ("地址为203.0.113.5，端口", "地址 203.0.113.5 端口"),
    ("に、http://a.example/bへ", "に http://a.example/b "),
    ("url,http://a.example/b,Some words", "url,http://a.example/b Some words"),
    ("||203.0.113.5||", "  203.0.113.5  "),
    ("203.0.113.5。https://a.example/b。", "203.0.113.5 https://a.example/b "),
    ("후http://a.example/b/로 간다", " http://a.example/b/  간다"),
    ("a,http://a.example/b,Win32/X\nb,http://a.example/c,some words", "a,http://a.example/b Win32/X\nb,http://a.example/c some words"),
    ("http://a.example/b;203.0.113.5", "http://a.example/b 203.0.113.5"),
]  # fmt: skip

WHOLE = [
    "C:\\new\\tools\\readme.txt", "\\\\nas01\\team\\report.doc", "%TEMP%\\nc.exe", "HKLM\\test\\run", "..\\temp\\x", "CORP\\nina logs on",
    "\\ref{a} and \\textbf{bold}", "^(?:www\\.)?evil\\.example$", "a+b=c, C++ and g++", "first+last@a.example", "*.example.com",
    "_sip._tcp.example.com", "dig @192.0.2.1 a.example", "x = y[0][1]", "http://a.example/?x[]=1&y[0]=2", "hxxp://a[.]example/[email]", "http://a.example/n/?fields[]",
    "http://[2001:db8::1]/", "example.公司", "http://例え.jp/道", "https://ja.example.org/wiki/日本語", "http://a.example/b/c/일본어/로그", "пример.рф", "evil。com",
    "203.0.113.5：8080", "https://a.example/x,1234,5678.html", "https://a.example/b;c=1?x=1,2 is it", "Tom &amp; Co. at http://a.example/?a=1&amp;b=2",
    "192.\\emph{0.2.1}", "see exam**ple.com**", "https://a.example/,\nhttps://b.example/;", "paypaㅣ.com",
]  # fmt: skip


@pytest.mark.parametrize(("text", "blank"), PARTED)
def test_what_parts_indicators_is_blank(text: str, blank: str) -> None:
    assert edged(View(text)).text == blank


@pytest.mark.parametrize("text", WHOLE)
def test_what_belongs_to_a_name_stays(text: str) -> None:
    assert edged(View(text)).text == text


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=24).map("".join))
def test_every_offset_stays_and_the_shadow_is_that_of_the_text(text: str) -> None:
    view = View(text)
    for seen in (edged(view), edged(view, decoded=False)):
        assert len(seen.text) == len(text)
        assert seen.shadow == shadow_of(seen.text)
        assert all(new in {old, " "} for old, new in zip(text, seen.text, strict=True))
        assert text.count("\n") == seen.text.count("\n")


@given(st.text("ab|.\t\n\u00e9\u200b \x7f", max_size=30), st.data())
def test_the_tokens_beside_a_place_are_the_visible_characters_around_it(
    text: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(text)))
    before = "".join(takewhile(_is_visible, reversed(text[:place])))[::-1]
    after = "".join(takewhile(_is_visible, text[place:]))
    assert (token_before(View(text), place), token_after(View(text), place)) == (before, after)


def _is_visible(char: str) -> bool:
    return "!" <= char <= "~"
