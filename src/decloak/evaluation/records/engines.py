"""Engines: what Shodan says about a machine, as its client prints it and as JSON."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from decloak.evaluation.records.drawn import Machine, Record

__all__ = ["host_object", "print_host", "shodan_banners", "shodan_json", "shodan_text"]

_UPDATED = "2024-03-02T10:11:12.000000"


def host_object(machine: Machine, rng: Random) -> dict[str, Any]:
    """Return the machine as Shodan's API answers to ``/shodan/host/ADDRESS``."""
    names = [machine.name] if machine.name else []
    shared: dict[str, Any] = {
        "ip_str": machine.address, "org": machine.organization, "isp": machine.provider, "asn": f"AS{machine.asn}",
        "hostnames": names, "domains": [".".join(name.split(".")[-2:]) for name in names],
        "os": machine.system or None,
    }  # fmt: skip
    if machine.cloud:
        provider, region = machine.cloud
        shared["cloud"] = {"provider": provider, "region": region, "service": None}
    banners: list[dict[str, Any]] = []
    for service in machine.services:
        banner = shared | {
            "port": service.number, "transport": "tcp", "data": "x\r\n", "timestamp": _UPDATED,
            "_shodan": {"module": service.name, "id": f"{rng.getrandbits(128):032x}"},
            "location": {"city": machine.place[0], "country_name": machine.place[1]},
        }  # fmt: skip
        if service.product:
            banner["product"] = service.product
        if service.version:
            banner["version"] = service.version
        if service.name == "http":
            banner["http"] = {
                "title": rng.choice(("Registrar: login", "Organization", "It works", None))
            }
            banner["ssl"] = {
                "versions": ["TLSv1.2", "-SSLv3"],
                "cert": {
                    "issuer": {"C": "US", "O": "Example Trust, Inc.", "CN": "R3"},
                    "subject": {"CN": machine.name or "example.org"},
                },
                "dhparams": {
                    "bits": 2048,
                    "generator": 2,
                    "fingerprint": "RFC3526/Oakley Group 14",
                },
            }
        banners.append(banner)
    host = shared | {
        "city": machine.place[0], "country_name": machine.place[1], "last_update": _UPDATED,
        "ports": [service.number for service in machine.services], "data": banners,
    }  # fmt: skip
    if machine.vulnerabilities:
        host["vulns"] = list(machine.vulnerabilities)
    return host


def _wanted(machine: Machine) -> Record:
    record: Record = {
        "kind": "host", "address": machine.address, "city": machine.place[0], "country": machine.place[1], "ports": [],
    }  # fmt: skip
    if machine.organization:
        record["organization"] = machine.organization
    if machine.name:
        record["names"] = [machine.name]
    for service in machine.services:
        port = {"kind": "port", "number": str(service.number), "protocol": "tcp"}
        port |= {"software": service.product} if service.product else {}
        port |= {"version": service.version} if service.version else {}
        record["ports"].append(port)
    return record


def print_host(host: dict[str, Any], *, history: bool = False) -> str:
    """Print a host as the official client does; a test compares the two."""
    rows = [
        ("Hostnames:", ";".join(host["hostnames"])), ("City:", host["city"]), ("Country:", host["country_name"]),
        ("Operating System:", host["os"]), ("Organization:", host["org"]), ("Updated:", host["last_update"]),
    ]  # fmt: skip
    lines = [host["ip_str"], *(f"{key:25s}{value}" for key, value in rows if value)]
    lines.append(f"{'Number of open ports:':25s}{len(host['ports'])}")
    if host.get("vulns"):
        lines.append(f"{'Vulnerabilities:':25s}" + "".join(f"{cve}\t" for cve in host["vulns"]))
    lines += ["", "Ports:"]
    for banner in host["data"]:
        version = f"({banner['version']})" if banner.get("version") else ""
        line = f"{banner['port']:>7d}/{banner['transport']} {banner.get('product', '')} {version}"
        lines.append(line + (f"\t\t({banner['timestamp'][:10]})" if history else ""))
        if banner.get("http", {}).get("title"):
            lines.append(f"\t|-- HTTP title: {banner['http']['title']}")
        if "ssl" in banner:
            for name in ("issuer", "subject"):
                pairs = ", ".join(
                    f"{key}={value}" for key, value in banner["ssl"]["cert"][name].items()
                )
                lines.append(f"\t|-- Cert {name.title()}: {pairs}")
            lines.append(f"\t|-- SSL Versions: {', '.join(sorted(banner['ssl']['versions']))}")
            prime = banner["ssl"]["dhparams"]
            lines += [
                "\t|-- Diffie-Hellman Parameters:",
                f"\t\t{'Bits:':15s}{prime['bits']}",
                f"\t\t{'Generator:':15s}{prime['generator']}",
                f"\t\t{'Fingerprint:':15s}{prime['fingerprint']}",
            ]
    return "\n".join(lines) + "\n"


def shodan_text(machine: Machine, rng: Random) -> tuple[str, Record]:
    """Return what ``shodan host`` prints, some of it with the dates of ``--history``."""
    record = _wanted(machine) | {"updated": _UPDATED}
    if machine.system:
        record["os"] = machine.system
    if machine.vulnerabilities:
        record["vulnerabilities"] = list(machine.vulnerabilities)
    return print_host(host_object(machine, rng), history=rng.random() < 0.2), record


def _wanted_json(machine: Machine) -> Record:
    record = _wanted(machine) | {"isp": machine.provider, "asn": f"AS{machine.asn}"}
    if machine.cloud:
        record["cloud_provider"], record["cloud_region"] = machine.cloud
    for port, service in zip(record["ports"], machine.services, strict=True):
        port["service"] = service.name
    return record


def shodan_json(machine: Machine, rng: Random) -> tuple[str, Record]:
    """Return a host object, on one line or indented."""
    record = _wanted_json(machine)
    if machine.vulnerabilities:
        record["vulnerabilities"] = list(machine.vulnerabilities)
    return json.dumps(host_object(machine, rng), indent=rng.choice((None, 2))) + "\n", record


def shodan_banners(machine: Machine, rng: Random) -> tuple[str, Record]:
    """Return what ``shodan download`` stores: one banner on each line."""
    banners = host_object(machine, rng)["data"]
    return "".join(json.dumps(banner) + "\n" for banner in banners), _wanted_json(machine)
