"""Censys' hosts as JSON: answers of its APIs, pages of results, what its command line views."""

from __future__ import annotations

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
from decloak.sources.json_tables import TableWriter, json_table

__all__ = ["CENSYS_JSON", "CensysJson"]

_HOSTS = frozenset({(), ("result",), ("result", "resource"), ("result", "hits"), ("hits",)})
"""Where objects of hosts stand; the innermost of them that has an address is one."""
_KEYS = compile_pattern(
    rb'"(services|service_name|extended_service_name|transport_protocol|autonomous_system|bgp_prefix'
    rb'|operating_system|observed_at|last_updated_at)"[ \t\n]{0,64}:'
)
_SCORED = 1 << 14


class CensysJson:
    """Parser of hosts as Censys writes them."""

    name = "censys_json"
    source = "censys"
    layout = "json"
    description = "Censys host JSON"
    anchor = rb'"(?:extended_service_name|bgp_prefix)"[ \t]*:'

    def score(self, view: View, start: int, end: int) -> float:
        """Return how many of the keys that only Censys writes together are there."""
        stop = min(end, start + _SCORED)
        found = {match.group(1) for match in _KEYS.finditer(view.shadow, start, stop)}
        if b"services" not in found or not found & {b"transport_protocol", b"service_name"}:
            return 0.0
        return min(1.0, 0.3 + 0.15 * len(found))

    def parse(self, view: View, start: int, end: int, facts: Facts) -> None:
        """Add one host per object with an address, a port per service, and notes."""
        reader = _Reader(view, facts)
        for token in scan_json(view, start, end):
            if token.kind == OPEN and token.value == "{":
                reader.enter(token)
            elif token.kind in {STRING, NUMBER}:
                reader.take(without_blanks(view, token))
            elif token.kind == CLOSE and token.value == "{":
                reader.leave(token)
            elif token.kind == PROBLEM:
                facts.warn(f"JSON at {token.start}: {token.value}")


class _Reader:
    """The host that is open, where its object stands, and its service."""

    def __init__(self, view: View, facts: Facts) -> None:
        self.facts = facts
        self.write = TableWriter(view, facts)
        self.value_of = json_table("censys").value
        self._path: tuple[str, ...] = ()
        self._depth = -1
        self._host = self._port = -1

    def enter(self, token: Token) -> None:
        """Open the object of a host or of a service."""
        if token.path in _HOSTS:
            self._path, self._depth = token.path, token.depth
            self._host = self._port = -1
        elif token.path == (*self._path, "services"):
            self._port = self.facts.open("port", self._opened())

    def leave(self, token: Token) -> None:
        """Close a service, or the host."""
        if token.path == (*self._path, "services"):
            self._port = -1
        elif token.depth == self._depth:
            self._host, self._depth = -1, -1

    def take(self, token: Token) -> None:
        """Put a value where its declaration says."""
        size = len(self._path)
        found = self.value_of(token.path[size:]) if token.path[:size] == self._path else None
        if found is None:
            return
        owner, name, label = found
        if owner == "host":
            self.write.field(self._opened(), name, label, token)
        elif owner == "port":
            if self._port >= 0:
                self.write.field(self._port, name, label, token)
        else:
            self.write.note(label, token, f"port.{name}")

    def _opened(self) -> int:
        if self._host < 0:
            self._host = self.facts.open("host")
        return self._host


CENSYS_JSON = CensysJson()
