"""Harvest: serve a world drawn from a seed, and let the real tools look at it.

Started by ``python -m lab harvest``, which runs it in namespaces of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
import sys
import threading
import time
from pathlib import Path
from random import Random

from lab.api.ask import shodan_jobs
from lab.ask import dig_jobs, nmap_jobs, whois_jobs
from lab.budget import BUDGETS, Budget
from lab.daemons import LabError, find_tool
from lab.dns.serve import NAME_SERVICE, name_service
from lab.dns.tree import RESOLVERS
from lab.isolation import SCRATCH, prepare_inside, run_isolated
from lab.jobs import run_jobs
from lab.network import Site, build
from lab.real import REAL
from lab.serving import (
    NAMES,
    doubles,
    filter_some,
    serve_api,
    serve_daemons,
    serve_roles,
    serve_whois,
)
from lab.truth import write_truth
from lab.whois.assign import BLOCK, assign
from lab.world.build import build_world

from decloak.acquire.store import RunStore

__all__ = ["TOOLS", "harvest", "main"]

TOOLS = ("nmap", "dig", "whois", "named", "ip", "nft")
"""Programs a harvest cannot do without; lab/packages.txt has their packages."""


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


def _inside(store_folder: Path, seed: int, budget: Budget) -> None:
    begin = time.monotonic()

    def say(what: str) -> None:
        print(f"[{time.monotonic() - begin:6.1f} s] {what}", flush=True)

    prepare_inside(RESOLVERS[0])
    world = build_world(seed, budget)
    assigned = assign(world)
    say(f"world: {len(world.hosts)} hosts, {sum(len(h.roles) for h in world.hosts)} services, {len(world.zones)} zones, "
        f"{len(assigned.questions)} whois answers")  # fmt: skip
    objects, rdap = doubles(world, budget, Random(f"rdap {seed}"))
    servers = tuple(sorted({f"{address}/32" for address in world.servers.values()}))
    build(
        [
            *world.sites,
            REAL,
            Site(
                NAMES,
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
        stack.enter_context(name_service(folder, NAMES, world))
        say("name servers are up")
        charsets = serve_whois(stack, world, assigned)
        say(f"whois servers in other charsets: {len(charsets)}")
        filter_some(world, Random(f"filter {seed}"))
        running = serve_daemons(stack, world, budget)
        say(f"real daemons: {', '.join(each.daemon.name for each in running)}")
        rows = write_truth(store_folder / "truth.jsonl", world, assigned)
        say(f"truth: {rows} rows")
        program = serve_api(stack, objects)
        serve_roles(stack, world)
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
