"""Harvest: serve a world drawn from a seed, and let the real tools look at it.

Started by ``python -m lab harvest``, which runs it in namespaces of its own.
"""

from __future__ import annotations

import argparse
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

from lab.api.ask import KEY, RdapJob, shodan_jobs
from lab.api.rdap import domain_object, network_object
from lab.api.serve import SHODAN
from lab.api.serve import write_table as write_api
from lab.api.shodan import host_object
from lab.ask import COMMON, dig_jobs, nmap_jobs, whois_jobs
from lab.budget import BUDGETS, Budget
from lab.certificates import Authority
from lab.daemons import LabError, find_tool
from lab.dns.serve import NAME_SERVICE, name_service
from lab.dns.tree import RESOLVERS
from lab.isolation import SCRATCH, prepare_inside, run_isolated
from lab.jobs import run_jobs
from lab.network import Site, build, filter_ports, inside
from lab.responder.plan import Role, write_plan
from lab.truth import write_truth
from lab.whois.assign import BLOCK, assign
from lab.whois.charsets import measure, probes
from lab.whois.serve import write_table
from lab.world.build import Host, World, build_world

from decloak.acquire.store import RunStore

__all__ = ["TOOLS", "harvest", "main"]

TOOLS = ("nmap", "dig", "whois", "named", "ip", "nft")
"""Programs a harvest cannot do without; lab/packages.txt has their packages."""

_NAMES = "names"


def harvest(store: Path, seed: int, budget: str) -> int:
    """Run a harvest in namespaces of its own; return its exit status.

    Args:
        store: a folder; what is in it stays and is not asked for again.
        seed: of the world.
        budget: a key of `BUDGETS`.

    Raises:
        LabError: without root, or when a tool is missing.
    """
    missing = [name for name in TOOLS if find_tool(name) is None]
    if missing:
        message = f"not installed: {', '.join(missing)}; see lab/packages.txt"
        raise LabError(message)
    store.mkdir(parents=True, exist_ok=True)
    arguments = [str(store.resolve()), str(seed), budget]
    return run_isolated("lab.harvest", arguments, BUDGETS[budget].seconds)


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


def _filter(world: World, rng: Random) -> None:
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


def _serve(stack: contextlib.ExitStack, world: World) -> None:
    """Start a responder at every site."""
    by_site: dict[str, list[Role]] = {}
    authorities: dict[str, Authority] = {}
    for host in world.hosts:
        by_site.setdefault(host.site, []).extend(
            _certified(role, host, authorities) for role in host.roles
        )
    for site, roles in by_site.items():
        plan = SCRATCH / f"{site}.plan"
        write_plan(plan, roles)
        stack.enter_context(_process(_python(site, "lab.responder.serve", str(plan)), "ready", 120))


_API = "198.41.3.250"


def _doubles(
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


def _api(stack: contextlib.ExitStack, rows: list[tuple[str, str, dict[str, Any]]]) -> str:
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
        _process(_python(_NAMES, "lab.api.serve", str(table), str(pem), _API), "ready", 120)
    )
    return str(Path(sys.executable).with_name("shodan"))


def _inside(store_folder: Path, seed: int, budget: Budget) -> None:
    begin = time.monotonic()

    def say(what: str) -> None:
        print(f"[{time.monotonic() - begin:6.1f} s] {what}", flush=True)

    prepare_inside(RESOLVERS[0])
    world = build_world(seed, budget)
    assigned = assign(world)
    say(f"world: {len(world.hosts)} hosts, {sum(len(h.roles) for h in world.hosts)} services, {len(world.zones)} zones, "
        f"{len(assigned.questions)} whois answers")  # fmt: skip
    objects, rdap = _doubles(world, budget, Random(f"rdap {seed}"))
    rows = write_truth(store_folder / "truth.jsonl", world, assigned)
    say(f"truth: {rows} rows")
    servers = tuple(sorted({f"{address}/32" for address in world.servers.values()}))
    build(
        [
            *world.sites,
            Site(
                _NAMES,
                (NAME_SERVICE, BLOCK, *servers),
                ("100.126.250.2",),
                "02:00:5e:01:00:01",
                "100.126.250.1",
            ),
        ]
    )
    with contextlib.ExitStack() as stack:
        folder = SCRATCH / "dns"
        folder.mkdir()
        stack.enter_context(name_service(folder, _NAMES, world))
        say("name servers are up")
        table = SCRATCH / "whois.table"
        registries = [
            name
            for name in assigned.servers
            if not any(name == each.whois for each in world.registrars)
        ]
        write_table(table, probes(assigned.servers))
        with _process(_python(_NAMES, "lab.whois.serve", str(table)), "ready", 60):
            charsets = {
                assigned.servers[name]: charset for name, charset in measure(registries).items()
            }
        say(f"whois servers in other charsets: {len(charsets)}")
        write_table(
            table,
            [
                dataclasses.replace(each, charset=charsets.get(each.address, "utf-8"))
                for each in assigned.answers
            ],
        )
        stack.enter_context(_process(_python(_NAMES, "lab.whois.serve", str(table)), "ready", 60))
        _filter(world, Random(f"filter {seed}"))
        program = _api(stack, objects)
        _serve(stack, world)
        say("servers are up")
        store, deadline = RunStore(store_folder), begin + budget.seconds * 0.93
        phases = {
            "nmap": (nmap_jobs(world, Random(f"nmap {seed}"), budget.scans), 12),
            "dig": (dig_jobs(world, Random(f"dig {seed}"), budget.digs), 4),
            "whois": (whois_jobs(assigned, Random(f"whois {seed}"), budget.whois), 3),
            "rdap": (rdap, 1),
            "shodan": (shodan_jobs(world, Random(f"shodan {seed}"), budget.shodan, program), 2),
        }

        def work(tool: str) -> None:
            jobs, workers = phases[tool]
            say(f"{tool}: {run_jobs(store, jobs, workers, deadline)}")

        threads = [threading.Thread(target=work, args=(tool,)) for tool in phases]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    say("done")


def main(arguments: list[str] | None = None) -> int:
    """Do the harvest named on the command line, inside the namespaces."""
    parser = argparse.ArgumentParser(
        prog="lab.harvest", description="started by python -m lab harvest"
    )
    parser.add_argument("store", type=Path)
    parser.add_argument("seed", type=int)
    parser.add_argument("budget", choices=sorted(BUDGETS))
    options = parser.parse_args(arguments)
    budget = BUDGETS[options.budget]
    scale = os.environ.get("DECLOAK_LAB_SECONDS")
    if scale:
        budget = dataclasses.replace(budget, seconds=float(scale))
    try:
        _inside(options.store, options.seed, budget)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
