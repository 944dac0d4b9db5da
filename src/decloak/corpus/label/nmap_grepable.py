"""Label ``nmap -oG`` from the XML of the same scan.

A host line is ``Host: ADDRESS (NAME)`` and tab-separated fields; a port is
``number/state/protocol/owner/service/rpc/version/``, with ``|`` for a slash inside (Nmap's manual,
"Grepable Output").
"""

from __future__ import annotations

import re

from decloak.corpus.label.nmap_text import _frame, _lines
from decloak.corpus.label.nmap_twin import Host, Port, Scan
from decloak.corpus.label.place import Placer, canonical
from decloak.corpus.label.shapes import product_tokens
from decloak.corpus.sample import Label

__all__ = ["label_nmap_grepable"]

_HOST = re.compile(r"Host: (\S+) \(([^)\s]*)\)")
_STATUS = re.compile(r"\tStatus: (\w+)")
_PORT = re.compile(r"(\d{1,5})/([^/,]*)/([^/,]*)/([^/]*)/([^/]*)/([^/]*)/([^/]*)/")


def label_nmap_grepable(text: str, scan: Scan) -> tuple[Label, ...]:
    """Label a grepable report.

    Args:
        text: what ``-oG`` wrote.
        scan: its twin.
    """
    placer = Placer(text, "nmap.xml")
    hosts = {host.address: host for host in scan.hosts}
    for low, high in _lines(text):
        line = text[low:high]
        found = _HOST.match(line)
        if found is None:
            if line.startswith("# Nmap"):
                _frame(placer, low, high, scan)
            continue
        host = hosts.get(found[1])
        if host is None:
            continue
        placer.put(
            low + found.start(1), low + found.end(1), "IP_ADDRESS", "address.addr", "host line"
        )
        if found[2]:
            placer.name(low + found.start(2), low + found.end(2), "hostname.name", "host line")
        _fields(placer, low, high, host)
    return placer.labels()


def _fields(placer: Placer, low: int, high: int, host: Host) -> None:
    line = placer.text[low:high]
    status = _STATUS.search(line)
    if status is not None and status[1].lower() == host.status:
        placer.put(low + status.start(1), low + status.end(1), "STATUS", "status.state", "field")
    ports = line.find("\tPorts: ")
    if ports >= 0:
        for found in _PORT.finditer(line, ports + 8):
            port = host.latest.get((found[1], found[3]))
            if port is not None:
                _port(placer, low, found, port)
    systems = line.find("\tOS: ")
    if systems >= 0:
        start = low + systems + 5
        end = placer.text.find("\t", start, high)
        for name in host.systems:
            # Several matches are parted by "|", as slashes are.
            placer.seek(name, "OS", "osmatch.name", start, high if end < 0 else end, "field")


def _port(placer: Placer, low: int, found: re.Match[str], port: Port) -> None:
    def put(group: int, label: str, field: str) -> None:
        placer.put(low + found.start(group), low + found.end(group), label, field, "port item")

    put(1, "PORT", "port.portid")
    if found[2] == port.state:
        put(2, "STATE", "port.state")
    put(3, "PROTOCOL", "port.protocol")
    cell = found[5].rstrip("?")
    if port.service and cell == port.cell.replace("/", "|"):
        start = low + found.start(5)
        placer.put(
            start, start + len(cell), "SERVICE", "port.service", "port item",
            canonical("SERVICE", port.cell),
        )  # fmt: skip
    at, end = low + found.start(7), low + found.end(7)
    for value, label, field in (
        (port.product, "SOFTWARE", "port.product"),
        (port.version, "VERSION", "port.version"),
    ):
        written = value.replace("/", "|")
        where = placer.find(written, at, end)
        if where is not None:
            at = placer.put(where, where + len(written), label, field, "port item", value)
    product_tokens(placer, at, end, "port.extrainfo")
