"""Values inside DNS data: names, addresses, and what the text of a TXT record points at."""

from __future__ import annotations

from decloak.core.facts import Facts
from decloak.indicators.engine import compile_pattern

__all__ = ["add_endpoint", "add_name", "add_text", "is_address"]

_IPV6 = b"0123456789abcdefABCDEF:."
_NAME = compile_pattern(rb"(?:[\w/\x80-]|\\.)+(?:\.(?:[\w/\x80-]|\\.)+)*", capture=False)
_MAX_NAME = 1024  # 253 octets, each of which may be written \DDD

# SPF (RFC 7208), DKIM and DMARC tags: what the text of a TXT record says about other hosts.
_TERM = compile_pattern(
    rb"(?i)\b(?:ip[46]:([0-9a-f.:]+(?:/[0-9]+)?)"
    rb"|(?:include|redirect|exists|a|mx|ptr)[:=]([a-z0-9_.-]+\.[a-z0-9-]+)(?:[/\s\"]|\.?$)"
    rb"|mailto:([^\s,;!\"]+@[^\s,;!\"]+)"
    rb"|(https?://[^\s\"<>]+))"
)


def is_address(word: bytes) -> bool:
    """Whether a word has the shape of an IPv4 or IPv6 address; the check proper comes later."""
    if b":" in word:
        return word.count(b":") > 1 and not word.partition(b"%")[0].translate(None, _IPV6)
    return word.count(b".") == 3 and word.replace(b".", b"").isdigit()


def add_name(facts: Facts, shadow: bytes, record: int, field: str, start: int, end: int) -> None:
    """Add a DNS name as the field of a record.

    The root dot and a leading ``*.`` stay outside. A name with a dot is a DOMAIN. One without is a
    HOSTNAME when it is relative, and no entity when it is a top-level domain (``com.``).
    """
    absolute = shadow[end - 1] == 0x2E and shadow[end - 2 : end] != b"\\."
    if absolute:
        end -= 1
    if shadow[start : start + 2] == b"*.":
        start += 2
    if start >= end:
        return
    word = shadow[start:end]
    if len(word) > _MAX_NAME or _NAME.fullmatch(word) is None or is_address(word):
        facts.add(record, field, "", start, end)
    elif b"." in word:
        facts.add(record, field, "DOMAIN", start, end)
    elif absolute and word != b"localhost":
        facts.add(record, field, "", start, end)
    else:
        facts.add(record, field, "HOSTNAME", start, end)


def add_text(facts: Facts, shadow: bytes, record: int, start: int, end: int) -> None:
    """Add a character string, and note the addresses, networks and names its terms point at."""
    facts.add(record, "text", "", start, end)
    for match in _TERM.finditer(shadow, start, end):
        network, name, mail, url = (match.span(group) for group in (1, 2, 3, 4))
        if network[0] >= 0:
            label = "CIDR" if b"/" in shadow[network[0] : network[1]] else "IP_ADDRESS"
            facts.note(label, *network, "answer.text")
        elif name[0] >= 0:
            facts.note("DOMAIN", *name, "answer.text")
        elif mail[0] >= 0:
            facts.note("EMAIL", *mail, "answer.text")
        else:
            facts.note("URL", *url, "answer.text")


def add_endpoint(
    facts: Facts, shadow: bytes, record: int, span: tuple[int, int], field: str = "server"
) -> None:
    """Add a server as dig writes it: an address, or a name where it could not be resolved."""
    start, end = span
    if start >= end:
        return
    if is_address(shadow[start:end]):
        facts.add(record, field, "IP_ADDRESS", start, end)
    else:
        add_name(facts, shadow, record, field, start, end)
