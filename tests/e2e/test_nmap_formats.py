"""Real Nmap against servers on loopback: its three formats say the same."""

from __future__ import annotations

import http.server
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.sources import PARSERS

NMAP = shutil.which("nmap")
FIELDS = ("number", "protocol", "state", "service", "software", "version")
FILES = {"nmap_text": "out.nmap", "nmap_xml": "out.xml", "nmap_grepable": "out.gnmap"}


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web_port() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def parse(name: str, text: str) -> tuple[Facts, list[tuple[str, ...]]]:
    """Return the facts and the ports, each as its fields' values."""
    parser = PARSERS.get(name)
    facts = Facts(parser.source)
    assert parser.score(View(text), 0, len(text)) > 0.9
    parser.parse(View(text), 0, len(text), facts)
    ports: dict[int, dict[str, str]] = {}
    for fact in facts.items:
        if fact.record >= 0 and facts.kinds[fact.record] == "port":
            value = text[fact.start : fact.end] if fact.value is None else fact.value
            ports.setdefault(fact.record, {})[fact.field] = value
    return facts, sorted(tuple(port.get(field, "") for field in FIELDS) for port in ports.values())


@pytest.mark.tools
@pytest.mark.slow
@pytest.mark.skipif(NMAP is None, reason="nmap is not installed")
def test_formats_say_the_same(web_port: int, tmp_path: Path) -> None:
    shut = closed_port()
    command = [
        NMAP, "-n", "-sT", "-sV", "--version-light", "--reason", "-p", f"{web_port},{shut}",
        "-oA", str(tmp_path / "out"), "127.0.0.1",
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    texts = {name: (tmp_path / file).read_text("utf-8") for name, file in FILES.items()}
    seen = {name: parse(name, text) for name, text in texts.items()}
    for name, (facts, ports) in seen.items():
        assert facts.warnings == []
        assert ports == seen["nmap_text"][1], name
        hosts = {texts[name][f.start : f.end] for f in facts.items if f.field == "address"}
        assert hosts == {"127.0.0.1"}, name
    web = next(port for port in seen["nmap_text"][1] if port[0] == str(web_port))
    assert web[1:4] == ("tcp", "open", "http")
    assert web[4].startswith("SimpleHTTPServer")
    assert {port[2] for port in seen["nmap_text"][1]} == {"open", "closed"}
