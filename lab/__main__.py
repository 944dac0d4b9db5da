"""``python3 -m lab``: start everything, print one transcript of nmap, dig and whois, stop."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from lab.daemons import loopback_address
from lab.registry import LAYOUTS, make_registration, whois_server
from lab.servers import ftp_server, ssh_server, web_server
from lab.zone import make_zone, name_server

rng = random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else None)


def show(*command: str) -> None:
    """Run a tool and print what a terminal would show."""
    print("$", *command, flush=True)
    subprocess.run(command, check=False)


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
    show("nmap", "-sV", "-n", "-p", ports, address)
    show("dig", f"@{resolver}", "-p", str(names.port), zone.origin, "ANY")
    show("dig", f"@{resolver}", "-p", str(names.port), zone.origin, "AXFR", "+noall", "+answer")
    for query in answers:
        show("whois", "-h", address, "-p", str(port), query)
