"""Ranges: networks put together, and keys under which addresses of both families sort as numbers do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network

__all__ = ["merged", "range_key"]


def range_key(version: int, number: int) -> str:
    """Return the key of an address: ``4:0a000001``, so that the order of keys is the order of addresses.

    Args:
        version: 4 or 6.
        number: the address as a number.
    """
    return f"{version}:{number:0{8 if version == 4 else 32}x}"


def merged(networks: Iterable[IPv4Network | IPv6Network]) -> Iterator[tuple[int, int, int]]:
    """Yield (version, first, last) of the ranges that networks make together, in order and apart."""
    bounds = sorted((each.version, int(each[0]), int(each[-1])) for each in networks)
    open_: tuple[int, int, int] | None = None
    for version, low, high in bounds:
        if open_ is not None and open_[0] == version and low <= open_[2] + 1:
            open_ = (version, open_[1], max(open_[2], high))
            continue
        if open_ is not None:
            yield open_
        open_ = (version, low, high)
    if open_ is not None:
        yield open_
