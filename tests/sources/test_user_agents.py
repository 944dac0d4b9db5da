"""User agents behind their keys, and hosts under .ua whose port is none."""

from __future__ import annotations

import pytest

from decloak import extract


@pytest.mark.parametrize(
    "host", ["http://cdn.example.ua:8080/x/y.php was seen", "cdn.example.ua:8443 was seen"]
)
def test_the_port_of_a_host_is_no_user_agent(host: str) -> None:
    assert "USER_AGENT" not in {entity.label for entity in extract(host, tagger="off").entities}


def test_a_user_agent_behind_its_key_is_read() -> None:
    text = 'ua: Mozilla/5.0 (X11; Linux x86_64)\n"ua": "curl/8.1.2"\n'
    said = [e.value for e in extract(text, tagger="off").entities if e.label == "USER_AGENT"]
    assert said == ["Mozilla/5.0 (X11; Linux x86_64)", "curl/8.1.2"]
