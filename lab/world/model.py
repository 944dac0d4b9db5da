"""What is served: hosts, zones, registrations and networks, in one value."""

from __future__ import annotations

from dataclasses import dataclass, field

from lab.network import Site
from lab.responder.plan import Role
from lab.world.organisations import Organisation
from lab.world.registrations import Network, Registrar, Registration
from lab.world.zones import Record, Zone

__all__ = ["Host", "World"]


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
