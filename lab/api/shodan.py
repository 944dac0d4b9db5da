"""Shodan's documented objects (https://developer.shodan.io/api) from the lab's own hosts."""

from __future__ import annotations

import ipaddress
import zlib
from random import Random
from typing import Any

from lab.responder.plan import Role
from lab.world.model import Host

__all__ = ["host_object"]

_Object = dict[str, Any]
_TAGS = (
    "cloud",
    "self-signed",
    "starttls",
    "vpn",
    "database",
    "iot",
    "ics",
    "eol-product",
    "cdn",
    "honeypot",
)


def _location(host: Host, rng: Random) -> _Object:
    holder = host.network.holder
    return {
        "city": holder.city, "region_code": holder.state[:2].upper() or None, "area_code": None, "country_code": holder.code, "country_name": holder.country,
        "longitude": round(rng.uniform(-179, 179), 5), "latitude": round(rng.uniform(-60, 70), 5),
    }  # fmt: skip


def _vulns(role: Role, rng: Random) -> _Object:
    made: _Object = {}
    for _ in range(rng.choice((1, 1, 2, 5, 9))):
        cve = f"CVE-20{rng.randint(6, 25):02}-{rng.randint(1, 29999):04}"
        score = round(rng.uniform(2.1, 10.0), 1)
        made[cve] = {
            "verified": rng.random() < 0.1, "cvss": score, "cvss_version": rng.choice((2, 3.1)), "epss": round(rng.random() ** 4, 5),
            "references": [f"https://vendor.example/advisories/{cve.lower()}"],
            "summary": f"{role.product} {role.version} mishandles {rng.choice(('long headers', 'crafted packets', 'symbolic links', 'session tokens', 'nested archives'))}, "
            f"which lets a {rng.choice(('remote', 'local', 'nearby'))} user {rng.choice(('read memory', 'run code', 'stop the service', 'gain rights'))}.",
        }  # fmt: skip
    return made


def _banner(host: Host, role: Role, location: _Object, rng: Random) -> _Object:
    text = role.banner.decode("utf-8", "replace")
    when = f"2025-{rng.randint(1, 6):02}-{rng.randint(1, 28):02}T{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}.{rng.randint(0, 999999):06}"
    made: _Object = {
        "ip": int(ipaddress.ip_address(host.address)), "ip_str": host.address, "port": role.port, "transport": role.transport, "data": text,
        "hash": zlib.crc32(role.banner) - (1 << 31), "timestamp": when, "hostnames": [host.name] if host.name else [], "domains": _domains(host),
        "org": host.network.holder.name, "isp": host.network.upstream.name, "asn": f"AS{host.network.asn}", "os": role.system or None,
        "location": location, "opts": {},
        "_shodan": {"id": f"{rng.getrandbits(128):032x}", "module": _module(role), "crawler": f"{rng.getrandbits(160):040x}", "options": {}, "ptr": True},
    }  # fmt: skip
    if ":" in host.address:
        made["ipv6"] = host.address
        del made["ip"]
    for key, value in (
        ("product", role.product),
        ("version", role.version),
        ("info", role.info),
        ("devicetype", role.device),
    ):
        if value:
            made[key] = value
    if text.startswith("HTTP/"):
        made["http"] = _http(host, text)
    if role.product and role.version:
        made["cpe23"] = [
            f"cpe:2.3:a:{_cpe(role.product)}:{_cpe(role.product)}:{_cpe(role.version)}:*:*:*:*:*:*:*"
        ]
        if rng.random() < 0.25:
            made["vulns"] = _vulns(role, rng)
    return made


def _cpe(text: str) -> str:
    return "".join(c if c.isalnum() or c in "._-" else "_" for c in text.lower())


def _module(role: Role) -> str:
    return {
        "http": "http-simple-new" if role.port not in {80, 8080} else "http",
        "domain": "dns-tcp",
    }.get(role.service, role.service)


def _http(host: Host, text: str) -> _Object:
    head, _, body = text.partition("\r\n\r\n")
    headers = dict(line.partition(":")[::2] for line in head.split("\r\n")[1:] if ":" in line)
    title = body.partition("<title>")[2].partition("</title>")[0] if "<title>" in body else None
    words = head.split(" ", 2)
    return {
        "status": int(words[1]) if len(words) > 1 and words[1].isdecimal() else None, "server": headers.get("Server", "").strip() or None, "title": title, "html": body[:600],
        "host": host.address, "location": "/", "redirects": [], "robots": None, "sitemap": None, "components": {}, "headers_hash": zlib.crc32(head.encode("utf-8", "replace")),
    }  # fmt: skip


def _domains(host: Host) -> list[str]:
    return [".".join(host.name.split(".")[-2:])] if "." in host.name else []


def host_object(host: Host) -> _Object:
    """The answer to ``/shodan/host/ADDRESS``."""
    rng = Random(f"shodan {host.address}")
    location = _location(host, rng)
    data = [_banner(host, role, location, rng) for role in host.roles]
    vulns = sorted({cve for each in data for cve in each.get("vulns", {})})
    made: _Object = {
        **location, "ip_str": host.address, "ip": int(ipaddress.ip_address(host.address)), "ports": sorted({role.port for role in host.roles}),
        "hostnames": [host.name] if host.name else [], "domains": _domains(host), "org": host.network.holder.name, "isp": host.network.upstream.name,
        "asn": f"AS{host.network.asn}", "os": next((role.system for role in host.roles if role.system), None), "tags": rng.sample(_TAGS, rng.choice((0, 0, 1, 2))),
        "last_update": max((each["timestamp"] for each in data), default="2025-01-01T00:00:00.000000"), "data": data,
    }  # fmt: skip
    if vulns:
        made["vulns"] = vulns
    return made
