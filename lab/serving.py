"""Serving: start every server of a world inside the namespaces, until a block ends."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from lab.api.ask import KEY, RdapJob
from lab.api.rdap import domain_object, network_object
from lab.api.serve import SHODAN
from lab.api.serve import write_table as write_api
from lab.api.shodan import host_object
from lab.ask import COMMON
from lab.budget import Budget
from lab.certificates import Authority
from lab.daemons import LabError
from lab.isolation import SCRATCH
from lab.network import filter_ports, inside
from lab.real import REAL, Running, placed, real_daemons
from lab.responder.plan import Role, write_plan
from lab.whois.assign import Assigned
from lab.whois.charsets import measure, probes
from lab.whois.serve import write_table
from lab.world.model import Host, World

__all__ = [
    "NAMES",
    "doubles",
    "filter_some",
    "serve_api",
    "serve_daemons",
    "serve_roles",
    "serve_whois",
]

NAMES = "names"
"""The namespace of the name servers, the registries and the doubles."""


@contextlib.contextmanager
def _process(command: list[str], ready: str, seconds: float) -> Iterator[None]:
    """Run one of the lab's own servers until the block ends."""
    log = (SCRATCH / f"server-{time.monotonic_ns()}.log").open("wb+")
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True
    ) as process:
        try:
            assert process.stdout is not None
            timer = threading.Timer(seconds, process.kill)
            timer.start()
            line = process.stdout.readline()
            timer.cancel()
            if not line.startswith(ready):
                log.seek(0)
                message = f"{' '.join(command[-4:])} did not start: {log.read().decode('utf-8', 'replace')[-2000:]}"
                raise LabError(message)
            yield
        finally:
            process.kill()
            log.close()


def _python(site: str, module: str, *arguments: str) -> list[str]:
    return inside(site, sys.executable, "-m", module, *arguments)


def _certified(role: Role, host: Host, authorities: dict[str, Authority]) -> Role:
    """Give a role that wants one a certificate for the names it tells."""
    if not role.tls:
        return role
    (_, name), (_, holder), (_, issuer) = role.told
    if issuer not in authorities:
        authorities[issuer] = Authority(issuer)
    authority = authorities[issuer]
    pem = authority.issue(
        [name, f"www.{name}", host.address],
        holder,
        host.holder.code,
        host.holder.city,
        Random(host.address),
    )
    return dataclasses.replace(role, tls=pem)


def filter_some(world: World, rng: Random) -> None:
    """Let a few ports of some hosts be filtered, so that scans show these states as well."""
    for site in world.sites:
        hosts = [host for host in world.hosts if host.site == site.name and ":" not in host.address]
        dropped: list[tuple[str, int]] = []
        refused: list[tuple[str, int]] = []
        for host in rng.sample(hosts, len(hosts) // 6):
            used = {role.port for role in host.roles}
            ports = [port for port in COMMON if port not in used]
            pairs = [(host.address, port) for port in rng.sample(ports, min(3, len(ports)))]
            (dropped if rng.random() < 0.7 else refused).extend(pairs)
        filter_ports(site.name, dropped, refused)


def serve_daemons(stack: contextlib.ExitStack, world: World, budget: Budget) -> list[Running]:
    """Start the daemons of Debian at their site, and count their hosts among the world's."""
    running = stack.enter_context(real_daemons(SCRATCH / "real", placed(heavy=budget.heavy)))
    some = world.hosts[0]
    for address in dict.fromkeys(each.address for each in running):
        roles = tuple(
            Role(address, at.port, at.transport, at.service, at.product, each.version,
                 f"daemon:{each.daemon.name}")
            for each in running if each.address == address for at in each.daemon.listeners
        )  # fmt: skip
        world.hosts.append(Host(address, "", REAL.name, some.holder, some.network, roles))
    return running


def serve_whois(stack: contextlib.ExitStack, world: World, assigned: Assigned) -> dict[str, str]:
    """Start the registries, each in the charset that the client expects.

    Returns:
        Address -> charset, where it is not UTF-8.
    """
    table = SCRATCH / "whois.table"
    registrars = {each.whois for each in world.registrars}
    registries = [name for name in assigned.servers if name not in registrars]
    command = _python(NAMES, "lab.whois.serve", str(table))
    write_table(table, probes(assigned.servers))
    with _process(command, "ready", 60):
        found = measure(registries)
    charsets = {assigned.servers[name]: charset for name, charset in found.items()}
    write_table(
        table,
        [
            dataclasses.replace(each, charset=charsets.get(each.address, "utf-8"))
            for each in assigned.answers
        ],
    )
    stack.enter_context(_process(command, "ready", 60))
    return charsets


def serve_roles(stack: contextlib.ExitStack, world: World) -> None:
    """Start a responder at every site that has something to play."""
    by_site: dict[str, list[Role]] = {}
    authorities: dict[str, Authority] = {}
    for host in world.hosts:
        if host.site == REAL.name:
            continue
        by_site.setdefault(host.site, []).extend(
            _certified(role, host, authorities) for role in host.roles
        )
    for site, roles in by_site.items():
        plan = SCRATCH / f"{site}.plan"
        write_plan(plan, roles)
        stack.enter_context(_process(_python(site, "lab.responder.serve", str(plan)), "ready", 120))


_API = "198.41.3.250"


def doubles(
    world: World, budget: Budget, rng: Random
) -> tuple[list[tuple[str, str, dict[str, Any]]], list[RdapJob]]:
    """Objects of the HTTPS doubles, and the RDAP requests for them."""
    rows: list[tuple[str, str, dict[str, Any]]] = []
    jobs: list[RdapJob] = []
    for row in world.registrations:
        server = f"rdap.nic.{row.tld}"
        rows.append((server, f"/domain/{row.domain}", domain_object(row, server, world.servers)))
        jobs.append(
            RdapJob(
                row.domain, ("GET", f"https://{server}/domain/{row.domain}"), f"domain:{row.domain}"
            )
        )
    for network in world.networks:
        server = f"rdap.{network.rir.lower()}.net"
        rows.append((server, f"/ip/{network.first}", network_object(network, server)))
        jobs.append(
            RdapJob(
                network.first,
                ("GET", f"https://{server}/ip/{network.first}"),
                f"network:{network.cidr}",
            )
        )
    jobs = rng.sample(jobs, min(budget.rdap, len(jobs)))
    rows += [(SHODAN, f"/shodan/host/{host.address}", host_object(host)) for host in world.hosts]
    rows.append((SHODAN, "/api-info", {"scan_credits": 100, "query_credits": 9000, "usage_limits": {"scan_credits": 100, "query_credits": 10000, "monitored_ips": 16},
                                       "plan": "dev", "https": True, "unlocked": True, "unlocked_left": 100, "telnet": False, "monitored_ips": 0}))  # fmt: skip
    for server in dict.fromkeys(host for host, _, _ in rows):
        world.add_server(server, _API)
    return rows, jobs


def serve_api(stack: contextlib.ExitStack, rows: list[tuple[str, str, dict[str, Any]]]) -> str:
    """Start the doubles; programs inside trust them. Return the shodan command."""
    authority = Authority("Decloak Laboratory")
    names = list(dict.fromkeys(host for host, _, _ in rows))
    pem, roots, table = SCRATCH / "api.pem", SCRATCH / "roots.pem", SCRATCH / "api.table"
    pem.write_text(authority.issue(names, "Decloak Laboratory", "", "", Random(0)))
    roots.write_text(authority.certificate)
    write_api(table, rows)
    os.environ["REQUESTS_CA_BUNDLE"] = os.environ["SSL_CERT_FILE"] = str(roots)
    settings = SCRATCH / ".config" / "shodan"
    settings.mkdir(parents=True)
    (settings / "api_key").write_text(KEY)
    (settings / "api_key").chmod(0o600)
    stack.enter_context(
        _process(_python(NAMES, "lab.api.serve", str(table), str(pem), _API), "ready", 120)
    )
    return str(Path(sys.executable).with_name("shodan"))
