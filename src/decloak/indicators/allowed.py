r"""Allowed: a file of what nobody wants to see; each kind of line is looked up in time linear in the value.

| line | leaves out |
|---|---|
| `www.example.com`, `d41d8cd98f00b204e9800998ecf8427e`, `nginx` | entities with this value or this surface, in any case |
| `.example.com`, `*.example.com` | the name, names under it, and the URLs and e-mail addresses there |
| `192.0.2.0/24`, `2001:db8::/32` | addresses and networks within, and the URLs there |
| `/^intranet-\d+$/` | values in which this pattern (RE2) matches |

Blank lines, and ``#`` at the beginning of a line or behind a blank, are passed over.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

import re2

from decloak.core.errors import SettingsError

__all__ = ["Allowed"]

_COMMENT = re.compile(r"(?:^|\s)#.*")
_NETWORK = re.compile(r"[0-9A-Fa-f:.]+/\d{1,3}")
_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/@?#]*@)?(\[[^\]]*\]|[^/:?#]*)")
_NAMED = frozenset({"DOMAIN", "HOSTNAME", "URL", "EMAIL"})
_NUMBERED = frozenset({"IP_ADDRESS", "CIDR", "URL", "EMAIL"})
Network = IPv4Network | IPv6Network


class Allowed:
    """What one file names.

    Args:
        file: the file, in UTF-8.

    Raises:
        SettingsError: when it cannot be read, or a line is wrong; the message names the file and the line.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._exact: dict[str, int] = {}
        self._suffixes: dict[str, int] = {}
        self._networks: dict[tuple[int, int], dict[int, int]] = {}
        patterns: list[tuple[str, int]] = []
        for number, line in enumerate(_lines(file), 1):
            text = _COMMENT.sub("", line).strip()
            if not text:
                continue
            if len(text) > 2 and text[0] == text[-1] == "/":
                patterns.append((text[1:-1], number))
            elif _NETWORK.fullmatch(text):
                network = self._network(text, number)
                prefixes = self._networks.setdefault((network.version, network.prefixlen), {})
                prefixes.setdefault(int(network.network_address), number)
            elif text.startswith((".", "*.")):
                self._suffixes.setdefault(text.lstrip("*").strip(".").lower(), number)
            else:
                self._exact.setdefault(text.casefold(), number)
        self._patterns = self._compiled(patterns)
        self._lines = [number for _, number in patterns]

    def line_of(self, label: str, value: str, surface: str) -> int | None:
        """Return the number of the line that names an entity; None when none does."""
        for text in (value, surface):
            if (line := self._exact.get(text.casefold())) is not None:
                return line
        if self._suffixes and label in _NAMED:
            line = self._suffix(_host(label, value))
            if line is not None:
                return line
        if self._networks and label in _NUMBERED:
            line = self._within(_host(label, value))
            if line is not None:
                return line
        if self._patterns is not None:
            found: list[int] = self._patterns.Match(value.encode("utf-8", "replace"))
            if found:
                return self._lines[min(found)]
        return None

    def reason(self, line: int) -> str:
        """Return why an entity that a line names is left out."""
        return f"ignored by {self._file}:{line}"

    def _suffix(self, host: str) -> int | None:
        name = host.lower().rstrip(".")
        while name:
            if name in self._suffixes:
                return self._suffixes[name]
            name = name.partition(".")[2]
        return None

    def _within(self, text: str) -> int | None:
        try:
            found = ip_network(text.partition("%")[0], strict=False)
        except ValueError:
            first = text.partition("-")[0].strip()
            try:
                found = ip_network(ip_address(first))
            except ValueError:
                return None
            last = text.partition("-")[2].strip()
            return self._range(found, last)
        return self._covering(found)

    def _range(self, first: Network, last: str) -> int | None:
        """Return the line of the network that holds both ends of a range."""
        try:
            end = ip_network(ip_address(last))
        except ValueError:
            return None
        line = self._covering(first)
        return line if line is not None and self._covering(end) == line else None

    def _covering(self, found: Network) -> int | None:
        bits, number = found.max_prefixlen, int(found.network_address)
        for (version, length), prefixes in self._networks.items():
            if version == found.version and length <= found.prefixlen:
                line = prefixes.get(number >> (bits - length) << (bits - length))
                if line is not None:
                    return line
        return None

    def _network(self, text: str, number: int) -> Network:
        try:
            return ip_network(text, strict=False)
        except ValueError as error:
            message = f"{self._file}:{number}: {text!r} is no network: it looks like 192.0.2.0/24"
            raise SettingsError(message) from error

    def _compiled(self, patterns: list[tuple[str, int]]) -> re2.Set | None:
        if not patterns:
            return None
        options = re2.Options()
        options.log_errors = False
        every = re2.Set.SearchSet(options)
        for pattern, number in patterns:
            try:
                re2.compile(pattern, options)
                every.Add(pattern)
            except re2.error as error:
                said = error.args[0]
                reason = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
                message = f"{self._file}:{number}: /{pattern}/ is no RE2 pattern: {reason}"
                raise SettingsError(message) from error
        every.Compile()
        return every


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8-sig").splitlines()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        message = f"{file}: {reason}; name a file of values that can be read"
        raise SettingsError(message) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        message = f"{file}:{line}: this is no UTF-8"
        raise SettingsError(message) from error


def _host(label: str, value: str) -> str:
    """Return the host that a value names."""
    if label == "EMAIL":
        return value.rpartition("@")[2].strip("[]")
    if label == "URL":
        found = _AUTHORITY.match(value)
        return found[1].strip("[]") if found else ""
    return value
