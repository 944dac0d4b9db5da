"""Targets: what may be asked about. Whatever else stands there never reaches a command line."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from decloak.core.errors import InputError, UnreadableError
from decloak.readers.binary import refuse_binary

__all__ = ["Kind", "Target", "blocks", "parse_target", "read_targets"]

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
# RFC 1123, section 2.1: the last label is never a number, so that a name is no address; nor does it
# begin with a digit, or Nmap would read 192.0.2.1-254 as a range.
_LAST_LABEL = re.compile(r"(?!-)[a-z][a-z0-9-]{0,62}(?<!-)")
_AUTNUM = re.compile(r"AS(\d{1,10})", re.IGNORECASE)
_LONGEST_NAME = 253  # RFC 1035, section 2.3.4, as text without the root dot
_LONGEST_LINE = 1000
_LARGEST_NETWORK = 1 << 16
_BLOCK = 1 << 8


class Kind(StrEnum):
    """What a target is."""

    ADDRESS = "an IP address"
    NETWORK = "a network in CIDR notation"
    NAME = "a host or domain name"
    AUTNUM = "an AS number"


@dataclass(frozen=True, slots=True)
class Target:
    """A target in its canonical form, which is safe as an argument: it begins with no dash.

    Attributes:
        text: the address, the network, the name in lower case as A-labels, or ``AS64496``.
        kind: which of them.
    """

    text: str
    kind: Kind

    @property
    def is_ipv6(self) -> bool:
        """Whether it is an IPv6 address or network."""
        return self.kind in {Kind.ADDRESS, Kind.NETWORK} and ":" in self.text


def parse_target(text: str, kinds: Iterable[Kind]) -> Target:
    """Read a target.

    Args:
        text: an address, a network, a name (also with the root dot, also in Unicode), an AS number.
        kinds: what is acceptable.

    Raises:
        InputError: when it is none of them; the message says which would be.
    """
    kinds = tuple(kinds)
    target = _address(text) or _network(text) or _autnum(text) or _name(text)
    if target is None or target.kind not in kinds:
        shown = text if len(text) <= 80 else text[:77] + "..."
        message = f"{shown!r} is not {_either(kinds)}"
        raise InputError(message)
    return target


def _either(kinds: tuple[Kind, ...]) -> str:
    return " or ".join(", ".join(kinds).rsplit(", ", 1))


def _address(text: str) -> Target | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    # fe80::1%eth0: the zone is free text, and only this machine knows it.
    return None if "%" in text else Target(str(address), Kind.ADDRESS)


def _network(text: str) -> Target | None:
    # A host with a netmask (192.0.2.0/255.255.255.0) is another notation.
    if "%" in text or not re.fullmatch(r"[^/]+/\d{1,3}", text):
        return None
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    return Target(str(network), Kind.NETWORK)


def _autnum(text: str) -> Target | None:
    found = _AUTNUM.fullmatch(text)
    if found is None or not 0 <= int(found[1]) < 1 << 32:
        return None
    return Target(f"AS{int(found[1])}", Kind.AUTNUM)


def _name(text: str) -> Target | None:
    if len(text) > _LONGEST_LINE:
        return None
    name = text.removesuffix(".").lower()
    if not name.isascii():
        import idna  # noqa: PLC0415 - rarely needed

        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    *labels, last = name.split(".")
    if len(name) > _LONGEST_NAME or not _LAST_LABEL.fullmatch(last):
        return None
    if labels and labels[0] == "*":
        labels = labels[1:]  # a wildcard is a name of the DNS: RFC 4592
    if not all(_LABEL.fullmatch(label) for label in labels):
        return None
    return Target(name, Kind.NAME)


def blocks(target: Target) -> Iterator[Target]:
    """Cut a network into blocks of at most 256 addresses, so that each is a run of its own.

    Raises:
        InputError: for more than 65,536 addresses.
    """
    if target.kind is not Kind.NETWORK:
        yield target
        return
    network = ipaddress.ip_network(target.text)
    if network.num_addresses > _LARGEST_NETWORK:
        message = f"{target.text} has more than {_LARGEST_NETWORK:,} addresses; name smaller ones"
        raise InputError(message)
    if network.num_addresses <= _BLOCK:
        yield target
        return
    longer = network.max_prefixlen - _BLOCK.bit_length() + 1
    for block in network.subnets(new_prefix=longer):
        yield Target(str(block), Kind.NETWORK)


def read_targets(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line number, text) for every line that is neither empty nor a comment (``#``).

    Raises:
        UnreadableError: when the file cannot be read.
        InputError: when it is binary, or no UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"{path}: {(error.strerror or type(error).__name__).lower()}"
        raise UnreadableError(message) from error
    try:
        refuse_binary(data)
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{path}: not UTF-8 at byte {error.start}; convert it first"
        raise InputError(message) from error
    except InputError as error:
        message = f"{path}: {error}"
        raise type(error)(message) from error
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.partition("#")[0].strip()
        if stripped:
            yield number, stripped
