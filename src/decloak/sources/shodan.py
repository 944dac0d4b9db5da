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
    without_blanks,
)
from decloak.sources.json_tables import Field, JsonTable, TableWriter, json_table

__all__ = ["SHODAN_JSON", "ShodanJson"]

Path = tuple[str, ...]

_UNITS: frozenset[Path] = frozenset({(), ("data",), ("matches",)})
_KEYS = compile_pattern(
    rb'"(ip_str|_shodan|hostnames|transport|isp|country_code3?|last_update|matches|vulns|cpes|asn|org)"'
    rb"[ \t\n]{0,64}:"
)
_CERTAIN = (b'"ip_str":', b'"transport":', b'"org":', b'"hostnames":')
_INTERNETDB = frozenset({b"cpes", b"hostnames", b"vulns"})
_SCORED = 1 << 14  # how much of the text the score looks at


@dataclass(slots=True)
class _Unit:
    """One object that may be a host or a banner: the fields that matter, until it ends."""

    path: Path
    depth: int
    host: int = -1
    fields: list[tuple[Field, Token]] = field(default_factory=list)
    seen: set[Path] = field(default_factory=set)
    address: str = ""


class ShodanJson:
    """Parser of every JSON layout of Shodan."""

    name = "shodan_json"
    source = "shodan"
    layout = "json"
    description = "Shodan host, search and banner JSON, also one object per line"
    anchor = rb'"(?:ip_str|_shodan)"[ \t]*:'

    def score(self, view: View, start: int, end: int) -> float:
        """Return how many of the keys that only Shodan writes together are there."""
        head = view.shadow[start : min(end, start + _SCORED)]
        if all(key in head for key in _CERTAIN):
            return 1.0
        found = {m.group(1) for m in _KEYS.finditer(view.shadow, start, min(end, start + _SCORED))}
        if not found & {b"ip_str", b"_shodan", b"matches"}:
            found = {m.group(1) for m in _KEYS.finditer(view.shadow, max(start, end - 4096), end)}
        if not found & {b"ip_str", b"_shodan"} and not found >= _INTERNETDB:
            return 0.0
        return min(1.0, 0.4 + 0.15 * len(found))

    def parse(self, view: View, start: int, end: int, facts: Facts) -> None:
        """Add hosts, their ports, and the names, organizations and digests of certificates."""
        reader = _Reader(view, facts, json_table("shodan"))
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

    def __init__(self, view: View, facts: Facts, table: JsonTable) -> None:
        self.value_of, self.key_of = table.value, table.key
        self.view = view
        self.facts = facts
        self.units: list[_Unit] = []
        self.hosts: dict[str, int] = {}
        self.write = TableWriter(view, facts)

    def enter(self, token: Token) -> None:
        if token.value == "{" and token.path in _UNITS:
            if token.path == ("data",) and self.units and self.units[-1].host < 0:
                self.units[-1].host = self.facts.open("host")
            host = self.units[-1].host if self.units else -1
            self.units.append(_Unit(token.path, token.depth, host))
        elif token.key >= 0 and self.units:
            self._key(token)

    def _key(self, token: Token) -> None:
        """Take a key that is itself a value: a vulnerability, a product, a hardware address."""
        unit = self.units[-1]
        path = token.path[len(unit.path) :]
        found = self.key_of(path) if len(path) > 1 else None
        end = token.key + len(path[-1]) if path else 0
        if found is not None and self.view.text[token.key : end] == path[-1]:
            unit.fields.append((found, Token(STRING, path, 0, token.key, end)))

    def take(self, token: Token) -> None:
        if not self.units:
            return
        unit = self.units[-1]
        path = token[1][len(unit.path) :] if unit.path else token[1]
        unit.seen.add(path[:1])
        found = self.value_of(path)
        if found is not None:
            if found.label:
                token = without_blanks(self.view, token)
            unit.fields.append((found, token))
            if found.name == "address" and not unit.address and token[0] == STRING:
                unit.address = self.view.text[token.start : token.end]

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
            if not is_banner and not unit.address:
                return  # a page of results, or no object of Shodan's
            host = self._host_of(unit)
        port = self.facts.open("port", host) if is_banner else -1
        for found, field_token in unit.fields:
            self._put(host, port, found, field_token, nested=nested)

    def _host_of(self, unit: _Unit) -> int:
        """Return the host of a banner, the same for the same address."""
        address = unit.address
        host = self.hosts.get(address, -1)
        if host < 0:
            host = self.facts.open("host")
            if address:
                self.hosts[address] = host
        return host

    def _put(self, host: int, port: int, found: Field, token: Token, *, nested: bool) -> None:
        """Put a value where its declaration says: into the port, into the host, or a note."""
        owner, name, label = found
        if owner == "note" or (owner == "host" and nested):
            self.write.note(label, token, f"port.{name}")
        elif owner == "host":
            self.write.field(host, name, label, token)
        elif port >= 0:
            self.write.field(port, name, label, token)
        elif owner == "either":
            self.write.field(host, name, label, token)


SHODAN_JSON = ShodanJson()
