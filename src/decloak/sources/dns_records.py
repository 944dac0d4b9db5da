"""Resource records in master-file form (RFC 1035, section 5), as facts.

Shared by every layout of dig: the default output, ``+yaml`` and the answers of ``host -v``.
"""

from __future__ import annotations

from decloak.indicators.engine import compile_pattern
from decloak.sources.dns_types import CLASSES, Shape, is_ttl, type_shape
from decloak.sources.dns_values import ValueWriter, is_address

__all__ = ["RecordWriter", "unquoted"]

_MAX_CONTINUATION = 65_536
"""Longest data, in characters, that parentheses may spread over lines (RFC 1035: 65,535 octets)."""

_WORD = compile_pattern(rb'"(?:[^"\\\n]|\\[^\n])*"?|;[^\n]*|[()]|[^\s();"]+')
_PARAM = compile_pattern(rb'ipv[46]hint="?([^\s"]+)')
_HOME = compile_pattern(rb"!?[12]:([0-9A-Fa-f.:]+/[0-9]+)")


def unquoted(shadow: bytes, start: int, end: int) -> tuple[int, int]:
    """Return the range without the quotation marks around it."""
    if end - start >= 1 and shadow[start] == 0x22:
        start += 1
        if end > start and shadow[end - 1] == 0x22:
            end -= 1
    return start, end


def _split(
    shadow: bytes, start: int, end: int
) -> tuple[Shape, int, dict[str, tuple[int, int]]] | None:
    """Find name, TTL, class and type at the start of a record; None when it is no record."""
    words = shadow[start:end].split(None, 4)
    parts: dict[str, tuple[int, int]] = {}
    position = start
    for index, word in enumerate(words[:4]):
        position = shadow.index(word, position)
        span = (position, position + len(word))
        position += len(word)
        if index == 0:
            parts["name"] = span
            continue
        shape = type_shape(word)
        if shape is not None:
            if len(parts) == 1 and words[0][-1:] != b".":
                return None  # prose: "example A ..."
            parts["type"] = span
            return shape, position, parts
        if word in CLASSES or word.startswith(b"CLASS"):
            parts["class"] = span
        elif is_ttl(word):
            parts["ttl"] = span
        else:
            return None
    return None


class RecordWriter(ValueWriter):
    """Adds whole records to the facts.

    Attributes:
        last: where the segment ends, which no record crosses; 0 for the end of the text.
    """

    last = 0
    _unclosed = 0  # no parenthesis that opens before this closes

    def add_question(self, query: int, start: int, end: int) -> bool:
        """Add ``name [class] type`` to a query record; False when the range is no question."""
        split = _split(self.shadow, start, end)
        if split is None or "ttl" in split[2]:
            return False
        for field, (a, b) in split[2].items():
            if field == "name":
                self.add_name(query, "name", a, b)
            else:
                self.facts.add(query, field, "", a, b)
        return True

    def add_record(self, query: int, start: int, end: int) -> int:
        """Add one record as an ``answer`` of a query.

        Returns the offset after its data, which may lie lines below; 0 when the range is no record.
        """
        split = _split(self.shadow, start, end)
        if split is None:
            return 0
        shape, position, parts = split
        answer = self.facts.open("answer", query)
        for field, (a, b) in parts.items():
            if field == "name":
                self.add_name(answer, "name", a, b)
            else:
                self.facts.add(answer, field, "", a, b)
        return self.add_data(answer, shape, position, end)

    def add_data(self, answer: int, shape: Shape, start: int, end: int) -> int:
        """Add the data of a record, words by the shape of its type; return where the data ends."""
        rest = self.shadow[start:end]
        start += len(rest) - len(rest.lstrip())
        end -= len(rest) - len(rest.rstrip())
        if start >= end:
            return end
        slots = shape.slots
        if slots and slots[-1][0] == 0:  # one word that matters, and it is the first
            stop = start + len(self.shadow[start:end].split(None, 1)[0])
            words, tail = [(start, stop)], end
        else:
            words, tail = self._words(start, end)
        self.facts.add(answer, "data", "", start, tail)
        for index, field in slots:
            if index < len(words):
                self._add_word(answer, field, *words[index])
        if shape.special:
            self._add_special(answer, shape.special, words)
        return tail

    def _words(self, start: int, end: int) -> tuple[list[tuple[int, int]], int]:
        """Return the words of record data and where the data ends.

        Data that opens a parenthesis goes on over lines until it closes; comments are left out.
        """
        shadow = self.shadow
        words: list[tuple[int, int]] = []
        depth = 0
        limit = end
        if start >= self._unclosed and shadow.find(b"(", start, end) >= 0:
            limit = max(end, min(self.last or len(shadow), start + _MAX_CONTINUATION))
        for match in _WORD.finditer(shadow, start, limit):
            a, b = match.span()
            if a >= end and depth == 0:
                break
            first = shadow[a]
            if first == 0x28:
                depth += 1
            elif first == 0x29:
                depth -= 1
                end = max(end, b)
            elif first != 0x3B:
                words.append((a, b))
        if depth > 0:  # never closed: the text was cut, keep to the line
            words = [word for word in words if word[1] <= end]
            self._unclosed = max(self._unclosed, limit)  # and read nothing twice
        return words, end

    def _add_word(self, answer: int, field: str, start: int, end: int) -> None:
        if field == "address":
            if is_address(self.shadow[start:end]):
                self.facts.add(answer, field, "IP_ADDRESS", start, end)
        elif field == "port":
            if self.shadow[start:end].isdigit():
                self.facts.add(answer, field, "PORT", start, end)
        elif is_address(self.shadow[start:end]):
            self.facts.add(answer, "address", "IP_ADDRESS", start, end)
        else:
            self.add_name(answer, field, start, end)

    def _add_special(self, answer: int, special: str, words: list[tuple[int, int]]) -> None:
        if special == "text":
            for a, b in words:
                self.add_text(answer, *unquoted(self.shadow, a, b))
        elif special == "params":
            for a, b in words[2:]:
                self._add_hints(answer, a, b)
        elif special == "apl":
            for a, b in words:
                match = _HOME.fullmatch(self.shadow[a:b])
                if match:
                    self.facts.note("CIDR", a + match.start(1), b, "answer.network")
        elif special == "hinfo":
            for a, b in words[1:2]:
                self.facts.add(answer, "text", "OS", *unquoted(self.shadow, a, b))
        elif len(words) > 2:
            a, b = unquoted(self.shadow, *words[2])
            self.add_text(answer, a, b)
            if self.shadow[words[1][0] : words[1][1]].startswith(b"issue"):
                stop = self.shadow.find(b";", a, b)
                self.add_name(answer, "target", a, b if stop < 0 else stop)

    def _add_hints(self, answer: int, start: int, end: int) -> None:
        """``ipv4hint=192.0.2.1,192.0.2.2`` of a service binding (RFC 9460)."""
        match = _PARAM.match(self.shadow, start, end)
        if match:
            position = match.start(1)
            for part in match.group(1).split(b","):
                if is_address(part):
                    stop = position + len(part)
                    self.facts.add(answer, "address", "IP_ADDRESS", position, stop)
                position += len(part) + 1
