"""The name space from the root down: root, top-level, holders' and reverse zones, as BIND reads it.

Four servers: one for the root, one for the top-level domains, one that plays every operator of
holders' zones, and a resolver. So a query from the root down meets a referral at each level.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from pathlib import Path

from lab.world.model import World
from lab.world.zones import reverse_name

__all__ = ["RESOLVERS", "Servers", "write_tree"]

ROOTS = {
    f"{letter}.root-servers.net": f"198.41.0.{4 + i}" for i, letter in enumerate("abcdefghijklm")
}
REGISTRIES = {
    f"{letter}.nic-servers.net": f"198.41.0.{30 + i}" for i, letter in enumerate("abcdefgh")
}
REVERSE = {f"{letter}.in-addr-servers.arpa": f"198.41.0.{50 + i}" for i, letter in enumerate("abc")}
RESOLVERS = ("198.41.0.80", "198.41.0.81")
"""The first fills the authority and additional sections, the second does not."""

_SOA = "@ 86400 IN SOA {0}. nstld.{0}. 2025063000 1800 900 604800 86400\n"


class Servers:
    """Where each of the four listens."""

    root = tuple(ROOTS.values())
    registry = tuple(REGISTRIES.values())
    reverse = tuple(REVERSE.values())


def _options(folder: Path, name: str, addresses: list[str], extra: str) -> str:
    listen = " ".join(f"{address};" for address in addresses)
    return (
        f'options {{ directory "{folder}"; listen-on {{ {listen} }}; listen-on-v6 {{ none; }};\n'
        f' pid-file "{folder}/{name}.pid"; session-keyfile "{folder}/{name}.key"; managed-keys-directory "{folder}";\n'
        f" allow-transfer {{ any; }}; notify no; allow-query {{ any; }}; dnssec-validation no;\n {extra} }};\n"
        "controls { };\nlogging { category default { null; }; category lame-servers { null; }; };\n"
    )


def _delegations(world: World) -> dict[str, list[str]]:
    """Top-level domain -> lines that hand each zone below it to its servers, with glue."""
    made: dict[str, list[str]] = defaultdict(list)
    for origin, zone in world.zones.items():
        tld = origin.rpartition(".")[2]
        for server in zone.servers:
            made[tld].append(f"{origin}. 172800 IN NS {server}.")
            if server.endswith(f".{tld}") and server in world.servers:
                made[tld].append(f"{server}. 172800 IN A {world.servers[server]}")
    return made


def _reverse(world: World) -> dict[str, list[str]]:
    """Reverse zone -> its PTR records: one zone per IPv4 /16 and per IPv6 /32."""
    made: dict[str, list[str]] = defaultdict(list)
    for address, name in world.pointers.items():
        pointer = reverse_name(address)
        labels = pointer.split(".")
        keep = 4 if ipaddress.ip_address(address).version == 4 else 10
        made[".".join(labels[-keep:])].append(f"{pointer}. 3600 IN PTR {name}.")
    return made


def write_tree(folder: Path, world: World) -> dict[str, list[str]]:
    """Write zones and configurations; return server name -> the addresses it needs.

    Args:
        folder: empty; gets root.conf, registry.conf, holders.conf and resolver*.conf.
        world: what is served.
    """
    delegations, reverse = _delegations(world), _reverse(world)
    zones = folder / "zones"
    zones.mkdir()
    tlds = sorted(set(delegations) | {"net", "arpa", "com"})
    _write_root(zones, tlds, reverse)
    for tld in tlds:
        text = (
            "$TTL 86400\n"
            + _SOA.format("a.nic-servers.net")
            + "".join(f"@ IN NS {name}.\n" for name in REGISTRIES)
        )
        if tld == "net":
            for names in (ROOTS, REGISTRIES):
                text += "".join(f"{name}. IN A {address}\n" for name, address in names.items())
        (zones / f"tld.{tld}").write_text(text + "\n".join(delegations.get(tld, ())) + "\n")
    conf = [
        f'zone "{tld}" {{ type primary; file "zones/tld.{tld}"; }};'
        for tld in tlds
        if tld != "arpa"
    ]
    (folder / "registry.conf").write_text(
        _options(folder, "registry", list(REGISTRIES.values()), "recursion no;")
        + "\n".join(conf)
        + "\n"
    )
    (folder / "root.conf").write_text(
        _options(folder, "root", list(ROOTS.values()), "recursion no;")
        + 'zone "." { type primary; file "zones/root"; };\n'
    )
    conf = []
    policies = (
        'dnssec-policy "lab" { keys { csk lifetime unlimited algorithm ecdsap256sha256; }; };\n'
    )
    for i, (origin, zone) in enumerate(sorted(world.zones.items())):
        (zones / f"h{i}").write_text(
            "".join(f"{r.owner}. {r.ttl} IN {r.kind} {r.data}\n" for r in zone.records)
        )
        signing = ' dnssec-policy "lab"; inline-signing yes;' if zone.signed else ""
        conf.append(
            f'zone "{origin}" {{ type primary; file "zones/h{i}"; check-names ignore;{signing} }};'
        )
    for i, (origin, lines) in enumerate(sorted(reverse.items())):
        head = (
            "$TTL 3600\n"
            + _SOA.format("a.in-addr-servers.arpa")
            + "".join(f"@ IN NS {name}.\n" for name in REVERSE)
        )
        (zones / f"r{i}").write_text(head + "\n".join(lines) + "\n")
        conf.append(f'zone "{origin}" {{ type primary; file "zones/r{i}"; check-names ignore; }};')
    holders = [*sorted(set(world.servers.values())), *REVERSE.values()]
    (folder / "holders.conf").write_text(
        _options(
            folder, "holders", holders, 'recursion no; minimal-responses no; key-directory "zones";'
        )
        + policies
        + "\n".join(conf)
        + "\n"
    )
    hints = "".join(
        f". 3600000 NS {name}.\n{name}. 3600000 A {address}\n" for name, address in ROOTS.items()
    )
    (zones / "hints").write_text(hints)
    for i, address in enumerate(RESOLVERS):
        extra = f"recursion yes; allow-recursion {{ any; }}; empty-zones-enable no; qname-minimization off; minimal-responses {'no' if i == 0 else 'yes'};"
        (folder / f"resolver{i}.conf").write_text(
            _options(folder, f"resolver{i}", [address], extra)
            + 'zone "." { type hint; file "zones/hints"; };\n'
        )
    return {"root": list(ROOTS.values()), "registry": list(REGISTRIES.values()), "holders": holders,
            **{f"resolver{i}": [address] for i, address in enumerate(RESOLVERS)}}  # fmt: skip


def _write_root(zones: Path, tlds: list[str], reverse: dict[str, list[str]]) -> None:
    lines = ["$TTL 86400", _SOA.format("a.root-servers.net").strip()]
    lines += [f"@ 518400 IN NS {name}." for name in ROOTS]
    for names in (ROOTS, REGISTRIES, REVERSE):
        lines += [f"{name}. IN A {address}" for name, address in names.items()]
    for tld in tlds:
        if tld != "arpa":
            lines += [f"{tld}. 172800 IN NS {name}." for name in REGISTRIES]
    for origin in reverse:
        lines += [f"{origin}. 172800 IN NS {name}." for name in REVERSE]
    (zones / "root").write_text("\n".join(lines) + "\n")
