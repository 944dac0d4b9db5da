from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.indicators.leet import deleet

WORDS = frozenset(
    [
        "login",
        "secure",
        "paypal",
        "google",
        "microsoft",
        "online",
        "company",
        "all",
        "you",
        "web",
        "print",
        "site",
        "office",
        "top",
        "list",
    ]
)


def is_word(word: str) -> bool:
    return word in WORDS


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("l0gin-secure.example", "login-secure.example"),
        ("paypa1.example", "paypal.example"),
        ("g00gle.example", "google.example"),
        ("micr0soft-0nline.example", "microsoft-online.example"),
        ("m1cr0s0ft365.example", "microsoft365.example"),
        ("secure.l0gin2.example", "secure.login2.example"),
    ],
)
def test_leet_reads_as_words(name: str, plain: str) -> None:
    assert deleet(name, is_word) == plain


@pytest.mark.parametrize(
    "name",
    ["web01.example", "s3.example", "ns1.example", "l2tp", "mp3.example", "4chan.example",
     "office365.example", "o2.example", "7zip.example", "h2o.example", "all4you.example",
     "web2print.example", "a1b2c3d4e5.example", "xn--0login.example", "top10list.example", ""],
)  # fmt: skip
def test_honest_digits_stay(name: str) -> None:
    assert deleet(name, is_word) is None


@given(st.text())
def test_any_text_is_taken(name: str) -> None:
    plain = deleet(name, is_word)
    assert plain is None or len(plain) == len(name.lower())
