"""Organisations by their names, whatever their legal form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.kb.domains import brands
from decloak.kb.organizations import organization_key
from decloak.link import links_of


def found(name):
    return [(link.relation, link.target) for link in links_of("ORGANIZATION", name)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cisco Systems, Inc.", "cisco systems"), ("Acme S.r.l.", "ACME"), ("Foo & Co. KG", "foo"), ("Example Co., Ltd", "Example"),
        ("Bar GmbH & Co. KG", "Bar"), ("Baz (Pty) Ltd", "Baz"),
    ],
)  # fmt: skip
def test_a_legal_form_makes_no_other_body(one, other):
    assert organization_key(one) == organization_key(other)


@given(st.text(max_size=40))
def test_any_name_has_a_key_that_is_its_own(name):
    key = organization_key(name)
    assert organization_key(key) == key or key.isalnum()
    assert isinstance(links_of("ORGANIZATION", name), tuple)


def test_bodies_are_tied_to_who_they_are():
    assert found("Cisco Systems, Inc.")[0] == ("organization", "Cisco")
    assert ("cpe-vendor", "cisco") in found("Cisco")
    assert ("mac-vendor", "Cisco Systems, Inc") in found("Cisco")
    assert ("cloud-provider", "Amazon AWS") in found("Amazon Web Services")
    assert found("Inc.") == found("Zorbling Widgets") == found("apple") == []
    assert found("Apple")[0] == ("organization", "Apple")


def test_vendors_of_products_are_what_look_alikes_are_made_of():
    assert {"fortinet", "openbsd", "microsoft"} <= brands().keys()
