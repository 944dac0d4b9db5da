"""DNS answers as JSON: what wrappers of dig, ``kdig +json`` and DNS over HTTPS give.

Objects with a name and data are answers (``{"name", "type", "TTL", "data"}``, RFC 8427 names too);
lists keyed by a record type (``"mx": ["mail.example.com"]``) are answers of the name beside them.
"""

from __future__ import annotations

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.indicators.engine import compile_pattern
from decloak.sources.dns_records import RecordWriter
from decloak.sources.dns_types import TYPES
from decloak.sources.dns_values import is_address
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

__all__ = ["DIG_JSON", "DigJson"]

_ANCHOR = (
    rb'(?m)^[ \t\[,]{0,80}(?:\{[ \t]*"(?:Status|QNAME|opcode_server)"[ \t]*:|"(?:Question|Answer|Authority|answerRRs'
    rb'|question|answer|rcode|QNAME|query_num|opt_pseudosection|status_code|resolver|answer_num)"[ \t]*:'
    rb'|\{"(?:host|name|id|Status)"[ \t]*:[^\n]{0,400}"(?:resolver|answer|Answer|status_code|opcode)"[ \t]*:)'
)
_DNS_KEYS = compile_pattern(
    rb'"(?:Question|Answer|Authority|answerRRs|question|answer|authority|QNAME|rcode|opcode|resolver'
    rb'|query_num|answer_num|status_code|rdata[A-Z]{1,6}|TTL|ttl|data)"[ \t]*:',
    capture=False,
)
_SAMPLE = 16_384
_NAMES = frozenset({"name", "qname", "host", "owner", "domain"})
_DATA = frozenset({"data", "rdata", "value", "rrdata"})
_TYPE_KEYS = frozenset({"type", "typename", "qtypename", "rrtype"})
_SERVERS = frozenset({"server", "resolver", "nameserver"})
_QUERY_FIELDS = {"status": "status", "rcode": "status", "status_code": "status",
                 "query_time": "time", "id": "id"}  # fmt: skip
_NUMBERED = {b"1": b"A", b"2": b"NS", b"5": b"CNAME", b"6": b"SOA", b"12": b"PTR", b"15": b"MX",
             b"16": b"TXT", b"28": b"AAAA", b"33": b"SRV", b"46": b"RRSIG", b"47": b"NSEC",
             b"64": b"SVCB", b"65": b"HTTPS", b"257": b"CAA"}  # fmt: skip


class DigJson:
    """JSON of DNS answers, one document or one per line."""

    name = "dig_json"
    source = "dig"
    layout = "json"
    description = "DNS answers as JSON: wrappers of dig, kdig +json, DNS over HTTPS"
    anchor = _ANCHOR

    def score(self, view: View, start: int, end: int) -> float:
        """Score by the number of different keys that DNS answers have."""
        stop = min(end, start + _SAMPLE)
        head = view.shadow[start : start + 64].lstrip()
        if head[:1] not in {b"{", b"["}:
            return 0.0
        kinds = {match.group() for match in _DNS_KEYS.finditer(view.shadow, start, stop)}
        return min(0.95, 0.25 * len(kinds)) if len(kinds) > 1 else 0.0

    def parse(self, view: View, start: int, end: int, facts: Facts) -> None:
        """Add one ``query`` record per document, with its ``answer`` records."""
        facts.source = self.source
        reader = _Reader(facts, view.shadow)
        reader.write.last = end
        for token in scan_json(view, start, end):
            if token.kind == OPEN:
                reader.open(token)
            elif token.kind == CLOSE:
                reader.close(token)
            elif token.kind == PROBLEM:
                facts.warn(f"dig: {token.value}")
            else:
                reader.value(without_blanks(view, token))


class _Reader:
    def __init__(self, facts: Facts, shadow: bytes) -> None:
        self.facts = facts
        self.shadow = shadow
        self.write = RecordWriter(facts, shadow)
        self._query = -1
        self._objects: list[dict[str, Token]] = []

    def _record(self) -> int:
        if self._query < 0:
            self._query = self.facts.open("query")
        return self._query

    def open(self, token: Token) -> None:
        """Begin an object; a document of its own begins a query."""
        if token.value == "{":
            if not self._objects:
                self._query = -1
            self._objects.append({})

    def close(self, token: Token) -> None:
        """End an object: an answer when it has data, a question when it has only a name."""
        if token.value != "{" or not self._objects:
            return
        fields = self._objects.pop()
        name = next((fields[key] for key in fields if key in _NAMES), None)
        data = next((fields[key] for key in fields if key in _DATA), None)
        kind = next((fields[key] for key in fields if key in _TYPE_KEYS), None)
        if name is None:
            return
        if data is None:
            query = self._record()
            self.write.add_name(query, "name", name.start, name.end)
            if kind is not None:
                self.facts.add(query, "type", "", kind.start, kind.end)
            return
        answer = self.facts.open("answer", self._record())
        self.write.add_name(answer, "name", name.start, name.end)
        word = b""
        if kind is not None:
            self.facts.add(answer, "type", "", kind.start, kind.end)
            word = self.shadow[kind.start : kind.end]
        if "ttl" in fields:
            self.facts.add(answer, "ttl", "", fields["ttl"].start, fields["ttl"].end)
        self._data(answer, _NUMBERED.get(word, word), data)

    def value(self, token: Token) -> None:
        """Keep a value of an object, or read an element of a list keyed by a type."""
        if not token.path or not self._objects or token.kind not in {STRING, NUMBER}:
            return
        if token.start >= token.end:
            return
        key = token.path[-1].lower()
        if key.startswith("rdata") and len(key) > 5:
            key = "rdata"
        if key in _SERVERS:
            self._server(token)
        elif key in _QUERY_FIELDS and len(self._objects) == 1:
            self.facts.add(self._record(), _QUERY_FIELDS[key], "", token.start, token.end)
        elif token.key < 0 and key.upper().encode("ascii", "replace") in TYPES:
            answer = self.facts.open("answer", self._record())
            self._data(answer, key.upper().encode("ascii", "replace"), token)
        else:
            self._objects[-1].setdefault(key, token)

    def _server(self, token: Token) -> None:
        word = self.shadow[token.start : token.end]
        host, mark, port = word.partition(b"#")
        if not mark and word.count(b":") == 1:
            host, mark, port = word.partition(b":")
        stop = token.start + len(host)
        if is_address(host) or b"." in host:
            self.write.add_endpoint(self._record(), (token.start, stop))
        number = port.partition(b"(")[0]
        if number.isdigit():
            self.facts.add(self._record(), "port", "PORT", stop + 1, stop + 1 + len(number))

    def _data(self, answer: int, word: bytes, data: Token) -> None:
        shape = TYPES.get(word)
        if is_address(self.shadow[data.start : data.end]):
            shape = TYPES[b"A"]
        elif word == b"MX" and b" " not in self.shadow[data.start : data.end]:
            shape = TYPES[b"NS"]  # the preference is left out
        if shape is not None:
            self.write.add_data(answer, shape, data.start, data.end)
        else:
            self.facts.add(answer, "data", "", data.start, data.end)


DIG_JSON = DigJson()
