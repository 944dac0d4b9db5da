"""Codes: other notations of an address, and text encoded as a whole and said to be."""

from __future__ import annotations

import base64
import codecs
import ipaddress
from random import Random

from decloak.evaluation.heldout.hidden import Hidden

__all__ = ["encoding"]


def encoding(rng: Random, value: str, label: str) -> Hidden | None:
    """Encode a whole value."""
    if label == "IP_ADDRESS":
        address = ipaddress.ip_address(value)
        return _ipv6(rng, address) if address.version == 6 else _ipv4(rng, address)
    if label in {"URL", "DOMAIN", "EMAIL"}:
        return _announced(rng, value)
    return None


def _ipv6(rng: Random, address: ipaddress.IPv6Address | ipaddress.IPv4Address) -> Hidden:
    return Hidden(rng.choice((address.exploded, address.exploded.upper(), f"[{address}]")))


def _ipv4(rng: Random, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Hidden:
    number, parts = int(address), str(address).split(".")
    return Hidden(
        rng.choice(
            (
                str(number),
                f"0x{number:08x}",
                f"0x{number:08X}",
                f"0{number:o}",
                ".".join(f"0x{int(part):x}" for part in parts),
                ".".join(f"0{int(part):o}" for part in parts),
                f"::ffff:{address}",
                f"::ffff:{number >> 16:x}:{number & 0xFFFF:x}",
            )
        )
    )


def _announced(rng: Random, value: str) -> Hidden:
    plain = value.encode()
    way = rng.randrange(6)
    if way == 0:
        return Hidden(base64.b64encode(plain).decode(), lead="base64: ")
    if way == 1:
        return Hidden(base64.b64encode(plain).decode(), lead="echo ", tail=" | base64 -d")
    if way == 2:
        return Hidden(plain.hex(), lead="hex: ")
    if way == 3:
        return Hidden("".join(f"\\x{byte:02x}" for byte in plain))
    if way == 4:
        return Hidden(codecs.encode(value, "rot13"), lead=rng.choice(("rot13: ", "ROT13 of ")))
    made = "".join(
        "+" + base64.b64encode(char.encode("utf-16-be")).decode().rstrip("=") + "-"
        if char in ".@:"
        else char
        for char in value
    )
    return Hidden(made, lead="UTF-7: ")
