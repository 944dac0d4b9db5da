"""Bootstrap: which RDAP server knows a target (RFC 9224)."""

from __future__ import annotations

import ipaddress
import json
import re
from typing import Protocol

from decloak.acquire.http import Fetcher
from decloak.acquire.targets import Kind, Target
from decloak.core.errors import DecloakError, ServiceError, SettingsError
from decloak.core.reach import base_url
from decloak.core.redact import shown_url

__all__ = ["IANA", "Bootstrap", "Directory", "FixedServer"]

IANA = "https://data.iana.org/rdap"
"""Where the registries of RDAP servers are published."""


_NUMBERS = re.compile(r"(\d{1,10})(?:-(\d{1,10}))?", re.ASCII)


class Directory(Protocol):
    """Knows the RDAP server of a target."""

    def server(self, target: Target) -> str | None:
        """Return its base URL without a slash at its end; None where nobody is responsible."""


class FixedServer:
    """One server for everything.

    Raises:
        SettingsError: when the URL is none.
    """

    def __init__(self, url: str) -> None:
        self._url = base_url(url)

    def server(self, target: Target) -> str | None:  # noqa: ARG002 - the protocol
        """Return it."""
        return self._url


class Bootstrap:
    """The registries that IANA publishes; each is fetched once, when it is first needed.

    Args:
        fetcher: sends the requests.
        url: the folder that holds ``dns.json``, ``ipv4.json``, ``ipv6.json`` and ``asn.json``.

    Raises:
        SettingsError: when the URL is none.
    """

    def __init__(self, fetcher: Fetcher, url: str = IANA) -> None:
        self._fetcher, self._url = fetcher, base_url(url)
        self._registries: dict[str, list[tuple[str, str]]] = {}

    def server(self, target: Target) -> str | None:
        """Return the base URL of the most specific entry; https where there is a choice.

        Raises:
            ServiceError: when a registry cannot be fetched or is none.
        """
        match target.kind:
            case Kind.NAME:
                return self._longest_suffix(target.text)
            case Kind.AUTNUM:
                return self._range(int(target.text[2:]))
            case _:
                return self._longest_prefix(target.text)

    def _longest_suffix(self, name: str) -> str | None:
        known = dict(self._entries("dns"))
        labels = name.split(".")
        suffixes = (".".join(labels[i:]) for i in range(len(labels)))
        return next((known[suffix] for suffix in suffixes if suffix in known), None)

    def _range(self, number: int) -> str | None:
        for entry, url in self._entries("asn"):
            found = _NUMBERS.fullmatch(entry)
            if found and int(found[1]) <= number <= int(found[2] or found[1]):
                return url
        return None

    def _longest_prefix(self, text: str) -> str | None:
        asked = ipaddress.ip_network(text)
        first = int(asked.network_address)
        best: tuple[int, str] | None = None
        for entry, url in self._entries("ipv4" if asked.version == 4 else "ipv6"):
            try:
                network = ipaddress.ip_network(entry)
            except ValueError:
                continue
            inside = int(network.network_address) <= first <= int(network.broadcast_address)
            if inside and (best is None or network.prefixlen > best[0]):
                best = network.prefixlen, url
        return best[1] if best else None

    def _entries(self, name: str) -> list[tuple[str, str]]:
        if name not in self._registries:
            url = f"{self._url}/{name}.json"
            try:
                answer = self._fetcher.get(url, "application/json")
            except DecloakError as error:
                message = f"{error}; without {shown_url(url)} no RDAP server is known: name one with --base"
                raise ServiceError(message) from error
            self._registries[name] = _read(answer.body, url)
        return self._registries[name]


def _read(body: bytes, url: str) -> list[tuple[str, str]]:
    """Return (entry, base URL) for every entry: RFC 9224, section 3."""
    try:
        services = json.loads(body)["services"]
        return [
            (str(entry).lower(), chosen)
            for entries, urls in services
            for entry in entries
            if (chosen := _choose(urls)) is not None
        ]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        message = (
            f"{shown_url(url)} is no registry of RDAP servers (RFC 9224); name a server with --base"
        )
        raise ServiceError(message) from error


def _choose(urls: list[str]) -> str | None:
    for url in sorted(map(str, urls), key=_is_plain):
        try:
            return base_url(url)
        except SettingsError:
            continue
    return None


def _is_plain(url: str) -> bool:
    return not url.startswith("https:")
