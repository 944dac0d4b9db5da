"""Real daemons on the addresses of one site, each with a configuration of ours.

A daemon whose program is not installed is left out, and so is one that does not start in time:
what runs is told, never guessed.
"""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.daemons import find_tool
from lab.debian import DAEMONS, Daemon
from lab.network import inside

__all__ = ["Running", "real_daemons"]

_READY_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Running:
    """A daemon that answers."""

    daemon: Daemon
    address: str
    version: str


def _version(daemon: Daemon) -> str:
    command, pattern = daemon.version
    if not command:
        return ""
    path = find_tool(command[0]) or command[0]
    done = subprocess.run(
        [path, *command[1:]], capture_output=True, text=True, check=False, timeout=20
    )
    found = re.search(pattern, done.stdout + done.stderr)
    return found[1].rstrip(",").replace("Debian-", "Debian ") if found else ""


def _answers(address: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((address, port), 0.5):
        return True
    return False


@contextlib.contextmanager
def real_daemons(folder: Path, site: str, addresses: list[str]) -> Iterator[list[Running]]:
    """Run every installed daemon, one on each address, until the block ends.

    Args:
        folder: an empty folder.
        site: the namespace they run in.
        addresses: its addresses; daemons beyond them are left out.
    """
    lines = "".join(f"addr replace {address}/32 dev lo\n" for address in addresses)
    subprocess.run(inside(site, "ip", "-batch", "-"), input=lines, text=True, check=True)
    started: list[tuple[Daemon, str, subprocess.Popen[bytes]]] = []
    try:
        for daemon, address in zip(DAEMONS, addresses, strict=False):
            if find_tool(daemon.name) is None and not list(
                Path("/usr/lib/postgresql").glob(f"*/bin/{daemon.name}")
            ):
                continue
            own = folder / daemon.name
            own.mkdir(parents=True)
            for each in (folder, own):
                each.chmod(0o755)
            (own / "index.html").write_text(f"<title>{daemon.name} on {address}</title>\n")
            try:
                command = daemon.command(own, address)
            except (OSError, subprocess.CalledProcessError, ValueError) as error:
                print(f"  {daemon.name} cannot be set up: {error}", flush=True)
                continue
            command[0] = find_tool(command[0]) or command[0]
            with (own / "log.out").open("wb") as log:
                process = subprocess.Popen(
                    inside(site, *command), stdin=subprocess.DEVNULL, stdout=log, stderr=log
                )
            started.append((daemon, address, process))
        yield _waited(started, folder)
    finally:
        for _, _, process in started:
            process.kill()  # what they forked ends with the lab's process namespace
            process.wait()


def _waited(
    started: list[tuple[Daemon, str, subprocess.Popen[bytes]]], folder: Path
) -> list[Running]:
    end = time.monotonic() + _READY_SECONDS
    made: list[Running] = []
    waiting = list(started)
    while waiting and time.monotonic() < end:
        for each in list(waiting):
            daemon, address, _ = each
            if _answers(address, daemon.port):
                made.append(Running(daemon, address, _version(daemon)))
                waiting.remove(each)
        time.sleep(0.1)
    for daemon, _, _ in waiting:
        said = (folder / daemon.name / "log.out").read_text("utf-8", "replace")[-300:].strip()
        print(f"  {daemon.name} does not answer: {said}", flush=True)
    return sorted(made, key=lambda each: DAEMONS.index(each.daemon))
