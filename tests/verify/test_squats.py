"""Host names a slip away from known domains: said to resemble them; honest ones resemble nothing."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak import extract
from decloak.evaluation.honest_names.hosts import SLIPS, hosts, squats
from decloak.kb.domains import brands, known_domains
from decloak.verify.squats import squatted
from decloak.verify.values import canonical

SQUATTED = """
go0ogle.com=google.com gooogle.com=google.com goooogle.com=google.com googel.com=google.com gogle.com=google.com
mail.googel.co.uk=mail.google.co.uk rnicrosoft.com=microsoft.com microsfot.com=microsoft.com mlcrosoft.com=microsoft.com
paypai.com=paypal.com pay-pal.com=paypal.com gooogle-login.com=google-login.com login.faceboook.com=login.facebook.com
twiter.com=twitter.com whatsap.com=whatsapp.com bitstarnp.net=bitstamp.net contos0.com=contoso.com dropb0xx.com=dropbox.com
"""
HONEST = """
google.com mail.google.com google.de linde.com nokia.com contoso.com case.com strip.com karen.net oracle1.com
outlook2.example web01.example.org targets.com googel.gooo.example.org faecbook.com.example.org
microsoft.com.example.net xn--ggle-55da.com www.nokiantyres.com lan-party.org steam-engine.co.uk
"""


@pytest.mark.parametrize("pair", SQUATTED.split())
def test_a_slip_from_a_known_domain_resembles_it_and_is_its_own(pair: str) -> None:
    name, _, target = pair.partition("=")
    reading = canonical("DOMAIN", name)
    assert (reading.value, reading.resembles) == (name, target)


@pytest.mark.parametrize("name", HONEST.split())
def test_an_honest_name_is_near_to_none(name: str) -> None:
    assert squatted(name) is None


def test_urls_addresses_and_single_labels_are_looked_at_too() -> None:
    said = {
        (entity.label, entity.value, entity.resembles, entity.obfuscation)
        for entity in extract(
            "hxxps://login[.]googel[.]com/x, write a@gooogle.com or go0ogle.com"
        ).entities
    }
    assert said == {
        ("URL", "https://login.googel.com/x", "https://login.google.com/x", ("defang",)),
        ("EMAIL", "a@gooogle.com", "a@google.com", ()),
        ("DOMAIN", "go0ogle.com", "google.com", ("leet",)),
    }
    assert canonical("HOSTNAME", "rnicrosoft").resembles == "microsoft"


def test_no_known_domain_and_no_known_name_is_a_slip_of_another() -> None:
    assert [name for name in known_domains() if squatted(name)] == []
    assert [name for name in brands() if squatted(f"{name}.org")] == []


def test_honest_host_names_resemble_nothing_and_squatted_ones_their_target() -> None:
    rng = Random(5)
    names = list(hosts(rng, 4000))
    assert sum(canonical("DOMAIN", name).resembles is not None for name in names) <= 0.002 * len(
        names
    )
    for slip in SLIPS:
        pairs = list(squats(rng, slip, 200))
        right = sum(canonical("DOMAIN", name).resembles == target for name, target in pairs)
        assert right >= 0.97 * len(pairs), slip


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789-.", max_size=60))
def test_whatever_is_asked_what_it_resembles_is_another_name_of_as_many_labels(name: str) -> None:
    found = squatted(name)
    assert found is None or (found != name and found.count(".") == name.count("."))
