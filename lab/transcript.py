"""Transcript: a few servers on loopback addresses, and what nmap, dig and whois print."""

from __future__ import annotations

import contextlib
import random
import subprocess
import tempfile
from pathlib import Path

from lab.daemons import loopback_address
from lab.registry import LAYOUTS, make_registration, whois_server
from lab.servers import ftp_server, ssh_server, web_server
from lab.zone import make_zone, name_server

__all__ = ["transcript"]


def _show(*command: str) -> None:
    """Run a tool and print what a terminal would show."""
    print("$", *command, flush=True)
    subprocess.run(command, check=False)


def transcript(seed: int | None) -> None:
    """Start everything, print one transcript, stop.

    Raises:
        LabError: when a server does not start.
    """
    rng = random.Random(seed)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="decloak-lab-")))
        folders = [folder / name for name in ("ssh", "web", "ftp", "dns")]
        for each in folders:
            each.mkdir()
        address = loopback_address(rng)
        servers = [
            stack.enter_context(start(address, where))
            for start, where in zip((ssh_server, web_server, ftp_server), folders, strict=False)
        ]
        zone = make_zone(rng)
        pointers = {address: f"web01.{zone.origin}"}
        names = stack.enter_context(name_server(folders[3], zone, pointers))
        resolver = names.address
        row = make_registration(rng)
        answers = {f"{kind}-{row.domain}": layout(row) for kind, layout in LAYOUTS.items()}
        port = stack.enter_context(whois_server(address, answers))
        ports = ",".join(str(server.port) for server in servers)
        _show("nmap", "-sV", "-n", "-p", ports, address)
        _show("dig", f"@{resolver}", "-p", str(names.port), zone.origin, "ANY")
        _show(
            "dig", f"@{resolver}", "-p", str(names.port), zone.origin, "AXFR", "+noall", "+answer"
        )
        for query in answers:
            _show("whois", "-h", address, "-p", str(port), query)
