"""Ranges: keys under which addresses of both families sort as numbers do."""

from __future__ import annotations

__all__ = ["range_key"]


def range_key(version: int, number: int) -> str:
    """Return the key of an address: ``4:0a000001``, so that the order of keys is the order of addresses.

    Args:
        version: 4 or 6.
        number: the address as a number.
    """
    return f"{version}:{number:0{8 if version == 4 else 32}x}"
