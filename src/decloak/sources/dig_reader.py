"""What dig prints, line by line: headers, sections, records and the closing lines."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from decloak.core.facts import Facts
from decloak.core.remember import remembered
from decloak.engine import Shaped, replayed
from decloak.indicators.engine import compile_pattern
from decloak.sources.dig_command import read_command
from decloak.sources.dns_records import RecordWriter, is_plain_record, unquoted
from decloak.sources.dns_values import is_address

__all__ = ["DigReader"]

_ENDPOINT = compile_pattern(
    rb"([0-9A-Za-z.:%_-]+)[#@]([0-9]{1,5})"
    rb"(?:\(([^()\s]*)\))?(?: ?\(([A-Za-z-]+)\))?"
)
_BARE_SERVER = compile_pattern(rb"SERVER: *([^\s#()]+)")
_ABOUT = compile_pattern(rb"(?: for |address for )'?([\w.*-]+?)'?(?: failed|: |:?$)")
_RECORD_HEAD = compile_pattern(
    rb"(?:^|[ \t])([^\s;\"]+\.)[ \t]+(?:[0-9]+[ \t]+)?(?:IN|CH|HS)[ \t]+[A-Z][A-Z0-9-]*(?:[ \t]|$)"
)
_WORD = compile_pattern(rb'"[^"\n]*"?|[^\s"]+', capture=False)
_SILENT = frozenset({b";; fla", b";; glo", b";; Got", b"; EDNS", b"; COOK", b"; NSID", b";; OPT"})
_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_MAX_SHAPE = 256
_NOTHING = frozenset(
    {b";; QUESTION SECTION:", b";; ANSWER SECTION:", b";; AUTHORITY SECTION:",
     b";; ADDITIONAL SECTION:", b";; Got answer:", b";; global options: +cmd"}
)  # fmt: skip
"""Whole lines that say nothing, of which a long text is full."""
_BANNER = b"; <<>> DiG "
_MAX_SHORT = 32
_MAX_SHORT_WORD = 1024
_PROMPTS = (b"$ dig ", b"# dig ", b"> dig ", b"% dig ")


def _endpoints(shape: bytes, size: int) -> tuple[tuple[str, int, int], ...]:
    """Return the servers, ports, protocols and names of a comment, with places in it.

    Args:
        shape: the line with zeros for its digits, and the character behind it.
        size: length of the line.
    """
    known = _known_endpoints if size <= _MAX_SHAPE else _known_endpoints.__wrapped__
    return known(shape, size)


@remembered(4096)
def _known_endpoints(shape: bytes, size: int) -> tuple[tuple[str, int, int], ...]:
    found: list[tuple[str, int, int]] = []
    for match in _ENDPOINT.finditer(shape, 0, size):
        found += [("server", *match.span(1)), ("port", *match.span(2))]
        if match.group(3):
            found.append(("server", *match.span(3)))
        if match.group(4) in {b"UDP", b"TCP"}:
            found.append(("protocol", *match.span(4)))
    if not found and (bare := _BARE_SERVER.search(shape, 0, size)):
        found.append(("server", *bare.span(1)))
    if about := _ABOUT.search(shape, 0, size):
        found.append(("name", *about.span(1)))
    return tuple(found)


class DigReader:
    """Reads lines of one segment and adds what they say to the facts.

    Args:
        facts: where to add.
        shadow: the shadow of the whole text.
        short: whether lines are answers of ``+short``.
    """

    def __init__(self, facts: Facts, shadow: bytes, *, short: bool = False) -> None:
        self.facts = facts
        self.shadow = shadow
        self.write = RecordWriter(facts, shadow)
        self.short = short
        self._query = -1
        self._fresh = False  # a command was seen, its answer not yet
        self._named = False  # the query has its question
        self._closed = True  # the next answer belongs to a new query

    def memory(self) -> tuple[Hashable, list[int]]:
        """Return all that the next line's meaning depends on."""
        return (self.short, self._fresh, self._named, self._closed), [self._query]

    def recall(self, state: Any, records: list[int]) -> None:
        """Go on as if the lines before had left this memory."""
        self.short, self._fresh, self._named, self._closed = state
        [self._query] = records

    def read_line(self, start: int, stop: int) -> int:
        """Read one line of the text; return the offset from which reading goes on."""
        raw = self.shadow[start:stop]
        line = raw.strip() if raw not in _NOTHING else b""
        if line[:1] in {b">", b"|"}:  # quoted mail
            line = line.lstrip(b">| \t")
        if not line:
            return stop
        begin = start if len(line) == len(raw) else start + raw.index(line)
        return self._line(line, begin, begin + len(line))

    def is_exact(self, line: bytes) -> bool:
        """Whether what it made of a line depends on more than its shape: records may go on below."""
        return b"(" in line and not line.lstrip().startswith(b";")

    def read(self, layout: Shaped, start: int, end: int) -> None:
        """Read all lines of a range."""
        shadow = self.shadow
        self.write.last = end
        start = replayed(self, layout, shadow, start, end, self.facts)
        skip = position = start
        for raw in shadow[start:end].split(b"\n"):
            stop = position + len(raw)
            if position >= skip and raw:
                skip = self.read_line(position, stop)
            position = stop + 1

    def _line(self, line: bytes, start: int, end: int) -> int:
        """Read one line; return the offset from which reading goes on."""
        if line[0] == 0x3B:  # ";"
            if line.startswith(b"; <<>> ") and b" ;; " not in line:
                self._header(line, start, end)
            elif b" ;; " in line:
                self._collapsed(line, start)
            else:
                self._comment(line, start, end)
            return end
        if (banner := line.find(_BANNER)) > 0:  # a prompt and all that follows, joined
            self._other(line[:banner], start, start + banner)
            self._collapsed(line[banner:], start + banner)
            return end
        if self.short and (self._short_word(line, start, end) or self._short(start, end)):
            return end
        words = line.split(None, 4)
        if is_plain_record(words, line):
            if self._closed:
                self._open()
            self.write.add_plain_record(self._query, words, line, start)
            return end
        if self._closed:
            self._open()
            done = self.write.add_record(self._query, start, end)
            if not done:
                self._drop()
        else:
            done = self.write.add_record(self._query, start, end)
        return done or self._other(line, start, end)

    def _open(self) -> None:
        self._query = self.facts.open("query")
        self._fresh = self._named = self._closed = False

    def _drop(self) -> None:
        """Take back a query that was opened for a line that is no record."""
        self.facts.kinds.pop()
        self.facts.parents.pop()
        self._query, self._closed = -1, True

    def _comment(self, line: bytes, start: int, end: int) -> None:
        if line[:6] in _SILENT:
            return
        facts, shadow = self.facts, self.shadow
        if line.startswith(b"; <<>> "):
            self._header(line, start, end)
        elif b"->>HEADER<<-" in line:
            if not self._fresh or self._query < 0:
                self._open()
            self._fresh = self._closed = False
            self._after(line, start, b"status: ", "status")
            self._after(line, start, b"id: ", "id")
        elif line.startswith((b";; Query time:", b";; query time:", b";; Query Time:")):
            at = start + line.index(b":") + 1
            facts.add(self._current(), "time", "", at + (shadow[at : at + 1] == b" "), end)
        elif b"#" in line or b"SERVER:" in line or line.startswith(b";; From "):
            self._endpoint(line, start, end)
        else:
            self._remark(line, start, end)

    def _remark(self, line: bytes, start: int, end: int) -> None:
        """Comments that are neither headers nor endpoints; at last, the question."""
        facts = self.facts
        if b"SECTION:" in line:
            self._records(start + line.index(b"SECTION:") + 8, end)
        elif line.startswith(b"; CLIENT-SUBNET: "):
            network = line[17:].split(b" ", 1)[0].rpartition(b"/")[0]
            facts.note("CIDR", start + 17, start + 17 + len(network), "query.subnet")
        elif line.startswith((b";; MSG SIZE", b";; XFR size", b";; WHEN")):
            self._closed = True
        elif b"timed out" in line or b"could be reached" in line:
            facts.add(self._current(), "status", "", start + 3, end)
        else:
            begin = start + (2 if line.startswith(b";; ") else 1)
            if self._named:
                self._open()
            if self.write.add_question(self._current(), begin, end):
                self._named = True

    def _current(self) -> int:
        if self._query < 0 or (self._closed and self._named):
            self._open()
        self._closed = False
        return self._query

    def _after(self, line: bytes, start: int, key: bytes, field: str) -> None:
        at = line.find(key)
        if at >= 0:
            at += len(key)
            word = line[at:].split(None, 1)[:1]
            value = word[0].rstrip(b",;") if word else b""
            self.facts.add(self._query, field, "", start + at, start + at + len(value))

    def _header(self, line: bytes, start: int, end: int) -> None:
        """``; <<>> DiG 9.18.19-1~deb12u1-Debian <<>> example.com``."""
        self._open()
        self._fresh = True
        close = line.find(b" <<>>", 7)
        name, _, version = line[7 : close if close > 0 else None].partition(b" ")
        at = start + 7
        self.facts.add(self._query, "software", "SOFTWARE", at, at + len(name))
        at += len(name) + 1
        self.facts.add(self._query, "version", "VERSION", at, at + len(version.rstrip()))
        if close > 0:
            self.short = read_command(self.write, self._query, start + close + 5, end)

    def _endpoint(self, line: bytes, start: int, end: int) -> None:
        facts, shadow = self.facts, self.shadow
        query = self._query if self._query >= 0 else self._current()
        for field, a, b in _endpoints(shadow[start : end + 1].translate(_ZEROS), end - start):
            if field == "server":
                self.write.add_endpoint(query, (start + a, start + b))
            elif field == "name":
                self.write.add_name(query, "name", start + a, start + b)
            else:
                facts.add(query, field, field.upper(), start + a, start + b)
        if b"Received " in line:
            self._closed = True  # +trace: one hop, one query

    def _collapsed(self, line: bytes, start: int) -> None:
        """Read output whose lines were joined into one."""
        position = start
        for part in line.split(b" ;; "):
            begin = position if position == start else position - 3
            stop = position + len(part)
            text = self.shadow[begin:stop].rstrip(b" \t|/;")  # what was put between lines
            if text.endswith(b".") and text[-2:-1].isdigit():
                text = text[:-1]
            self._comment(text, begin, begin + len(text))
            position = stop + 4

    def _records(self, start: int, end: int) -> None:
        """Read records that stand on one line, one after another."""
        shadow = self.shadow
        if not shadow[start:end].strip():
            return
        heads = [match.span(1) for match in _RECORD_HEAD.finditer(shadow, start, end)]
        heads = [(a, b) for a, b in heads if shadow[a] != 0x22]
        for index, (a, _) in enumerate(heads):
            stop = heads[index + 1][0] if index + 1 < len(heads) else end
            self.write.add_record(self._current(), a, stop)
        if not heads and start < end:
            rest = shadow[start:end].lstrip()
            if rest[:1] == b";" and self.write.add_question(
                self._current(), end - len(rest) + 1, end
            ):
                self._named = True

    def _other(self, line: bytes, start: int, end: int) -> int:
        """Commands behind a prompt and complaints of dig itself."""
        if line.startswith((b"dig: ", b"couldn't get")):
            about = _ABOUT.search(self.shadow, start, end)
            if about:
                self.write.add_name(self._current(), "name", *about.span(1))
            return end
        at = 4 if line.startswith(b"dig ") else -1
        for prompt in _PROMPTS:
            if at < 0:
                at = line.find(prompt) + len(prompt) if prompt in line else -1
        if at > 0:
            self._open()
            self._fresh = True
            self.short = read_command(self.write, self._query, start + at, end)
        return end

    def _short_word(self, line: bytes, start: int, end: int) -> bool:
        """One answer of ``+short`` that is a single address or name; False for all others."""
        address = b"%" not in line and is_address(line)
        if not address and (
            b"." not in line
            or b'"' in line
            or len(line) > _MAX_SHORT_WORD
            or len(line.split(None, 1)) > 1
        ):
            return False
        query = self._current()
        self._fresh = False
        answer = self.facts.open("answer", query)
        self.facts.add(answer, "data", "", start, end)
        if address:
            self.facts.add(answer, "address", "IP_ADDRESS", start, end)
        else:
            self.write.add_name(answer, "target", start, end)
        return True

    def _short(self, start: int, end: int) -> bool:
        """One answer of ``+short``; False when the line is something else."""
        facts, shadow = self.facts, self.shadow
        words = [match.span() for match in _WORD.finditer(shadow, start, min(end, start + 8192))]
        first = shadow[words[0][0] : words[0][1]] if words else b""
        if not words or len(words) > _MAX_SHORT or not _is_answer(first, len(words)):
            return False
        query = self._current()
        self._fresh = False
        answer = facts.open("answer", query)
        facts.add(answer, "data", "", start, end)
        for a, b in words:
            word = shadow[a:b]
            if is_address(word):
                facts.add(answer, "address", "IP_ADDRESS", a, b)
            elif word[:1] == b'"':
                self.write.add_text(answer, *unquoted(shadow, a, b))
            elif (len(word) > 1 and (word[-1:] == b"." and b"." in word[:-1])) or len(words) == 1:
                self.write.add_name(answer, "target", a, b)
            elif word == b"from":
                self._identity(query, words)
                break
        return True

    def _identity(self, query: int, words: list[tuple[int, int]]) -> None:
        """``192.0.2.10 from server 192.0.2.53 in 4 ms.`` (``+identify``)."""
        for index, (a, b) in enumerate(words[:-1]):
            if self.shadow[a:b] == b"server":
                self.write.add_endpoint(query, words[index + 1])


def _is_answer(word: bytes, words: int) -> bool:
    """Whether a line that begins with this word is an answer of ``+short``."""
    return (
        word.isdigit()
        or is_address(word)
        or word[:1] == b'"'
        or (word[-1:] == b"." and b"." in word[:-1])
        or (words == 1 and b"." in word)
    )
