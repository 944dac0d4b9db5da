"""Reach: which addresses may be asked, and where one server may send us."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit, urlunsplit

from decloak.core.errors import SettingsError

__all__ = ["base_url", "is_inside", "may_refer"]

_LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal", ".home.arpa")


def is_inside(host: str) -> bool:
    """Say whether a host is this machine or in a private network, as far as its name tells."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return "." not in host or host.endswith(_LOCAL_NAMES)
    return not address.is_global


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
            there, because it is stored.
    """
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        message = f"{text[:80]!r} is no URL: {error}"
        raise SettingsError(message) from error
    if "@" in parts.netloc or parts.query or parts.fragment:
        message = "a base URL has no user, no password, no query: only https://HOST[:PORT][/PATH]"
        raise SettingsError(message)
    if parts.scheme not in {"http", "https"} or not host or not text.isprintable() or " " in text:
        message = f"{text[:80]!r} is no base URL; it looks like https://rdap.example/"
        raise SettingsError(message)
    if secret and parts.scheme == "http" and not is_inside(host):
        message = f"{text[:80]!r} would send the key unencrypted; use https"
        raise SettingsError(message)
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
