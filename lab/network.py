"""Network: sites of hosts behind chains of routers, all inside the lab's own namespace.

    scanner -- router -- router -- site          (a site's blocks are local to its namespace)
            -- router -- site
            -- site                              (on the scanner's own link: has a MAC address)

A site holds whole blocks of addresses through local routes, so that any of them can be served
without thousands of interfaces.
"""

from __future__ import annotations

import ipaddress
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lab.isolation import check_isolated

__all__ = ["Site", "build", "filter_ports", "inside"]


@dataclass(frozen=True, slots=True)
class Site:
    """Hosts that are reached over the same routers.

    Attributes:
        name: of its namespace; at most ten characters.
        blocks: IPv4 and IPv6 networks whose addresses belong to it.
        hops: (address towards the scanner, prefix length) of each router on the way, nearest first.
        mac: hardware address of its interface; matters where there is no router.
        gateway: the scanner's own address on the first link, in the network of ``hops[0]``, or in
            the first block of a site without routers.
    """

    name: str
    blocks: tuple[str, ...]
    hops: tuple[str, ...]
    mac: str
    gateway: str


def inside(site: str, *command: str) -> list[str]:
    """Return the command that runs another one in a site's namespace."""
    return ["ip", "netns", "exec", site, *command]


def _batch(commands: Iterable[str], site: str | None = None) -> None:
    options = ["-n", site] if site else []
    text = "\n".join(commands) + "\n"
    done = subprocess.run(
        ["ip", *options, "-batch", "-"], input=text, capture_output=True, text=True, check=False
    )
    if done.returncode:
        message = f"ip {' '.join(options)}: {done.stderr.strip()}"
        raise RuntimeError(message)


def _set(namespace: str | None, values: dict[str, str]) -> None:
    script = "".join(f"echo {value} > /proc/sys/{key}\n" for key, value in values.items())
    command = ["sh", "-e"]
    subprocess.run(
        inside(namespace, *command) if namespace else command, input=script, text=True, check=True
    )


_ROUTER = {
    "net/ipv4/ip_forward": "1",
    "net/ipv6/conf/all/forwarding": "1",
    "net/ipv4/icmp_ratelimit": "0",
    "net/ipv4/icmp_msgs_per_sec": "100000",
    "net/ipv4/ip_unprivileged_port_start": "0",
}


def _pair(up: str | None, down: str, number: int, mac: str) -> None:
    """Join two namespaces: interface d<number> above, u<number> below."""
    _batch([f"link add d{number} type veth peer name u{number} netns {down} address {mac}"], up)
    _batch([f"link set d{number} up"], up)
    _batch(["link set lo up", f"link set u{number} up"], down)


def build(sites: Sequence[Site]) -> None:
    """Make every site and the routers before it.

    Raises:
        LabError: when this is not an isolated namespace.
        RuntimeError: with what ``ip`` said.
    """
    check_isolated()
    _set(None, {"net/ipv4/ip_forward": "1", "net/ipv4/ip_unprivileged_port_start": "0"})
    number = 0
    for site in sites:
        chain = [f"{site.name}-{i}" for i in range(len(site.hops))] + [site.name]
        _batch([f"netns add {name}" for name in chain])
        above: str | None = None
        above_address = site.gateway
        for i, name in enumerate(chain):
            number += 1
            mac = (
                site.mac
                if i == len(chain) - 1
                else f"02:00:5e:00:{number >> 8:02x}:{number & 255:02x}"
            )
            _pair(above, name, number, mac)
            _set(name, _ROUTER)
            six, below_six = f"fd00:{number:x}::1", f"fd00:{number:x}::2"
            _batch([f"addr add {six}/64 dev d{number} nodad"], above)
            _batch([f"addr add {below_six}/64 dev u{number} nodad"], name)
            if i < len(site.hops):
                _link(above, above_address, name, site.hops[i], number)
                via = f"via {site.hops[i]}"
                _routes(site, via, f"via {below_six}", number, above)
                # The link below gets its upper address from a range of links that nobody shows.
                above_address = f"100.127.{number >> 6}.{(number << 2 & 255) + 1}"
            else:
                _last(site, above, above_address, name, number, below_six)
            _batch([f"route add ::/0 via {six} dev u{number}"], name)
            above = name
    check_isolated()


def _link(above: str | None, above_address: str, name: str, address: str, number: int) -> None:
    """Give both ends of a point-to-point link their addresses."""
    _batch([f"addr add {above_address} peer {address} dev d{number}"], above)
    _batch(
        [
            f"addr add {address} peer {above_address} dev u{number}",
            f"route add default via {above_address} dev u{number} src {address}",
        ],
        name,
    )


def _routes(site: Site, via: str, via_six: str, number: int, above: str | None) -> None:
    lines = [
        f"route add {block} {via_six} dev d{number}"
        if ":" in block
        else f"route add {block} {via} dev d{number}"
        for block in site.blocks
    ]
    _batch(lines, above)


def _last(
    site: Site, above: str | None, above_address: str, name: str, number: int, below_six: str
) -> None:
    """The site itself: on the link where there is no router, else behind the last one."""
    _batch([f"addr add {above_address}/32 dev d{number}"], above)
    lines = [
        f"route add {block} via {below_six} dev d{number}"
        if ":" in block
        else f"route add {block} dev d{number} src {above_address}"
        for block in site.blocks
    ]
    _batch(lines, above)
    _batch(
        [
            *(f"route add local {b} dev lo" for b in site.blocks),
            f"route add {above_address}/32 dev u{number}",
            f"route add default via {above_address} dev u{number} onlink",
        ],
        name,
    )


def filter_ports(
    site: str, dropped: Iterable[tuple[str, int]], refused: Iterable[tuple[str, int]]
) -> None:
    """Drop packets to some address and port pairs, and refuse others by ICMP.

    Args:
        site: where.
        dropped: (IPv4 address, TCP port); a scanner calls them filtered.
        refused: likewise, answered with "administratively prohibited".
    """
    lines = ["table inet lab {"]
    for name, pairs in (("dropped", dropped), ("refused", refused)):
        elements = ", ".join(
            f"{ipaddress.IPv4Address(address)} . {port}" for address, port in sorted(pairs)
        )
        lines.append(f" set {name} {{ type ipv4_addr . inet_service; ")
        lines.append(f"  elements = {{ {elements} }} }}" if elements else " }")
    lines.append(
        " chain input { type filter hook input priority 0;\n"
        "  ip daddr . tcp dport @dropped drop\n"
        "  ip daddr . tcp dport @refused reject with icmp type admin-prohibited\n }\n}"
    )
    subprocess.run(inside(site, "nft", "-f", "-"), input="\n".join(lines), text=True, check=True)
