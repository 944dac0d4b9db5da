"""The real whois client against a registry of our own."""

import pytest

pytestmark = pytest.mark.tools


@pytest.mark.parametrize("layout", ["generic", "country", "indented"])
def test_a_registration(layout, whois, decloak, registry, values, value_of):
    row = registry.row
    text = whois(f"{layout}-{row.domain}")
    assert row.domain in text.decode().lower()
    result = decloak(text)
    assert result["source"] == "whois"
    assert {row.domain, *row.name_servers} <= values(result, "DOMAIN")
    assert {row.registrar, row.organization} <= values(result, "ORGANIZATION")
    if layout != "indented":
        assert values(result, "EMAIL") == {row.email}
    record = next(record for record in result["records"] if record["kind"] == "domain")
    assert value_of(record, "name") == row.domain
    assert value_of(record, "registrar") == row.registrar
    assert {each["value"] for each in record["name_servers"]} == set(row.name_servers)
    assert row.created in value_of(record, "created")
    assert row.expires in value_of(record, "expires")
