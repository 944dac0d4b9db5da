"""WHOIS: the real client, not faster than a server allows, with referrals of a chosen server."""

from __future__ import annotations

import contextlib
import re
import tempfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from decloak.acquire.collect import Outcomes, collect
from decloak.acquire.guard import resolves_inside
from decloak.acquire.nmap import last_line
from decloak.acquire.process import Finished, Stopped, execute
from decloak.acquire.profiles import Profile
from decloak.acquire.program import WHOIS
from decloak.acquire.store import RunStore
from decloak.acquire.targets import Kind, Target, parse_target
from decloak.core.errors import BinaryError, InputError
from decloak.core.pace import Pace
from decloak.core.reach import is_inside, may_refer
from decloak.readers.binary import refuse_binary
from decloak.readers.run import Run, now, run_id

__all__ = ["KINDS", "WhoisJob", "WhoisServer", "collect_whois", "referral", "whois_jobs"]

KINDS = (Kind.NAME, Kind.ADDRESS, Kind.NETWORK, Kind.AUTNUM)
"""What can be looked up."""

# Registrars behind thin registries; IANA (`refer`); ARIN (`ReferralServer`, with a scheme and
# sometimes a port).
_REFERRAL = re.compile(
    rb"^[ \t]*(?:Registrar WHOIS Server|WHOIS Server|refer|ReferralServer):[ \t]*"
    rb"(?:r?whois://)?([A-Za-z0-9._-]{1,253})(?::(\d{1,5}))?/?[ \t]*\r?$",
    re.MULTILINE | re.IGNORECASE,
)
# What servers say instead of an answer when one has asked too often; only in short answers.
_REFUSED = re.compile(
    rb"(?:quota|limit|rate)[ \w-]{0,20}(?:exceeded|reached)|too many (?:requests|queries)"
    rb"|exceeded [ \w-]{0,40}(?:quota|limit)|%ERROR:201",
    re.IGNORECASE,
)
_SHORT = 600
# The client ends a line at a NUL, so that of binary data only the other control characters are left.
_CONTROLS = bytes({*range(9), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F})


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoisServer:
    """Who is asked, and how long and how much it may answer.

    Attributes:
        address: an address or a name; None lets the client choose, and follow referrals itself.
        port: its port.
        seconds: after so long a query is given up.
        limit: bytes of an answer that are kept; the rest is cut off.
    """

    address: str | None = None
    port: int = 43
    seconds: float = 30.0
    limit: int = 1 << 20

    def options(self) -> tuple[str, ...]:
        """Return them as options of the client."""
        if self.address is None:
            return ()
        port = ("-p", str(self.port)) if self.port != 43 else ()
        # The client would follow a `ReferralServer:` to wherever a stranger says.
        return ("-h", self.address, *port, "--no-recursion")


@dataclass(frozen=True, slots=True)
class WhoisJob:
    """One query."""

    asked: Target
    name: str
    profile: Profile
    server: WhoisServer
    pace: Pace
    referred_by: str | None = None

    tool = "whois"

    @property
    def target(self) -> str:
        """What is looked up."""
        return self.asked.text

    @property
    def command(self) -> tuple[str, ...]:
        """The arguments."""
        given = self.server.options()
        more = (option for option in self.profile.options if option not in given)
        return ("whois", *given, *more, self.target)

    @property
    def _key(self) -> str:
        """Whom we ask, as far as we know it: the client has a server for each top-level domain."""
        if self.server.address is not None:
            return self.server.address
        return self.target.rpartition(".")[2] if self.asked.kind is Kind.NAME else "numbers"

    def run(self, stop: threading.Event) -> Run:
        """Ask, when it is this server's turn.

        Raises:
            Stopped: when `stop` was set.
            ToolError: when the client is not installed.
        """
        version = WHOIS.version()
        self.pace.wait(self._key, stop)
        if stop.is_set():
            raise Stopped
        started = now()
        with tempfile.TemporaryDirectory(prefix="decloak-whois-") as folder:
            done = execute(
                self.command,
                folder=Path(folder),
                seconds=self.server.seconds,
                limit=self.server.limit,
                stop=stop,
            )
        meta = {"server": self.server.address or "", "port": str(self.server.port)}
        if self.referred_by is not None:
            meta["referred_by"] = self.referred_by
        return Run(
            tool=self.tool,
            version=version,
            profile=self.name,
            target=self.target,
            command=self.command,
            started=started,
            seconds=round(done.seconds, 3),
            exit_status=done.exit_status,
            error=self._error(done),
            outputs=done.outputs,
            truncated=done.truncated,
            meta=meta,
        )

    def _error(self, done: Finished) -> str | None:
        answer = done.outputs.get("stdout", b"")
        if done.timed_out:
            return f"no whole answer after {self.server.seconds:g} s"
        if done.exit_status != 0 and not done.truncated:
            said = last_line(done.outputs.get("stderr", b"")) or last_line(answer)
            return f"exit status {done.exit_status}: {said or 'no reason given'}"
        if not answer.strip():
            return "the server sent nothing"
        if len(answer.translate(None, _CONTROLS)) < 0.95 * len(answer):
            return "the answer is no text: control characters"
        try:
            refuse_binary(answer)
        except BinaryError as error:
            return f"the answer is no text: {error}"
        if len(answer) <= _SHORT and (found := _REFUSED.search(answer)):
            said = " ".join(found[0].decode("ascii", "replace").split())
            return f"the server refuses for now ({said}); wait, then run the command again"
        return None


def whois_jobs(
    targets: Iterable[Target], name: str, profile: Profile, server: WhoisServer, pace: Pace
) -> Iterator[WhoisJob]:
    """Yield a job for every target."""
    for target in targets:
        yield WhoisJob(target, name, profile, server, pace)


def referral(run: Run) -> tuple[str, int] | None:
    """Return the server (host, port) that an answer refers to; None without one.

    The last one counts: a registry names itself first. A referral from outside to an address
    inside is none.
    """
    asked = run.meta.get("server", "")
    found = None
    for host, port in _REFERRAL.findall(run.outputs.get("stdout", b"")):
        try:
            name = parse_target(host.decode("ascii"), (Kind.NAME, Kind.ADDRESS)).text
        except InputError:
            continue
        number = int(port or 43)
        if name != asked and 0 < number < 1 << 16 and may_refer(asked, name):
            found = name, number
    return found


def collect_whois(
    jobs: Iterable[WhoisJob], store: RunStore, *, referrals: int = 0, workers: int = 1
) -> Outcomes:
    """Do the jobs as `collect` does, then follow what their answers refer to.

    Args:
        jobs: queries; only those of a chosen server are followed, the client does the others.
        store: where the runs go.
        referrals: how many servers one after the other.
        workers: how many queries at the same time.

    Raises:
        DecloakError: as `collect`.
    """
    wave: Iterable[WhoisJob] = jobs
    for level in range(referrals + 1):
        asked: dict[str, WhoisJob] = {}
        with contextlib.closing(collect(wave, store, workers=workers)) as outcomes:
            for outcome in outcomes:
                job = outcome.job
                if isinstance(job, WhoisJob) and job.server.address is not None:
                    asked[run_id(job.tool, job.command)] = job
                yield outcome
        if level < referrals:
            wave = [
                _referred(asked[run.id], run.id, server)
                for run in store.done("whois")
                if run.id in asked
                and (server := referral(run)) is not None
                and (
                    is_inside(asked[run.id].server.address or "") or not resolves_inside(server[0])
                )
            ]


def _referred(job: WhoisJob, by: str, server: tuple[str, int]) -> WhoisJob:
    old = job.server
    new = WhoisServer(address=server[0], port=server[1], seconds=old.seconds, limit=old.limit)
    return WhoisJob(job.asked, job.name, job.profile, new, job.pace, by)
