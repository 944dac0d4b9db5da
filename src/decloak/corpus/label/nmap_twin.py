"""What Nmap's XML says about a scan, for labelling the text layouts of the same scan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["Host", "Port", "Scan", "Script", "read_scan"]


@dataclass(frozen=True, slots=True)
class Script:
    """A script's result: its id, its text, and its leaves as (path of keys, text)."""

    id: str
    output: str
    leaves: tuple[tuple[tuple[str, ...], str], ...]


@dataclass(frozen=True, slots=True)
class Port:
    """One port; empty strings stand for what the scan does not know."""

    number: str
    protocol: str
    state: str
    reason: str = ""
    service: str = ""
    tunnel: str = ""
    product: str = ""
    version: str = ""
    extra: str = ""
    system: str = ""
    hostname: str = ""
    cpes: tuple[str, ...] = ()
    scripts: tuple[Script, ...] = ()

    @property
    def cell(self) -> str:
        """The service as the text layouts print it, without a question mark."""
        return f"{self.tunnel}/{self.service}" if self.tunnel else self.service


@dataclass(frozen=True, slots=True)
class Host:
    """One host: addresses as (type, address, vendor), names, state, latency in seconds, ports."""

    addresses: tuple[tuple[str, str, str], ...]
    names: tuple[str, ...]
    status: str
    latency: float | None = None
    ports: tuple[Port, ...] = ()
    systems: tuple[str, ...] = ()
    classes: tuple[tuple[str, str, str], ...] = ()
    cpes: tuple[str, ...] = ()
    hops: tuple[tuple[str, str], ...] = ()
    scripts: tuple[Script, ...] = ()

    @property
    def address(self) -> str:
        """The network address; empty when there is only a hardware address."""
        return next((addr for kind, addr, _ in self.addresses if kind != "mac"), "")

    @property
    def latest(self) -> dict[tuple[str, str], Port]:
        """The ports by number and protocol."""
        return {(port.number, port.protocol): port for port in self.ports}


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan: the version of Nmap, its arguments, its hosts in order."""

    version: str
    arguments: tuple[str, ...]
    hosts: tuple[Host, ...] = field(default=())


def read_scan(xml: str) -> Scan | None:
    """Read ``nmap -oX``; None when it is no well-formed XML (a scan that was cut short)."""
    from xml.etree.ElementTree import ParseError  # noqa: PLC0415 - only its error

    from defusedxml import DefusedXmlException  # noqa: PLC0415 - start-up time
    from defusedxml.ElementTree import fromstring  # noqa: PLC0415 - likewise

    try:
        root = fromstring(xml.encode())
    except (ParseError, DefusedXmlException, ValueError):
        return None
    if root.tag != "nmaprun":
        return None
    return Scan(
        root.get("version", ""),
        tuple(root.get("args", "").split()),
        tuple(_host(element) for element in root.iter("host")),
    )


def _host(host: Element) -> Host:
    status, times = host.find("status"), host.find("times")
    latency = times.get("srtt", "") if times is not None else ""
    return Host(
        tuple(
            (each.get("addrtype", ""), each.get("addr", ""), each.get("vendor", ""))
            for each in host.iterfind("address")
        ),
        tuple(each.get("name", "") for each in host.iterfind("hostnames/hostname")),
        status.get("state", "") if status is not None else "",
        int(latency) / 1e6 if latency.isdecimal() else None,
        tuple(_port(each) for each in host.iterfind("ports/port")),
        tuple(each.get("name", "") for each in host.iterfind("os/osmatch")),
        tuple(
            (each.get("vendor", ""), each.get("osfamily", ""), each.get("osgen", ""))
            for each in host.iterfind("os/osmatch/osclass")
        ),
        tuple(each.text or "" for each in host.iterfind("os/osmatch/osclass/cpe")),
        tuple(
            (each.get("ipaddr", ""), each.get("host", "")) for each in host.iterfind("trace/hop")
        ),
        tuple(_script(each) for each in host.iterfind("hostscript/script")),
    )


def _port(port: Element) -> Port:
    state, service = port.find("state"), port.find("service")
    told = service.attrib if service is not None else {}
    name = told.get("name", "")
    return Port(
        port.get("portid", ""),
        port.get("protocol", ""),
        state.get("state", "") if state is not None else "",
        state.get("reason", "") if state is not None else "",
        "" if name == "unknown" else name,
        told.get("tunnel", ""),
        told.get("product", ""),
        told.get("version", ""),
        told.get("extrainfo", ""),
        told.get("ostype", ""),
        told.get("hostname", ""),
        tuple(each.text or "" for each in port.iterfind("service/cpe")),
        tuple(_script(each) for each in port.iterfind("script")),
    )


def _script(script: Element) -> Script:
    leaves: list[tuple[tuple[str, ...], str]] = []
    stack: list[tuple[Element, tuple[str, ...]]] = [(script, ())]
    while stack:
        element, path = stack.pop()
        for child in reversed(element):
            key = (*path, child.get("key", ""))
            if child.tag == "elem":
                leaves.append((key, child.text or ""))
            else:
                stack.append((child, key))
    return Script(script.get("id", ""), script.get("output", ""), tuple(leaves))
