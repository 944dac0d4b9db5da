"""Label what ``shodan host`` prints (the official client), from the JSON of the same host."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from decloak.corpus.label.nmap_text import _lines
from decloak.corpus.label.place import Placer
from decloak.corpus.label.shapes import shapes
from decloak.corpus.sample import Label

__all__ = ["label_shodan_text", "read_host"]

_FIELD = re.compile(r"(Hostnames|Operating System|Organization|Vulnerabilities): +")
_PORT = re.compile(r" *(\d{1,5})/(tcp|udp)\b ?")
_BODY = re.compile(r"\bO=([^,=]+?)(?=,\s*[A-Za-z]+=|$)")


def read_host(text: str) -> Mapping[str, Any] | None:
    """Read a host of Shodan's API; None when it is none."""
    try:
        host = json.loads(text)
    except (ValueError, RecursionError):
        return None
    fits = isinstance(host, dict) and isinstance(host.get("ip_str"), str)
    return host if fits and isinstance(host.get("data"), list) else None


def label_shodan_text(text: str, host: Mapping[str, Any]) -> tuple[Label, ...]:
    """Label the client's text layout.

    Args:
        text: what the client printed.
        host: its twin.
    """
    placer = Placer(text, "shodan.json")
    ports: dict[tuple[str, str], Mapping[str, Any]] = {
        (str(each.get("port")), str(each.get("transport"))): each
        for each in host["data"]
        if isinstance(each, dict)
    }
    for low, high in _lines(text):
        line = text[low:high]
        if line.strip() == host["ip_str"]:
            placer.put(low, high, "IP_ADDRESS", "ip_str", "line")
        elif (found := _FIELD.match(line)) is not None:
            _field(placer, found[1], low + found.end(), high, host)
        elif (found := _PORT.match(line)) is not None and (found[1], found[2]) in ports:
            placer.put(low + found.start(1), low + found.end(1), "PORT", "data.port", "row")
            placer.put(
                low + found.start(2), low + found.end(2), "PROTOCOL", "data.transport", "row"
            )
            banner, at = ports[found[1], found[2]], low + found.end()
            for key, label in (("product", "SOFTWARE"), ("version", "VERSION")):
                value = str(banner.get(key) or "")
                at = placer.seek(value, label, f"data.{key}", at, high, "row") or at
        elif "|-- Cert " in line:
            for body in _BODY.finditer(line):
                placer.put(
                    low + body.start(1), low + body.end(1), "ORGANIZATION", "ssl.cert", "cert line"
                )
        shapes(placer, low, high, "text")
    return placer.labels()


def _field(placer: Placer, name: str, low: int, high: int, host: Mapping[str, Any]) -> None:
    if name == "Hostnames":
        for each in host.get("hostnames") or ():
            found = placer.find(str(each), low, high)
            if found is not None:
                placer.name(found, found + len(str(each)), "hostnames", "field")
        return
    key, label = {"Operating System": ("os", "OS"), "Organization": ("org", "ORGANIZATION")}.get(
        name, ("", "")
    )
    if label:
        placer.seek(str(host.get(key) or ""), label, key, low, high, "field")
