"""Port names: what scanners print for ports."""

from __future__ import annotations

from importlib.resources import files

from decloak.kb.port_names import is_port_name, names_at


def test_a_name_is_known_at_its_port() -> None:
    assert "domain" in names_at("53/tcp")
    assert "ndl-aas" in names_at("3128/tcp")
    assert names_at("0/tcp") == ()


def test_services_of_the_lexicon_are_among_them_whatever_the_case() -> None:
    assert is_port_name("SSH")
    assert is_port_name("teradataordbms")
    assert not is_port_name("htpp")


def test_every_line_is_a_name_and_ports() -> None:
    path = files("decloak.kb") / "data" / "port_name.tsv"
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert lines == sorted(lines, key=lambda line: line.partition("\t")[0].lower())
    assert "teradataordbms" in names_at("8002/udp")
    for line in lines:
        name, ports = line.split("\t")
        assert name.isascii()
        for port in ports.split():
            number, _, protocol = port.partition("/")
            assert 0 <= int(number) < 65536
            assert protocol in {"", "tcp", "udp"}
