"""Surroundings: what the words before and after a token say about it."""

from __future__ import annotations

from decloak.core.document import View
from decloak.indicators.engine import compile_pattern
from decloak.kb.lexicon import lookup

__all__ = ["follows_version_word", "names_a_host"]

_WINDOW = 64

_VERSION_WORD = compile_pattern(
    rb"(?i)(?:\b(?:versions?|ver\.?|vers\.?|v|releases?|build|builds|firmware|revision|rev|patch"
    rb"|update|upgrade(?:d)?|os|ios|kernel|agent|sdk|driver|plugin|fixed in|prior to|before|since"
    rb"|through|up to)[ \t:=\"']*"
    rb"(?:(?:v?[0-9]+(?:\.[0-9]+)+|and|or|to|through|from|before|prior|until|up|earlier|than|is"
    rb"|number|,|-)[ \t,:\"']*){0,12}|[A-Za-z][A-Za-z0-9_+.-]*/)$",
    capture=False,
)
_NOT_VERSION = compile_pattern(
    rb"(?i)(?:https?|ftp|tcp|udp|icmp|ip|inet|inet6|addr|address|host|src|dst|ipv4|net|subnet|route"
    rb"|and|or|from|to)/$",
    capture=False,
)
_WORD_BEFORE = compile_pattern(rb"([A-Za-z][A-Za-z0-9+#-]{1,30})[ \t]+v?$")
_ADDRESS_WORD = compile_pattern(
    rb"(?i)\b(?:ip|ips|addr|address|addresses|host|hosts|server|c2|c&c|gateway|dns|subnet|netmask)\b",
    capture=False,
)
_HOST_WORD = compile_pattern(
    rb"(?i)(?:\b(?:domains?|hosts?|hostnames?|fqdn|dns|resolves?|resolved|c2|c&c|server|sinkhole[d]?"
    rb"|whois|nslookup|dig|ping|site|website|visit|url|beacon(?:s|ed)?|contact(?:s|ed)?|connects?"
    rb"|connected|registered|phishing|download(?:s|ed)? from|hosted (?:on|at))\b[^.\n]{0,24})$",
    capture=False,
)


def follows_version_word(view: View, start: int) -> bool:
    """Whether the words before an IPv4-shaped token make it a version.

    ``version 1.2.3.4``, ``Firefox 3.6.0.1``, ``Agent/1.2.3.4``; never ``host 1.2.3.4``.
    """
    shadow = view.shadow
    low = max(0, start - _WINDOW)
    low = max(low, shadow.rfind(b"\n", low, start) + 1)
    window = shadow[low:start]
    if not window or window.isspace():
        return False
    found = _VERSION_WORD.search(window)
    if found is not None:
        if window.endswith(b"/"):
            return _NOT_VERSION.search(window) is None
        return _ADDRESS_WORD.search(window[found.start() :]) is None
    word = _WORD_BEFORE.search(window)
    if word is None:
        return False
    name = view.text[low + word.start(1) : low + word.end(1)]
    entry = lookup(name)
    return entry is not None and entry.label in {"SOFTWARE", "OS"} and not entry.is_weak(name)


def names_a_host(view: View, start: int, end: int) -> bool:
    """Whether the words before a token say that it names a host, and nothing after denies it."""
    shadow = view.shadow
    if end < len(shadow) and shadow[end] in b"(=":
        return False
    low = max(0, start - _WINDOW)
    low = max(low, shadow.rfind(b"\n", low, start) + 1)
    return _HOST_WORD.search(shadow[low:start]) is not None
