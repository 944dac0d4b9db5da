"""Dig: domains times record types times layouts, each with its YAML twin."""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from decloak.acquire.process import Finished, execute
from decloak.acquire.profiles import Profile
from decloak.acquire.program import DIG
from decloak.acquire.targets import Kind, Target
from decloak.core.errors import SettingsError
from decloak.readers.run import Run, now

__all__ = ["KINDS", "RECORD_TYPES", "DigJob", "DigServer", "dig_jobs", "record_types"]

KINDS = (Kind.NAME, Kind.ADDRESS)
"""What can be looked up; an address is looked up in reverse."""

RECORD_TYPES = (
    "A", "AAAA", "NS", "MX", "TXT", "SOA", "CNAME", "SRV", "CAA", "PTR", "DNSKEY", "ANY",
)  # fmt: skip
"""The record types that are asked for by default."""

# https://www.iana.org/assignments/dns-parameters, resource record types and query types
_KNOWN = frozenset({
    *RECORD_TYPES, "AFSDB", "APL", "AXFR", "CDNSKEY", "CDS", "CERT", "CSYNC", "DHCID", "DLV",
    "DNAME", "DS", "EUI48", "EUI64", "HINFO", "HIP", "HTTPS", "IPSECKEY", "KEY", "KX", "LOC",
    "NAPTR", "NID", "NSEC", "NSEC3", "NSEC3PARAM", "OPENPGPKEY", "RP", "RRSIG", "SIG", "SMIMEA",
    "SPF", "SSHFP", "SVCB", "TA", "TKEY", "TLSA", "TSIG", "URI", "WKS", "ZONEMD",
})  # fmt: skip
_NUMBERED = re.compile(r"TYPE(\d{1,5})")  # RFC 3597, section 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DigServer:
    """Who is asked, and how long and how much it may answer.

    Attributes:
        address: an address or a name; None for the resolver of the system.
        port: its port.
        seconds: after so long a query is given up.
        limit: bytes that each output may have.
    """

    address: str | None = None
    port: int = 53
    seconds: float = 30.0
    limit: int = 16 << 20

    def options(self) -> tuple[str, ...]:
        """Return them as arguments of dig."""
        server = (f"@{self.address}",) if self.address is not None else ()
        return (*server, "-p", str(self.port)) if self.port != 53 else server


@dataclass(frozen=True, slots=True)
class DigJob:
    """One query in one layout, and the same query again in YAML."""

    asked: Target
    record: str
    name: str
    profile: Profile
    server: DigServer

    tool = "dig"

    @property
    def target(self) -> str:
        """What is looked up."""
        return self.asked.text

    @property
    def command(self) -> tuple[str, ...]:
        """The arguments of the query as people see it."""
        return (*self._query(), *self.profile.layout)

    @property
    def twin(self) -> tuple[str, ...]:
        """The arguments of the query for machines."""
        return (*self._query(), "+yaml")

    def _query(self) -> tuple[str, ...]:
        if self.asked.kind is Kind.ADDRESS:
            asked: tuple[str, ...] = ("-x", self.target)
        elif "." in self.target:
            asked = (self.target, self.record)
        else:
            # A name such as `mx` would be read as a type.
            asked = ("-q", self.target, "-t", self.record)
        return ("dig", *self.server.options(), *asked, *self.profile.options)

    def run(self, stop: threading.Event) -> Run:
        """Ask twice.

        Raises:
            Stopped: when `stop` was set.
            ToolError: when dig is not installed.
        """
        version, started = DIG.version(), now()
        with tempfile.TemporaryDirectory(prefix="decloak-dig-") as folder:
            done = self._ask(self.command, Path(folder), stop)
            error = self._error(done)
            outputs, truncated, seconds = dict(done.outputs), list(done.truncated), done.seconds
            if error is None:
                twin = self._ask(self.twin, Path(folder), stop)
                if (problem := self._error(twin)) is not None:
                    error = f"YAML twin: {problem}"
                if "stdout" in twin.outputs:
                    outputs["yaml"] = twin.outputs["stdout"]
                if "stdout" in twin.truncated:
                    truncated.append("yaml")
                seconds += twin.seconds
        return Run(
            tool=self.tool,
            version=version,
            profile=self.name,
            target=self.target,
            command=self.command,
            started=started,
            seconds=round(seconds, 3),
            exit_status=done.exit_status,
            error=error,
            outputs=outputs,
            truncated=tuple(truncated),
            meta={"record": self.record, "server": self.server.address or ""},
        )

    def _ask(self, command: tuple[str, ...], folder: Path, stop: threading.Event) -> Finished:
        return execute(
            command,
            folder=folder,
            seconds=self.server.seconds,
            limit=self.server.limit,
            stop=stop,
        )

    def _error(self, done: Finished) -> str | None:
        if done.timed_out:
            return f"no answer after {self.server.seconds:g} s"
        if done.truncated:
            return f"{', '.join(done.truncated)}: longer than {self.server.limit:,} bytes"
        if done.exit_status == 9:  # as dig(1) has it
            return "no reply from the name server"
        if done.exit_status != 0:
            said = (done.outputs.get("stderr", b"") + done.outputs.get("stdout", b"")).decode(
                "utf-8", "replace"
            )
            return f"exit status {done.exit_status}: {' '.join(said.split())[:200]}"
        return None


def record_types(text: str) -> tuple[str, ...]:
    """Read a comma list of record types, in any case; ``TYPE65534`` names one by number.

    Raises:
        SettingsError: for what is no record type.
    """
    types = tuple(dict.fromkeys(part.strip().upper() for part in text.split(",") if part.strip()))
    for name in types:
        numbered = _NUMBERED.fullmatch(name)
        if name not in _KNOWN and not (numbered and int(numbered[1]) < 1 << 16):
            message = f"unknown record type {name!r}; known: {', '.join(sorted(_KNOWN))}, TYPE<n>"
            raise SettingsError(message)
    if not types:
        message = f"no record type; for example {','.join(RECORD_TYPES)}"
        raise SettingsError(message)
    return types


def dig_jobs(
    targets: Iterable[Target],
    records: Iterable[str],
    profiles: Iterable[tuple[str, Profile]],
    server: DigServer,
) -> Iterator[DigJob]:
    """Yield a job for every target, record type and layout; addresses are asked for PTR only."""
    records, profiles = tuple(records), tuple(profiles)
    for target in targets:
        asked = ("PTR",) if target.kind is Kind.ADDRESS else records
        for record in asked:
            for name, profile in profiles:
                yield DigJob(target, record, name, profile, server)
