from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.indicators.leet import deleet

WORDS = {
    "login": 4.1, "secure": 4.0, "paypal": 4.4, "google": 3.6, "microsoft": 3.7, "online": 3.0,
    "company": 3.2, "all": 2.2, "you": 2.0, "web": 3.2, "print": 3.7, "site": 3.0, "office": 3.4,
    "top": 3.1, "list": 3.1, "mail": 3.2, "pane": 5.4, "panel": 4.0, "plane": 4.5, "planet": 4.3,
    "vault": 5.0, "channel": 3.9, "channels": 4.4, "news": 2.9, "sea": 3.9, "seal": 4.5,
    "lion": 4.7, "ion": 4.6, "star": 3.8, "radio": 3.7, "radios": 5.0, "live": 3.2, "test": 3.3,
    "tests": 3.9, "mode": 3.9, "model": 3.5, "pos": 4.8, "post": 2.9, "shop": 3.6,
}  # fmt: skip


def rarity(word: str) -> float | None:
    return WORDS.get(word)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("l0gin-secure.example", "login-secure.example"),
        ("paypa1.example", "paypal.example"),
        ("g00gle.example", "google.example"),
        ("micr0soft-0nline.example", "microsoft-online.example"),
        ("m1cr0s0ft365.example", "microsoft365.example"),
        ("secure.l0gin2.example", "secure.login2.example"),
        ("pane1.example", "panel.example"),
        ("vaul7-plane7.example", "vault-planet.example"),
        ("1ion.example", "lion.example"),
        ("mai1.example", "mail.example"),
    ],
)
def test_leet_reads_as_words(name: str, plain: str) -> None:
    assert deleet(name, rarity) == plain


@pytest.mark.parametrize(
    "name",
    ["web01.example", "s3.example", "ns1.example", "l2tp", "mp3.example", "4chan.example",
     "office365.example", "o2.example", "7zip.example", "h2o.example", "all4you.example",
     "web2print.example", "plane7.example", "channel5news.example", "sea1.example", "l10n.example",
     "radio5live.example", "test5.example", "mode1.example", "pos7.example", "dal1.example",
     "5star.example", "10.example", "a1b2c3d4e5.example", "xn--0login.example", "top10list.example", ""],
)  # fmt: skip
def test_honest_digits_stay(name: str) -> None:
    assert deleet(name, rarity) is None


@given(st.text())
def test_any_text_is_taken(name: str) -> None:
    plain = deleet(name, rarity)
    assert plain is None or len(plain) == len(name.lower())
