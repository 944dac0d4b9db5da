"""Blocks of addresses, none overlapping: documentation, private and public-looking ones."""

from __future__ import annotations

import ipaddress
from random import Random

__all__ = ["Blocks", "any_address"]

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_KEPT = [
    ipaddress.ip_network(text)
    for text in ("0.0.0.0/8", "10.255.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "192.168.250.0/23", "224.0.0.0/3",
                 "198.41.0.0/24", "fd00::/8")
]  # fmt: skip
_FIRST = (5, 13, 23, 31, 34, 37, 41, 45, 46, 51, 52, 62, 66, 78, 81, 83, 85, 89, 91, 93, 95, 101, 103, 104, 109, 114, 121, 133,
          141, 146, 151, 158, 160, 168, 171, 177, 179, 185, 186, 188, 190, 193, 194, 195, 196, 197, 200, 202, 203, 209, 210, 212,
          213, 216, 217)  # fmt: skip
_SIX = (0x2001_0DB8, 0x2A00, 0x2A01, 0x2A02, 0x2A03, 0x2A0E, 0x2600, 0x2606, 0x2607, 0x2400, 0x2401, 0x2404, 0x2408, 0x2800,
        0x2803, 0x2C0F)  # fmt: skip


def any_address(rng: Random, six: bool = False) -> str:  # noqa: FBT001, FBT002 - reads well
    """An address that nobody in the lab need serve."""
    if six:
        first = rng.choice(_SIX)
        head = first << 96 if first > 0xFFFF else first << 112 | rng.getrandbits(16) << 96
        tail = rng.choice(
            (
                rng.getrandbits(96),
                rng.getrandbits(32) << 64 | rng.getrandbits(8),
                rng.getrandbits(12),
            )
        )
        return str(ipaddress.IPv6Address(head | tail))
    block = rng.choice(("192.0.2.", "198.51.100.", "203.0.113.")) if rng.random() < 0.15 else (
        f"{rng.choice(_FIRST)}.{rng.randint(0, 255)}.{rng.randint(0, 255)}.")  # fmt: skip
    return f"{block}{rng.randint(1, 254)}"


class Blocks:
    """A source of networks.

    Args:
        rng: the only source of chance.
    """

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._taken: list[_Network] = list(_KEPT)
        self._documentation = [
            ipaddress.ip_network(f"{head}.0/24") for head in ("192.0.2", "198.51.100", "203.0.113")
        ]

    def _free(self, network: _Network) -> bool:
        return not any(
            network.version == each.version and network.overlaps(each) for each in self._taken
        )  # type: ignore[arg-type] # of one version here

    def documentation(self) -> str | None:
        """The next block of RFC 5737, while there are any."""
        if not self._documentation:
            return None
        network = self._documentation.pop(0)
        self._taken.append(network)
        return str(network)

    def private(self) -> str:
        """A /24 of RFC 1918."""
        return self._draw(lambda: f"{self.rng.choice((f'10.{self.rng.randint(0, 254)}', '172.' + str(self.rng.randint(16, 31)), '192.168'))}"
                          f".{self.rng.randint(0, 249)}.0/24")  # fmt: skip

    def public(self, prefix: int) -> str:
        """A public-looking IPv4 block."""
        return self._draw(
            lambda: str(
                ipaddress.ip_network(
                    (self.rng.choice(_FIRST) << 24 | self.rng.getrandbits(24), prefix), strict=False
                )
            )
        )

    def six(self) -> str:
        """An IPv6 /48, sometimes of RFC 3849."""
        return self._draw(
            lambda: str(
                ipaddress.ip_network(
                    (int(ipaddress.IPv6Address(any_address(self.rng, True))), 48), strict=False
                )
            )
        )

    def _draw(self, make: object) -> str:
        assert callable(make)
        while True:
            network = ipaddress.ip_network(make())
            if self._free(network):
                self._taken.append(network)
                return str(network)
