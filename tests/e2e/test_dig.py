"""Real answers of a real BIND: names and addresses are those of the zone, and no others."""

import pytest

pytestmark = pytest.mark.tools

STYLES = (
    (),
    ("+noall", "+answer"),
    ("+multiline",),
    ("+yaml",),
    ("+noall", "+answer", "+ttlunits"),
)


def a_host(zone):
    return max(zone.addresses, key=lambda name: (len(zone.addresses[name]), name))


@pytest.mark.parametrize("style", STYLES, ids=" ".join)
def test_address_records(style, dig, decloak, nameserver, values):
    host = a_host(nameserver.zone)
    addresses = nameserver.zone.addresses[host]
    for address in addresses:
        text = dig(host, "AAAA" if ":" in address else "A", *style)
        result = decloak(text)
        assert result["source"] == "dig"
        assert address in values(result, "IP_ADDRESS")
        assert host in values(result, "DOMAIN")
        # +yaml names the unspecified address that the query was sent from.
        local = {"0.0.0.0"} if b'"0.0.0.0"' in text or b" 0.0.0.0" in text else set()
        assert values(result, "IP_ADDRESS") <= {*addresses, nameserver.address, *local}
        assert values(result, "DOMAIN") <= nameserver.zone.names


@pytest.mark.parametrize("style", STYLES, ids=" ".join)
@pytest.mark.parametrize("kind", ["MX", "NS", "SOA"])
def test_name_records(kind, style, dig, decloak, nameserver, values):
    zone = nameserver.zone
    expected = {"MX": set(zone.mail), "NS": set(zone.servers), "SOA": {zone.servers[0]}}[kind]
    result = decloak(dig(zone.origin, kind, *style))
    found = values(result, "DOMAIN")
    assert expected | {zone.origin} <= found
    assert found <= zone.names


def test_short_addresses(dig, decloak, nameserver, values):
    host = a_host(nameserver.zone)
    for address in nameserver.zone.addresses[host]:
        result = decloak(dig(host, "AAAA" if ":" in address else "A", "+short"))
        assert values(result, "IP_ADDRESS") == {address}


def test_short_names(dig, decloak, nameserver, values):
    result = decloak(dig(nameserver.zone.origin, "NS", "+short"))
    assert values(result, "DOMAIN") == set(nameserver.zone.servers)


def test_batch(dig, decloak, nameserver, values, tmp_path):
    hosts = sorted(nameserver.zone.addresses)
    batch = tmp_path / "names"
    batch.write_text("".join(f"{host} A\n" for host in hosts))
    result = decloak(dig("-f", str(batch)))
    assert set(hosts) <= values(result, "DOMAIN") <= nameserver.zone.names
    expected = {a for host in hosts for a in nameserver.zone.addresses[host] if ":" not in a}
    assert values(result, "IP_ADDRESS") == expected | {nameserver.address}


def test_transfer(dig, decloak, nameserver, values):
    zone = nameserver.zone
    result = decloak(dig(zone.origin, "AXFR"))
    found = values(result, "DOMAIN")
    assert zone.names - {zone.contact} <= found <= zone.names
    assert values(result, "IP_ADDRESS") == zone.all_addresses | {nameserver.address}


def test_reverse(dig, decloak, nameserver, values):
    ((address, name),) = nameserver.pointers.items()
    result = decloak(dig("-x", address))
    assert name in values(result, "DOMAIN")


def test_records_hold_question_and_answer(dig, decloak, nameserver, value_of):
    host = a_host(nameserver.zone)
    result = decloak(dig(host, "A"))
    (query,) = [record for record in result["records"] if record["kind"] == "query"]
    assert value_of(query, "name") == host
    assert value_of(query, "type") == "A"
    answers = [a for a in query["answers"] if value_of(a, "type") == "A"]
    expected = {a for a in nameserver.zone.addresses[host] if ":" not in a}
    assert {value_of(a, "address") or value_of(a, "data") for a in answers} == expected
