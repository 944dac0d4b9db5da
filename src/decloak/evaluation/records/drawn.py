"""Drawn: machines, registrations and networks with plausible values, from a seed."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from random import Random
from typing import Any

from decloak.evaluation.hosts.draw import Draw

__all__ = [
    "Machine",
    "Network",
    "Record",
    "Registration",
    "Service",
    "draw_machine",
    "draw_network",
    "draw_registration",
]

Record = dict[str, Any]
"""A record as it is wanted: fields with their canonical values, children under their plural."""

_PLACES = (
    ("Lyon", "France", "FR"), ("Oslo", "Norway", "NO"), ("Kyoto", "Japan", "JP"), ("Porto Alegre", "Brazil", "BR"),
    ("New York City", "United States", "US"), ("Nürnberg", "Germany", "DE"), ("Abidjan", "Côte d'Ivoire", "CI"),
    ("Singapore", "Singapore", "SG"), ("Prague", "Czechia", "CZ"), ("Ho Chi Minh City", "Viet Nam", "VN"),
)  # fmt: skip
_BODIES = (
    "Example.com, Inc.", "Domain names registrar EX.EXAMPLE, Ltd", "Ålesund Télécom S.A.", "A2 Example, Inc.", "Example (Group) LLC",
    "B&T Services, Inc.", "The Example Company, LLC", "Example B.V.", "Ministry of Examples", "University of Example", "Visit Example GmbH",
    "Hidden Valley Example LLC", "Example Names Ltd", "ООО Пример",
)  # fmt: skip
_SERVICES = (
    (22, "ssh", "OpenSSH", "8.4p1"), (25, "smtp", "Postfix smtpd", ""), (80, "http", "nginx", "1.18.0"),
    (110, "pop3", "Dovecot pop3d", ""), (443, "http", "Apache httpd", "2.4.57"), (445, "microsoft-ds", "", ""),
    (3306, "mysql", "MySQL", "8.0.33"), (8080, "http", "Apache Tomcat", "9.0.30"), (21, "ftp", "ProFTPD", "1.3.5e"),
    (53, "domain", "dnsmasq", "2.86"), (5432, "postgresql", "PostgreSQL DB", "9.6.0"), (6379, "redis", "", ""),
)  # fmt: skip
_SYSTEMS = ("Linux", "Ubuntu", "Windows Server 2019", "")
_CLOUDS = (("Amazon", "eu-west-1"), ("Google", "us-east1"), ("Azure", "westeurope"))


@dataclass(frozen=True, slots=True)
class Service:
    """One open port; the product and its version are "" where nobody told."""

    number: int
    name: str
    product: str
    version: str


@dataclass(frozen=True, slots=True)
class Machine:
    """A host as a scanner or Shodan sees it; what is "" or empty was not told."""

    address: str
    name: str
    mac: str
    system: str
    organization: str
    provider: str
    asn: int
    place: tuple[str, str, str]
    cloud: tuple[str, str] | None
    services: tuple[Service, ...]
    vulnerabilities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registration:
    """A registered domain name."""

    name: str
    holder: str
    registrar: str
    email: str
    servers: tuple[str, ...]
    created: str
    expires: str
    place: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Network:
    """A block of addresses and who holds it."""

    block: ipaddress.IPv4Network
    name: str
    holder: str
    asn: int
    abuse: str
    place: tuple[str, str, str]

    @property
    def span(self) -> str:
        """First and last address, as the canonical value of a range."""
        return f"{self.block[0]}-{self.block[-1]}"


def _body(draw: Draw) -> str:
    """Draw the name of an organisation, now and then one of a shape that misleads."""
    return draw.rng.choice(_BODIES) if draw.rng.random() < 0.3 else draw.organization()


def draw_machine(draw: Draw) -> Machine:
    """Draw a host with one to five ports."""
    rng = draw.rng
    chosen = sorted(rng.sample(_SERVICES, rng.randint(1, 5)))
    services = tuple(
        Service(number, name, product, version if product and rng.random() < 0.8 else "")
        for number, name, product, version in chosen
    )
    return Machine(
        address=draw.address(),
        name=draw.domain() if rng.random() < 0.8 else "",
        mac=draw.mac(),
        system=rng.choice(_SYSTEMS),
        organization=_body(draw) if rng.random() < 0.95 else "",
        provider=_body(draw),
        asn=rng.randint(64496, 64511),
        place=rng.choice(_PLACES),
        cloud=rng.choice(_CLOUDS) if rng.random() < 0.3 else None,
        services=services,
        vulnerabilities=tuple(sorted({draw.cve() for _ in range(rng.choice((0, 0, 1, 3)))})),
    )


def _registrable(rng: Random, draw: Draw, suffix: str) -> str:
    return f"{draw.word()}{rng.choice(('', '-'))}{draw.word()}.{suffix}"


def draw_registration(draw: Draw, suffix: str) -> Registration:
    """Draw a registered name below a suffix."""
    rng = draw.rng
    name = _registrable(rng, draw, suffix)
    year = rng.randint(1996, 2015)
    return Registration(
        name=name,
        holder=_body(draw),
        registrar=_body(draw),
        email=f"{draw.word()}@{name}",
        servers=tuple(
            f"ns{n}.{rng.choice((name, draw.domain()))}" for n in range(1, rng.randint(3, 5))
        ),
        created=f"{year}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        expires=f"{year + 20}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        place=rng.choice(_PLACES),
    )


def draw_network(draw: Draw) -> Network:
    """Draw a network of 8 to 12 bits."""
    rng = draw.rng
    bits = rng.randint(20, 24)
    block = ipaddress.ip_network(f"{draw.ipv4()}/{bits}", strict=False)
    assert isinstance(block, ipaddress.IPv4Network)  # noqa: S101 - of an IPv4 address
    return Network(
        block=block,
        name=f"{draw.word().upper()}-NET{rng.randint(1, 99)}",
        holder=_body(draw),
        asn=rng.randint(64496, 64511),
        abuse=f"abuse@{draw.domain()}",
        place=rng.choice(_PLACES),
    )
