"""Budgets: how much a harvest makes."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BUDGETS", "Budget"]


@dataclass(frozen=True, slots=True)
class Budget:
    """Counts; every one is a bound.

    Attributes:
        sites: groups of hosts that share routers.
        hosts: machines with services.
        services: services per machine, at most.
        zones: zones of one holder each.
        providers: operators of name servers.
        registrars: registrars with a WHOIS server.
        networks: registered blocks of addresses.
        digs: questions asked with dig, each in two layouts.
        whois: questions asked with whois.
        rdap: objects fetched over RDAP.
        shodan: hosts fetched from the Shodan double; searches come on top.
        scans: runs of nmap.
        seconds: after this long the harvest is ended.
        heavy: start the daemons of lab/packages-full.txt as well.
    """

    sites: int
    hosts: int
    services: int
    zones: int
    providers: int
    registrars: int
    networks: int
    digs: int
    whois: int
    rdap: int
    shodan: int
    scans: int
    seconds: float
    heavy: bool


BUDGETS = {
    "small": Budget(3, 16, 4, 24, 4, 4, 12, 60, 90, 20, 10, 8, 420.0, heavy=False),
    "medium": Budget(6, 240, 6, 300, 12, 16, 80, 600, 600, 150, 200, 90, 1200.0, heavy=True),
    "full": Budget(14, 2600, 7, 5200, 60, 80, 900, 9000, 9000, 2500, 2400, 400, 1500.0, heavy=True),
}
