"""The command line of dig, as its header repeats it and as prompts show it."""

from __future__ import annotations

from decloak.sources.dns_records import RecordWriter, places
from decloak.sources.dns_types import CLASSES, type_shape
from decloak.sources.dns_values import is_address, judged

__all__ = ["read_command"]

_MAX_WORDS = 256
_WITH_VALUE = frozenset({b"-c", b"-f", b"-k", b"-t", b"-y"})


def read_command(write: RecordWriter, query: int, start: int, end: int) -> bool:
    """Read the arguments after ``dig``: servers, names and addresses asked for.

    Names become notes: the question section says again, and better, what was asked. Returns
    whether ``+short`` was asked for.
    """
    facts, shadow = write.facts, write.shadow
    short = False
    before = b""
    for count, (a, b) in enumerate(places(shadow[start:end], start, _MAX_WORDS)):
        word = shadow[a:b]
        if count >= _MAX_WORDS or word in {b"|", b">", b">>", b"&&", b";", b";;", b"2>&1"}:
            break
        if word[:1] == b"@":
            write.add_endpoint(query, (a + 1, b))
        elif before == b"-p" and word.isdigit():
            facts.add(query, "port", "PORT", a, b)
        elif before in _WITH_VALUE or word in CLASSES or type_shape(word.upper()) is not None:
            pass
        elif word[:1] in {b"+", b"-"}:
            short = short or word == b"+short"
        elif is_address(word):
            facts.note("IP_ADDRESS", a, b, "query.argument")
        elif b"." in word.rstrip(b"."):
            front, back, label = judged(word)
            facts.note(label, a + front, b - back, "query.argument")
        before = word
    return short
