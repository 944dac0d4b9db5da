"""``dig +yaml``: messages as YAML documents, records as quoted lines."""

from __future__ import annotations

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.indicators.engine import compile_pattern
from decloak.sources.dns_records import RecordWriter
from decloak.sources.dns_values import is_address

__all__ = ["DIG_YAML", "DigYaml"]

_ANCHOR = (
    rb"(?m)^[ \t]*(?:(?:QUESTION|ANSWER|AUTHORITY|ADDITIONAL|OPT_PSEUDO)_?SECTION:"
    rb"|response_message_data:|(?:- )?type: MESSAGE$|socket_protocol: (?:UDP|TCP)|response_address: )"
)
_INSIDE = compile_pattern(rb"[ \t]*(?:- |[A-Za-z_]{1,40}:(?: |$))", capture=False)
_LINES = compile_pattern(_ANCHOR, capture=False)
_SAMPLE = 16_384
_FIELDS = {b"status": ("status", ""), b"id": ("id", ""), b"response_port": ("port", "PORT")}
_UNSPECIFIED = frozenset({b"0.0.0.0", b"::"})


class DigYaml:
    """YAML as dig writes it since 9.16; block style only, two spaces deep per level."""

    name = "dig_yaml"
    source = "dig"
    layout = "yaml"
    description = "dig +yaml: messages as YAML"
    anchor = _ANCHOR
    opening = rb"[ \t]*(?:- )?type: MESSAGE"

    def knows(self, line: bytes) -> bool:
        """Whether a line is a key or an element of a list, in block style."""
        return _INSIDE.match(line) is not None

    def score(self, view: View, start: int, end: int) -> float:
        """Score by the keys that only dig writes."""
        hits = sum(1 for _ in _LINES.finditer(view.shadow, start, min(end, start + _SAMPLE)))
        return min(1.0, 0.3 * hits)

    def parse(self, view: View, start: int, end: int, facts: Facts) -> None:
        """Add one ``query`` record per message, with its ``answer`` records."""
        facts.source = self.source
        reader = _Reader(facts, view.shadow)
        reader.write.last = end
        position = start
        for raw in view.shadow[start:end].split(b"\n"):
            line = raw.strip()
            if line:
                begin = position + raw.index(line[:1])
                reader.line(line, begin, begin + len(line))
            position += len(raw) + 1


class _Reader:
    def __init__(self, facts: Facts, shadow: bytes) -> None:
        self.facts = facts
        self.shadow = shadow
        self.write = RecordWriter(facts, shadow)
        self._query = -1
        self._section = b""

    def line(self, line: bytes, start: int, end: int) -> None:
        """Read one line without its indentation."""
        if line.endswith(b"type: MESSAGE"):
            self._query = -1
        elif line.endswith(b"SECTION:"):
            self._section = line[:-1]
        elif line.startswith(b"- ") and self._section:
            self._item(line, start, end)
        else:
            key, colon, value = line.partition(b":")
            if colon:
                self._section = b""
                self._value(key, value.strip(), start + len(key) + 1, end)

    def _record(self) -> int:
        if self._query < 0:
            self._query = self.facts.open("query")
        return self._query

    def _item(self, line: bytes, start: int, end: int) -> None:
        start += 2 + len(line[2:]) - len(line[2:].lstrip())
        if end - start > 1 and self.shadow[start] in b"'\"":
            if self.shadow[end - 1] == self.shadow[start]:
                end -= 1
            start += 1
        if self._section == b"QUESTION_SECTION":
            self.write.add_question(self._record(), start, end)
        else:
            self.write.add_record(self._record(), start, end)

    def _value(self, key: bytes, value: bytes, start: int, end: int) -> None:
        bare = value.strip(b"'\"")
        if not bare:
            return
        start = self.shadow.index(bare, start, end)
        end = start + len(bare)
        if key in _FIELDS:
            field, label = _FIELDS[key]
            if not label or bare.isdigit():
                self.facts.add(self._record(), field, label, start, end)
        elif key == b"socket_protocol":
            self.facts.add(self._record(), "protocol", "PROTOCOL", start, end)
        elif key == b"response_address":
            self.write.add_endpoint(self._record(), (start, end))
        elif key == b"query_address" and is_address(bare) and bare not in _UNSPECIFIED:
            self.facts.note("IP_ADDRESS", start, end, "query.client")


DIG_YAML = DigYaml()
