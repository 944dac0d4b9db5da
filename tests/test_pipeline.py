"""The whole way of the data, on inputs whose every entity is known."""

from __future__ import annotations

import decloak
from decloak.core.document import Document

TABLE_3 = (
    "Nmap scan report for example.com (192.0.2.10). Host is up (0.21s latency). "
    "PORT STATE SERVICE VERSION. 22/tcp open ssh OpenSSH 8.4p1 Ubuntu 5. "
    "80/tcp open http nginx 1.18.0. 443/tcp open ssl/https nginx 1.18.0. 53/tcp closed domain."
)


def test_the_collapsed_line_of_the_published_example_is_fully_extracted():
    result = decloak.extract(TABLE_3)
    assert result.source == "nmap"
    assert [(e.label, e.text) for e in result.entities] == [
        ("DOMAIN", "example.com"),
        ("IP_ADDRESS", "192.0.2.10"),
        ("STATUS", "up"),
        ("LATENCY", "0.21s"),
        ("PORT", "22"), ("PROTOCOL", "tcp"), ("STATE", "open"), ("SERVICE", "ssh"),
        ("SOFTWARE", "OpenSSH"), ("VERSION", "8.4p1 Ubuntu 5"),
        ("PORT", "80"), ("PROTOCOL", "tcp"), ("STATE", "open"), ("SERVICE", "http"),
        ("SOFTWARE", "nginx"), ("VERSION", "1.18.0"),
        ("PORT", "443"), ("PROTOCOL", "tcp"), ("STATE", "open"), ("SERVICE", "ssl/https"),
        ("SOFTWARE", "nginx"), ("VERSION", "1.18.0"),
        ("PORT", "53"), ("PROTOCOL", "tcp"), ("STATE", "closed"), ("SERVICE", "domain"),
    ]  # fmt: skip


def test_its_record_holds_the_host_and_four_ports():
    [host] = decloak.extract(TABLE_3).records
    assert {k: v["value"] for k, v in host.items() if isinstance(v, dict)} == {
        "name": "example.com", "address": "192.0.2.10", "status": "up", "latency": "0.21s",
    }  # fmt: skip
    rows = [
        {k: v["value"] for k, v in port.items() if isinstance(v, dict)} for port in host["ports"]
    ]
    assert rows == [
        {"number": "22", "protocol": "tcp", "state": "open", "service": "ssh",
         "software": "OpenSSH", "version": "8.4p1 Ubuntu 5", "os": "Ubuntu"},
        {"number": "80", "protocol": "tcp", "state": "open", "service": "http",
         "software": "nginx", "version": "1.18.0"},
        {"number": "443", "protocol": "tcp", "state": "open", "service": "ssl/https",
         "software": "nginx", "version": "1.18.0"},
        {"number": "53", "protocol": "tcp", "state": "closed", "service": "domain"},
    ]  # fmt: skip
    for port in host["ports"]:
        for field in port.values():
            if isinstance(field, dict):
                assert TABLE_3[field["start"] : field["end"]] == field["value"]


def test_ssh_protocol_two_is_not_a_protocol():
    text = TABLE_3.replace("Ubuntu 5.", "Ubuntu 5 (protocol 2.0).")
    protocols = [e.text for e in decloak.extract(text).entities if e.label == "PROTOCOL"]
    assert protocols == ["tcp"] * 4


def test_the_context_decides_about_names_without_a_public_suffix():
    text = (
        "Nmap scan report for box.htb (192.0.2.3)\nHost is up.\n"
        "80/tcp open http\n|_http-title: Did not follow redirect to http://dev.box.htb/\n"
        "add dev.box.htb to your hosts file\n"
    )
    found = [(e.label, e.text) for e in decloak.extract(text).entities]
    assert ("DOMAIN", "box.htb") in found
    assert found.count(("DOMAIN", "dev.box.htb")) == 1
    assert decloak.extract("add dev.box.htb to it").entities == ()


def test_disguise_changes_value_and_lookalike_fills_resembles():
    text = "at 192[.]0[.]2[.]10 and g\u043e\u043egle.com"
    first, second = decloak.extract(text).entities
    assert (first.text, first.value) == ("192[.]0[.]2[.]10", "192.0.2.10")
    assert first.obfuscation == ("defang",)
    assert (second.value, second.resembles) == ("xn--ggle-55da.com", "google.com")


def test_a_failure_in_a_batch_is_a_value_and_the_rest_goes_on():
    pipeline = decloak.Pipeline()
    first, second = pipeline.run_many(
        [Document("a", "192.0.2.1", source="nosuch"), Document("b", "192.0.2.2")]
    )
    assert isinstance(first, decloak.Failure)
    assert first.error == "SettingsError"
    assert second.entities[0].value == "192.0.2.2"
