"""The world: everything the lab serves, drawn from one seed."""

from __future__ import annotations

import dataclasses
import ipaddress
from random import Random

from lab.budget import Budget
from lab.network import Site
from lab.world.addresses import Blocks
from lab.world.domains import Domains, ascii_name
from lab.world.hosts import draw_hosts
from lab.world.model import World
from lab.world.organisations import COUNTRIES, Organisations, Person
from lab.world.registrations import Network, Registrar, Registration, draw_dates
from lab.world.zones import Record, Zone, make_zone

__all__ = ["build_world"]

_STATUS = ("clientTransferProhibited", "clientDeleteProhibited", "clientUpdateProhibited", "ok", "serverTransferProhibited",
           "clientRenewProhibited", "clientHold", "autoRenewPeriod", "serverDeleteProhibited", "pendingTransfer")  # fmt: skip
_OUI = ("00:1B:21", "00:0C:29", "52:54:00", "00:15:5D", "B8:27:EB", "DC:A6:32", "00:1A:4B", "F0:9F:C2", "00:11:32", "3C:D9:2B",
        "00:04:4B", "00:1E:C9", "D4:CA:6D", "00:50:56")  # fmt: skip


def _mailed(person: Person, domain: str) -> Person:
    return dataclasses.replace(person, email=f"{person.email.partition('@')[0]}@{domain}")


def build_world(seed: int, budget: Budget) -> World:
    """Draw a world; the same seed and budget give the same world on the same Nmap and Faker.

    Raises:
        LabError: when Nmap's probes are not installed.
    """
    rng = Random(f"lab {seed}")
    organisations, domains, blocks = Organisations(rng), Domains(rng), Blocks(rng)
    world = World()
    _providers(world, budget, rng, organisations, domains, blocks)
    _registrars(world, budget, rng, organisations, domains)
    _networks(world, budget, rng, organisations, domains, blocks)
    _sites(world, budget, rng, blocks)
    wanted = _domains(world, budget, rng, organisations, domains)
    draw_hosts(world, budget, rng, wanted)
    by_domain: dict[str, list[tuple[str, str]]] = {}
    for host in world.hosts:
        by_domain.setdefault(_home(host.name, world), []).append((host.name, host.address))
    others = [row.domain for row in wanted]
    for row in wanted:
        world.zones[row.domain] = make_zone(row, rng, by_domain.get(row.domain, []), others)
    return world


def _home(name: str, world: World) -> str:
    labels = name.split(".")
    for i in range(len(labels)):
        if ".".join(labels[i:]) in world.zones:
            return ".".join(labels[i:])
    return ""


def _providers(
    world: World,
    budget: Budget,
    rng: Random,
    organisations: Organisations,
    domains: Domains,
    blocks: Blocks,
) -> None:
    """Operators of name servers; their zones hold the servers' addresses."""
    for _ in range(budget.providers):
        holder = organisations.draw(kind="provider")
        domain = ascii_name(domains.draw(holder))
        style = rng.choice(("ns{}", "ns{}", "dns{}", "a{}", "pdns0{}", "{}.ns"))
        count = rng.choice((2, 2, 3, 4))
        network = ipaddress.ip_network(blocks.public(24))
        names = [f"{style.format(i + 1)}.{domain}" for i in range(count)]
        zone = Zone(domain, tuple(names))
        zone.records.append(
            Record(
                domain,
                3600,
                "SOA",
                f"{names[0]}. hostmaster.{domain}. {rng.randint(2015010101, 2025123199)} 7200 3600 1209600 3600",
            )
        )
        for i, name in enumerate(names):
            address = str(network[rng.randint(2, 60) + 60 * i])
            world.servers[name] = address
            world.pointers[address] = name
            zone.records += [
                Record(domain, 86400, "NS", f"{name}."),
                Record(name, 86400, "A", address),
            ]
        zone.records.append(Record(domain, 300, "A", str(network[250])))
        world.zones[domain] = zone


def _registrars(
    world: World, budget: Budget, rng: Random, organisations: Organisations, domains: Domains
) -> None:
    for _ in range(budget.registrars):
        holder = organisations.draw(kind=rng.choice(("provider", "company")))
        domain = ascii_name(domains.draw(holder))
        world.registrars.append(
            Registrar(
                holder,
                domain,
                rng.randint(2, 4200),
                f"{rng.choice(('abuse', 'domainabuse', 'registrar-abuse', 'compliance'))}@{domain}",
                holder.phone,
            )
        )


def _networks(
    world: World,
    budget: Budget,
    rng: Random,
    organisations: Organisations,
    domains: Domains,
    blocks: Blocks,
) -> None:
    for number in range(budget.networks):
        holder = organisations.draw(kind=rng.choice(("provider", "provider", "company", "public")))
        upstream = (
            organisations.draw(kind="provider")
            if number % 3 == 0
            else rng.choice([n.upstream for n in world.networks])
        )
        domain = ascii_name(domains.draw(holder))
        cidr = (
            blocks.six()
            if rng.random() < 0.18
            else blocks.public(rng.choice((20, 21, 22, 23, 24, 24, 24)))
        )
        above = ipaddress.ip_network(cidr).supernet(new_prefix=32 if ":" in cidr else 16)
        created, updated, _ = draw_dates(rng)
        name = "-".join(x for x in holder.slug.upper().split("-")[:2]) + rng.choice(
            ("", "-NET", f"-{holder.code}", "-1", "-INFRA", "-CUST4")
        )
        world.networks.append(
            Network(cidr, name[:24], holder, _mailed(holder.contact, domain), _mailed(organisations.draw(holder.locale, "person").contact, domain), domain,
                    rng.choice((rng.randint(1000, 64495), rng.randint(131072, 399999))), upstream, str(above), holder.rir, created, updated, rng.getrandbits(32))
        )  # fmt: skip


def _sites(world: World, budget: Budget, rng: Random, blocks: Blocks) -> None:
    """Spread the networks over sites; some sites are private ones on the scanner's own link."""
    four = [n.cidr for n in world.networks]
    share = max(1, len(four) // budget.sites)
    for i in range(budget.sites):
        near = i % 4 == 3 or (budget.sites < 4 and i == budget.sites - 1)
        mac = f"{_OUI[i % len(_OUI)]}:{rng.randint(0, 255):02X}:{rng.randint(0, 255):02X}:{rng.randint(0, 255):02X}"
        if near:
            own = (blocks.private(), *filter(None, (blocks.documentation(),)))
            world.sites.append(Site(f"near{i}", own, (), mac, f"192.168.250.{i + 1}"))
        else:
            hops = tuple(
                str(ipaddress.ip_network(blocks.public(24))[rng.randint(1, 254)])
                for _ in range(rng.choice((1, 2, 2, 3, 4)))
            )
            own = tuple(four[i * share : (i + 1) * share if i < budget.sites - 1 else None])
            world.sites.append(
                Site(f"site{i}", (*own, blocks.private()), hops, mac, f"100.126.{i}.1")
            )
            for hop in hops:
                place = rng.choice(
                    (
                        "fra",
                        "ams",
                        "lon",
                        "par",
                        "iad",
                        "sjc",
                        "nrt",
                        "sin",
                        "gru",
                        "waw",
                        "arn",
                        "mad",
                    )
                )
                world.pointers[hop] = (
                    f"{rng.choice(('ae', 'xe-0-0-', 'be', 'te1-', 'hu0-'))}{rng.randint(1, 40)}.{rng.choice(('cr', 'bb', 'edge', 'core'))}{rng.randint(1, 4)}.{place}{rng.randint(1, 9)}.{rng.choice(world.networks).domain}"
                )


def _domains(
    world: World, budget: Budget, rng: Random, organisations: Organisations, domains: Domains
) -> list[Registration]:
    by_provider: dict[str, list[str]] = {}
    for name in world.servers:
        by_provider.setdefault(_home(name, world), []).append(name)
    groups = list(by_provider.values())
    rows: list[Registration] = []
    locales = sorted(COUNTRIES)
    for number in range(budget.zones):
        if rows and rng.random() < 0.2:
            holder = rng.choice(rows).holder
        else:
            # Every country comes up, so that every registry's layout is asked for.
            holder = organisations.draw(locales[number % len(locales)])
        unicode = domains.draw(holder)
        domain = ascii_name(unicode)
        created, updated, expires = draw_dates(rng)
        rows.append(
            Registration(
                domain,
                unicode.lower(),
                holder,
                _mailed(holder.contact, domain),
                rng.choice(
                    (
                        _mailed(holder.contact, domain),
                        _mailed(organisations.draw(holder.locale, "person").contact, domain),
                    )
                ),
                rng.choice(world.registrars),
                rng.choice(("", "", rng.choice(world.registrars).organisation.name)),
                created,
                updated,
                expires,
                tuple(sorted(rng.sample(_STATUS, rng.choice((1, 1, 2, 3))))),
                tuple(rng.choice(groups)),
                rng.random() < 0.04,
                rng.getrandbits(31),
                rng.random() < 0.35,
            )
        )
        world.zones[domain] = Zone(domain, rows[-1].servers)
    world.registrations = rows
    return rows
