"""Values that stand directly behind the label of their field, as in WHOIS: `Email:a@example.com`."""

from __future__ import annotations

import pytest

from decloak.decode import decode
from decloak.decode.sense import INDICATOR, NAME, NOTHING, sense, value_start

UNDONE = [
    ("Registrant Email:%61%62%63%40example%2ecom\n", "Email:abc@example.com"),
    ("Tech E-mail:&#x61;&#x62;c&#64;example.com\n", "E-mail:abc@example.com"),
    ("Domain Name:%4e%531.EXAMPLE%2eORG\n", "Name:NS1.EXAMPLE.ORG"),
    ("Admin Email:abc@exa=\nmple.com\n", "Email:abc@example.com"),
    ("Tech Email:abc@exa[u]mp[/u]le.com\n", "Email:abc@example.com"),
    ("Registrant Organization:Example%20Systems%20Ltd\n", "Organization:Example Systems Ltd"),
    ("Name Server:ns1\\u002eexample\\u002ecom\n", "Server:ns1.example.com"),
    ("OpenSSH_9%2e2p1 ready", "OpenSSH_9.2p1"),
]


@pytest.mark.parametrize(("text", "shown"), UNDONE)
def test_a_value_is_read_without_its_label(text: str, shown: str) -> None:
    assert shown in decode(text).text


def test_a_label_does_not_hide_what_a_value_is() -> None:
    assert sense("Email:a@example.com") == INDICATOR
    assert sense("Server:nginx/1.2") == NAME
    assert sense("OpenSSH_9.2p1") == NAME
    assert sense("std::string") == NOTHING


@pytest.mark.parametrize("text", ["https://example.com", "std::string", "C:\\temp", "10:22:33"])
def test_schemes_drives_and_times_are_no_labels(text: str) -> None:
    assert value_start(text, 0, len(text)) == 0
