"""Machines: addresses of a site, names in the styles of networks, and services."""

from __future__ import annotations

import dataclasses
import ipaddress
from random import Random

from lab.budget import Budget
from lab.responder.catalogue import PROTOCOLS, catalogue
from lab.responder.catalogue import role as known_role
from lab.responder.from_probes import Candidate, candidates
from lab.responder.from_probes import role as probe_role
from lab.responder.plan import Role
from lab.responder.probes import load
from lab.world.model import Host, World
from lab.world.registrations import Registration
from lab.world.words import host_label

__all__ = ["draw_hosts"]

_PRIVATE_NAMES = (
    "lan",
    "local",
    "internal",
    "corp",
    "htb",
    "home.arpa",
    "intra",
    "thm",
    "test",
    "localdomain",
)
_STYLES = (
    "{h}.{d}", "{h}.{d}", "{h}.{d}", "{d}", "static-{dash}.{d}", "ip-{dash}.eu-central-1.compute.{d}", "{rev}.dyn.{d}",
    "host-{dash}.customers.{d}", "{h}-{c}.{place}.{d}", "vps-{hex}.{d}", "ec2-{dash}.{place}.{d}", "{dot}.static.{d}", "",
)  # fmt: skip


def _named(address: str, domain: str, private: bool, rng: Random) -> str:  # noqa: FBT001 - one caller
    if private:
        body = rng.choice(_PRIVATE_NAMES)
        return f"{host_label(rng)}.{rng.choice((body, domain.partition('.')[0] + '.' + body))}"
    if ":" in address:
        return f"{host_label(rng)}.{domain}"
    parts = address.split(".")
    return rng.choice(_STYLES).format(
        h=host_label(rng), d=domain, dash="-".join(parts), dot=".".join(parts), rev="-".join(reversed(parts)), c=rng.randint(1, 40),
        place=rng.choice(("fra1", "ams3", "us-east-2", "eu-west", "dc7", "tokyo")), hex=f"{rng.getrandbits(32):08x}",
    )  # fmt: skip


def draw_hosts(world: World, budget: Budget, rng: Random, rows: list[Registration]) -> None:
    """Add machines with services to a world whose sites and registrations are drawn.

    Raises:
        LabError: when Nmap's probes are not installed.
    """
    pool = list(candidates(load()))
    versioned = [c for c in pool if "v" in c.match.fields and "$" in c.match.fields["v"]]
    udp = [c for c in pool if c.probe.transport == "udp"]
    network_of = {n.cidr: n for n in world.networks}
    taken: set[str] = set()
    for number in range(budget.hosts):
        site = world.sites[number % len(world.sites)]
        block = rng.choice(site.blocks)
        network = ipaddress.ip_network(block)
        address = str(network[rng.randrange(1, min(network.num_addresses - 1, 4000))])
        if address in taken:
            continue
        taken.add(address)
        row = rng.choice(rows)
        private = network.is_private and block not in network_of
        name = _named(address, row.domain, private, rng)
        roles: list[Role] = []
        used: set[tuple[str, int]] = set()
        for _ in range(rng.randint(1, budget.services) * 3):
            if len(roles) >= budget.services:
                break
            if rng.random() < 0.3:
                made = _known(rng, address, used, name, row, world)
            else:
                chosen = rng.choice(
                    udp if rng.random() < 0.12 else versioned if rng.random() < 0.85 else pool
                )
                made = _role(chosen, rng, address, used, name)
            if made:
                used.add((made.transport, made.port))
                roles.append(made)
        if name:
            world.pointers[address] = name
        world.hosts.append(
            Host(
                address,
                name,
                site.name,
                row.holder,
                network_of.get(block, rng.choice(world.networks)),
                tuple(roles),
            )
        )


def _known(
    rng: Random,
    address: str,
    used: set[tuple[str, int]],
    name: str,
    row: Registration,
    world: World,
) -> Role | None:
    """A well-known product; inside TLS it has a certificate with the holder's name."""
    protocol = rng.choice(tuple(PROTOCOLS))
    port = rng.choice(PROTOCOLS[protocol])
    if ("tcp", port) in used:
        return None
    product = rng.choice(catalogue()[protocol])
    made = known_role(product, protocol, rng, address, port, name or row.domain, row.holder.name)
    if protocol == product.protocol:
        return made
    told = (
        ("DOMAIN", name if "." in name else row.domain),
        ("ORGANIZATION", row.holder.name[:64]),
        ("ORGANIZATION", rng.choice(world.registrars).organisation.english),
    )
    return dataclasses.replace(made, service=f"ssl/{made.service}", tls="wanted", told=told)


def _role(
    candidate: Candidate, rng: Random, address: str, used: set[tuple[str, int]], name: str
) -> Role | None:
    probe = candidate.probe
    if probe.name == "SSLSessionReq":
        return None  # a real TLS server speaks for TLS
    ports = _PORTS.get(candidate.match.service) or probe.ports
    port = rng.choice(ports) if ports and rng.random() < 0.9 else rng.randint(1024, 49151)
    if probe.name not in {"NULL", "GetRequest"} and port not in probe.ports:
        return None  # would take a scanner through all the other probes first
    if (probe.transport, port) in used or port == 111:
        return None
    return probe_role(candidate, rng, address, port, name or "localhost")


_PORTS = {
    "ssh": (22, 22, 22, 2222, 22022), "ftp": (21, 21, 2121), "smtp": (25, 25, 587, 2525), "pop3": (110,), "imap": (143,), "telnet": (23, 23, 2323),
    "http": (80, 80, 8080, 8000, 8081, 8888, 81, 5000, 9000), "http-proxy": (3128, 8080), "mysql": (3306,), "vnc": (5900, 5901), "irc": (6667,),
    "nntp": (119,), "rtsp": (554,), "sip": (5060,), "ldap": (389,), "ms-sql-s": (1433,), "upnp": (49152, 5000), "printer": (515,), "ipp": (631,),
    "svnserve": (3690,), "rsync": (873,), "domain": (5353,), "ajp13": (8009,), "postgresql": (5432,), "mongodb": (27017,), "redis": (6379,),
    "finger": (79,), "ident": (113,), "whois": (43,), "backdoor": (31337,), "netbios-ssn": (139, 445), "microsoft-ds": (445,), "vmware-auth": (902,),
}  # fmt: skip
