"""Defang: every way in which people keep indicators from being clicked."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.alignment import apply_edits
from decloak.core.document import View
from decloak.decode import DECODERS, decode

DEFANG = DECODERS.get("defang")

DOTS = (
    "[.]", "(.)", "{.}", "<.>", "[dot]", "(dot)", "{dot}", "<dot>", "[DOT]", "[DoT]", "(DOT)",
    "[d]", "\\.", " [.] ", " (.) ", " [dot] ", " (dot) ", "[ . ]", "[ dot ]", "[.", ".]", "(.",
    ".)", "[[.]]", "([.])", "{[.]}", " [.]", "[.] ", " dot ", " DOT ", "_dot_", "-dot-", "|.|", "[,]",
    "[punkt]", "(point)", "[\\.]", "\\[.\\]", "%5B.%5D", "DOT", " . ", "\u3010.\u3011",
)  # fmt: skip
SCHEMES = {
    "http": ("hxxp", "hXXp", "HXXP", "h**p", "h__p", "htxp", "hxtp", "hxp", "h--p", "hzzp", "hyyp",
             "h[tt]p", "[http]", "[hxxp]", "meow", "ht*p", "hxxxp"),
    "https": ("hxxps", "hXXps", "HXXPS", "h**ps", "h__ps", "htxps", "[https]", "meows"),
    "ftp": ("fxp", "fXp", "f*p"),
}  # fmt: skip
SEPARATORS = (
    "://",
    "[:]//",
    "[://]",
    "(:)//",
    "{:}//",
    ":[//]",
    "[:/]/",
    "[:]\\\\",
    " :// ",
    ":\\\\",
)
ATS = ("[at]", "(at)", "{at}", "<at>", "[@]", "(@)", "{@}", "[AT]", " [at] ", " (at) ", " (@) ", " AT ", "_at_", "[\xe4t]")  # fmt: skip


def read(text: str) -> str:
    return apply_edits(text, DEFANG.propose(View(text)))[0]


@pytest.mark.parametrize("dot", DOTS)
@pytest.mark.parametrize("value", ["c2.example.com", "192.0.2.77"])
@pytest.mark.parametrize("frame", ["{}", "seen: {} today", "({})", "{}, and more"])
def test_every_dot_is_undone(dot: str, value: str, frame: str) -> None:
    if dot == "-dot-" and value[0].isdigit():
        pytest.skip("digits and hyphens are ranges and dates")
    assert read(frame.format(value.replace(".", dot))) == frame.format(value)


@pytest.mark.parametrize("dot", ["[.]", "(.)", "{.}", "[dot]", "(dot)", "[.", ".]"])
def test_one_dot_is_enough(dot: str) -> None:
    assert read(f"192.0.2{dot}77") == "192.0.2.77"
    assert read(f"www.example{dot}com") == "www.example.com"


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize(
    ("scheme", "name"), [(s, n) for s, names in SCHEMES.items() for n in names]
)
def test_every_scheme_is_undone(scheme: str, name: str, separator: str) -> None:
    assert read(f"at {name}{separator}www.example.com/a ") == f"at {scheme}://www.example.com/a "
    assert read(f"{name}{separator}evil[.]example/a[.]exe") == f"{scheme}://evil.example/a.exe"


@pytest.mark.parametrize("separator", [s for s in SEPARATORS if s != "://"])
def test_an_honest_scheme_with_a_broken_separator(separator: str) -> None:
    assert read(f"http{separator}www.example.com/a") == "http://www.example.com/a"


@pytest.mark.parametrize("at", ATS)
@pytest.mark.parametrize("dot", [".", "[.]", "(dot)", " [dot] "])
def test_every_at_is_undone(at: str, dot: str) -> None:
    assert read(f"mail admin{at}example{dot}com please") == "mail admin@example.com please"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2001[:]db8[:][:]1", "2001:db8::1"), ("2001(:)db8::1", "2001:db8::1"),
        ("2001[::]1", "2001::1"), ("CVE[-]2021-44228", "CVE-2021-44228"),
        ("192.0.2.0[/]24", "192.0.2.0/24"), ("192[.]0[.]2[.]0(/)24", "192.0.2.0/24"),
        ("192.0.2.1[:]8080", "192.0.2.1:8080"), ("example[.com]/a", "example.com/a"),
        ("example.[com]", "example.com"), ("192.0.2.[7]", "192.0.2.7"),
        ("[www].example.com", "www.example.com"), ("www[.]example[.]com", "www.example.com"),
        ("box[.]htb", "box.htb"), ("abc[.]onion", "abc.onion"), ("v2[.]4[.]54", "v2.4.54"),
        ("*.pages[.]example", "*.pages.example"), ("C2:evil[.]example", "C2:evil.example"),
        ("x=evil[.]example:2404:pw", "x=evil.example:2404:pw"), ("m\xfcnchen[.]de", "m\xfcnchen.de"),
        ("tcp[:]//192.0.2.1:4444", "tcp://192.0.2.1:4444"), ("hxxp://www,example,com/", "http://www.example.com/"),
        ("hxxp://localhost/a", "http://localhost/a"), ("hxxp://3221225985/", "http://3221225985/"),
        ("hxxp[:]//[2001:db8::1]/", "http://[2001:db8::1]/"), ("http;//www.example.com", "http://www.example.com"),
        ("user@box[.]htb", "user@box.htb"), ("fooATexampleDOTcom", "foo@example.com"),
        ("admin at example dot com", "admin@example.com"), ("write to jo at example dot com", "write to jo@example.com"),
        ("write to jo at 163 dot com", "write to jo@163.com"),
        ("a mailbox hosted at 192 dot 0 dot 2 dot 1", "a mailbox hosted at 192.0.2.1"),
        ("evil[.]example,bad[.]example;worse[.]example", "evil.example,bad.example;worse.example"),
        ("evil[.]com [.] Next", "evil.com [.] Next"), ("https://evil[.]example[/]a?b=[c]", "https://evil.example/a?b=[c]"),
        ("a[.]example\u202fand b[.]example\xa0", "a.example\u202fand b.example\xa0"),
    ],
)  # fmt: skip
def test_other_forms(text: str, expected: str) -> None:
    assert read(text) == expected


HONEST = (
    "the dot com bubble", "a dot in the middle", "polka dot clothing", "the pre-dot-com era",
    "we waited . it was late", "It was wild . Net sales rose", "see [::1]:53 and [::]:80",
    r"^https?:\/\/www\.example\.com\/$", r"grep 'www\.example\.com$' log", "arr[d]x", "foo[.]*bar",
    "footnote[1].com", "use (a) data", "list (e.g.)com", "domains (.com, .net)", "domains(.com, .net)",
    '"a"."b"', "x = a[-1]; b[:] = c[::2]", "an [.]onion domain", "s/[.]/x/g", "[0-9]+[.][0-9]+",
    "meet me AT THE station", "look at example.com", "https://example.com/a[.]b?c=[d]"[:19],
    r"SF:HTTP/1\.1\x20200\x20192\.0\.2\.1\r\n", "versions 1.2, 1.3 and 1.4", "http and https",
    "CVE-2021-44228", "user@example.com", "192.0.2.1,192.0.2.2", "1 . 2 . 3", "[ports]", "[a](b.c)",
    "v1-dot-app.example.com", "std::vector<int>", "Foo::Bar->new(.5)", "help: http://example.com/",
    "C:\\dir\\.ssh", "dir\\.ssh", "a || b", "| a | b |", "5 [at] 3", "array[at]index", "h2p", "hp://",
    "i.e. [...] and (...)", "mail (at) work", "(see e.g.)com", "US DOT in Washington", "it is (.com)",
)  # fmt: skip


@pytest.mark.parametrize("text", HONEST)
def test_honest_text_is_left_as_it_is(text: str) -> None:
    assert read(text) == text


def test_edits_stand_where_the_marks_are() -> None:
    text = "see hxxp[:]//evil[.]example now"
    edits = [(text[edit.start : edit.end], edit.replacement) for edit in DEFANG.propose(View(text))]
    assert edits == [("hxxp", "http"), ("[:]//", "://"), ("[.]", ".")]


def test_the_whole_pipeline_of_decoders_agrees() -> None:
    text = "hxxps://evil[.]example/a user[at]example[.]com 192(.)0(.)2(.)1 box[.]htb 2001[:]db8::1"
    expected = "https://evil.example/a user@example.com 192.0.2.1 box.htb 2001:db8::1"
    for strategy in ("consensus", "canonical"):
        assert decode(text, strategy=strategy).text == expected


@pytest.mark.parametrize(
    "unit",
    ["[", "[.]", "dot ", "a[.]", "a dot ", "hxxp://", "x[.com]", "a\\.", "a . ", " AT x", "[at]",
     "a[:]", "http://a,", "[[[ ", "(.", ".]", "h*", "\x00", "%5B.%5D"],
)  # fmt: skip
def test_hostile_text_is_survived(unit: str) -> None:
    edits = list(DEFANG.propose(View(unit * 30_000)))
    assert all(one.end <= two.start for one, two in pairwise(edits))


def test_a_million_brackets_are_survived() -> None:
    assert not list(DEFANG.propose(View("[" * 1_000_000)))


@given(
    st.lists(
        st.sampled_from(["[", "]", "(", ")", ".", "dot", "at", "@", ":", "/", "\\", " ", "a", "com", "hxxp", "1",
                         "\n", "\u3010", "\u200b", "\ud800", ",", "-", "www", "[.]", "%5B"]), max_size=60)
)  # fmt: skip
def test_any_text_gives_edits_in_order(parts: list[str]) -> None:
    text = "".join(parts)
    edits = list(DEFANG.propose(View(text)))
    assert all(one.end <= two.start for one, two in pairwise(edits))
    assert all(0 <= edit.start < edit.end <= len(text) for edit in edits)


@given(st.text(alphabet="abcxyz019.:/@-_ \n?=&%", max_size=120))
def test_text_without_brackets_words_or_disguised_schemes_stays(text: str) -> None:
    if " . " not in text and "://" not in text and ": //" not in text:
        assert read(text) == text
