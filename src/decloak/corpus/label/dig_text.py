"""Label what dig prints, in any layout, from the ``+yaml`` of the same query.

A line is a record when its words are those of a record of the twin: the owner, the type and the
data, whatever stands between them; in ``+short``, when it is a record's data. Layouts that were asked
for without a twin are read as what they are, resource records in the presentation format of RFC
1035, and a line counts only when dnspython can read it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

from decloak.corpus.label.dig_twin import KINDS, Answer, Record, read_record, readable
from decloak.corpus.label.nmap_text import _lines
from decloak.corpus.label.place import Placer, address
from decloak.corpus.label.shapes import shapes
from decloak.corpus.sample import Label

__all__ = ["index_records", "label_dig_text", "label_dig_yaml", "unexplained"]

_BANNER = re.compile(r"; <<>> (DiG) (\S+) <<>>( .*)?$")
_SERVER = re.compile(r";; SERVER: ([^#\s]+)#(\d+)\(([^()\s]+)\)(?: \((\w+)\))?")
_FROM = re.compile(r";; Received \d+ bytes from ([^#\s]+)#(\d+)\(([^()\s]+)\)")
_QUESTION = re.compile(r";(\S+)\s+(?:(?:IN|CH|HS|ANY)\s+)?([A-Z][A-Z0-9]*)$")
_WORD = re.compile(r"\S+")
_SPF = re.compile(r"(?<![\w.-])(?:include|a|mx|ptr|exists|redirect)[:=]([\w-]+(?:\.[\w-]+)+)")
_DMARC = re.compile(r"mailto:([^\s\"!,;]+@[\w.-]+)")
_CLASSES = frozenset({"IN", "CH", "HS"})
_IDENTIFIED = re.compile(r" from server \S+ in \d+ ms\.$")
_BARE = re.compile(
    r"\S+\s+(?:\d+\s+)?(?:IN|CH)\s+TXT\s|\"|\S+\s+(?:\d+\s+)?IN\s+(?:DNSKEY|DS|NSEC3|TLSA|SSHFP)\s|\.\s"
)
"""Lines that may stay without a label: character strings, keys, the root."""
_CAA = re.compile(r"\"((?:[\w-]+\.)+[\w-]+)(?:;[^\"]*)?\"")

Index = Mapping[tuple[str, str], Sequence[Record]]


def index_records(answers: Iterable[Answer]) -> dict[tuple[str, str], list[Record]]:
    """Return the records by (type, first word of the data), and by (type, owner)."""
    index: dict[tuple[str, str], list[Record]] = {}
    for answer in answers:
        for record in answer.records:
            for key in {(record.kind, record.owner.lower()), ("", " ".join(record.data[:1]))}:
                index.setdefault(key, []).append(record)
    return index


def label_dig_text(
    text: str, answers: Sequence[Answer], command: Sequence[str] = (), *, alone: bool = False
) -> tuple[Label, ...]:
    """Label the default layout, ``+short``, ``+multiline``, ``+noall +answer`` and their like.

    Args:
        text: what dig printed.
        answers: the twin: every message of the same query.
        command: the arguments of the run, to tell what was asked.
        alone: read lines that no record of the twin explains as what they are; for runs without one.
    """
    placer = Placer(text, "dig.yaml")
    index = index_records(answers)
    asked = _asked(command)
    servers = {(answer.server, answer.port): answer for answer in answers}
    for low, high in _lines(text):
        line = text[low:high]
        words = [(low + w.start(), low + w.end(), w[0]) for w in _WORD.finditer(line)]
        if not words:
            continue
        if (found := _BANNER.match(line)) is not None:
            placer.put(low + found.start(1), low + found.end(1), "SOFTWARE", "program", "banner")
            placer.put(low + found.start(2), low + found.end(2), "VERSION", "version", "banner")
            _arguments(
                placer, [word for word in words if word[0] >= low + found.end(2) + 5], command
            )
        elif (found := _SERVER.match(line) or _FROM.match(line)) is not None:
            _server(placer, low, found, servers)
        elif line.startswith(";;"):
            shapes(placer, low, high, "comment")
        elif (found := _QUESTION.match(line)) is not None:
            known = (found[2], found[1].lower()) in index
            if known or (alone and _was_asked(found[1], command)):
                placer.name(low + found.start(1), low + found.end(1), "question.name", "question")
        elif not line.startswith(";"):
            _record_line(placer, words, index, asked, alone=alone)
    return placer.labels()


def _was_asked(name: str, command: Sequence[str]) -> bool:
    """Whether the command asks for this name, or for the reverse of an address."""
    bare = name.rstrip(".").lower()
    return "-x" in command or any(word.rstrip(".").lower() == bare for word in command)


def _asked(command: Sequence[str]) -> str:
    """Return the type of the question."""
    if "-x" in command:
        return "PTR"
    kinds = [word for word in command[1:] if word in KINDS]
    return kinds[-1] if kinds else "A"


def label_dig_yaml(text: str, answers: Sequence[Answer]) -> tuple[Label, ...]:
    """Label ``+yaml`` itself: addresses and ports by key, records word by word."""
    placer = Placer(text, "dig.yaml")
    index = index_records(answers)
    for low, high in _lines(text):
        line = text[low:high]
        if (
            found := re.match(r" +(response|query)_(address|port): \"?([^\s\"]+)\"?$", line)
        ) is not None:
            if found[3] not in {"0.0.0.0", "::", "0"}:  # noqa: S104 - not known, dig says
                label = "IP_ADDRESS" if found[2] == "address" else "PORT"
                placer.put(
                    low + found.start(3), low + found.end(3), label, f"message.{found[1]}", "key"
                )
        elif (found := re.match(r" +socket_protocol: (\w+)$", line)) is not None:
            placer.put(
                low + found.start(1), low + found.end(1), "PROTOCOL", "socket_protocol", "key"
            )
        elif (found := re.match(r" +- '?(.*?)'?$", line)) is not None:
            base = low + found.start(1)
            words = [(base + w.start(), base + w.end(), w[0]) for w in _WORD.finditer(found[1])]
            if len(words) == 3 and (words[2][2], words[0][2].lower()) in index:
                placer.name(*words[0][:2], "question.name", "question")
            elif words:
                _record_line(placer, words, index)
    return placer.labels()


_Word = tuple[int, int, str]


def _arguments(placer: Placer, words: Sequence[_Word], command: Sequence[str]) -> None:
    before = ""
    for start, end, word in words:
        if word.startswith("@"):
            placer.name(start + 1, end, "command.server", "word")
        elif before == "-p":
            placer.put(start, end, "PORT", "command.port", "word")
        elif before in {"-x", "-b"} and address(word):
            placer.put(start, end, "IP_ADDRESS", "command.name", "word")
        elif before == "-q" or (
            before not in {"-t", "-c"}
            and word[0] not in "+-@"
            and "." in word.rstrip(".")
            and (not command or word in command)
        ):
            placer.name(start, end, "command.name", "word")
        before = word


def _server(
    placer: Placer, low: int, found: re.Match[str], servers: Mapping[tuple[str, str], Answer]
) -> None:
    if (found[1], found[2]) not in servers and address(found[1]) is None:
        return
    placer.name(low + found.start(1), low + found.end(1), "response_address", "server line")
    placer.put(low + found.start(2), low + found.end(2), "PORT", "response_port", "server line")
    placer.name(low + found.start(3), low + found.end(3), "response_address", "server line")
    if found.re.groups > 3 and found[4]:
        start, end = low + found.start(4), low + found.end(4)
        placer.put(start, end, "PROTOCOL", "socket_protocol", "server line")


def _record_line(
    placer: Placer, words: Sequence[_Word], index: Index, asked: str = "", *, alone: bool = False
) -> None:
    """Label a line whose words are those of a record, or of a record's data.

    With `alone` the line is read without the twin too; `asked` is the type of the question.
    """
    texts = [word for _, _, word in words]
    for place in range(1, min(len(words), 5)):
        for record in index.get((texts[place], texts[0].lower()), ()):
            data = texts[place + 1 :]
            if _same(data, record.data):
                placer.name(*words[0][:2], f"{record.kind}.owner", "record")
                _data(placer, words[place + 1 :], record, "record")
                return
    for record in index.get(("", texts[0]), ()):
        if tuple(texts) == record.data:
            _data(placer, words, record, "short")
            return
    if alone:
        _presented(placer, words, asked)


def _presented(placer: Placer, words: Sequence[_Word], asked: str) -> None:
    """Read a line as a record of its own, or as the data of a record of the type asked for."""
    texts = [word for _, _, word in words]
    if "(" in texts:
        texts = texts[: texts.index("(")]
    for line in (texts, [texts[0], "0", *texts[1:]]):  # with or without a time to live
        record = read_record(" ".join(line)) if len(line) > 4 and line[2] in _CLASSES else None
        if record is not None and (len(texts) < len(words) or readable(record.kind, record.data)):
            skipped = len(texts) - len(record.data)
            placer.name(*words[0][:2], f"{record.kind}.owner", "presentation")
            _data(placer, words[skipped:], record, "presentation")
            return
    found = _IDENTIFIED.search(" ".join(texts))
    data = texts[:-6] if found is not None else texts
    record = read_record(" ".join([".", "0", "IN", asked, *data])) if asked else None
    # A name in the place of an address is an alias on the way to it.
    if record is not None and not readable(asked, record.data) and len(data) == 1:
        record = read_record(f". 0 IN CNAME {data[0]}") if data[0].endswith(".") else None
    if record is not None and readable(record.kind, record.data):
        _data(placer, words, record, "short")
        if found is not None:
            placer.name(*words[len(data) + 2][:2], "server", "short")


def unexplained(text: str, labels: Sequence[Label]) -> int:
    """Count the lines that are no comment and hold no label: what nobody can vouch for."""
    starts = [each.start for each in labels]
    count, depth = 0, 0
    for low, high in _lines(text):
        line = text[low:high].strip()
        place = bisect_left(starts, low)
        held = place < len(starts) and starts[place] < high
        inside = depth > 0
        if not line.startswith(";"):
            depth += line.count("(") - line.count(")")
        if line and not held and not inside and not line.startswith(";") and not _BARE.match(line):
            count += 1
    return count


def _same(data: Sequence[str], expected: Sequence[str]) -> bool:
    """Whether the data are equal, up to where a multi-line record opens its parenthesis."""
    if "(" in data:
        data = data[: data.index("(")]
        return list(data) == list(expected[: len(data)])
    return list(data) == list(expected)


def _data(placer: Placer, words: Sequence[_Word], record: Record, how: str) -> None:
    field = f"{record.kind}.data"
    for (start, end, word), role in zip(words, record.roles, strict=False):
        if word in {"(", ")"}:
            break
        if role == "NAME":
            if word != ".":
                placer.name(start, end, field, how)
        elif role == "HINT":
            at = start + word.index("=") + 1
            for item in word[word.index("=") + 1 :].split(","):
                placer.put(at, at + len(item), "IP_ADDRESS", field, how)
                at += len(item) + 1
        elif role and role != "TEXT":
            placer.put(start, end, role, field, how)
    texts = [word for word, role in zip(words, record.roles, strict=False) if role == "TEXT"]
    if texts:
        _strings(placer, texts[0][0], texts[-1][1], field, record.kind)


def _strings(placer: Placer, low: int, high: int, field: str, kind: str) -> None:
    """Character strings: what SPF (RFC 7208), DMARC (RFC 7489) and CAA (RFC 8659) put there."""
    text = placer.text
    if kind == "CAA":
        for found in _CAA.finditer(text, low, high):
            placer.name(*found.span(1), field, "issuer")
    for found in _DMARC.finditer(text, low, high):
        placer.put(*found.span(1), "EMAIL", field, "DMARC tag")
    if "v=spf1" in text[low:high]:
        for found in _SPF.finditer(text, low, high):
            placer.name(*found.span(1), field, "SPF mechanism")
        for found in re.finditer(r"ip[46]:([0-9A-Fa-f:.]+(?:/\d{1,3})?)", text[low:high]):
            label = "CIDR" if "/" in found[1] else "IP_ADDRESS"
            placer.put(low + found.start(1), low + found.end(1), label, field, "SPF mechanism")
    shapes(placer, low, high, field)
