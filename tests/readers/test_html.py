"""HTML as it is shown: against what Chromium shows, back to every source offset, and hostile pages."""

from __future__ import annotations

import json
import pickle
import re
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decloak.core.document import Document
from decloak.readers.base import Budget, Context, ReadOptions
from decloak.readers.html import READER
from decloak.readers.html.page import Page, read_page
from decloak.readers.html.tokens import Kind, tokens

PAGES = Path(__file__).parent / "pages"
TRICKS = (PAGES / "tricks.html").read_text("utf-8")
CHROMIUM = json.loads((PAGES / "tricks.chromium.json").read_text("utf-8"))
HEADING = re.compile(r"(?:^|\n\n)(?:Links|Attributes|Hidden text|Comments):\n")


def context(name: str = "page.html", **options: str) -> Context:
    def nested(name: str, data: bytes, _inner: Context) -> object:
        yield Document(name, data.decode("utf-8", "replace"))

    chosen = ReadOptions(**options)
    return Context(name, chosen, Budget(chosen.limits.parts, chosen.limits.unpacked), nested)


def written(page: Page, source: str, start: int, end: int) -> str:
    """What stands in the source at the places of a range."""
    places = page.source_map.places(start, end)
    return "".join(source[place["start"] : place["end"]] for place in places)


# What Chromium makes of the same page (innerText, and the XPath of every text node).


def test_what_is_shown_is_what_chromium_shows():
    page = read_page(TRICKS)
    seen = CHROMIUM["innerText"]
    for invisible in ("198.51.100.99 is written in white.", "away.evil.example", "zero.example"):
        assert invisible in seen
        assert invisible not in page.text[: page.shown]
        assert invisible in page.text[page.shown :]
        seen = seen.replace(invisible, "", 1)
    assert page.text[: page.shown].split() == ["Invoice", "&", "notice", *seen.split()]


def test_every_text_stands_in_the_element_in_which_chromium_has_it():
    page = read_page(TRICKS)
    ours = [
        [place["element"], " ".join(unescape(TRICKS[place["start"] : place["end"]]).split())]
        for place in page.source_map.places(0, len(page.text))
        if "attribute" not in place and "stage.evil" not in TRICKS[place["start"] : place["end"]]
    ]
    assert sorted(each for each in ours if each[1]) == sorted(CHROMIUM["paths"])


@pytest.mark.parametrize("name", ["tricks.html", "libreoffice.html"])
def test_every_word_of_a_real_page_leads_back_to_its_source(name):
    source = (PAGES / name).read_text("utf-8")
    page = read_page(source)
    bare = HEADING.sub(lambda match: " " * len(match[0]), page.text)
    for word in re.finditer(r"\S+", bare):
        assert unescape(written(page, source, *word.span())) == word[0]


def test_what_libreoffice_writes():
    page = read_page((PAGES / "libreoffice.html").read_text("utf-8"))
    assert "\n192.0.2.17\t443\tfirst" in page.text
    assert "A domain evil-bad.example with hidden text inside." in page.text[: page.shown]
    assert page.warnings[0].startswith(
        "a link shows safe-bank.example and goes to evil-bad.example"
    )
    assert "hidden.evil-bad.example" in page.text.partition("Hidden text:\n")[2]


def test_rows_are_lines_and_cells_are_parted_by_tabs():
    page = read_page(TRICKS)
    assert "\nAddress\tPort\tNote\n192.0.2.7\t8443\n192.0.2.8\t\tnone\n" in page.text


def test_preformatted_text_keeps_its_lines():
    assert "\nGET /gate.php HTTP/1.1\nHost:  panel.evil.example\n" in read_page(TRICKS).text


def test_what_is_hidden_is_marked_and_named_with_its_place():
    page = read_page(TRICKS)
    hidden = page.text.index("unseen.example")
    (place,) = page.source_map.places(hidden, hidden + len("unseen.example"))
    assert place == {"element": "/html/body/p[4]", "start": 1313, "end": 1327, "hidden": True}
    assert any("visibility: hidden) at /html/body/p[4]" in warning for warning in page.warnings)
    assert "not read: style (1), script (1)" in page.warnings
    assert "not shown.example" not in page.text


def test_addresses_and_their_attribute():
    page = read_page(TRICKS)
    start = page.text.index("https://collect")
    (place,) = page.source_map.places(start, start + len("https://collect.evil.example/x?a=1&b=2"))
    assert place["attribute"] == "href"
    assert place["element"] == "/html/body/p[3]/a[1]"
    assert TRICKS[place["start"] : place["end"]] == "https://collect.evil.example/x?a=1&amp;b=2"


# Links that go elsewhere.


@pytest.mark.parametrize(
    ("text", "href", "named"),
    [
        ("www.paypal.com", "http://evil.example/", ("www.paypal.com", "evil.example")),
        ("https://bank.com/a", "//evil.com", ("bank.com", "evil.com")),
        ("mail bob@bank.com now", "mailto:eve@evil.com", ("bank.com", "evil.com")),
        ("<b>pay</b>pal.com", "http://paypal.com@evil.com/", ("paypal.com", "evil.com")),
        ("p\u0430ypal.com", "https://paypal.com/", ("p\u0430ypal.com", "paypal.com")),
        ("https://a.co.uk", "https:\\\\b.co.uk", ("a.co.uk", "b.co.uk")),
        ("paypal.com", "https://www.paypal.com/login", None),
        ("Click here", "http://evil.com/", None),
        ("setup.py", "https://github.com/x/setup.py", None),
        ("report.pdf, p. 3", "https://github.com/x", None),
        ("evil.com", "/local", None),
        ("evil.com", "javascript:go()", None),
    ],
)
def test_a_link_that_shows_one_host_and_goes_to_another_names_both(text, href, named):
    warnings = read_page(f'<p><a href="{href}">{text}</a></p>').warnings
    path = "/html/body/p[1]/a[1]"
    assert warnings == (
        (f"a link shows {named[0]} and goes to {named[1]} ({path})",) if named else ()
    )


@pytest.mark.parametrize(
    "markup",
    [
        '<p style="DISPLAY : none">{}</p>',
        '<p style="visibility:hidden">{}</p>',
        '<p style="display&#58;no&#110;e">{}</p>',
        "<style>p {{ display: none }}</style><p lang=x>{}</p>",
        '<p style="font-size:0px">{}</p>',
        '<p style="font-size: 1px !important">{}</p>',
        '<p style="color:#FFF">{}</p>',
        '<p style="color:rgb(255, 255, 254)">{}</p>',
        '<table bgcolor=navy><tr><td><font color="#000080">{}</font></table>',
        '<p style="position:absolute;left:-5000px">{}</p>',
        '<p style="text-indent:-9999px">{}</p>',
        '<p style="height:0;overflow:hidden">{}</p>',
        '<p style="opacity:0.0">{}</p>',
        '<p style="mso-hide:all">{}</p>',
        '<p style="position:absolute;clip:rect(0,0,0,0)">{}</p>',
        "<p hidden>{}</p>",
        "<style>.a, b {{ display: none }}</style><p class='x a'>{}</p>",
        "<style>#i {{ visibility: hidden }}</style><p id=i>{}</p>",
        "<dialog>{}</dialog>",
        "<!-- {} -->",
        "<!--[if mso]><p>{}</p><![endif]-->",
        "<input type=hidden value='{}'>",
    ],
)
def test_hidden_text_is_read_apart_and_marked(markup):
    page = read_page("<p>go" + markup.format("dark.example") + "</p>")
    start = page.text.index("dark.example")
    assert start > page.shown
    places = page.source_map.places(start, start + len("dark.example"))
    assert all(place["hidden"] for place in places)
    assert len(page.warnings) - any("not read" in each for each in page.warnings) == 1


@pytest.mark.parametrize(
    "markup",
    [
        "<p style='color:#fff;background:#000'>{}</p>",
        "<p style='background-image:url(x.png);color:white'>{}</p>",
        "<div style='display:none'></div><p>{}</p>",
        "<style>@media print {{ p {{ display:none }} }} .m p {{ display:none }} p:hover {{display:none}}</style><p>{}</p>",
        "<style>.a{{display:none}} .a{{display:block}}</style><p class=a>{}</p>",
        "<p style='font-size:0'><span style='font-size:1em'>{}</span></p>",
        "<dialog open>{}</dialog>",
        "<noscript>{}</noscript>",
        "<p style='max-height:0'>{}</p>",
    ],
)
def test_what_may_be_seen_is_not_called_hidden(markup):
    page = read_page(markup.format("light.example"))
    assert "light.example" in page.text[: page.shown]


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("evil<wbr>.com", "evil.com"),
        ("<b>go</b>ogle.com", "google.com"),
        ("ev\0il.com", "evil.com"),
        ("ev<span hidden>x</span>il.com", "evil.com"),
        ("a<!-- x -->b", "ab"),
        ("a <b> c </b> d", "a c d"),
        ("1.2.3.4<sup>[12]</sup>", "1.2.3.4 [12]"),
        ("10<sup>th</sup>", "10th"),
        ("<bdo dir=rtl>moc.live</bdo>", "\u202emoc.live\u202c"),
        ("a<br>b<br><br><br>c", "a\nb\n\nc"),
        ("&lt;p&gt; &#x2e;&#46 &notin; &amp", "<p> .. \u2209 &"),
        ("a&#6;b&#xFDD0;&#x93;&#0;&#xD800;", "a\x06b\ufdd0\u201c\ufffd\ufffd"),
        ("&#99999999;&#" + "9" * 5000 + ";", "\ufffd\ufffd"),
        ("<textarea>a &amp;\n b</textarea>", "a &\n b"),
        ("<xmp>a &amp;</xmp>", "a &amp;"),
        ("<![CDATA[a <b> c]]>", "a <b> c"),
        ("a < b > c", "a < b > c"),
        ("a <b", "a <b"),
        ("<p>a<table><tr><td>b</p>c<td>d</table>e", "a\n\nb\n\nc\td\ne"),
        ("<select><option>a<option>b</select>", "a\nb"),
        ("<td>loose<td>cells", "loose\ncells"),
        ("<frameset><frame src=//f.example></frameset>", ""),
    ],
)
def test_text_as_it_is_displayed(markup, shown):
    page = read_page(markup)
    assert page.text[: page.shown] == shown


@pytest.mark.parametrize(
    ("markup", "address"),
    [
        (
            "<meta http-equiv=Refresh content='0; URL=\"http://go.example/a\"'>",
            "http://go.example/a",
        ),
        ("<a href=' ht\ntps://e\tvil.example/ '>x</a>", "https://evil.example/"),
        ("<img srcset='https://a.example/1.png 1x, /b.png 2x'>", "https://a.example/1.png"),
        ("<div data-next='//cdn.example/x'>", "//cdn.example/x"),
        ("<button formaction=http://f.example>", "http://f.example"),
        ("<a href='http://q.example/?a=1&copy=2&amp;b'>", "http://q.example/?a=1&copy=2&b"),
        ("<body background='http://b.example/i.gif'>", "http://b.example/i.gif"),
        ('<a title="x" href="http://unclosed.example/', ""),
        ('<a href="http://open.example/ >x', "http://open.example/"),
        ("<!-- <a href='http://old.example/'>x</a> -->", "http://old.example/"),
        ("<a href=page.html>", ""),
        ("<img src='data:image/png;base64,AAAA'>", ""),
        ("<a href='#top'>", ""),
    ],
)
def test_addresses_of_attributes(markup, address):
    text = read_page(markup).text
    links = text.partition("Links:\n")[2].partition("\n\n")[0]
    assert links == address


def test_documents_within_addresses_are_read():
    data = b"<html><body><iframe src='data:text/html;base64,PGI+aW5uZXIuZXhhbXBsZTwvYj4='></iframe>"
    documents = list(READER.read(data, context()))
    assert [each.id for each in documents] == ["page.html", "page.html/data-1"]
    assert documents[1].text == "<b>inner.example</b>"


@pytest.mark.parametrize(
    ("data", "encoding", "shown"),
    [
        ("<html><p>п".encode("utf-16"), None, "п"),
        (b"\xef\xbb\xbf<html><p>\xd0\xbf", None, "п"),
        (b"<meta charset='koi8-r'><p>\xd0", None, "п"),
        (
            b"<meta http-equiv=Content-Type content='text/html; charset=windows-1251'><p>\xef",
            None,
            "п",
        ),
        (b"<?xml version='1.0' encoding='iso-8859-5'?><html><p>\xdf", None, "п"),
        (b"<meta charset=latin1><p>\x93", None, "\u201c"),
        (b"<meta charset=utf-16><p>a", None, "a"),
        (b"<meta charset=rot13><p>a", None, "a"),
        (b"<meta charset=utf-7><p>+AHg-", None, "+AHg-"),
        (b"<p>\x80", None, "\u20ac"),
        (b"<p>\xef", "cp1251", "п"),
    ],
)
def test_encodings(data, encoding, shown):
    (document,) = READER.read(data, context(encoding=encoding))
    assert document.text == shown


def test_bytes_that_are_not_in_the_encoding_are_named():
    (document,) = READER.read(b"<meta charset=utf-8><p>a\xffb", context())
    assert document.text == "a\ufffdb"
    assert "utf-8" in document.warnings[0]


# What is a page, and what is text with tags in it.


@pytest.mark.parametrize(
    ("head", "name", "is_page"),
    [
        (b"<!DOCTYPE html><title>x</title><p>y", "a", True),
        (
            b"\xef\xbb\xbf \n<!-- saved from url=(0014)about:internet -->\n<HTML><HEAD><TITLE>",
            "a",
            True,
        ),
        (
            b"<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0'><html><head/><body>",
            "a",
            True,
        ),
        ("<html><body><p>x".encode("utf-16"), "a", True),
        (b"<div><p>x</p></div>", "a.html", True),
        (b"Saved page\n<html><body>x", "a.htm", True),
        (b"<table><tr><td>a</td></tr><tr><td>b</td></tr></table>", "a", True),
        (b"plain text, no tags", "a.html", False),
        (
            b"<?xml version='1.0'?><!DOCTYPE nmaprun><nmaprun><host></host></nmaprun>",
            "a.xml",
            False,
        ),
        (b"The <b>group</b> used <i>X-Agent</i> at <a href='http://x'>x</a>", "a.txt", False),
        (b"<html> is the tag that begins a page.", "a.txt", False),
        (b"HTTP/1.1 200 OK\r\n\r\n<html><head><title>x</title></head><body>", "a.txt", False),
        (b"# Report\n\n<div align=center>logo</div>\n\n[a](http://b)", "README.md", False),
        (
            b"<p>ev<b>i</b>l.com was seen by us on the first day of the month, in a long report."
            + b" word" * 200,
            "a.txt",
            False,
        ),
        (b'{"html": "<html><body><p>"}', "a.json", False),
        (b"<b>evil</b>.com", "a", False),
        (b"", "a.html", False),
    ],
)
def test_what_is_a_page(head, name, is_page):
    assert READER.knows(head, name) is is_page


# Properties.

PIECES = st.sampled_from(
    [
        *"ab .&;<>/='\"\n\t\0!-?[]#x1",
        "<p>", "</p>", "<b>", "</b>", "<br>", "<td>", "<tr>", "<table>", "</table>", "<ul>", "<li>",
        "</li>", "</ul>", "<!--", "-->", "<pre>", "</pre>", "<title>", "</title>", "<script>",
        "</script>", "<style>p{display:none}</style>", "<p hidden>", "<a href='http://h.example/'>",
        "</a>", '<a href="//x.example/&amp;">', "&amp;", "&lt", "&#46;", "&notit;", "evil.example",
        "<sup>1</sup>", "<bdo dir=rtl>", "</bdo>", "<template>", "</template>",
        "<font color=white>", "</font>", "\r\n", "<input value='q r'>", "<svg><path/>", "</svg>",
        "<html>", "<body>", "</body>", "<head>", "\U0001f600",
    ]
)  # fmt: skip
SOURCES = st.lists(PIECES, max_size=40).map("".join)


@given(SOURCES)
@settings(max_examples=100, deadline=None)
def test_tokens_follow_each_other_without_a_gap(source):
    position = 0
    for token in tokens(source):
        assert token.start == position < token.end
        if token.kind in {Kind.START, Kind.COMMENT}:
            assert token.start <= token.inner_start <= token.inner_end <= token.end
        position = token.end
    assert position == len(source)


@given(SOURCES)
@settings(max_examples=100, deadline=None)
def test_every_word_leads_back_to_the_source_that_says_it(source):
    page = read_page(source)
    bare = HEADING.sub(lambda match: " " * len(match[0]), page.text)
    assert len(bare) == len(page.text)
    for word in re.finditer(r"\S+", bare):
        plain = re.sub("[\u202e\u202c]", "", word[0])
        found = re.sub(r"[\t\n\r\0]", "", written(page, source, *word.span()))
        assert unescape(found) == plain
        for place in page.source_map.places(*word.span()):
            assert 0 <= place["start"] < place["end"] <= len(source)
            assert place["element"].startswith("/")


@given(SOURCES)
@settings(max_examples=50, deadline=None)
def test_a_map_survives_pickling(source):
    page = read_page(source)
    again = pickle.loads(pickle.dumps(page.source_map))
    whole = (0, len(page.text))
    assert again.places(*whole) == page.source_map.places(*whole)


N = 8_000
HOSTILE = {
    "deep": "<div>" * N + "x",
    "inline": "<b>" * N + "x",
    "tables": "<table><tr><td>" * N + "x",
    "lists": "<ul><li>" * N + "</div>" * N + "x",
    "paragraphs": "<p><table><tr><td>" + "<i>" * 400 + "</p>" * N + "x",
    "attributes": "<a " + "".join(f"a{i} " for i in range(N)) + "href=http://x.example/>",
    "quotes": '<a x="> ' * N + "x",
    "single quotes": "<a x='\" " * N + ">x",
    "open tags": "<a " * N + "x",
    "less than": "<" * N * 10 + "x",
    "comments": "<!--" * N + "x",
    "sections": "<![CDATA[" * N + "x",
    "declarations": "<!" * N + "x",
    "references": "&" * N * 10 + "x",
    "long references": "&abcdefghijklmnopqrstuvwxyzabcdefgh" * N + "x",
    "digits": "&#" + "9" * N * 20 + ";x",
    "scripts": "<script>" * N + "x",
    "nulls": "\0" * N * 10 + "x",
    "notes": "<sup><i><i><i>" * N + "x",
    "classes": "<style>.a{display:none}</style>" + "<p class='" + "a " * N * 5 + "'>x",
    "rules": "<style>" + "a{" * N + ".b{color:red}" * N + "</style>x",
    "links": "".join(f"<a href=//h{i}.example>w{i}.example</a>" for i in range(N // 20)) + "x",
    "anchors": "<a href=//h.example>x.example" * (N // 4),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_are_read_to_their_end(name):
    """Each would take hours, or all of the stack, where a step costs more the longer the page is."""
    page = read_page(HOSTILE[name])
    places = page.source_map.places(0, len(page.text))
    assert all(len(place["element"]) < 512 * 12 for place in places[-3:])
    assert len(page.warnings) <= 30


def test_the_deepest_elements_are_children_of_the_deepest_that_counts():
    page = read_page("<div>" * 600 + "x<b>y")
    (place,) = page.source_map.places(0, 1)
    assert place["element"].count("/") == 512
