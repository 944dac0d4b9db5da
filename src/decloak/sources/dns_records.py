"""Resource records in master-file form (RFC 1035, section 5), as facts.

Shared by every layout of dig: the default output, ``+yaml`` and the answers of ``host -v``.
"""

from __future__ import annotations

from decloak.core.facts import Facts
from decloak.indicators.engine import compile_pattern
from decloak.sources.dns_types import CLASSES, Shape, is_ttl, type_shape
from decloak.sources.dns_values import add_name, add_text, is_address

__all__ = ["add_data", "add_question", "add_record", "unquoted"]

_MAX_CONTINUATION = 65_536
"""Longest data, in characters, that parentheses may spread over lines (RFC 1035: 65,535 octets)."""

_WORD = compile_pattern(rb'"(?:[^"\\\n]|\\[^\n])*"?|;[^\n]*|[()]|[^\s();"]+')
_PARAM = compile_pattern(rb'ipv[46]hint="?([^\s"]+)')
_HOME = compile_pattern(rb"!?[12]:([0-9A-Fa-f.:]+/[0-9]+)")


def _words(shadow: bytes, start: int, end: int) -> tuple[list[tuple[int, int]], int]:
    """Return the words of record data and where the data ends.

    Data that opens a parenthesis goes on over lines until it closes; comments are left out.
    """
    words: list[tuple[int, int]] = []
    depth = 0
    limit = end
    if shadow.find(b"(", start, end) >= 0:
        limit = min(len(shadow), start + _MAX_CONTINUATION)
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
    return words, end


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


def add_question(facts: Facts, shadow: bytes, query: int, start: int, end: int) -> bool:
    """Add ``name [class] type`` to a query record; False when the range is no question."""
    split = _split(shadow, start, end)
    if split is None or "ttl" in split[2]:
        return False
    for field, (a, b) in split[2].items():
        if field == "name":
            add_name(facts, shadow, query, "name", a, b)
        else:
            facts.add(query, field, "", a, b)
    return True


def add_record(facts: Facts, shadow: bytes, query: int, start: int, end: int) -> int:
    """Add one record as an ``answer`` of a query.

    Returns the offset after its data, which may lie lines below; 0 when the range is no record.
    """
    split = _split(shadow, start, end)
    if split is None:
        return 0
    shape, position, parts = split
    answer = facts.open("answer", query)
    for field, (a, b) in parts.items():
        if field == "name":
            add_name(facts, shadow, answer, "name", a, b)
        else:
            facts.add(answer, field, "", a, b)
    return add_data(facts, shadow, answer, shape, position, end)


def add_data(facts: Facts, shadow: bytes, answer: int, shape: Shape, start: int, end: int) -> int:
    """Add the data of a record, words by the shape of its type; return where the data ends."""
    rest = shadow[start:end]
    start += len(rest) - len(rest.lstrip())
    end -= len(rest) - len(rest.rstrip())
    if start >= end:
        return end
    slots = shape.slots
    if slots and slots[-1][0] == 0:  # one word that matters, and it is the first
        stop = start + len(shadow[start:end].split(None, 1)[0])
        words, tail = [(start, stop)], end
    else:
        words, tail = _words(shadow, start, end)
    facts.add(answer, "data", "", start, tail)
    for index, field in slots:
        if index < len(words):
            _add_word(facts, shadow, answer, field, *words[index])
    if shape.special:
        _add_special(facts, shadow, answer, shape.special, words)
    return tail


def _add_word(facts: Facts, shadow: bytes, answer: int, field: str, start: int, end: int) -> None:
    if field == "address":
        if is_address(shadow[start:end]):
            facts.add(answer, field, "IP_ADDRESS", start, end)
    elif field == "port":
        if shadow[start:end].isdigit():
            facts.add(answer, field, "PORT", start, end)
    elif is_address(shadow[start:end]):
        facts.add(answer, "address", "IP_ADDRESS", start, end)
    else:
        add_name(facts, shadow, answer, field, start, end)


def _add_special(
    facts: Facts, shadow: bytes, answer: int, special: str, words: list[tuple[int, int]]
) -> None:
    if special == "text":
        for a, b in words:
            add_text(facts, shadow, answer, *unquoted(shadow, a, b))
    elif special == "params":
        for a, b in words[2:]:
            match = _PARAM.match(shadow, a, b)
            if match:
                position = match.start(1)
                for part in match.group(1).split(b","):
                    if is_address(part):
                        facts.add(answer, "address", "IP_ADDRESS", position, position + len(part))
                    position += len(part) + 1
    elif special == "caa" and len(words) > 2:
        a, b = unquoted(shadow, *words[2])
        add_text(facts, shadow, answer, a, b)
        stop = shadow.find(b";", a, b)
        if shadow[words[1][0] : words[1][1]].startswith(b"issue"):
            add_name(facts, shadow, answer, "target", a, b if stop < 0 else stop)
    elif special == "uri" and len(words) > 2:
        add_text(facts, shadow, answer, *unquoted(shadow, *words[2]))
    elif special == "hinfo" and len(words) > 1:
        facts.add(answer, "text", "OS", *unquoted(shadow, *words[1]))
    elif special == "apl":
        for a, b in words:
            match = _HOME.fullmatch(shadow, a, b)
            if match:
                facts.note("CIDR", *match.span(1), "answer.network")
