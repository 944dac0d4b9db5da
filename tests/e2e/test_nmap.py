"""Real scans of real servers: what Nmap prints is found, in every layout."""

import shlex
import subprocess

import pytest

pytestmark = pytest.mark.tools

LAYOUTS = ("nmap", "xml", "gnmap")


def hosts(result) -> list[dict]:
    """Every host record, inside a scan or alone."""
    return [
        host
        for record in result["records"]
        for host in ([record] if record["kind"] == "host" else record.get("hosts", ()))
    ]


@pytest.fixture(params=LAYOUTS)
def result(request, scan, decloak):
    return decloak(scan.reports.with_suffix(f".{request.param}").read_bytes())


def test_the_source_is_recognised(result):
    assert result["source"] == "nmap"


def test_the_host_is_found(result, scan, values):
    assert scan.address in values(result, "IP_ADDRESS")
    if scan.name:
        assert scan.name in values(result, "DOMAIN")


def test_every_port_record_says_what_the_server_says(result, scan, value_of):
    (host,) = hosts(result)
    assert value_of(host, "address") == scan.address
    assert (value_of(host, "name") or "") == scan.name
    assert value_of(host, "status") == "up"
    ports = {int(value_of(port, "number")): port for port in host["ports"]}
    assert set(ports) == {scan.closed, *(server.port for server in scan.servers)}
    for server in scan.servers:
        port = ports[server.port]
        assert value_of(port, "protocol") == "tcp"
        assert value_of(port, "state") == "open"
        assert value_of(port, "service") == server.service
        assert value_of(port, "software").lower() == server.software
        assert value_of(port, "version").replace("-", " ") == server.version.replace("-", " ")
    assert value_of(ports[scan.closed], "state") == "closed"


def test_software_and_versions_are_entities(result, scan, values):
    software = {value.lower() for value in values(result, "SOFTWARE")}
    versions = {value.replace("-", " ") for value in values(result, "VERSION")}
    for server in scan.servers:
        assert server.software in software
        assert server.version.replace("-", " ") in versions


def test_the_protocol_version_is_no_protocol(result, values):
    assert values(result, "PROTOCOL") == {"tcp"}


def test_a_pipe_from_the_tool_itself(scan, decloak):
    """Typed as a user types it; the servers are gone by now, so the ports are closed."""
    command = shlex.join(["nmap", "-n", "-p", str(scan.closed), scan.address])
    pipe = f"{command} | {shlex.join([*decloak.command, 'extract', '-', '--format', 'csv'])}"
    done = subprocess.run(pipe, shell=True, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert scan.address in done.stdout
    assert str(scan.closed) in done.stdout
