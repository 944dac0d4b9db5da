"""Real daemons on a site of their own, each with a configuration of ours.

A daemon whose program is not installed is left out, and so is one that does not start in time:
what runs is told, never guessed.
"""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.daemons import find_tool
from lab.debian.model import Daemon
from lab.debian.table import DAEMONS, LIGHT
from lab.network import Site, inside

__all__ = ["REAL", "Running", "placed", "real_daemons"]

REAL = Site("real", ("192.168.251.0/24",), (), "52:54:00:1E:A5:0C", "192.168.250.200")
"""Where they run: on the scanner's own link; no other site has these addresses."""

_READY_SECONDS = 20.0
_HOSTS = 5


@dataclass(frozen=True, slots=True)
class Running:
    """A daemon that listens, and the version it tells; empty where it tells none."""

    daemon: Daemon
    address: str
    version: str


def placed(*, heavy: bool) -> list[tuple[Daemon, str]]:
    """Daemon and address, installed or not, so that each is always found in the same place.

    Args:
        heavy: all of them, on a few hosts; otherwise the light ones on one.
    """
    daemons = [each for each in DAEMONS if heavy or each.name in LIGHT]
    count = _HOSTS if heavy else 1
    addresses = [f"192.168.251.{10 + 7 * i}" for i in range(count)]
    used: set[tuple[str, int, str]] = set()
    made: list[tuple[Daemon, str]] = []
    for number, daemon in enumerate(daemons):
        turns = [addresses[(number + i) % count] for i in range(count)]
        address = next(
            each
            for each in turns
            if not any((each, at.port, at.transport) in used for at in daemon.listeners)
        )
        used |= {(address, at.port, at.transport) for at in daemon.listeners}
        made.append((daemon, address))
    return made


def _version(daemon: Daemon) -> str:
    if not daemon.version:
        return ""
    path = find_tool(daemon.version[0]) or daemon.version[0]
    done = subprocess.run(
        [path, *daemon.version[1:]], capture_output=True, text=True, check=False, timeout=20
    )
    found = re.search(daemon.pattern, done.stdout + done.stderr)
    if found is None:
        return ""
    return daemon.form.format(found[1].rstrip(",").replace("Debian-", "Debian "))


def _listens(process: subprocess.Popen[bytes], address: str, port: int, transport: str) -> bool:
    """Whether somebody in the process's network has the port; UDP has no other way to tell."""
    (word,) = struct.unpack("=I", socket.inet_aton(address))
    local = f"{word:08X}:{port:04X}"
    states = {"tcp": "0A", "udp": "07"}
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process.pid}/net/{transport}").read_text().splitlines():
            fields = line.split()
            if fields[1] == local and fields[3] == states[transport]:
                return True
    return False


def _installed(daemon: Daemon) -> bool:
    postgres = Path("/usr/lib/postgresql").glob(f"*/bin/{daemon.name}")
    return find_tool(daemon.name) is not None or any(postgres)


@contextlib.contextmanager
def real_daemons(folder: Path, wanted: Sequence[tuple[Daemon, str]]) -> Iterator[list[Running]]:
    """Run daemons at the site `REAL` until the block ends.

    Args:
        folder: for their files; made here.
        wanted: daemon and address, as `placed` gives them.
    """
    addresses = sorted({address for _, address in wanted})
    lines = "".join(f"addr replace {address}/32 dev lo\n" for address in addresses)
    subprocess.run(inside(REAL.name, "ip", "-batch", "-"), input=lines, text=True, check=True)
    absent = [daemon.name for daemon, _ in wanted if not _installed(daemon)]
    if absent:
        print(f"  not installed: {', '.join(absent)}", flush=True)
    folder.mkdir(mode=0o755)
    started: list[tuple[Daemon, str, subprocess.Popen[bytes]]] = []
    try:
        for daemon, address in wanted:
            if daemon.name in absent:
                continue
            own = folder / daemon.name
            own.mkdir(mode=0o755)
            (own / "index.html").write_text(f"<title>{daemon.name} on {address}</title>\n")
            try:
                command = daemon.command(own, address)
            except (OSError, subprocess.SubprocessError, ValueError) as error:
                print(f"  {daemon.name} cannot be set up: {error}", flush=True)
                continue
            command[0] = find_tool(command[0]) or command[0]
            with (own / "log.out").open("wb") as log:
                process = subprocess.Popen(
                    inside(REAL.name, *command), stdin=subprocess.DEVNULL, stdout=log, stderr=log
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
            daemon, address, process = each
            if process.poll() is not None:
                continue
            if all(_listens(process, address, at.port, at.transport) for at in daemon.listeners):
                made.append(Running(daemon, address, _version(daemon)))
                waiting.remove(each)
        time.sleep(0.1)
    for daemon, _, process in waiting:
        process.kill()
        said = (folder / daemon.name / "log.out").read_text("utf-8", "replace")[-300:].strip()
        print(f"  {daemon.name} does not listen: {said}", flush=True)
    return sorted(made, key=lambda each: DAEMONS.index(each.daemon))
