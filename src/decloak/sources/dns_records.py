"""Resource records in master-file form (RFC 1035, section 5), as facts.

Shared by every layout of dig: the default output, ``+yaml`` and the answers of ``host -v``.
"""

from __future__ import annotations

from decloak.core.facts import Fact
from decloak.indicators.engine import compile_pattern
from decloak.sources.dns_types import CLASSES, TYPES, Shape, is_ttl, type_shape
from decloak.sources.dns_values import ValueWriter, is_address, judged

__all__ = ["RecordWriter", "is_plain_record", "places", "unquoted"]

_MAX_NAME = 1024
_MAX_CONTINUATION = 65_536
"""Longest data, in characters, that parentheses may spread over lines (RFC 1035: 65,535 octets)."""

_WORD = compile_pattern(rb'"(?:[^"\\\n]|\\[^\n])*"?|;[^\n]*|[()]|[^\s();"]+')
_new = tuple.__new__  # half the cost of calling the class
_SPECIAL = b'"();\v'  # with none of these, words are what stands between white space
_PARAM = compile_pattern(rb'ipv[46]hint="?([^\s"]+)')
_HOME = compile_pattern(rb"!?[12]:([0-9A-Fa-f.:]+/[0-9]+)")


def unquoted(shadow: bytes, start: int, end: int) -> tuple[int, int]:
    """Return the range without the quotation marks around it."""
    if end - start >= 1 and shadow[start] == 0x22:
        start += 1
        if end > start and shadow[end - 1] == 0x22:
            end -= 1
    return start, end


def places(line: bytes, start: int, most: int = -1) -> list[tuple[int, int]]:
    """Return the places of the words of a line that starts there; the rest as one after `most`."""
    found = []
    position = 0
    for word in line.split(None, most):
        position = line.index(word, position)
        stop = position + len(word)
        found.append((start + position, start + stop))
        position = stop
    return found


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


def is_plain_record(words: list[bytes], line: bytes) -> bool:
    """Whether the words of a line are name, TTL in seconds, class, type and data on that line."""
    return (
        len(words) == 5
        and words[2] in CLASSES
        and words[3] in TYPES
        and words[1].isdigit()
        and len(words[0]) < _MAX_NAME
        and b"(" not in line
    )


class RecordWriter(ValueWriter):
    """Adds whole records to the facts.

    Attributes:
        last: where the segment ends, which no record crosses; 0 for the end of the text.
    """

    last = 0
    _origins: tuple[str, ...] = ()
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

    def add_plain_record(self, query: int, words: list[bytes], line: bytes, start: int) -> None:
        """Add a record of five words, name to data, that `is_plain_record` found to be one."""
        facts, new = self.facts, _new
        answer = facts.open("answer", query)
        name, ttl, kind, word, data = words
        front, back, label = judged(name)
        position = start + len(name)
        facts.add(answer, "name", label, start + front, position - back)
        end = start + len(line)
        a = start + line.index(ttl, len(name))
        b = a + len(ttl)
        c = start + line.index(kind, b - start)
        d = c + len(kind)
        e = start + line.index(word, d - start)
        f = e + len(word)
        g = end - len(data)
        origins = self._origins or self._answer_origins()
        facts.items += (
            new(Fact, (a, b, answer, "ttl", "", origins[0], None)),
            new(Fact, (c, d, answer, "class", "", origins[1], None)),
            new(Fact, (e, f, answer, "type", "", origins[2], None)),
        )
        if (word == b"A" or word == b"AAAA") and is_address(data):  # noqa: PLR1714 - twice as fast
            facts.items += (
                new(Fact, (g, end, answer, "data", "", origins[3], None)),
                new(Fact, (g, end, answer, "address", "IP_ADDRESS", origins[4], None)),
            )
        else:
            self.add_data(answer, TYPES[word], g, end)

    def _answer_origins(self) -> tuple[str, ...]:
        """Return the keys of the precision of the fields that every record has."""
        source = self.facts.source
        self._origins = tuple(
            f"{source}.answer.{field}" for field in ("ttl", "class", "type", "data", "address")
        )
        return self._origins

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
        data = shadow[start:end]
        if len(data.translate(None, _SPECIAL)) == len(data):
            return places(data, start), end
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
