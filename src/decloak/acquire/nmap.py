"""Nmap: scans with the real program, in its three layouts at once."""

from __future__ import annotations

import os
import re
import tempfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from decloak.acquire.process import Finished, execute
from decloak.acquire.profiles import Profile
from decloak.acquire.program import NMAP
from decloak.acquire.targets import Kind, Target, blocks
from decloak.core.errors import SettingsError, ToolError
from decloak.readers.run import Run, now

__all__ = ["KINDS", "NmapJob", "NmapLimits", "check_rights", "nmap_jobs"]

KINDS = (Kind.ADDRESS, Kind.NETWORK, Kind.NAME)
"""What can be scanned."""

# The names are fixed, so that the same scan has the same command, and stand in the output.
_FILES = {"normal": "scan.nmap", "xml": "scan.xml", "grepable": "scan.gnmap"}
_WRITE = ("-oN", _FILES["normal"], "-oX", _FILES["xml"], "-oG", _FILES["grepable"])
_PORTS = re.compile(r"(?!-[^\d])[\w\[\]?*:,-]{1,2000}", re.ASCII)
_UNRESOLVED = re.compile(rb"^Failed to resolve ", re.MULTILINE)
_TIMED_OUT = re.compile(rb"^Skipping host .* due to host timeout", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class NmapLimits:
    """How fast, how long, how much, and where.

    Attributes:
        ports: as after ``-p``; None for those of the profile.
        max_rate: packets per second at most; 0 for no limit.
        host_seconds: after so long Nmap gives a host up.
        seconds: after so long the whole run is ended.
        limit: bytes that each output may have.
        resolve: whether Nmap asks for the names of addresses.
        name_server: an address that is asked for names; None for those of the system.

    Raises:
        SettingsError: for a port list that is none, or a limit below zero.
    """

    ports: str | None = None
    max_rate: int = 100
    host_seconds: float = 900.0
    seconds: float = 3600.0
    limit: int = 16 << 20
    resolve: bool = True
    name_server: str | None = None

    def __post_init__(self) -> None:
        if self.ports is not None and not _PORTS.fullmatch(self.ports):
            message = f"{self.ports!r} is no list of ports; for example 22,80,443 or 1-1024"
            raise SettingsError(message)
        if min(self.max_rate, self.host_seconds, self.seconds, self.limit) < 0:
            message = "a limit of Nmap is below zero"
            raise SettingsError(message)

    def options(self) -> tuple[str, ...]:
        """Return them as options of Nmap."""
        options: list[str] = []
        if self.ports is not None:
            options += ["-p", self.ports]
        if self.max_rate:
            options += ["--max-rate", str(self.max_rate)]
        if self.host_seconds:
            options += ["--host-timeout", f"{self.host_seconds:g}s"]
        if not self.resolve:
            options.append("-n")
        if self.name_server is not None:
            options += ["--dns-servers", self.name_server]
        return tuple(options)


@dataclass(frozen=True, slots=True)
class NmapJob:
    """One scan of one host, or of one block of a network."""

    asked: Target
    name: str
    profile: Profile
    limits: NmapLimits

    tool = "nmap"

    @property
    def target(self) -> str:
        """What is scanned."""
        return self.asked.text

    @property
    def command(self) -> tuple[str, ...]:
        """The arguments."""
        six = ("-6",) if self.asked.is_ipv6 else ()
        return ("nmap", *self.profile.options, *self.limits.options(), *six, *_WRITE, self.target)

    def run(self, stop: threading.Event) -> Run:
        """Scan.

        Raises:
            Stopped: when `stop` was set.
            ToolError: when Nmap is not installed.
        """
        version, started = NMAP.version(), now()
        with tempfile.TemporaryDirectory(prefix="decloak-nmap-") as folder:
            done = execute(
                self.command,
                folder=Path(folder),
                seconds=self.limits.seconds,
                limit=self.limits.limit,
                stop=stop,
            )
            outputs, truncated = dict(done.outputs), list(done.truncated)
            for name, file in _FILES.items():
                data = _read(Path(folder) / file, self.limits.limit)
                if len(data) > self.limits.limit:
                    truncated.append(name)
                if data:
                    outputs[name] = data[: self.limits.limit]
        return Run(
            tool=self.tool,
            version=version,
            profile=self.name,
            target=self.target,
            command=self.command,
            started=started,
            seconds=round(done.seconds, 3),
            exit_status=done.exit_status,
            error=self._error(done, outputs, truncated),
            outputs=outputs,
            truncated=tuple(truncated),
        )

    def _error(self, done: Finished, outputs: dict[str, bytes], truncated: list[str]) -> str | None:
        stderr = outputs.get("stderr", b"")
        if done.timed_out:
            return f"not finished after {self.limits.seconds:g} s"
        if truncated:
            return f"{', '.join(truncated)}: longer than {self.limits.limit:,} bytes"
        if done.exit_status != 0:
            return f"exit status {done.exit_status}: {last_line(stderr) or 'no reason given'}"
        if _UNRESOLVED.search(stderr):
            return "the name has no address"
        if _TIMED_OUT.search(outputs.get("normal", b"")):
            return f"host not finished after {self.limits.host_seconds:g} s"
        if not outputs.get("xml", b"").rstrip().endswith(b"</nmaprun>"):
            return "the XML output is not complete"
        return None


def nmap_jobs(
    targets: Iterable[Target], name: str, profile: Profile, limits: NmapLimits
) -> Iterator[NmapJob]:
    """Yield a job for every host, and for every block of 256 addresses of a network.

    Raises:
        InputError: for a network that is too large.
    """
    for target in targets:
        for block in blocks(target):
            yield NmapJob(block, name, profile, limits)


def check_rights(name: str, profile: Profile, others: Iterable[str]) -> None:
    """Refuse a profile that needs root where there is none.

    Raises:
        ToolError: names profiles that work without.
    """
    # NMAP_PRIVILEGED says that the program has the capabilities instead.
    if profile.root and os.geteuid() != 0 and "NMAP_PRIVILEGED" not in os.environ:
        message = (
            f"the nmap profile {name!r} needs root for raw sockets: run it with sudo, or use one "
            f"of {', '.join(others)}"
        )
        raise ToolError(message)


def last_line(data: bytes) -> str:
    """Return the last line that is not empty, of at most 200 characters."""
    lines = data[-4000:].decode("utf-8", "replace").strip().splitlines()
    return lines[-1].strip()[:200] if lines else ""


def _read(path: Path, limit: int) -> bytes:
    """Return a file, at most one byte more than the limit; nothing where there is none."""
    try:
        with path.open("rb") as stream:
            return stream.read(limit + 1)
    except FileNotFoundError:
        return b""
