"""Names: domains, host names, e-mail addresses and URLs, read as a resolver would."""

from __future__ import annotations

import re
import unicodedata

import idna

from decloak.core.entity import Reading, Verdict, confirmed
from decloak.core.limits import MAX_DOMAIN_LENGTH, MAX_LABEL_LENGTH, MAX_URL
from decloak.indicators.leet import stands_for_top
from decloak.indicators.lookalike import plain_spelling, pretends, resembled
from decloak.indicators.network import read_ip
from decloak.indicators.suffixes import is_public_top

__all__ = ["URL_SCHEMES", "ascii_domain", "read_domain", "read_email", "read_hostname", "read_url",
           "split_url"]  # fmt: skip

_WEB = frozenset({"http", "https", "ws", "wss", "ftp"})
URL_SCHEMES = frozenset(
    [
        "http",
        "https",
        "ftp",
        "ftps",
        "sftp",
        "tftp",
        "ssh",
        "telnet",
        "ldap",
        "ldaps",
        "smb",
        "nfs",
        "ws",
        "wss",
        "rtsp",
        "rdp",
        "vnc",
        "sip",
        "sips",
        "irc",
        "ircs",
        "mysql",
        "postgresql",
        "postgres",
        "mongodb",
        "redis",
        "amqp",
        "mqtt",
        "git",
        "svn",
        "rsync",
        "tcp",
        "udp",
        "ntp",
        "snmp",
        "imap",
        "imaps",
        "pop3",
        "smtp",
        "smtps",
        "jdbc",
        "gopher",
        "news",
        "nntp",
        "socks4",
        "socks5",
        "stratum+tcp",
        "stratum+ssl",
        "feed",
        "file",
    ]
)
"""Schemes with an authority part, as they occur in reports and scans."""

_LDH = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
_LOCAL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.!#$%&'*+/=?^_`{|}~-")
_PLAIN_NAME = re.compile(
    r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
    r"(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*"
)
# Escapes of unreserved characters: with and without them it is the same URL (RFC 3986, section 6.2.2.2).
_NEEDLESS = re.compile("%(2[DE]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])", re.IGNORECASE)
_REFUTED = Verdict.REFUTED
_DOTS = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61", "."))


def ascii_domain(name: str) -> str | None:
    """Return the A-label form of a name (UTS 46, RFC 5891), or None when it has none.

    What IDNA 2008 forbids but a resolver would still be asked for (symbols, emoji) becomes
    punycode all the same: hostile names are the ones that matter here.
    """
    if name.isascii():
        return name.lower()
    folded = unicodedata.normalize("NFKC", name.translate(_DOTS)).casefold()
    try:
        return idna.encode(folded, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        labels = [_punycode(label) for label in folded.split(".")]
    return None if None in labels else ".".join(label for label in labels if label is not None)


def _punycode(label: str) -> str | None:
    if label.isascii():
        return label
    try:
        return "xn--" + label.encode("punycode").decode("ascii")
    except UnicodeError:
        return None


def _read_name(text: str) -> Reading:
    """Read a DNS name of one label or more; the shape only, no suffix."""
    if len(text) <= MAX_DOMAIN_LENGTH and _PLAIN_NAME.fullmatch(text):
        low = text.lower()
        if "xn--" not in low:  # the common case, made cheap
            return confirmed(low)
    name = text.rstrip(".") if text.endswith(".") else text
    ascii_name = ascii_domain(name)
    if ascii_name is None:
        return Reading(_REFUTED, reason="no A-label form")
    if not 0 < len(ascii_name) <= MAX_DOMAIN_LENGTH:
        return Reading(_REFUTED, reason="empty, or longer than a DNS name")
    for label in ascii_name.split("."):
        if not 0 < len(label) <= MAX_LABEL_LENGTH:
            return Reading(_REFUTED, reason="an empty label, or one of more than 63 octets")
        if label[0] == "-" or label[-1] == "-" or not _LDH.issuperset(label):
            return Reading(_REFUTED, reason="a label with characters no host name has")
    return Reading(Verdict.CONFIRMED, ascii_name, resembles=resembled(name, ascii_name))


def read_domain(text: str) -> Reading:
    """Read a DNS name with at least one dot; the value is lower-case A-labels, no root dot.

    CONFIRMED with a public suffix or a special-use one (RFC 6761 and others), SILENT with a top
    label nobody delegates (``box.htb``: the context decides), REFUTED when it cannot be a name.
    """
    bare = text.removeprefix("*.")
    reading = _read_name(bare)
    if reading.verdict is _REFUTED:
        return reading
    name = reading.value
    if "." not in name:
        return reading._replace(label="HOSTNAME")
    top = name.rpartition(".")[2]
    if top.isdecimal():
        return Reading(_REFUTED, reason="the top label is a number")
    if is_public_top(top) or _pretends_to_be_public(bare, reading.resembles):
        return reading
    return reading._replace(verdict=Verdict.SILENT, reason=f"{top!r} is no public suffix")


def _pretends_to_be_public(name: str, resembles: str | None) -> bool:
    """Whether a top label that nobody delegates wants to be taken for one that is: ``m\u03b1il.h\u03b1rbor.z\u03b1``."""
    return resembles is not None and is_public_top(resembles.rpartition(".")[2]) and pretends(name)


def read_hostname(text: str) -> Reading:
    """Read a host name without a dot."""
    reading = _read_name(text)
    if reading.verdict is _REFUTED:
        return reading
    if "." in reading.value:
        return reading._replace(label="DOMAIN")
    return reading


def read_email(text: str) -> Reading:
    """Read an e-mail address (RFC 5321, section 4.1.2, dot-atoms only); the domain decides."""
    local, at, domain = text.rpartition("@")
    if not at or not local or len(local) > 64:
        return Reading(_REFUTED, reason="no local part, or one of more than 64 characters")
    folded = local.lower()
    if folded.isascii() and not _LOCAL.issuperset(folded):
        return Reading(_REFUTED, reason="characters no local part has")
    if local[0] == "." or local[-1] == "." or ".." in local:
        return Reading(_REFUTED, reason="misplaced dots in the local part")
    reading = read_domain(domain)
    if reading.verdict is _REFUTED or reading.label:
        return Reading(_REFUTED, reason=reading.reason or "no dot in the domain")
    if reading.verdict is Verdict.SILENT and stands_for_top(reading.value.rpartition(".")[2]):
        reading = reading._replace(verdict=Verdict.CONFIRMED, reason="")
    plain = plain_spelling(local)
    resembles = None
    if plain or reading.resembles:
        resembles = f"{plain or local}@{reading.resembles or reading.value}"
    return Reading(reading.verdict, f"{local}@{reading.value}", reading.reason, resembles)


def split_url(text: str) -> tuple[int, int, int, int] | None:
    """Return the offsets (host start, host end, port end, authority end) inside a URL.

    The host of an IPv6 literal excludes its brackets. None when there is no authority.
    """
    mark = text.find("://")
    if mark < 1:
        return None
    start = mark + 3
    end = min((i for i in (text.find(c, start) for c in "/?#\\") if i >= 0), default=len(text))
    at = text.rfind("@", start, end)
    start = at + 1 if at >= 0 else start
    if text[start : start + 1] == "[":
        close = text.find("]", start, end)
        if close < 0:
            return None
        return start + 1, close, end, end
    colon = text.find(":", start, end)
    return start, colon if colon >= 0 else end, end, end


def read_url(text: str) -> Reading:
    """Read an absolute URL; scheme, host and needless escapes are normalised (RFC 3986, section 6.2.2)."""
    if len(text) > MAX_URL:
        return Reading(_REFUTED, reason=f"longer than {MAX_URL} characters")
    scheme = text.partition("://")[0].lower()
    parts = split_url(text)
    if parts is None or scheme not in URL_SCHEMES:
        return Reading(_REFUTED, reason="no scheme with an authority")
    start, end, stop, _ = parts
    host = text[start:end]
    reading = _read_host(host)
    if reading.verdict is _REFUTED:
        return Reading(_REFUTED, reason=f"host: {reading.reason}")
    port = text[end:stop].lstrip("]:")
    if port and not (port.isascii() and port.isdecimal() and int(port[:6]) <= 65535):
        return Reading(_REFUTED, reason="the port is no number from 0 to 65535")
    head = scheme + text[len(scheme) : start]
    tail = _slashed(text[end:]) if scheme in _WEB else text[end:]
    if "%" in tail:
        tail = _NEEDLESS.sub(_unescaped, tail)
    plain = plain_spelling(tail)
    resembles = None
    if plain or reading.resembles:
        resembles = head + (reading.resembles or reading.value) + (plain or tail)
    return Reading(reading.verdict, head + reading.value + tail, reading.reason, resembles)


def _unescaped(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))


def _slashed(tail: str) -> str:
    """Return a path with slashes for backslashes, as browsers read it (WHATWG URL, section 4.4)."""
    stop = min(place for place in (tail.find("?"), tail.find("#"), len(tail)) if place >= 0)
    return tail[:stop].replace("\\", "/") + tail[stop:]


def _read_host(host: str) -> Reading:
    if ":" in host or host.replace(".", "").isdecimal():
        return read_ip(host)
    reading = _read_name(host)
    if reading.verdict is _REFUTED or "." not in reading.value:
        return reading
    return read_domain(host)
