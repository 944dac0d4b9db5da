"""Digraphs: names that are known, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import decloak
from decloak.indicators.digraphs import undigraph

NAMES = {"paypal", "microsoft", "amazon", "windows", "docker"}


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("rnicrosoft.example", "microsoft.example"),
        ("login.rnicrosoft-support.example", "login.microsoft-support.example"),
        ("arnazon.example", "amazon.example"),
        ("vvindovvs.example", "windows.example"),
        ("paypaI.example", "paypal.example"),
        ("PAYPAI.example", None),
        ("modern.example", None),
        ("clocker.example", None),
        ("microsoft.rnil", None),
        ("xn--rnicrosoft-0ob.example", None),
    ],
)
def test_known_names_are_read(name: str, plain: str | None) -> None:
    assert undigraph(name, {"modern", "clocker"}.__contains__, NAMES.__contains__) == plain


@given(st.text("rnvcldo.-", max_size=80))
def test_any_name_is_read_or_left(name: str) -> None:
    plain = undigraph(name, lambda _: False, lambda word: word != "")
    assert plain is None or plain.count(".") == name.count(".")


def test_an_entity_tells_what_it_wants_to_be_taken_for() -> None:
    (found,) = decloak.extract("see hxxps://rnicrosoft.com\\login now").entities
    assert found.value == "https://rnicrosoft.com/login"
    assert found.resembles == "https://microsoft.com/login"
    assert found.obfuscation == ("defang", "confusable")


def test_a_scheme_is_no_malware() -> None:
    found = decloak.extract("write to mailto:someone@example.com").entities
    assert [entity.label for entity in found] == ["EMAIL"]
