"""dig: default output with its sections, ``+noall +answer``, ``+multiline``, ``+trace``, AXFR."""

from __future__ import annotations

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.indicators.engine import compile_pattern
from decloak.sources.dig_reader import DigReader
from decloak.sources.dns_values import is_address

__all__ = ["DIG", "DIG_SHORT", "Dig", "DigShort"]

_RECORD = (
    rb"[^\s;\"<>]{0,255}\.[ \t]+(?:[0-9]+[smhdwSMHDW0-9]*[ \t]+(?:(?:IN|CH|HS)[ \t]+)?|(?:IN|CH|HS)[ \t]+)"
    rb"(?:A|AAAA|NS|CNAME|DNAME|PTR|MX|SOA|TXT|SRV|CAA|DS|DNSKEY|RRSIG|NSEC|NSEC3|NAPTR|TLSA|SVCB"
    rb"|HTTPS|LOC|SPF|SSHFP|HINFO|ANY|AXFR|TYPE[0-9]+)(?:[ \t]|$)"
)
_ANCHOR = (
    rb"(?m)^[ \t>|]*(?:; <<>> DiG |;; ->>HEADER<<-|;; global options: "
    rb"|;; (?:QUESTION|ANSWER|AUTHORITY|ADDITIONAL|OPT PSEUDO|ZONE|UPDATE) ?SECTION:"
    rb"|;; SERVER: |;; Query time: [0-9]|;; Got answer:|;; MSG SIZE  ?rcvd|;; Received [0-9]+ bytes"
    rb"|;; XFR size: |;; (?:connection timed out|communications error|no servers could)"
    rb"|(?:[^\n]{0,80}[$#%>] )?dig (?:[@+-]|[^\s]+\.)|;?" + _RECORD + rb")"
)
_OPENING = rb"[ \t>|]*(?:; <<>> DiG |;; Got answer:|(?:[^\n]{0,80}[$#%>] )?dig (?:[@+-]|[^\s]+\.))"
# Comments, records, and the lines of a record in brackets.
_INSIDE = compile_pattern(
    rb"[ \t>|]*(?:;|" + _RECORD + rb"|\)|[0-9A-Za-z+/=]+[ \t]*(?:;|\)))", capture=False
)
_SURE = compile_pattern(rb"; <<>> DiG |;; ->>HEADER<<-|;; \w+ ?\w* SECTION:", capture=False)
_LINES = compile_pattern(_ANCHOR, capture=False)
_SAMPLE = 16_384


class Dig:
    """The default output of dig, and everything else in master-file form."""

    name = "dig"
    source = "dig"
    layout = "default"
    first = 7
    ports = False
    description = "dig: sections, +noall +answer, +multiline, +trace, zone transfers"
    anchor = _ANCHOR
    opening = _OPENING

    def knows(self, line: bytes) -> bool:
        """Whether a line is a comment or a record."""
        return _INSIDE.match(line) is not None

    def score(self, view: View, start: int, end: int) -> float:
        """Score by the share of lines that only dig writes."""
        stop = min(end, start + _SAMPLE)
        if _SURE.search(view.shadow, start, stop):
            return 1.0
        hits = sum(1 for _ in _LINES.finditer(view.shadow, start, stop))
        lines = sum(1 for line in view.shadow[start:stop].split(b"\n") if line.strip())
        return min(0.95, 0.3 + 0.7 * hits / lines) if hits and lines else 0.0

    def parse(self, view: View, start: int, end: int, facts: Facts) -> None:
        """Add one ``query`` record per answer, with its ``answer`` records."""
        facts.source = self.source
        DigReader(facts, view.shadow).read(self, start, end)


_NAME_LINE = rb"(?:[0-9]+ )?[A-Za-z0-9_][\w.-]*\.[A-Za-z][A-Za-z0-9-]*\."
_SHORT_LINE = compile_pattern(
    rb"(?:" + _NAME_LINE + rb"|[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f:]{2,39}|\"[^\n]*\")[ \t]*$",
    capture=False,
)


class DigShort:
    """``dig +short``: only the data, one answer per line."""

    name = "dig_short"
    source = "dig"
    layout = "short"
    first = 7
    ports = False
    description = "dig +short: addresses and names, one per line"
    anchor = rb"(?m)^" + _NAME_LINE + rb"$"
    opening = rb"[^\n]{0,80}[$#%>] dig [^\n]*\+short\b"

    def knows(self, line: bytes) -> bool:
        """Whether a line is an address, a name with its root dot, or a quoted text."""
        return _SHORT_LINE.match(line) is not None

    def score(self, view: View, start: int, end: int) -> float:
        """Score low: a list of addresses or names may come from anywhere."""
        stop = min(end, start + _SAMPLE)
        lines = [line.strip() for line in view.shadow[start:stop].split(b"\n") if line.strip()]
        if not lines:
            return 0.0
        good = dotted = 0
        for line in lines:
            last = line.rpartition(b" ")[2]
            names = last[-1:] == b"." and b"." in last[:-1] and line.count(b" ") <= 1
            dotted += names
            good += names or is_address(line) or (line[:1] == line[-1:] == b'"')
        if good < len(lines):
            return 0.0
        return 0.7 if dotted else 0.4

    def parse(self, view: View, start: int, end: int, facts: Facts) -> None:
        """Add one ``answer`` record per line."""
        facts.source = self.source
        DigReader(facts, view.shadow, short=True).read(self, start, end)


DIG = Dig()
DIG_SHORT = DigShort()
