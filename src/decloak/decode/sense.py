"""Sense: the semantic expert. How well does a token read?

Third of the published design's experts. Without a language model it asks what the knowledge in the
package can answer: is the token a well-formed indicator, a known name, an ordinary word?
"""

from __future__ import annotations

import html
import re
from contextvars import ContextVar
from urllib.parse import unquote

from decloak import indicators
from decloak.core.entity import Verdict
from decloak.core.remember import remembered
from decloak.kb import lexicon

__all__ = [
    "DOTTED",
    "INDICATOR",
    "LONGEST",
    "NAME",
    "NOTHING",
    "WORD",
    "beneath",
    "gains",
    "sense",
    "value_start",
]

INDICATOR, NAME, DOTTED, WORD, NOTHING = 1.0, 0.9, 0.6, 0.4, 0.0

LONGEST = 512
"""Longest token that is looked at, in code points; bounds the cache as well as the work."""

# The commonest ways of writing a joint, for a look beneath; the decoders know them all.
_PLAINEST = (
    ("[.]", "."), ("(.)", "."), ("{.}", "."), ("[dot]", "."), ("(dot)", "."), ("[.", "."), (".]", "."),
    ("\\.", "."), ("[:]", ":"), ("[://]", "://"), ("[/]", "/"), ("[@]", "@"), ("(@)", "@"), ("[at]", "@"),
    ("(at)", "@"), ("hxxp", "http"), ("hXXp", "http"), ("h**p", "http"), ("[-]", "-"),
    ("**", ""), ("<b>", ""), ("</b>", ""),
)  # fmt: skip

_DEEPEST = 3
"""Layers that are undone in a token by itself."""
_LAYERED = re.compile(
    r"[^\x20-\x7e]|&#?\w+;|\\|%[0-9A-Fa-f]{2}|[\[({<]|\b(?:dot|DOT|Dot|at|AT)\b|h[xX*]{2}p|(?i:rot-?13|base-?64|hex)|\+A|[0-9][OolISZB][0-9.:a-f]"
)
"""What may be another layer."""
_LONGEST_LABEL = 24
_MOST_KEYS = 3
_SCHEMES = frozenset(
    {"http", "https", "hxxp", "hxxps", "ftp", "ftps", "sftp", "ssh", "ldap", "ldaps", "tcp", "udp",
     "data", "javascript", "urn", "cpe"}
)  # fmt: skip
_NO_VERSION = frozenset("<>[]{}&\\%*`^\x1b")
_SUFFIX_TO_SPACE = str.maketrans("-+~_", "    ")
_WRAPPING = "\"'`()[]{}<>,;:!?*| \t\r\n"


def sense(token: str) -> float:
    """Return how well a token reads, in [0, 1].

    One of `INDICATOR`, `NAME`, `DOTTED` (a number with dots, as versions are), `WORD`, `NOTHING`.
    Quotation marks, brackets and trailing punctuation around the token are not part of it.
    """
    if len(token) > LONGEST:
        return NOTHING
    return _sense(token.strip(_WRAPPING).rstrip("."))


@remembered(1 << 14)
def _sense(token: str) -> float:
    if not token:
        return NOTHING
    if _is_indicator(token):
        return INDICATOR
    if lexicon.lookup(token) is not None:
        return NAME
    head = token.partition("/")[0]
    if _is_versioned(token):
        return NAME
    if start := value_start(token, 0, len(token)):
        return _sense(token[start:].strip(_WRAPPING))
    if "://" not in token and not _is_marked_up(token):
        if _is_port_of_address(token):
            return INDICATOR
        host, colon, port = head.rpartition(":")
        if not (colon and port.isascii() and port.isdigit() and ":" not in host):
            host = head
        if host != token and _is_indicator(host):
            return INDICATOR
    if _is_dotted(token):
        return DOTTED
    return WORD if lexicon.is_word(token) else NOTHING


def _is_versioned(token: str) -> bool:
    """Whether it is a name and its version: ``Apache/2.4``, ``OpenSSH_9.2p1``, ``dnsmasq-2.9``."""
    for mark in "/_-":
        head, found, rest = token.partition(mark)
        if (
            found
            and rest[:1].isdigit()
            and _NO_VERSION.isdisjoint(rest)
            and (mark == "/" or "." in rest)
            and lexicon.lookup(head) is not None
        ):
            return True
    return False


def value_start(text: str, start: int, end: int) -> int:
    """Return where the value begins in a field without a space: ``Email:a@example.com``, ``SRC=192.0.2.1``.

    Several keys may stand one behind another (``rua=mailto:a@example.com``). `start` when text[start:end] does
    not begin with a key, as in ``https://...``.
    """
    for _ in range(_MOST_KEYS):
        sign = next(
            (at for at in range(start, min(end, start + _LONGEST_LABEL)) if text[at] in ":="), end
        )
        if sign < start + 2 or sign + 1 >= end or text[sign + 1] in ":=/\\":
            return start
        key = text[start:sign]
        letters = key.replace("-", "")
        if text[sign] == "=":
            letters = letters.replace("_", "").replace(".", "")
        if not letters.isalpha() or (text[sign] == ":" and key.lower() in _SCHEMES):
            return start
        start = sign + 1
    return start


def _is_port_of_address(token: str) -> bool:
    """Whether it is an address and a port the way BIND writes them: ``192.0.2.1#53``."""
    address, mark, port = token.rpartition("#")
    return bool(mark) and port.isascii() and port.isdigit() and _is_indicator(address)


def _is_dotted(token: str) -> bool:
    """Whether it is a number with dots, perhaps with a suffix: ``8.4p1``, ``2.4.54-beta``."""
    if len(token) > 40 or not token[0].isdigit() or not token.isascii():
        return False
    number, _, suffix = token.translate(_SUFFIX_TO_SPACE).partition(" ")
    parts = number.split(".")
    if len(parts) < 2 or not all(part[:1].isdigit() and part.isalnum() for part in parts):
        return False
    return not suffix or all(part.isalnum() for part in suffix.replace(".", " ").split(" "))


_NO_URL_CHARACTERS = (
    "<",
    ">",
    "{",
    "}",
    "\\",
    "^",
    "`",
    "**",
    "~~",
    "[b",
    "[i",
    "[c",
    "[s",
    "[/",
    "&amp;#",
)


def _is_marked_up(url: str) -> bool:
    """Whether a URL holds what no URL may hold (RFC 3986), or a character reference."""
    if any(mark in url for mark in _NO_URL_CHARACTERS):
        return True
    references = (part.partition(";") for part in url.split("&")[1:])
    return any(
        end and name not in {"amp", "lt", "gt", "quot"} and name.lstrip("#").isalnum()
        for name, end, _ in references
    )


def _is_indicator(token: str) -> bool:
    found = indicators.classify(token)
    if found is None or found[1].verdict is not Verdict.CONFIRMED:
        return False
    if found[0] in {"URL", "EMAIL", "HASH"} and _is_marked_up(token):
        return False
    if found[0] == "EMAIL" and "*" in token:
        return False
    if found[0] == "HASH" and ("%" in token or "*" in token):
        return False
    if found[0] == "URL":
        host = token.partition("://")[2].partition("/")[0]
        return "_" not in "".join(host.rsplit(".", 2)[-2:])
    # No registry lets an underscore into a name it delegates: what has one there is no indicator.
    return found[0] != "DOMAIN" or "_" not in "".join(token.rsplit(".", 2)[-2:])


def gains(before: str, after: str) -> bool:
    """Whether a token that is nothing becomes an indicator, a known name or a dotted number.

    It may do so beneath another disguise, which a later round undoes.
    """
    old, new = sense(before), beneath(after)
    return old < NAME <= new or (old == NOTHING and new == DOTTED)


def beneath(token: str) -> float:
    """Return how well a token reads once other disguises are gone.

    Layers come off one by one: ``exa&#37;6dple[.]com`` is nothing until three are undone, and
    each of the three needs to be seen as a step. What the commonest spellings do not tell, the decoders do: the token
    is decoded by itself, a few layers deep.
    """
    value = sense(token)
    if value >= NAME or len(token) > LONGEST:
        return value
    value = max(value, _beneath(token))
    if value >= NAME or _depth.get() >= _DEEPEST or not _LAYERED.search(token):
        return value
    return max(value, _decoded(token))


_depth: ContextVar[int] = ContextVar("decloak_depth", default=0)
"""How many decodings of a token by itself are under way."""


def _decoded(token: str) -> float:
    if _depth.get():
        return _sense_decoded(token)
    return _remembered_decoded(token)


@remembered(1 << 12)
def _remembered_decoded(token: str) -> float:
    return _sense_decoded(token)


def _sense_decoded(token: str) -> float:
    from decloak.decode.run import decode  # noqa: PLC0415 - decoders ask here, and here asks all of them

    held = _depth.set(_depth.get() + 1)
    try:
        read = decode(token, max_rounds=_DEEPEST).text
    finally:
        _depth.reset(held)
    # Names show by themselves; what is so deep is undone for an indicator alone.
    return INDICATOR if read != token and sense(read) == INDICATOR else NOTHING


@remembered(1 << 14)
def _beneath(token: str) -> float:
    plain = html.unescape(token) if "&" in token else token
    plain = unquote(plain, encoding="latin-1") if "%" in plain else plain
    if not plain.isascii():
        plain = "".join(char for char in plain if char.isascii())
    for disguise, char in _PLAINEST:
        if disguise in plain:
            plain = plain.replace(disguise, char)
    return NOTHING if plain == token else sense(plain)
