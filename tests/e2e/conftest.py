"""The lab, started once, and decloak as a user runs it."""

import contextlib
import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from lab.daemons import find_tool, free_port, loopback_address  # noqa: E402 - found beside tests
from lab.registry import LAYOUTS, Registration, make_registration, whois_server  # noqa: E402
from lab.relay import dns_relay  # noqa: E402
from lab.servers import Server, ftp_server, ssh_server, web_server  # noqa: E402
from lab.zone import NameServer, make_zone, name_server  # noqa: E402


def need(*tools: str) -> None:
    """Skip where a tool is missing, unless the environment insists on it."""
    missing = [tool for tool in tools if find_tool(tool) is None]
    if missing and not os.environ.get("DECLOAK_REQUIRE_TOOLS"):
        pytest.skip(f"not installed: {', '.join(missing)} (lab/packages.txt)")
    assert not missing, f"not installed: {', '.join(missing)}"


@pytest.fixture(scope="session")
def rng() -> random.Random:
    seed = int(os.environ.get("DECLOAK_LAB_SEED", "0")) or random.SystemRandom().randrange(1 << 30)
    sys.stderr.write(f"DECLOAK_LAB_SEED={seed}\n")  # shown when a test fails
    return random.Random(seed)


@pytest.fixture(scope="session")
def nameserver(tmp_path_factory, rng):
    need("named", "dig")
    zone = make_zone(rng)
    pointers = {loopback_address(rng): f"web01.{zone.origin}"}
    with name_server(tmp_path_factory.mktemp("dns"), zone, pointers) as server:
        yield server


@dataclass(frozen=True)
class Scan:
    address: str
    name: str
    servers: tuple[Server, ...]
    closed: int
    reports: Path


@pytest.fixture(scope="session")
def scan(tmp_path_factory, nameserver):
    """One scan of three servers and a closed port, in all of Nmap's layouts."""
    need("nmap", "sshd", "ssh-keygen", "nginx", "vsftpd")
    ((address, name),) = nameserver.pointers.items()
    reports = tmp_path_factory.mktemp("nmap") / "scan"
    with contextlib.ExitStack() as stack:
        servers = tuple(
            stack.enter_context(start(address, tmp_path_factory.mktemp(start.__name__)))
            for start in (ssh_server, web_server, ftp_server)
        )
        closed = free_port(address)
        ports = ",".join(str(port) for port in (*(s.port for s in servers), closed))
        command = ["nmap", "-sV", "-p", ports, "-oA", str(reports), address]
        if os.geteuid() == 0:
            target = (nameserver.address, nameserver.port)
            stack.enter_context(dns_relay(address, 53, target))
            command += ["-R", "--dns-servers", address]
        else:
            command.append("-n")
            name = ""
        subprocess.run(command, check=True, capture_output=True, timeout=90)
    return Scan(address, name, servers, closed, reports)


@dataclass(frozen=True)
class Whois:
    address: str
    port: int
    row: Registration


@pytest.fixture(scope="session")
def registry(rng):
    need("whois")
    row, address = make_registration(rng), loopback_address(rng)
    answers = {f"{kind}-{row.domain}": layout(row) for kind, layout in LAYOUTS.items()}
    with whois_server(address, answers) as port:
        yield Whois(address, port, row)


class Decloak:
    """``... | decloak extract -``."""

    def __init__(self) -> None:
        named = os.environ.get("DECLOAK_COMMAND")  # to test another installation
        beside = Path(named) if named else Path(sys.executable).with_name("decloak")
        self.command = [str(beside)] if beside.exists() else [sys.executable, "-m", "decloak"]

    def __call__(self, text: bytes, *options: str):
        done = subprocess.run(
            [*self.command, "extract", "-", "--format", "jsonl", *options],
            input=text, capture_output=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
        (line,) = done.stdout.decode().splitlines()
        result = json.loads(line)
        raw = text.decode()
        for entity in result["entities"]:
            assert raw[entity["start"] : entity["end"]] == entity["text"]
        return result


@pytest.fixture(scope="session")
def decloak() -> Decloak:
    return Decloak()


@pytest.fixture(scope="session")
def dig(nameserver: NameServer):
    def run(*arguments: str, stdin: bytes = b"") -> bytes:
        command = ["dig", f"@{nameserver.address}", "-p", str(nameserver.port), *arguments]
        return subprocess.run(
            command, input=stdin, capture_output=True, check=True, timeout=30
        ).stdout

    return run


@pytest.fixture(scope="session")
def whois(registry: Whois):
    def run(query: str) -> bytes:
        command = ["whois", "-h", registry.address, "-p", str(registry.port), query]
        return subprocess.run(command, capture_output=True, check=True, timeout=30).stdout

    return run


def values(result, label: str) -> set[str]:
    return {each["value"] for each in result["entities"] if each["label"] == label}


def value_of(record, field: str):
    found = record.get(field)
    return found["value"] if found else None


@pytest.fixture(scope="session", name="values")
def values_fixture():
    return values


@pytest.fixture(scope="session", name="value_of")
def value_of_fixture():
    return value_of
