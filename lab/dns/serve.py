"""Start BIND for the whole tree inside a site's namespace."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from lab.daemons import LabError, find_tool
from lab.dns.tree import RESOLVERS, write_tree
from lab.network import inside
from lab.world.model import World

__all__ = ["NAME_SERVICE", "name_service"]

NAME_SERVICE = "198.41.0.0/24"
"""The block that holds the root, the registries and the resolvers."""

_READY_SECONDS = 90.0


def _asks(address: str) -> bool:
    """Whether a server answers a query for the root's SOA record."""
    question = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x06\x00\x01"
    with socket.socket(type=socket.SOCK_DGRAM) as asked:
        asked.settimeout(1)
        with contextlib.suppress(OSError):
            asked.sendto(question, (address, 53))
            return bool(asked.recv(512))
    return False


@contextlib.contextmanager
def name_service(folder: Path, site: str, world: World) -> Iterator[None]:
    """Serve every zone of a world until the block ends.

    Raises:
        LabError: when a server does not start; the message holds what it said.
    """
    program = find_tool("named")
    if program is None:
        message = "named is not installed; see lab/packages.txt"
        raise LabError(message)
    needs = write_tree(folder, world)
    # BIND listens only on addresses that an interface holds.
    lines = "".join(
        f"addr replace {a}/32 dev lo\n" for addresses in needs.values() for a in addresses
    )
    subprocess.run(inside(site, "ip", "-batch", "-"), input=lines, text=True, check=True)
    running: list[tuple[str, subprocess.Popen[bytes]]] = []
    try:
        for name in needs:
            log = (folder / f"{name}.log").open("wb")
            command = inside(site, program, "-g", "-n", "1", "-c", str(folder / f"{name}.conf"))
            running.append(
                (name, subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log))
            )
            log.close()
        end = time.monotonic() + _READY_SECONDS
        for name, process in running:
            while not _asks(needs[name][0]):
                if process.poll() is not None or time.monotonic() > end:
                    said = (folder / f"{name}.log").read_text("utf-8", "replace")[-2000:]
                    message = f"named ({name}) does not answer: {said}"
                    raise LabError(message)
                time.sleep(0.1)
        yield
    finally:
        for _, process in running:
            process.kill()
            process.wait()


def resolver() -> str:
    """The address that programs ask first."""
    return RESOLVERS[0]
