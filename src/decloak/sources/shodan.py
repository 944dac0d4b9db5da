"""Shodan JSON: host objects, search results and banners, alone, in arrays or one per line.

The objects are those of Shodan's REST API and of the files that its command line downloads: a
banner describes one port of one address; a host holds its banners under ``data``; a search result
holds banners under ``matches``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.indicators.engine import compile_pattern
from decloak.sources.json_scan import (
    CLOSE,
    NUMBER,
    OPEN,
    PROBLEM,
    STRING,
    Token,
    scan_json,
)
from decloak.sources.names import note_name
from decloak.sources.products import note_products

__all__ = ["SHODAN_JSON", "ShodanJson"]

Path = tuple[str, ...]

_HOST: dict[Path, tuple[str, str]] = {
    ("ip_str",): ("address", "IP_ADDRESS"),
    ("ipv6",): ("addresses", "IP_ADDRESS"),
    ("hostnames",): ("names", "DOMAIN"),
    ("org",): ("organization", "ORGANIZATION"),
    ("isp",): ("isp", "ORGANIZATION"),
    ("asn",): ("asn", "ASN"),
    ("country_name",): ("country", ""),
    ("location", "country_name"): ("country", ""),
    ("city",): ("city", ""),
    ("location", "city"): ("city", ""),
    ("last_update",): ("updated", ""),
    ("tags",): ("tags", ""),
}
_SHARED: dict[Path, tuple[str, str]] = {  # of the port in a banner, of the host elsewhere
    ("os",): ("os", "OS"),
    ("cpe",): ("cpes", "CPE"),
    ("cpe23",): ("cpes", "CPE"),
    ("vulns",): ("vulnerabilities", "CVE"),
}
_PORT: dict[Path, tuple[str, str]] = {
    ("port",): ("number", "PORT"),
    ("transport",): ("protocol", "PROTOCOL"),
    ("_shodan", "module"): ("service", "SERVICE"),
    ("product",): ("software", "SOFTWARE"),
    ("version",): ("version", "VERSION"),
    ("info",): ("info", ""),
    ("timestamp",): ("timestamp", ""),
    ("data",): ("banner", ""),
}
_NOTES: dict[Path, str] = {
    ("domains",): "DOMAIN",
    ("ports",): "PORT",
    ("http", "host"): "DOMAIN",
    ("http", "redirects", "host"): "DOMAIN",
    ("dns", "resolver_hostname"): "DOMAIN",
    ("ssl", "cert", "subject", "CN"): "DOMAIN",
    ("ssl", "cert", "issuer", "CN"): "DOMAIN",
    ("ssl", "cert", "subject", "O"): "ORGANIZATION",
    ("ssl", "cert", "issuer", "O"): "ORGANIZATION",
    ("ssl", "cert", "fingerprint", "sha256"): "HASH",
    ("ssl", "cert", "fingerprint", "sha1"): "HASH",
    ("ssl", "chain_sha256"): "HASH",
    ("ssl", "jarm"): "HASH",
    ("ssl", "ja3s"): "HASH",
    ("ssh", "fingerprint"): "HASH",
    ("ssh", "hassh"): "HASH",
    ("http", "server"): "SOFTWARE",
}
_KNOWN = frozenset({*_HOST, *_SHARED, *_PORT, *_NOTES})
_UNITS: frozenset[Path] = frozenset({(), ("data",), ("matches",)})
_KEYS = compile_pattern(
    rb'"(ip_str|_shodan|hostnames|transport|isp|country_code3?|last_update|matches|vulns|asn|org)"'
    rb"[ \t\n]{0,64}:"
)
_CERTAIN = (b'"ip_str":', b'"transport":', b'"org":', b'"hostnames":')
_SCORED = 1 << 14  # how much of the text the score looks at


@dataclass(slots=True)
class _Unit:
    """One object that may be a host or a banner: the fields that matter, until it ends."""

    path: Path
    depth: int
    host: int = -1
    fields: list[tuple[Path, Token]] = field(default_factory=list)
    seen: set[Path] = field(default_factory=set)


class ShodanJson:
    """Parser of every JSON layout of Shodan."""

    name = "shodan_json"
    source = "shodan"
    layout = "json"
    description = "Shodan host, search and banner JSON, also one object per line"
    anchor = rb'(?m)^[ \t]*[\[{,]?[ \t]*"(?:ip_str|_shodan)"[ \t]*:'

    def score(self, view: View, start: int, end: int) -> float:
        """Return how many of the keys that only Shodan writes together are there."""
        head = view.shadow[start : min(end, start + _SCORED)]
        if all(key in head for key in _CERTAIN):
            return 1.0
        found = {m.group(1) for m in _KEYS.finditer(view.shadow, start, min(end, start + _SCORED))}
        if not found & {b"ip_str", b"_shodan", b"matches"}:
            found = {m.group(1) for m in _KEYS.finditer(view.shadow, max(start, end - 4096), end)}
        if not found & {b"ip_str", b"_shodan"}:
            return 0.0
        return min(1.0, 0.4 + 0.15 * len(found))

    def parse(self, view: View, start: int, end: int, facts: Facts) -> None:
        """Add hosts, their ports, and the names, organizations and digests of certificates."""
        reader = _Reader(view, facts)
        enter, leave, take = reader.enter, reader.leave, reader.take
        for token in scan_json(view, start, end):
            kind = token[0]
            if kind in (STRING, NUMBER):
                take(token)
            elif kind == OPEN:
                enter(token)
            elif kind == CLOSE:
                leave(token)
            elif kind == PROBLEM:
                facts.warn(f"JSON at {token.start}: {token.value}")


class _Reader:
    """The state of one parse: open units, and the hosts seen, by address."""

    def __init__(self, view: View, facts: Facts) -> None:
        self.view = view
        self.facts = facts
        self.units: list[_Unit] = []
        self.hosts: dict[str, int] = {}
        self.filled: set[tuple[int, str]] = set()

    def enter(self, token: Token) -> None:
        if token.value == "{" and token.path in _UNITS:
            if token.path == ("data",) and self.units and self.units[-1].host < 0:
                self.units[-1].host = self.facts.open("host")
            host = self.units[-1].host if self.units else -1
            self.units.append(_Unit(token.path, token.depth, host))
        elif token.key >= 0 and self.units:
            self._key(token)

    def _key(self, token: Token) -> None:
        """Take a key that is itself a value: a vulnerability, a hardware address."""
        unit = self.units[-1]
        path = token.path[len(unit.path) :]
        end = token.key + len(token.path[-1])
        if len(path) != 2 or self.view.text[token.key : end] != token.path[-1]:
            return
        if path[0] == "vulns":
            unit.fields.append((path[:1], Token(STRING, path, 0, token.key, end)))
        elif path[0] == "mac":
            self.facts.note("MAC_ADDRESS", token.key, end, "port.mac")

    def take(self, token: Token) -> None:
        if not self.units:
            return
        unit = self.units[-1]
        path = token[1][len(unit.path) :] if unit.path else token[1]
        unit.seen.add(path[:1])
        if path in _KNOWN:
            unit.fields.append((path, token))

    def leave(self, token: Token) -> None:
        if not self.units or token.value != "{":
            return
        unit = self.units[-1]
        if token.path != unit.path or token.depth != unit.depth:
            return
        self.units.pop()
        is_banner = ("port",) in unit.seen
        nested = unit.path == ("data",)
        host = unit.host
        if host < 0:
            if not is_banner and ("ip_str",) not in unit.seen:
                return  # a page of results, or no object of Shodan's
            host = self._host_of(unit)
        port = self.facts.open("port", host) if is_banner else -1
        for path, field_token in unit.fields:
            self._put(host, port, path, field_token, nested=nested)

    def _host_of(self, unit: _Unit) -> int:
        """Return the host of a banner, the same for the same address."""
        address = next(
            (self.view.text[t.start : t.end] for path, t in unit.fields if path == ("ip_str",)), ""
        )
        host = self.hosts.get(address, -1)
        if host < 0:
            host = self.facts.open("host")
            if address:
                self.hosts[address] = host
        return host

    def _put(self, host: int, port: int, path: Path, token: Token, *, nested: bool) -> None:
        if path in _PORT and port >= 0:
            self._field(port, *_PORT[path], token)
        elif path in _SHARED:
            self._field(port if port >= 0 else host, *_SHARED[path], token)
        elif path in _HOST:
            name, label = _HOST[path]
            if nested:
                self._note(label, token, f"port.{name}")
            else:
                self._field(host, name, label, token)
        elif path in _NOTES:
            self._note(_NOTES[path], token, f"port.{'.'.join(path)}")

    def _field(self, record: int, name: str, label: str, token: Token) -> None:
        facts, text = self.facts, self.view.text
        if label == "CVE" and text[token.start] == "!":
            return  # Shodan's sign for: tested, and not vulnerable
        if token.start == token.end or (label and token.kind == NUMBER and label not in _NUMERIC):
            return
        kind = facts.kinds[record]
        if name not in _MANY:
            if (record, name) in self.filled:
                self._note(label, token, f"{kind}.{name}")
                return
            self.filled.add((record, name))
        if label == "DOMAIN" and "." not in text[token.start : token.end]:
            label = "HOSTNAME"
        facts.add(record, name, label, token.start, token.end, token.value)

    def _note(self, label: str, token: Token, detail: str) -> None:
        start, end = token.start, token.end
        if label == "DOMAIN":
            note_name(self.view, start, end, self.facts, detail)
        elif label == "SOFTWARE":
            note_products(self.view, start, end, self.facts, detail)
        elif label:
            self.facts.note(label, start, end, detail, token.value)


_NUMERIC = frozenset({"PORT", "VERSION"})
_MANY = frozenset({"addresses", "names", "cpes", "vulnerabilities", "tags"})

SHODAN_JSON = ShodanJson()
