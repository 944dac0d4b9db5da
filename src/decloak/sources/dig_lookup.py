"""``host`` and ``nslookup``: what the older look-up tools print."""

from __future__ import annotations

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.indicators.engine import Match, compile_pattern
from decloak.sources.dns_records import RecordWriter, unquoted
from decloak.sources.dns_values import is_address

__all__ = ["DIG_LOOKUP", "DigLookup"]

_HOST = (
    rb"(\S+) (?:has (?:address|IPv6 address|SOA record|HTTP service bindings [0-9]+|HINFO record)"
    rb"|mail is handled by(?: [0-9]+)?|name server|is an alias for|domain name pointer"
    rb"|descriptive text|has SPF record|has SRV record [0-9]+ [0-9]+ [0-9]+|has CAA record) (\S.*)"
)
_NSLOOKUP = (
    rb"(?:(\S+)[ \t]+)?(?:canonical name|mail exchanger|nameserver|name|text|origin|mail addr|service"
    rb"|internet address|has AAAA address|primary name server|responsible mail addr)"
    rb" = (?:[0-9]+ )*(\S.*)"
)
_PAIR = rb"(?:Server|Name|Address|Addresses|Aliases):[ \t]+(\S.*)"
_FAILED = rb"(?:\*\* server can't find |Host |\*\*\* Can't find )(\S+?)(?:: [A-Z]+| not found: [0-9]\([A-Z]+\)|: No answer)"
_ANCHOR = (
    rb"(?m)^[ \t>]*(?:[^\s;\"]+\.[^\s;\"]+ (?:has (?:IPv6 )?address |mail is handled by |name server \S+\.$"
    rb"|is an alias for |domain name pointer |descriptive text \")|Non-authoritative answer:"
    rb"|Using domain server:|(?:[^\s;\"]+\.[^\s;\"]+)?[ \t]+(?:canonical name|mail exchanger|nameserver|origin"
    rb"|mail addr) = |Address:[ \t]+[0-9A-Fa-f.:]+#[0-9]+|\*\* server can't find |Host \S+ not found: [0-9])"
)
_INSIDE = compile_pattern(
    rb"[ \t>]*(?:"
    + b"|".join((_HOST, _NSLOOKUP, _PAIR, _FAILED))
    + rb"|Non-authoritative answer:)",
    capture=False,
)
_LINES = compile_pattern(_ANCHOR, capture=False)
_KINDS = tuple(compile_pattern(pattern) for pattern in (_HOST, _NSLOOKUP, _PAIR, _FAILED))
_SAMPLE = 16_384
_MAX_WORDS = 16


class DigLookup:
    """Sentences of ``host``, pairs of ``nslookup``."""

    name = "dig_lookup"
    source = "dig"
    layout = "lookup"
    description = "host and nslookup"
    anchor = _ANCHOR
    opening = (
        rb"[ \t>]*(?:Server:[ \t]|Using domain server:|[^\n]{0,80}[$#%>] (?:host|nslookup)[ \t])"
    )

    def knows(self, line: bytes) -> bool:
        """Whether a line is a sentence of ``host`` or a pair of ``nslookup``."""
        return _INSIDE.match(line) is not None

    def score(self, view: View, start: int, end: int) -> float:
        """Score by the share of lines that only these tools write."""
        stop = min(end, start + _SAMPLE)
        hits = sum(1 for _ in _LINES.finditer(view.shadow, start, stop))
        lines = sum(1 for line in view.shadow[start:stop].split(b"\n") if line.strip())
        return min(0.95, 0.4 + hits / lines) if hits and lines else 0.0

    def parse(self, view: View, start: int, end: int, facts: Facts) -> None:
        """Add one ``query`` record per server or name, with its ``answer`` records."""
        facts.source = self.source
        reader = _Reader(facts, view.shadow)
        reader.write.last = end
        position = start
        for raw in view.shadow[start:end].split(b"\n"):
            line = raw.strip(b" \t>")
            if line:
                begin = position + raw.index(line)
                reader.line(begin, begin + len(line))
            position += len(raw) + 1


class _Reader:
    def __init__(self, facts: Facts, shadow: bytes) -> None:
        self.facts = facts
        self.shadow = shadow
        self.write = RecordWriter(facts, shadow)
        self._query = -1
        self._server = False

    def line(self, start: int, end: int) -> None:
        """Read one line without the white space around it."""
        host, nslookup, pair, failed = _KINDS
        match = host.fullmatch(self.shadow[start:end]) or nslookup.fullmatch(self.shadow[start:end])
        if match:
            self._answer(match, start)
            return
        match = pair.fullmatch(self.shadow[start:end])
        if match:
            self._pair(start, start + match.start(1), end)
            return
        match = failed.match(self.shadow[start:end])
        if match:
            a, b = match.span(1)
            self.write.add_name(self._current(), "name", start + a, start + b)

    def _current(self) -> int:
        if self._query < 0:
            self._query = self.facts.open("query")
        return self._query

    def _answer(self, match: Match, start: int) -> None:
        answer = self.facts.open("answer", self._current())
        a, b = match.span(1)
        if b > a:
            self.write.add_name(answer, "name", start + a, start + b)
        a, b = start + match.start(2), start + match.end(2)
        self.facts.add(answer, "data", "", a, b)
        if self.shadow[a] == 0x22:
            self.write.add_text(answer, *unquoted(self.shadow, a, b))
            return
        position = a
        field = "target"
        for word in self.shadow[a:b].split()[:_MAX_WORDS]:
            position = self.shadow.index(word, position)
            stop = position + len(word)
            if is_address(word):
                self.facts.add(answer, "address", "IP_ADDRESS", position, stop)
            elif b"." in word.strip(b".") and not word.isdigit():
                self.write.add_name(answer, field, position, stop)
                field = "email"  # the second name of an SOA record
            position = stop

    def _pair(self, start: int, value: int, end: int) -> None:
        key = self.shadow[start : self.shadow.index(b":", start)]
        if key == b"Server":
            self._query, self._server = self.facts.open("query"), True
            self.write.add_endpoint(self._query, (value, end))
        elif key == b"Name":
            self._server = False
            self.write.add_endpoint(self._current(), (value, end), "name")
        elif key == b"Aliases":
            self.write.add_name(self._current(), "name", value, end)
        else:
            self._addresses(value, end)

    def _addresses(self, start: int, end: int) -> None:
        word, mark, port = self.shadow[start:end].partition(b"#")
        stop = start + len(word)
        field = "server" if mark or self._server else "address"
        record = self._current()
        if field == "address":
            record = self.facts.open("answer", record)
        if is_address(word):
            self.facts.add(record, field, "IP_ADDRESS", start, stop)
        if port.isdigit():
            self.facts.add(record, "port", "PORT", stop + 1, end)


DIG_LOOKUP = DigLookup()
