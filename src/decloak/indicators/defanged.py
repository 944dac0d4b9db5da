"""Defanged: an indicator written so that no program makes a link of it; the decoders read it back."""

from __future__ import annotations

import re

__all__ = ["DEFANGED", "defanged"]

_URL = re.compile(r"(?s)([A-Za-z][A-Za-z0-9+.-]*):(//)?((?:[^/@?#]*@)?)([^/?#]*)(.*)")
_COLONS = re.compile(r"(?<=[0-9A-Fa-f])(::?)(?=[0-9A-Fa-f])")
"""What is read back; ``::1`` and ``fe80::`` are not, and no program makes a link of them."""
_DONE = re.compile(r"\[\.\]|(?<=[0-9A-Fa-f])\[::?\](?=[0-9A-Fa-f])|\[:\]//|(?:hxxps?|fxp)://")
_SCHEMES = {"http": "hxxp", "https": "hxxps", "ftp": "fxp"}
DEFANGED = frozenset({"DOMAIN", "IP_ADDRESS", "URL", "EMAIL", "CIDR"})
"""Labels whose values a program may make a link of."""


def defanged(label: str, value: str) -> str:
    """Return a value as it can be passed on: ``hxxps://evil[.]example/a``, ``joe[@]evil[.]example``.

    Values of other labels than `DEFANGED`, and what is defanged already, stay as they are.
    """
    if label not in DEFANGED or _DONE.search(value):
        return value
    if label == "URL":
        return _url(value)
    if label == "EMAIL":
        name, at, host = value.rpartition("@")
        return f"{name}[@]{_host(host)}" if at else value
    return _host(value)


def _url(value: str) -> str:
    parts = _URL.fullmatch(value)
    if parts is None:
        return _host(value)
    scheme, slashes, user, host, rest = parts.groups("")
    known = _SCHEMES.get(scheme.lower())
    mark = f"{known}:" if known else f"{scheme}[:]"
    return f"{mark}{slashes}{user}{_netloc(host)}{rest}"


def _netloc(host: str) -> str:
    """Defang the host of a URL; the colon before its port stays."""
    if host.startswith("["):
        inner, bracket, port = host[1:].partition("]")
        return f"[{_host(inner)}{bracket}{port}"
    name, colon, port = host.rpartition(":")
    return f"{_host(name)}{colon}{port}" if colon else _host(host)


def _host(host: str) -> str:
    if "." in host:
        return host.replace(".", "[.]")
    return host if host.startswith("::") or host.endswith("::") else _COLONS.sub(r"[\1]", host)
