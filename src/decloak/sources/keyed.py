r"""Keyed values: what stands behind a key that says what it is, whatever tool wrote it.

``dpt=443``, ``"port": 443``, ``Source Port:\t443``, ``<Data Name='DestinationPort'>443</Data>``: pairs of logs and
of events, JSON, YAML, XML. A number is a port, and a bare word a host, only where a key says so; the keys are
data (`decloak.kb.fields`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.indicators.engine import Pattern, compile_pattern
from decloak.indicators.ipv4 import address_of
from decloak.indicators.keys import LINK
from decloak.kb.fields import NAME, field_words, role_of
from decloak.kb.lexicon import lookup
from decloak.sources.names import label_of_name

__all__ = ["note_keyed", "read_value"]

_Span = tuple[int, int]
_Reader = Callable[[View, int, int], Iterator[tuple[str, int, int]]]

_NUMBERS = compile_pattern(
    rb"([0-9]{1,10})(?:/(?:tcp|udp))?(?:[^0-9A-Za-z_.:/%-]|[.:]?(?:[^0-9]|$))"
)
_SEPARATOR = compile_pattern(rb"(?:/(?:tcp|udp))?\"?[ \t]{0,4}[,;|][ \t\n]{0,16}\"?", capture=False)
_INTEGER = compile_pattern(rb"(0[xX][0-9A-Fa-f]{8}|[1-9][0-9]{7,9})(?:[^0-9A-Za-z_.:/%-]|$)")
_ASN = compile_pattern(rb"(?i)(?:ASN?[ ]?)?([0-9]{1,10}(?:\.[0-9]{1,5})?)(?:[^0-9A-Za-z_.:/-]|$)")
_TOKEN = compile_pattern(rb"[A-Za-z0-9_\x80][A-Za-z0-9_.\x80-]{0,252}", capture=False)
_VERSION = compile_pattern(
    rb"(?:[0-9]{1,3}:)?[vV]?[0-9]{1,5}(?:\.[0-9A-Za-z]{1,14}){0,6}(?:\([0-9A-Za-z.]{1,12}\)[0-9A-Za-z.]{0,12})?"
    rb"(?:[-+~_][0-9A-Za-z.+~]{1,32}){0,3}",
    capture=False,
)
_QUOTED = compile_pattern(rb"[^\"'\n<>|\\]{2,256}", capture=False)
_TRANSPORT = compile_pattern(
    rb"((?i:tcp|udp|sctp|icmp(?:v?6)?|igmp|gre|esp))(?:[46]?[^A-Za-z0-9_.:/-]|[46]?$)"
)
_SERVICE = compile_pattern(
    rb"([A-Za-z][A-Za-z0-9_-]{1,30})(?:/([0-9]{1,5}))?(?:[^A-Za-z0-9_.:/@-]|$)"
)
_HEX = compile_pattern(
    rb"(?:[A-Za-z0-9-]{2,12}:)?((?:[0-9A-Fa-f]{2}:){15,31}[0-9A-Fa-f]{2}|[0-9A-Fa-f]{32,64}"
    rb"|[a-z][0-9]{2}[di][0-9]{4}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}|SHA256:[A-Za-z0-9+/]{43})\b"
)
_TO_LINE_END = compile_pattern(rb"[^\n<>|]{2,512}", capture=False)
_SHORTEST_AGENT = 4
_MUTEX = compile_pattern(rb"[ \t]*(?:\n[ \t]+[-*+]?[ \t]*)?[\"'`]?([^\s\"'`<>|,;]{3,128})[\"'`]?")
_NEXT_ITEM = compile_pattern(rb"[ \t]{0,4},", capture=False)
# Roles of keys, and what their values begin with: a key before anything else is passed over unseen.
_FIRST = {
    "PORT": rb"[0-9]",
    "ASN VERSION": rb"[0-9vVaA]",
    "IP_ADDRESS": rb"[1-9][0-9]{7}|0[xX][0-9A-Fa-f]{8}",
    f"HOSTNAME {NAME} SOFTWARE FINGERPRINT USER_AGENT PROTOCOL SERVICE": rb"[A-Za-z0-9_]",
    "MUTEX": rb"[^\s=:|]|\n",
}
_KEY_GROUPS = tuple(range(1, len(_FIRST) + 1))
_LINK = compile_pattern(LINK, capture=False)
_AFTER_WORD = frozenset({b"@", b"\\", b"/", b":", b"(", b"="})
_ZERO = 0x30
_LIST_LIMIT = 1024
_NO_NAMES = frozenset(
    {"localhost", "unknown", "none", "null", "true", "false", "n", "na", "and", "or"}
)


def note_keyed(view: View, start: int, end: int, facts: Facts, noted: set[int]) -> None:
    """Note the values of a range whose keys say what they are.

    Args:
        view: the text.
        start: where the half-open range starts.
        end: where it ends.
        facts: what takes the notes.
        noted: where values start that are known already; new ones are added.
    """
    shadow = view.shadow
    place = start
    while (match := _keys().search(shadow, place, end)) is not None:
        key = next(group for group in _KEY_GROUPS if match.start(group) >= 0)
        place = _value_start(shadow, match.end(key), match.end())
        name = match.group(key).decode("ascii")
        inner = shadow.find(b'"name"', match.end(key), place) >= 0  # "host": {"name": ...
        role = role_of(f"{name}.name") if inner else role_of(name)
        reader = _READERS.get(role)
        if reader is None:
            continue
        for label, low, high in reader(view, place, min(end, place + _LIST_LIMIT)):
            if low in noted:
                continue
            noted.add(low)
            value = _in_words(view, low, high) if label == "IP_ADDRESS" else None
            facts.note(label, low, high, f"key.{role.lower()}", value)


def read_value(view: View, role: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield label and range of what a whole value of a role is: of a cell, of an attribute."""
    reader = _READERS.get(role)
    if reader is _known:
        entry = lookup(view.text[start:end])
        if entry is not None and entry.label in {"SOFTWARE", "OS"}:
            yield entry.label, start, end
    elif reader is not None:  # patterns look at the next character as well
        for label, low, high in reader(view, start, min(end + 1, len(view))):
            if high <= end:
                yield label, low, high


def _value_start(shadow: bytes, key: int, end: int) -> int:
    """Return where the value starts whose first signs the search took along."""
    found = _LINK.match(shadow, key, end)
    return found.end() if found is not None else end


@cache
def _keys() -> Pattern:
    """Return a pattern of the last words of every key that has a reader, with what links them to a value."""
    parts = []
    for roles, first in _FIRST.items():
        spelt = sorted(field_words(*roles.split()), key=lambda words: (-len(words), words))
        lone = "|".join(words.replace(" ", "[ _.-]?") for words in spelt)
        camel = "|".join(words.title().replace(" ", "") for words in spelt)
        head = rf"(?:(?:[A-Za-z0-9]{{1,16}}[_. -]){{0,2}}\b(?i:{lone})|[_](?i:{lone})|[a-z0-9](?:{camel}))"
        parts.append(b"(" + head.encode() + b")" + LINK + b"(?:" + first + b")")
    return compile_pattern(b"|".join(parts), memory=1 << 25)


def _ports(view: View, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield a port, or the ports of a list."""
    shadow = view.shadow
    while (found := _NUMBERS.match(shadow, start, end)) is not None:
        low, high = found.span(1)
        if high - low > 5 or int(shadow[low:high]) > 0xFFFF:
            return
        if shadow[low] != _ZERO:
            yield "PORT", low, high
        gap = _SEPARATOR.match(shadow, high, end)
        if gap is None:
            return
        start = gap.end()


def _integers(view: View, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield an address written as one number, as databases keep it."""
    found = _INTEGER.match(view.shadow, start, end)
    if found is not None and _in_words(view, *found.span(1)) is not None:
        yield ("IP_ADDRESS", *found.span(1))


def _in_words(view: View, start: int, end: int) -> str | None:
    """Return the four numbers that one number stands for; None where that is no host's address."""
    address = address_of(view.text[start:end])
    return None if address is None or address.startswith("0.") else address


def _asns(view: View, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    shadow = view.shadow
    while (found := _ASN.match(shadow, start, end)) is not None:
        low, high = found.span(1)
        if found.start() == low and high - low < 2:
            return
        yield "ASN", found.start(), high
        gap = _SEPARATOR.match(shadow, high, end)
        if gap is None:
            return
        start = gap.end()


def _hostnames(view: View, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield the name of a computer: one word, mostly without a dot."""
    found = _TOKEN.match(view.shadow, start, end)
    if found is None:
        return
    low, high = found.span()
    while view.text[high - 1] in ".-_":
        high -= 1
    name = view.text[low:high]
    after = view.shadow[high : high + 2]
    told = after[:1] in _AFTER_WORD and not (after[:1] == b":" and after[1:].isdigit())
    if told or name.isdecimal() or name.lower() in _NO_NAMES:
        return
    if label := label_of_name(name):
        yield label, low, high
        if after[:1] == b":":
            yield from _ports(view, high + 1, end)


def _names(view: View, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield an address or a name with a dot; a bare word may be anything."""
    for label, low, high in _hostnames(view, start, end):
        named = label == "DOMAIN" and not view.text[low:high].replace(".", "").isdecimal()
        if named or label == "PORT":
            yield label, low, high


def _versions(view: View, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    found = _VERSION.match(view.shadow, start, end)
    if found is None:
        return
    low, high = found.span()
    after = view.shadow[high : high + 1]
    if "." in view.text[low:high] and not after.isalnum() and after not in {b"/", b":", b"_", b"-"}:
        yield "VERSION", low, high


def _known(view: View, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield a quoted value that the lexicon knows as a product or system."""
    found = _QUOTED.match(view.shadow, start, end)
    if found is None or view.shadow[start - 1 : start] not in {b'"', b"'", b">"}:
        return
    low, high = found.span()
    entry = lookup(view.text[low:high])
    if entry is not None and entry.label in {"SOFTWARE", "OS"}:
        yield entry.label, low, high


def _transports(view: View, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    found = _TRANSPORT.match(view.shadow, start, end)
    if found is not None:
        yield ("PROTOCOL", *found.span(1))


def _services(view: View, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield a word that the lexicon knows as a service, and the port behind it: ``https/443``."""
    found = _SERVICE.match(view.shadow, start, end)
    if found is not None and lookup(view.text[slice(*found.span(1))], "SERVICE") is not None:
        yield ("SERVICE", *found.span(1))
        if found.start(2) >= 0:
            yield ("PORT", *found.span(2))


def _fingerprints(view: View, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    found = _HEX.match(view.shadow, start, end)
    if found is not None:
        yield ("FINGERPRINT", *found.span(1))


def _agents(view: View, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield a user agent: up to its quotation mark or the end of its line."""
    quoted = view.text[start - 1 : start] in {'"', "'", "`"}
    found = (_QUOTED if quoted else _TO_LINE_END).match(view.shadow, start, end)
    if found is not None:
        low, high = found.span()
        high = low + len(view.text[low:high].rstrip(" \t\r\x82,;"))
        # A digit is the port of a host under .ua: no program is called by a number.
        if high - low >= _SHORTEST_AGENT and view.text[low].isalpha():
            yield "USER_AGENT", low, high


def _mutexes(view: View, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield the name of a mutex, or those of a list of which each has a line."""
    shadow = view.shadow
    while (found := _MUTEX.match(shadow, start, end)) is not None:
        low, high = found.span(1)
        low -= view.text[low - 1] == "{"  # the link took it for a bracket
        yield "MUTEX", low, high
        gap = _NEXT_ITEM.match(shadow, found.end(), end)
        if gap is None:
            return
        start = gap.end()


_READERS: dict[str, _Reader] = {
    "PORT": _ports,
    "ASN": _asns,
    "IP_ADDRESS": _integers,
    "HOSTNAME": _hostnames,
    NAME: _names,
    "VERSION": _versions,
    "SOFTWARE": _known,
    "FINGERPRINT": _fingerprints,
    "USER_AGENT": _agents,
    "MUTEX": _mutexes,
    "PROTOCOL": _transports,
    "SERVICE": _services,
}
