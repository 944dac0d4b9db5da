"""Who holds which domain and which network."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from random import Random

from lab.world.organisations import Organisation, Person

__all__ = ["Network", "Registrar", "Registration", "draw_dates", "handle"]


@dataclass(frozen=True, slots=True)
class Registrar:
    """A body that registers names for others."""

    organisation: Organisation
    domain: str
    iana: int
    abuse_email: str
    abuse_phone: str

    @property
    def whois(self) -> str:
        """Its own WHOIS server."""
        return f"whois.{self.domain}"

    @property
    def url(self) -> str:
        """Its front page."""
        return f"https://www.{self.domain}"


@dataclass(frozen=True, slots=True)
class Registration:
    """One domain.

    Attributes:
        domain, unicode: the name in A-labels and in U-labels.
        status: EPP status codes.
        servers: name servers; `glue`: their addresses where they lie below the domain.
    """

    domain: str
    unicode: str
    holder: Organisation
    admin: Person
    tech: Person
    registrar: Registrar
    reseller: str
    created: dt.datetime
    updated: dt.datetime
    expires: dt.datetime
    status: tuple[str, ...]
    servers: tuple[str, ...]
    signed: bool
    number: int
    redacted: bool

    @property
    def tld(self) -> str:
        """The last label."""
        return self.domain.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Network:
    """One block of addresses."""

    cidr: str
    name: str
    holder: Organisation
    admin: Person
    tech: Person
    domain: str
    asn: int
    upstream: Organisation
    upstream_cidr: str
    rir: str
    created: dt.datetime
    updated: dt.datetime
    number: int

    @property
    def first(self) -> str:
        """The lowest address."""
        return str(ipaddress.ip_network(self.cidr)[0])

    @property
    def last(self) -> str:
        """The highest address."""
        return str(ipaddress.ip_network(self.cidr)[-1])

    @property
    def six(self) -> bool:
        """Whether it is IPv6."""
        return ":" in self.cidr


def draw_dates(rng: Random) -> tuple[dt.datetime, dt.datetime, dt.datetime]:
    """Created, updated and expiry; the lab's calendar ends in 2025."""
    created = dt.datetime(1995, 1, 1, tzinfo=dt.UTC) + dt.timedelta(
        seconds=rng.randrange(940_000_000)
    )
    updated = created + (dt.datetime(2025, 6, 30, tzinfo=dt.UTC) - created) * rng.random()
    expires = created.replace(year=2025 + rng.randint(1, 6), day=min(created.day, 28))
    return created, updated.replace(microsecond=0), expires


def handle(text: str, number: int, ending: str) -> str:
    """A registry's handle for a person or body: ``QL417-RIPE``."""
    initials = "".join(w[0] for w in text.split() if w[0].isascii() and w[0].isalpha())[:4].upper()
    return f"{initials or 'XX'}{number % 90000 + 1}-{ending}"
