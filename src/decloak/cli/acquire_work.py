"""What `decloak acquire` does: targets in, runs into the store, a summary at the end."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from decloak.acquire import dig, nmap, rdap, whois
from decloak.acquire.bootstrap import Bootstrap, FixedServer
from decloak.acquire.collect import Outcome, Outcomes, collect
from decloak.acquire.http import Fetcher
from decloak.acquire.profiles import Profiles, load_profiles, pick
from decloak.acquire.program import DIG, NMAP, WHOIS
from decloak.acquire.store import RunStore
from decloak.acquire.targets import Kind, Target, parse_target, read_targets
from decloak.cli.exits import FINE, PARTIAL, UNUSABLE
from decloak.cli.messages import say
from decloak.cli.progress import progress
from decloak.core.errors import DecloakError, InputError, SettingsError
from decloak.core.pace import Pace
from decloak.export.sanitise import sanitise

__all__ = [
    "Session",
    "profiles_table",
    "run_dig",
    "run_nmap",
    "run_rdap",
    "run_whois",
]

_PERMISSION = (
    "scan only machines whose owner has permitted it: elsewhere it can be a crime. "
    "--i-have-permission says that you know, and ends this note for good"
)


@dataclass
class Session:
    """One command: its store, its targets, and what became of them."""

    folder: str
    named: Iterable[str] | None = None
    file: str | None = None
    jobs: int = 1
    quiet: bool = False
    stored: int = 0
    skipped: int = 0
    truncated: int = 0
    failed: int = 0
    store: RunStore = field(init=False)

    def __post_init__(self) -> None:
        self.store = RunStore(Path(self.folder))

    def targets(self, kinds: Iterable[Kind]) -> list[Target]:
        """Return the valid targets, each once; the others are failures.

        Raises:
            InputError: when there is none at all.
        """
        kinds, found = tuple(kinds), dict[Target, None]()
        for where, text in self._texts():
            try:
                found[parse_target(text, kinds)] = None
            except InputError as error:
                self.fail(str(error), where)
        if not found and not self.failed:
            message = "no target: name some, or a file of them with --targets"
            raise InputError(message)
        return list(found)

    def _texts(self) -> Iterator[tuple[str | None, str]]:
        for text in self.named or ():
            yield None, text
        if self.file is not None:
            for number, text in read_targets(Path(self.file)):
                yield f"{self.file}:{number}", text

    def fail(self, message: str, name: str | None = None) -> None:
        """Count a failure and name it."""
        self.failed += 1
        say(message, name)

    def note(self, message: str) -> None:
        """Say something that --quiet drops."""
        if not self.quiet:
            say(message)

    def finish(self, tool: str, outcomes: Outcomes, total: int | None = None) -> int:
        """Go through the outcomes, print the summary, and return the exit code."""
        try:
            with (
                contextlib.closing(outcomes),
                progress(wanted=not self.quiet, noun="runs", total=total, patience=0) as advance,
            ):
                for outcome in outcomes:
                    self._count(outcome)
                    advance(outcome.job.target)
        except DecloakError as error:
            self.fail(str(error))
        finally:
            # Also after Ctrl-C: what is there is there.
            self._summary(tool)
        if not self.failed:
            return FINE
        return PARTIAL if self.stored or self.skipped else UNUSABLE

    def _count(self, outcome: Outcome) -> None:
        run = outcome.run
        if run is None:
            self.skipped += 1
        elif run.error is not None:
            self.fail(run.error, outcome.job.target)
        else:
            self.stored += 1
            if run.truncated:
                self.truncated += 1
                self.note(f"{run.target}: {', '.join(run.truncated)} cut at the limit")

    def _summary(self, tool: str) -> None:
        if self.quiet:
            return
        parts = [f"{self.stored} stored"]
        parts += [f"{self.truncated} of them cut"] if self.truncated else []
        parts += [f"{self.skipped} there before"] if self.skipped else []
        parts += [f"{self.failed} failed"] if self.failed else []
        typer.echo(f"{tool}: {', '.join(parts)}; {sanitise(str(self.store.path(tool)))}")


def run_nmap(
    session: Session, name: str, file: str | None, *, permitted: bool, **limits: Any
) -> int:
    """Scan."""
    profiles = _profiles(file)
    profile = pick(profiles, "nmap", name)
    rootless = (each for each, other in profiles["nmap"].items() if not other.root)
    nmap.check_rights(name, profile, rootless)
    if limits["name_server"] is not None:
        limits["name_server"] = parse_target(limits["name_server"], (Kind.ADDRESS,)).text
    set_limits = nmap.NmapLimits(**limits)
    NMAP.version()
    jobs: list[nmap.NmapJob] = []
    for target in session.targets(nmap.KINDS):
        try:
            jobs += nmap.nmap_jobs([target], name, profile, set_limits)
        except InputError as error:
            session.fail(str(error))
    if jobs:
        _permission(permitted=permitted)
    return session.finish("nmap", collect(jobs, session.store, workers=session.jobs), len(jobs))


def run_dig(
    session: Session, types: str, names: Iterable[str], file: str | None, **server: Any
) -> int:
    """Look up in the DNS."""
    profiles = _profiles(file)
    layouts = [(name, pick(profiles, "dig", name)) for name in dict.fromkeys(names)]
    records = dig.record_types(types)
    DIG.version()
    asked = dig.DigServer(**_checked(server))
    jobs = list(dig.dig_jobs(session.targets(dig.KINDS), records, layouts, asked))
    return session.finish("dig", collect(jobs, session.store, workers=session.jobs), len(jobs))


def run_whois(
    session: Session, name: str, file: str | None, *, rate: float, referrals: int, **server: Any
) -> int:
    """Look up in WHOIS."""
    profile = pick(_profiles(file), "whois", name)
    if server["address"] is None and (referrals or server["port"] != 43):
        message = "--referrals and --port belong to a --server; without one the client chooses"
        raise SettingsError(message)
    WHOIS.version()
    asked = whois.WhoisServer(**_checked(server))
    targets = session.targets(whois.KINDS)
    jobs = whois.whois_jobs(targets, name, profile, asked, Pace(_interval(rate)))
    outcomes = whois.collect_whois(jobs, session.store, referrals=referrals, workers=session.jobs)
    return session.finish("whois", outcomes, None if referrals else len(targets))


def run_rdap(
    session: Session, *, base: str | None, bootstrap: str, rate: float, seconds: float, limit: int
) -> int:
    """Look up in RDAP."""
    fetcher = Fetcher(seconds, limit)
    directory = FixedServer(base) if base is not None else Bootstrap(fetcher, bootstrap)
    targets = session.targets(rdap.KINDS)
    jobs = rdap.rdap_jobs(targets, directory, fetcher, Pace(_interval(rate)))
    outcomes = collect(jobs, session.store, workers=session.jobs)
    return session.finish("rdap", outcomes, len(targets))


def profiles_table(file: str | None) -> str:
    """Return the profiles as text, one a line: tool, name, summary, options."""
    rows = [
        (tool, name, profile.summary, " ".join((*profile.options, *profile.layout)), profile.root)
        for tool, of in _profiles(file).items()
        for name, profile in of.items()
    ]
    width = max(len(name) for _, name, *_ in rows)
    return "".join(
        sanitise(
            f"{tool:6} {name:{width}}  {summary}{' (root)' if root else ''}"
            f"{f'  [{options}]' if options else ''}"
        )
        + "\n"
        for tool, name, summary, options, root in rows
    )


def _profiles(file: str | None) -> Profiles:
    return load_profiles(Path(file) if file is not None else None)


def _checked(server: dict[str, Any]) -> dict[str, Any]:
    """Return the server with its address in canonical form."""
    if server["address"] is None:
        return server
    address = parse_target(server["address"], (Kind.ADDRESS, Kind.NAME)).text
    return server | {"address": address}


def _interval(rate: float) -> float:
    return 1 / rate if rate else 0.0


def _permission(*, permitted: bool) -> None:
    """Say once per command that scans need permission, until the user says that they know."""
    state = os.environ.get("XDG_STATE_HOME", "")
    folder = Path(state) if Path(state).is_absolute() else Path.home() / ".local" / "state"
    known = folder / "decloak" / "scan-permission"
    if permitted:
        try:
            known.parent.mkdir(parents=True, exist_ok=True)
            known.touch()
        except OSError:
            return  # the note comes again next time: no reason to stop now
    elif not known.exists():
        say(_PERMISSION)
