"""Reach: which addresses may be asked, and where one server may send us.

A host is read as a resolver would: `canonical` knows every written form of an address that
``inet_aton`` takes (``127.1``, ``0x7f.0.0.1``, ``0177.0.0.1``, ``2130706433``), zones, final dots,
full-width digits and per-cent escapes; `is_inside` looks into addresses that carry another one.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit, urlunsplit

from decloak.core.errors import SettingsError
from decloak.core.redact import shown_url

__all__ = ["base_url", "canonical", "is_inside", "may_refer"]

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_LOCAL_NAMES = ("localhost", "local", "internal", "home.arpa")
"""Never outside: RFC 6761, 6762, 8375 and ICANN's reservation of ``internal``."""
_PRIVATE_NAMES = ("localdomain", "intranet", "private", "corp", "home", "lan", "mail")
"""In use within networks (RFC 6762, appendix G) and delegated to nobody."""
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_OCTAL = re.compile(r"\d+(?:\.\d+){3}")
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")


def canonical(host: str) -> str:
    """Return a host as a resolver reads it: an address in its usual form, or a name in lower case."""
    addresses = list(_addresses(host))
    return str(addresses[0]) if addresses else _plain(host)


def _plain(host: str) -> str:
    """Return a host without escapes, brackets, zone and final dots."""
    text = unicodedata.normalize("NFKC", unquote(host).translate(_DOTS)).strip().lower()
    text = text.removeprefix("[").removesuffix("]")
    return text.partition("%")[0].rstrip(".") if ":" in text else text.rstrip(".")


def _addresses(host: str) -> Iterator[_Address]:
    """Yield the addresses that a host may be read as; none for a name."""
    text = _plain(host)
    try:
        yield ipaddress.ip_address(text)
    except ValueError:
        pass
    else:
        return
    if not text.isascii() or any(map(str.isspace, text)):
        return
    with contextlib.suppress(OSError, ValueError):
        yield ipaddress.IPv4Address(socket.inet_aton(text))
    if _OCTAL.fullmatch(text):  # who does not know octal reads 010.0.0.1 as 10.0.0.1
        parts = [int(part) for part in text.split(".") if len(part) < 9]
        if len(parts) == 4 and max(parts) < 256:
            yield ipaddress.IPv4Address(bytes(parts))


def _carried(address: _Address) -> Iterator[_Address]:
    """Yield an address and those within it: mapped, compatible, NAT64, 6to4, Teredo."""
    yield address
    if isinstance(address, ipaddress.IPv4Address):
        return
    low = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in _COMPATIBLE or any(address in network for network in _NAT64):
        yield low


def is_inside(host: str) -> bool:
    """Say whether a host may be this machine, in a private network, or nobody in particular.

    As far as its name tells: a name from outside may still have an address inside, which
    `decloak.acquire.guard` looks at when it connects.
    """
    addresses = list(_addresses(host))
    if addresses:
        carried = [each for address in addresses for each in _carried(address)]
        return any(not each.is_global or each.is_multicast for each in carried)
    name = _plain(host)
    return "." not in name or name.endswith(tuple(f".{n}" for n in _LOCAL_NAMES + _PRIVATE_NAMES))


def _is_near(host: str) -> bool:
    """Say whether what is sent to a host in clear stays in our own network, for sure."""
    addresses = list(_addresses(host))
    if addresses:
        known = (getattr(each, "ipv4_mapped", None) or each for each in addresses)
        return all(not each.is_global and not each.is_multicast for each in known)
    name = _plain(host)
    return "." not in name or name.endswith(tuple(f".{each}" for each in _LOCAL_NAMES))


def may_refer(server: str, to: str) -> bool:
    """Say whether a server may refer us to another one.

    A referral is text from a stranger: one from outside that names an address inside would make us
    knock where the stranger cannot.
    """
    return is_inside(server) or not is_inside(to)


def base_url(text: str, *, secret: bool = False) -> str:
    """Check the base URL of a service, and return it without a slash at its end.

    Args:
        text: what the user named.
        secret: whether a key is sent there, which asks for encryption outside this machine's own
            network.

    Raises:
        SettingsError: when it is no plain http or https URL; user names and passwords do not belong
            there, because it is stored. The message holds nothing that may be a key.
    """
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        message = f"{shown_url(text)} is no URL; a base URL looks like https://rdap.example/"
        raise SettingsError(message) from None
    if "@" in parts.netloc or parts.query or parts.fragment:
        message = "a base URL has no user, no password, no query: only https://HOST[:PORT][/PATH]"
        raise SettingsError(message)
    if parts.scheme not in {"http", "https"} or not host or not text.isprintable() or " " in text:
        message = f"{shown_url(text)} is no base URL; it looks like https://rdap.example/"
        raise SettingsError(message)
    if secret and parts.scheme == "http" and not _is_near(host):
        message = f"{shown_url(text)} would send the key unencrypted; use https"
        raise SettingsError(message)
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
