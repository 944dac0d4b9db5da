"""The page: what is in it, and that no text gets out of its place."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

import decloak
from decloak.core.entity import Entity, Status
from decloak.core.labels import LABELS
from decloak.core.result import Failure, Result
from decloak.export import EXPORTERS, Shape, sanitise

PAGE = EXPORTERS.get("html")
NASTY = [
    "<script>alert(1)</script>", "</pre><script>", "</style>", "<!--", "]]>", "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)', "' autofocus onfocus='x", "&lt;", "&amp", "javascript:alert(1)", "\x00", "\u202e",
    "<mark>", "\r\n", "\n", " ", "a", "\ud800", "\x1b[31m", "}}", "{", "--></main>",
]  # fmt: skip
hostile = st.lists(st.sampled_from(NASTY) | st.text(max_size=6), min_size=1, max_size=12).map(
    "".join
)
TAGS = {
    "html", "head", "meta", "title", "style", "body", "main", "section", "h1", "h2", "p", "pre", "mark", "nav",
    "fieldset", "legend", "label", "input", "span",
}  # fmt: skip


class Seen(HTMLParser):
    """Collects what a browser would make elements of, and the texts in their places."""

    def __init__(self):
        super().__init__()
        self.tags, self.names, self.marks, self.text, self.path = set(), set(), [], "", []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        if tag == "mark":
            self.marks.append(dict(attrs))
        if tag not in {"meta", "input"}:
            self.path.append(tag)

    def handle_endtag(self, tag):
        assert self.path.pop() == tag

    def handle_data(self, data):
        if "pre" in self.path:
            self.text += data


def page(*results, shape=None):
    body = "".join("".join(PAGE.render(each, shape or Shape())) for each in results)
    return PAGE.head + body + PAGE.tail


def seen(text):
    parser = Seen()
    parser.feed(text)
    parser.close()
    assert parser.path == []
    return parser


@given(
    text=hostile.filter(bool),
    name=hostile,
    value=hostile,
    warning=hostile,
    cut=st.integers(0, 30),
    label=st.sampled_from(sorted(LABELS)),
)
def test_hostile_text_stays_text(text, name, value, warning, cut, label):
    start = min(cut, len(text) - 1)
    entity = Entity(
        label,
        start,
        len(text),
        text[start:],
        value,
        value,
        0.9,
        Status.REVIEW,
        (warning,),
        (name,),
        value,
    )
    result = Result(name, "prose", text, (entity,), (), (warning,))
    found = seen("".join(PAGE.render(result, Shape(review=True))))
    assert found.tags <= {"section", "h2", "p", "pre", "mark"}
    assert not any(
        each.startswith("on") or each in {"src", "href", "style"} for each in found.names
    )
    shown = sanitise(text[:start], lines=True) + sanitise(text[start:], lines=True)
    assert found.text.removeprefix("\n") == shown
    (mark,) = found.marks
    assert mark["data-value"] == sanitise(value)
    assert mark["data-status"] == "review"
    assert seen(PAGE.render_failure(Failure(name, warning, value))).tags == {"section", "h2", "p"}


def test_the_page_may_run_nothing_and_load_nothing():
    text = page(decloak.extract("192.0.2.1", tagger="off"))
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1])
    assert seen(text).tags <= TAGS
    (sheet,) = re.findall("<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "url(" not in sheet
    assert "@import" not in sheet
    assert "<script" not in text


def test_the_page_says_what_there_is_and_switches_every_label():
    text = "hxxps://cdn[.]evil[.]example/a asked g00gle.com for CVE-2021-44228"
    found = seen(
        page(decloak.extract(text, tagger="off"), decloak.extract("22/tcp open ssh", tagger="off"))
    )
    assert [(each["data-label"], each["class"]) for each in found.marks] == [
        ("URL", "indicators"), ("DOMAIN", "indicators"), ("CVE", "threats"),
        ("PORT", "assets"), ("PROTOCOL", "observations"), ("STATE", "observations"), ("SERVICE", "assets"),
    ]  # fmt: skip
    assert found.marks[0]["data-value"] == "https://cdn.evil.example/a"
    assert found.marks[1]["data-resembles"] == "google.com"
    assert "defang" in found.marks[0]["title"]
    for label in LABELS:
        assert f'id="{label}" checked' in PAGE.tail
        assert f'body:has(#{label}:not(:checked)) mark[data-label="{label}"]' in PAGE.head
