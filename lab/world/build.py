"""The world: everything the lab serves, drawn from one seed."""

from __future__ import annotations

import dataclasses
import ipaddress
from dataclasses import dataclass, field
from random import Random

from lab.budget import Budget
from lab.network import Site
from lab.responder.catalogue import PROTOCOLS, catalogue
from lab.responder.catalogue import role as known_role
from lab.responder.from_probes import Candidate, candidates
from lab.responder.from_probes import role as probe_role
from lab.responder.plan import Role
from lab.responder.probes import load
from lab.world.addresses import Blocks
from lab.world.domains import Domains, ascii_name
from lab.world.organisations import COUNTRIES, Organisation, Organisations, Person
from lab.world.registrations import Network, Registrar, Registration, draw_dates
from lab.world.words import host_label
from lab.world.zones import Record, Zone, make_zone

__all__ = ["Host", "World", "build_world"]

_STATUS = ("clientTransferProhibited", "clientDeleteProhibited", "clientUpdateProhibited", "ok", "serverTransferProhibited",
           "clientRenewProhibited", "clientHold", "autoRenewPeriod", "serverDeleteProhibited", "pendingTransfer")  # fmt: skip
_OUI = ("00:1B:21", "00:0C:29", "52:54:00", "00:15:5D", "B8:27:EB", "DC:A6:32", "00:1A:4B", "F0:9F:C2", "00:11:32", "3C:D9:2B",
        "00:04:4B", "00:1E:C9", "D4:CA:6D", "00:50:56")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Host:
    """A machine: where it is, what it is called, what it runs."""

    address: str
    name: str
    site: str
    holder: Organisation
    network: Network
    roles: tuple[Role, ...]


@dataclass(slots=True)
class World:
    """All that is served. Lists are in the order they were drawn."""

    sites: list[Site] = field(default_factory=list)
    hosts: list[Host] = field(default_factory=list)
    networks: list[Network] = field(default_factory=list)
    registrars: list[Registrar] = field(default_factory=list)
    registrations: list[Registration] = field(default_factory=list)
    zones: dict[str, Zone] = field(default_factory=dict)
    servers: dict[str, str] = field(default_factory=dict)
    """Name servers of the providers -> address."""
    pointers: dict[str, str] = field(default_factory=dict)
    """Address -> name, for reverse zones."""

    def add_server(self, name: str, address: str) -> None:
        """Give a server that is no holder's a zone of its own name, unless a holder has that zone."""
        if name in self.zones:
            return
        servers = next(iter(self.zones.values())).servers
        zone = Zone(name, servers)
        zone.records.append(
            Record(name, 3600, "SOA", f"{servers[0]}. hostmaster.{name}. 1 7200 3600 1209600 3600")
        )
        zone.records += [Record(name, 3600, "NS", f"{server}.") for server in servers]
        zone.records.append(Record(name, 3600, "A", address))
        self.zones[name] = zone


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
    _hosts(world, budget, rng, wanted)
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


def _hosts(world: World, budget: Budget, rng: Random, rows: list[Registration]) -> None:
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
