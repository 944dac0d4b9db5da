import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decloak.acquire.whois_fields import LONGEST, whois_fields
from decloak.core.errors import InputError

ANSWER = """Domain Name: EXAMPLE.COM
Registrar: Harbour Names Inc.
Creation Date: 2010-01-02T07:00:00Z
Registrant Organization: Quarry Lane Pottery Ltd
Registrant Email: hostmaster@example.com
Name Server: NS1.EXAMPLE.COM
Name Server: NS2.EXAMPLE.COM
"""


def test_the_fields_of_an_answer():
    fields = whois_fields(ANSWER, "example.com")
    assert fields["registrar"] == ("Harbour Names Inc.",)
    assert fields["org"] == ("Quarry Lane Pottery Ltd",)
    assert fields["emails"] == ("hostmaster@example.com",)
    assert {name.lower() for name in fields["name_servers"]} == {
        "ns1.example.com",
        "ns2.example.com",
    }
    assert "text" not in fields


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('No match for "EXAMPLE.COM".\n', "not read by python-whois: "),
        (ANSWER.replace("2010-01-02T07:00:00Z", "soon"), "date"),
        ("x" * (LONGEST + 1), "longer than"),
    ],
)
def test_what_cannot_be_read_is_said(text, said):
    with pytest.raises(InputError, match=said):
        whois_fields(text, "example.com")


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["a.com", "a.de", "a.uk", "a.jp", "a.xyz", "a", ""]))
def test_no_text_is_too_strange_for_it(text, domain):
    try:
        whois_fields(text, domain)
    except InputError:
        return


@pytest.mark.shared
def test_the_figures_of_the_decision_hold():
    path = Path(__file__).parents[3] / "shared/data/whois.jsonl"
    if not path.exists():
        pytest.skip("the development data is not here")
    hits = total = 0
    for row in map(json.loads, path.read_text("utf-8").splitlines()):
        wanted = {e["text"].casefold() for e in row["gold"]["entities"] if e["label"] == "EMAIL"}
        total += len(wanted)
        try:
            fields = whois_fields(row["text"], "x.com")
        except InputError:
            continue
        hits += len(wanted & {value.casefold() for value in fields.get("emails", ())})
    assert total == 87
    assert hits >= 80
