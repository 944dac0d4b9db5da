"""Quads: whether four numbers with dots are an address or the version of something.

``inet 192.0.2.4`` and ``user/192.0.2.4`` are addresses, ``Firefox 3.6.0.1``, ``Agent/1.2.3.4`` and ``id 15.1.225.42``
are none. Nothing in the numbers themselves tells for certain; the key, the words and the signs around
them do, and where they contradict each other the one that stands nearest decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from decloak.indicators.engine import compile_pattern

__all__ = ["is_quad", "is_small", "is_version", "last_word"]

_WINDOW = 64
_LINE = 256

_VERSION_WORD = compile_pattern(
    rb"(?i)(?:\b(?:(?:file|product|assembly|app|old|new|service)?versions?|ver\.?|vers\.?|v|releases?|build|builds|buildnumber"
    rb"|firmware|revision|rev|patch|update|upgrade(?:d)?|os|ios|kernel|agent|sdk|driver|plugin|fixed in|prior to|before|since"
    rb"|through|up to)[ \t:=\"']*"
    rb"(?:(?:v?[0-9]+(?:\.[0-9]+)+|and|or|to|through|from|before|prior|until|up|earlier|than|is"
    rb"|number|,|-)[ \t,:\"']*){0,12}|[A-Za-z][A-Za-z0-9_+.-]*/"
    rb"|\b(?:upgrad|updat|downgrad|bump|migrat)[a-z]*[^\n]{0,40}\b(?:from|to)[ \t]+"
    rb"(?:v?[0-9]+(?:\.[0-9]+)+[ \t]+to[ \t]+)?"
    rb"|[A-Za-z0-9_\])\"'](?:[ \t]*(?:[=~<>!]=|~>|\^)|[ \t]+[<>])[ \t]*[\"']?|[\"'][ \t]*:[ \t]*[\"'][\^~]"
    rb"|[A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+:|[a-z0-9]@[\^~]?)$",
    capture=False,
)
_NOT_VERSION = compile_pattern(
    rb"(?i)(?:\b|_)(?:ips?|ipv4|addr|address|host|hostname|src|dst|server|peer|dns|gateway)[ \t\"'\])]*"
    rb"(?:[=~<>!]=|[<>])[ \t]*[\"']?$",
    capture=False,
)
_VERSION_STEM = compile_pattern(
    rb"(?i)ver|\bv[: =]|release|build|firmware|rev|patch|update|os |os:|kernel|agent|sdk|driver|plugin"
    rb"|fixed|prior|before|since|through|up to|grad|bump|migrat",
    capture=False,
)
_STRONG = compile_pattern(
    rb"(?i)(?:versions?|\bver\.?|\bvers\.?|\bv|releases?|builds?|buildnumber|firmware|revision|\brev)[ \t:=\"']*$"
    rb"|[=~<>!]=|~>|\^|:[A-Za-z0-9_.-]+:",
    capture=False,
)
_OPERATORS = frozenset({b"=", b"<", b">", b"^", b"~", b":", b"@", b'"', b"'"})
_ADDRESS_WORD = compile_pattern(
    rb"(?i)\b(?:ip|ips|addr|address|addresses|host|hosts|server|c2|c&c|gateway|dns|subnet|netmask)\b",
    capture=False,
)
# The word right before an address: what has one, or does something with one.
_BEARER = compile_pattern(
    rb"(?i)(?:ip|ips|addr|address|addresses|hosts?|servers?|c2|c&c|gateway|dns|subnet|netmask|inet6?|broadcast"
    rb"|bcast|peer|clients?|users?|from|to|via|src|dst|nameserver|resolver|route|https?|ftp|tcp|udp|icmp|ip|net"
    rb"|and|or"
    rb"|nmap|masscan|ping6?|traceroute6?|tracert|dig|nslookup|whois|curl|wget|scp|telnet|nc|ncat|netcat|nikto|hydra|mtr"
    rb"|arping|hping3?|sqlmap|gobuster|smbclient|rdesktop|crackmapexec|nxc|tcpdump|iperf3?|rustscan|zmap|naabu)",
    capture=False,
)
# What has its own version behind a slash in a list of them: `Mozilla/5.0 ... Agent/1.2.3.4`.
_TOKENS = compile_pattern(
    rb"(?:^|[ \t\"'(:=])[A-Za-z][A-Za-z0-9_.+-]{1,40}/[0-9]{1,4}\.[0-9]{1,5}(?:\.[0-9]{1,5})?(?:[ \t);,\"']|$)",
    capture=False,
)
_PREFIX = re.compile(rb"/(?:[0-9]|[12][0-9]|3[0-2])(?![0-9A-Za-z.])")
"""The length of a network's prefix, which no version has."""
_FLOW = re.compile(rb"(?:[0-9]{1,3}\.){3}[0-9]{1,5}[ \t]+(?:<?-?>|<)[ \t]*\Z")
"""What goes from an address to another: no comparison of versions."""
_LOGIN = re.compile(
    rb"(?i)\b(?:ssh|scp|sftp|rsync|ftp|root|admin|user|administrator|ubuntu|pi)\b[^\n]{0,48}@\Z"
)
_SLASHED = re.compile(rb"([A-Za-z0-9_.+-]{1,64})/$")
_ROLED = re.compile(
    rb"(?i)(?:direct|parent|peer|hit|miss|none|cache|host|client|server|user|agent)$"
)
_IDENTIFIED = re.compile(rb"(?i)\b(?:id|oid|clsid|build|serial)[ \t\n\x82]{1,8}$")
_KNOWN = re.compile(
    rb"(?:0|10|127|169\.254|172\.(?:1[6-9]|2[0-9]|3[01])|192\.(?:168|0\.2)|198\.51\.100|203\.0\.113|255\.255)\."
)
"""What private, documentation and other special addresses begin with (IANA)."""
_SMALL = 32  # versions have small numbers, addresses have any


_QUAD = re.compile(rb"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")


def is_quad(shadow: bytes, start: int, end: int) -> bool:
    """Whether a token has the shape of an IPv4 address: four numbers below 256."""
    if _QUAD.fullmatch(shadow, start, end) is None:
        return False
    return all(int(number) < 256 for number in shadow[start:end].split(b"."))


def is_version(
    shadow: bytes, start: int, end: int, is_product: Callable[[bytes], bool], role: str = ""
) -> bool:
    """Whether an IPv4-shaped token ``[start, end)`` is the version of something, and no address.

    Args:
        shadow: of the text.
        start: where the first number starts.
        end: where the last one ends.
        is_product: whether words, as written, end with the name of a product or system.
        role: what the key before the token says of it; "" for no key.
    """
    if role in {"IP_ADDRESS", "NAME"}:
        return False
    if role in {"VERSION", "opaque"}:
        return True
    low = max(0, start - _WINDOW)
    low = max(low, shadow.rfind(b"\n", low, start) + 1)
    window = shadow[low:start]
    if not window or window.isspace():
        return _is_continued(shadow, start)
    return _follows_version(shadow, start, end, window, is_product)


def _follows_version(
    shadow: bytes, start: int, end: int, window: bytes, is_product: Callable[[bytes], bool]
) -> bool:
    """Whether the words and signs before the token on its line make it a version."""
    if (_has_port(shadow, end) and not window.endswith(b":")) or _in_angles(shadow, start, end):
        return False
    if window.endswith(b"/"):
        return _is_slashed(shadow, start, end, window, is_product)
    if _FLOW.search(window) is not None:
        return False
    if _PREFIX.match(shadow, end) is not None:
        return False
    if window.endswith(b"@") and not window[-2:-1].isalnum():
        return False  # dig @192.0.2.1
    if window.endswith(b"@"):  # package@1.2.3.4, user@192.0.2.1
        return is_small(shadow, start, end) and _LOGIN.search(window) is None
    if window.rstrip(b" \t")[-1:] in _OPERATORS or _VERSION_STEM.search(window) is not None:
        found = _VERSION_WORD.search(window)
        if found is not None:
            return _is_announced(shadow, start, end, window, found.start())
    if _IDENTIFIED.search(window) is not None:
        return not _KNOWN.match(shadow, start, end)
    if window[-1:] not in {b" ", b"\t", b"v"}:
        return False
    word = last_word(window.removesuffix(b"v"))
    if word == b"ssh":  # a command, or a product
        return is_small(shadow, start, end)
    named = window.removesuffix(b"v").rstrip(b" \t")
    return not word.isdigit() and _BEARER.fullmatch(word) is None and is_product(named)


def _is_announced(shadow: bytes, start: int, end: int, window: bytes, word: int) -> bool:
    """Whether a word or an operator at a place of the window announces a version, and nothing denies it."""
    if window[word - 1 : word] == b"-" or _NOT_VERSION.search(window) is not None:
        return False  # dig -v 192.0.2.1
    if _STRONG.search(window) is None and _is_special(shadow, start, end):
        return False  # since 192.168.1.1 is down
    return _ADDRESS_WORD.search(window[word:]) is None


def _is_slashed(
    shadow: bytes, start: int, end: int, window: bytes, is_product: Callable[[bytes], bool]
) -> bool:
    """Whether what stands before a slash is a product: `Chrome/1.2.3.4`, not `user/192.0.2.1`."""
    found = _SLASHED.search(window)
    if found is None:
        return False
    name = found[1]
    if name.isupper() and _ROLED.search(name) is not None:
        return False  # HIER_DIRECT/192.0.2.1
    low = max(0, start - _LINE)
    line = shadow[max(low, shadow.rfind(b"\n", low, start) + 1) : start - len(name) - 1]
    if _TOKENS.search(line) is not None:
        return True
    titled = name[:1].isupper() and not name.isupper() and is_small(shadow, start, end)
    if b"." in name.strip(b".") or shadow[end : end + 1] in {b"@", b":"}:
        return False
    if _KNOWN.match(shadow, start, end):
        return titled and is_product(name)
    if _BEARER.fullmatch(name) is not None or _ROLED.search(name) is not None:
        return titled
    return titled or is_product(name.capitalize())


def _is_special(shadow: bytes, start: int, end: int) -> bool:
    """Whether it is a private or other special address whose first number is larger than versions have."""
    known = _KNOWN.match(shadow, start, end) is not None
    return known and int(shadow[start : shadow.index(b".", start)]) >= _SMALL


def is_small(shadow: bytes, start: int, end: int) -> bool:
    """Whether four numbers are as small as those of versions, and no special address's."""
    first, *rest = map(int, shadow[start:end].split(b"."))
    if _KNOWN.match(shadow, start, end) and first:
        return False
    return first < _SMALL and sum(number < _SMALL for number in rest) >= 2


def _has_port(shadow: bytes, end: int) -> bool:
    return shadow[end : end + 1] == b":" and shadow[end + 1 : end + 2].isdigit()


def _in_angles(shadow: bytes, start: int, end: int) -> bool:
    """Whether it stands between angle brackets, of which the first compares nothing."""
    close = shadow.find(b">", end, end + len("/32>"))
    return (
        shadow[start - 1 : start] == b"<"
        and close >= 0
        and not shadow[end:close].strip(b"/0123456789")
    )


def _is_continued(shadow: bytes, start: int) -> bool:
    """Whether the line before, broken in a sentence or a header, ends with what has a number."""
    line_end = shadow.rfind(b"\n", max(0, start - 8), start)
    if line_end <= 0:
        return False
    before = shadow[max(0, line_end - _WINDOW) : start]
    return _IDENTIFIED.search(before) is not None


def last_word(window: bytes) -> bytes:
    """Return the last word before white space, in lower case."""
    bare = window.rstrip(b" \t")
    return bare[max(bare.rfind(b" "), bare.rfind(b"\t"), bare.rfind(b"(")) + 1 :].lower()
