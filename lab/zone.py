"""A zone of random names and addresses, and a BIND that serves it."""

from __future__ import annotations

import contextlib
import ipaddress
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.daemons import LabError, daemon, find_tool, free_port

__all__ = ["NameServer", "Zone", "make_zone", "name_server"]

_HOSTS = ("www", "mail", "vpn", "web01", "db2", "nas", "s3", "l2tp", "static", "git")


@dataclass(frozen=True, slots=True)
class Zone:
    """What the name server was told.

    Attributes:
        origin: the zone's name, without the root dot.
        addresses: host name -> its addresses.
        mail: names of the mail exchangers.
        servers: names of the name servers.
        aliases: alias -> the name it stands for.
        contact: the mailbox of the SOA record, as a DNS name.
    """

    origin: str
    addresses: dict[str, tuple[str, ...]]
    mail: tuple[str, ...]
    servers: tuple[str, ...]
    aliases: dict[str, str]
    contact: str

    @property
    def names(self) -> frozenset[str]:
        """Every name in the zone."""
        return frozenset(
            {self.origin, self.contact, *self.addresses, *self.mail, *self.servers, *self.aliases}
        )

    @property
    def all_addresses(self) -> frozenset[str]:
        """Every address in the zone."""
        return frozenset(address for each in self.addresses.values() for address in each)


def make_zone(rng: random.Random) -> Zone:
    """Draw a zone; addresses come from the blocks for documentation (RFC 5737, RFC 3849)."""
    origin = "".join(rng.choices("abcdefghijklmnoprstuvw", k=8)) + rng.choice(
        (".example", ".test", ".example.com", ".example.org")
    )
    addresses = {
        f"{host}.{origin}": (
            f"{rng.choice(('192.0.2', '198.51.100', '203.0.113'))}.{rng.randint(1, 254)}",
            str(ipaddress.IPv6Address(0x20010DB8 << 96 | rng.getrandbits(64))),
        )[: rng.randint(1, 2)]
        for host in rng.sample(_HOSTS, 6)
    }
    servers = (f"ns1.{origin}", f"ns2.{origin}")
    addresses |= {name: (f"198.51.100.{rng.randint(1, 254)}",) for name in servers}
    hosts = sorted(addresses)
    return Zone(
        origin,
        addresses,
        tuple(rng.sample(hosts, 2)),
        servers,
        {f"alias{i}.{origin}": rng.choice(hosts) for i in range(2)},
        f"hostmaster.{origin}",
    )


def _records(zone: Zone) -> str:
    lines = [
        "$TTL 3600",
        f"{zone.origin}. IN SOA {zone.servers[0]}. {zone.contact}. 2024030501 7200 3600 1209600 300",
    ]
    lines += [f"{zone.origin}. IN NS {name}." for name in zone.servers]
    lines += [f"{zone.origin}. IN MX {i * 10 + 10} {name}." for i, name in enumerate(zone.mail)]
    lines.append(f'{zone.origin}. IN TXT "v=spf1 -all"')
    lines += [f"{alias}. IN CNAME {name}." for alias, name in zone.aliases.items()]
    for name, addresses in zone.addresses.items():
        lines += [f"{name}. IN {'AAAA' if ':' in a else 'A'} {a}" for a in addresses]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class NameServer:
    """A running name server: where it listens, what it serves, whom it knows by address."""

    address: str
    port: int
    zone: Zone
    pointers: dict[str, str]


@contextlib.contextmanager
def name_server(folder: Path, zone: Zone, pointers: dict[str, str]) -> Iterator[NameServer]:
    """Serve the zone, and PTR records for loopback addresses, on 127.0.0.1.

    BIND listens on addresses that an interface holds, and the loopback interface holds this one.

    Args:
        folder: an empty folder.
        zone: the zone.
        pointers: loopback address -> name.
    """
    program = find_tool("named")
    if program is None:
        message = "named is not installed; see lab/packages.txt"
        raise LabError(message)
    address = "127.0.0.1"
    port = free_port(address)
    (folder / "zone").write_text(_records(zone))
    reverse = ["$TTL 60", f"@ IN SOA {zone.servers[0]}. {zone.contact}. 1 7200 3600 1209600 300"]
    reverse.append(f"@ IN NS {zone.servers[0]}.")
    reverse += [
        f"{ipaddress.ip_address(host).reverse_pointer}. IN PTR {name}."
        for host, name in pointers.items()
    ]
    (folder / "reverse").write_text("\n".join(reverse) + "\n")
    config = folder / "named.conf"
    config.write_text(
        f'options {{ directory "{folder}"; listen-on port {port} {{ {address}; }};\n'
        f' listen-on-v6 {{ none; }}; pid-file "{folder}/pid"; session-keyfile "{folder}/key";\n'
        " recursion no; allow-transfer { any; }; dnssec-validation no; notify no; };\n"
        "controls { };\n"
        f'zone "{zone.origin}" {{ type primary; file "zone"; }};\n'
        'zone "127.in-addr.arpa" { type primary; file "reverse"; };\n'
    )
    command = [program, "-g", "-n", "1", "-c", str(config)]
    with daemon(command, address, port, folder / "named.log"):
        yield NameServer(address, port, zone, pointers)
