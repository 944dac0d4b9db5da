"""RDAP: registration data as JSON (RFC 9083), with contacts as jCards (RFC 7095)."""

from __future__ import annotations

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.indicators.engine import compile_pattern
from decloak.sources.json_scan import (
    CLOSE,
    LITERAL,
    NUMBER,
    OPEN,
    PROBLEM,
    STRING,
    Token,
    scan_json,
    without_blanks,
)
from decloak.sources.rdap_records import RdapObject, RdapWriter

__all__ = ["RDAP", "Rdap"]

_KEYS = compile_pattern(
    rb'"(rdapConformance|objectClassName|ldhName|vcardArray|cidr0_cidrs|startAddress|secureDNS'
    rb'|startAutnum|eventAction|handle|nameservers|entities)"[ \t\n]{0,64}:'
)
_SCORED = 1 << 14


class Rdap:
    """Parser of RDAP responses: domain, nameserver, entity, ip network and autnum."""

    name = "rdap"
    source = "rdap"
    layout = "json"
    description = "RDAP JSON (RFC 9083)"
    anchor = rb'"(?:rdapConformance|objectClassName)"[ \t]*:'

    def score(self, view: View, start: int, end: int) -> float:
        """Return how many of the member names of RFC 9083 are there."""
        ranges = ((start, min(end, start + _SCORED)), (max(start, end - _SCORED), end))
        found = {m.group(1) for low, high in ranges for m in _KEYS.finditer(view.shadow, low, high)}
        if not found & {b"rdapConformance", b"objectClassName", b"ldhName", b"vcardArray"}:
            return 0.0
        return min(1.0, 0.4 + 0.15 * len(found))

    def parse(self, view: View, start: int, end: int, facts: Facts) -> None:
        """Add one record per object, contacts under the object they belong to."""
        stack: list[RdapObject] = []
        for token in scan_json(view, start, end):
            if token.kind == OPEN and token.value == "{":
                stack.append(RdapObject(token.path, stack[-1] if stack else None))
            elif token.kind == CLOSE and token.value == "{":
                done = stack.pop()
                if done.parent is None:
                    RdapWriter(view, facts).write(done)
                elif done.children or done.members:
                    done.parent.children.append(done)
            elif token.kind == PROBLEM:
                facts.warn(f"JSON at {token.start}: {token.value}")
            elif stack and token.kind in {STRING, NUMBER, LITERAL}:
                _take(stack[-1], without_blanks(view, token))


def _take(item: RdapObject, token: Token) -> None:
    key = token.path[len(item.path) :]
    if len(key) == 1 and (token.kind != LITERAL or key[0] == "delegationSigned"):
        item.members.setdefault(key[0], []).append(token)


RDAP = Rdap()
