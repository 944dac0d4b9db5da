"""Values inside DNS data: names, addresses, and what the text of a TXT record points at."""

from __future__ import annotations

from decloak.core.facts import Facts
from decloak.core.remember import remembered
from decloak.indicators.engine import compile_pattern

__all__ = ["ValueWriter", "is_address", "judged", "mailbox_of"]

_IPV6 = b"0123456789abcdefABCDEF:."
_NAME_BYTES = bytes(
    sorted(set(rb"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./\\\x80"))
)
_LOCAL = compile_pattern(rb"((?:[A-Za-z0-9_-]|\\\.){1,63})\.")
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


def _is_name(word: bytes) -> bool:
    r"""Whether a word is labels joined by dots; escapes (``\.``) are allowed in labels."""
    if len(word) > _MAX_NAME or word.translate(None, _NAME_BYTES):
        return b"\\" in word and len(word) <= _MAX_NAME and b" " not in word
    return word[:1] != b"." and b".." not in word


def judged(word: bytes) -> tuple[int, int, str]:
    """Return how much of a name's front and back stays outside, and its label or ""."""
    return _judged(word) if len(word) <= _MAX_NAME else _judged.__wrapped__(word)


@remembered(16384)
def _judged(word: bytes) -> tuple[int, int, str]:
    absolute = word[-1:] == b"." and word[-2:] != b"\\."
    front, back = 2 * word.startswith(b"*."), int(absolute)
    word = word[front : len(word) - back]
    if not _is_name(word) or is_address(word):
        label = ""
    elif b"." in word:
        label = "DOMAIN"
    else:
        label = "HOSTNAME"
    return front, back, label


def mailbox_of(name: bytes) -> str | None:
    r"""Return the address of a mailbox that is written as a name (RFC 1035, section 8), else None.

    The first label is the local part; its own dots are escaped: ``first\.last.example.org``.
    """
    found = _LOCAL.match(name)
    rest = name[found.end() :] if found is not None else b""
    if found is None or b"." not in rest or not name.isascii():
        return None
    local = found.group(1).replace(b"\\.", b".").decode("ascii")
    return f"{local}@{rest.decode('ascii')}"


class ValueWriter:
    """Adds the values of DNS data to the facts.

    Args:
        facts: where to add.
        shadow: the shadow of the whole text.
    """

    def __init__(self, facts: Facts, shadow: bytes) -> None:
        self.facts = facts
        self.shadow = shadow

    def add_name(self, record: int, field: str, start: int, end: int) -> None:
        """Add a DNS name as the field of a record.

        The root dot and a leading ``*.`` stay outside. A name with a dot is a DOMAIN, one without is a
        HOSTNAME, a top-level domain (``com.``) too. A mailbox written as a name is an EMAIL.
        """
        word = self.shadow[start:end]
        front, back, label = judged(word)
        start, end = start + front, end - back
        mailbox = mailbox_of(self.shadow[start:end]) if field == "email" and label else None
        if mailbox is None:
            self.facts.add(record, field, label, start, end)
        else:
            self.facts.add(record, field, "EMAIL", start, end, mailbox)

    def add_text(self, record: int, start: int, end: int) -> None:
        """Add a character string, and note the addresses, networks and names its terms point at."""
        self.facts.add(record, "text", "", start, end)
        for match in _TERM.finditer(self.shadow, start, end):
            network, name, mail, url = (match.span(group) for group in (1, 2, 3, 4))
            if network[0] >= 0:
                label = "CIDR" if b"/" in self.shadow[network[0] : network[1]] else "IP_ADDRESS"
                self.facts.note(label, *network, "answer.text")
            elif name[0] >= 0:
                self.facts.note("DOMAIN", *name, "answer.text")
            elif mail[0] >= 0:
                self.facts.note("EMAIL", *mail, "answer.text")
            else:
                self.facts.note("URL", *url, "answer.text")

    def add_endpoint(self, record: int, span: tuple[int, int], field: str = "server") -> None:
        """Add a server as dig writes it: an address, or a name where it could not be resolved."""
        start, end = span
        if start >= end:
            return
        if is_address(self.shadow[start:end]):
            self.facts.add(record, field, "IP_ADDRESS", start, end)
        else:
            self.add_name(record, field, start, end)
