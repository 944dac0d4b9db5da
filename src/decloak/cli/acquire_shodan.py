"""What `decloak acquire shodan` does: credits first, then the requests."""

from __future__ import annotations

import sys

import typer

from decloak.acquire.collect import collect
from decloak.acquire.shodan import KINDS, Search, host_jobs, search_jobs
from decloak.acquire.shodan_client import ShodanService, key_from_environment
from decloak.cli.acquire_work import Session
from decloak.core.errors import SettingsError
from decloak.core.pace import Pace
from decloak.export.sanitise import sanitise

__all__ = ["run_hosts", "run_search"]

_PER_SECOND = 1.0


def run_hosts(
    session: Session, base: str, *, seconds: float, limit: int, history: bool, minify: bool
) -> int:
    """Fetch hosts."""
    service = _service(base, seconds, limit)
    targets = session.targets(KINDS)
    _credits(session, service, 0)
    jobs = host_jobs(targets, service, history=history, minify=minify)
    return session.finish("shodan", collect(jobs, session.store), len(targets))


def run_search(  # noqa: PLR0913 - the options of the command
    session: Session,
    base: str,
    query: str,
    *,
    seconds: float,
    limit: int,
    facets: str | None,
    pages: int,
    minify: bool,
    agreed: bool,
) -> int:
    """Search."""
    named = tuple(part.strip() for part in (facets or "").split(",") if part.strip())
    search = Search(query, named, pages, minify)
    service = _service(base, seconds, limit)
    cost = search.most_credits
    _credits(session, service, cost)
    if cost and not agreed:
        _ask()
    outcomes = collect(search_jobs(search, service, session.store), session.store)
    return session.finish("shodan", outcomes)


def _service(base: str, seconds: float, limit: int) -> ShodanService:
    key = key_from_environment()
    return ShodanService(key, base, pace=Pace(1 / _PER_SECOND), seconds=seconds, limit=limit)


def _credits(session: Session, service: ShodanService, cost: int) -> None:
    """Say what is left and what this can cost.

    Raises:
        ServiceError: when the key is refused.
    """
    info = service.info()
    left, plan = info.get("query_credits"), info.get("plan")
    price = f"this can cost up to {cost}" if cost else "this costs none"
    note = f"plan {plan}, {left} query credits left; {price}"
    if cost and isinstance(left, int) and 0 <= left < cost:
        note += ": not enough for all of it"
    session.note(service.redact(note))


def _ask() -> None:
    """Ask before credits are spent.

    Raises:
        SettingsError: when nobody can answer.
        typer.Exit: when the answer is no.
    """
    if not sys.stdin.isatty():
        message = "this can cost query credits: say --yes to spend them"
        raise SettingsError(message)
    try:
        agreed = typer.confirm("Go on?", default=False, err=True)
    except typer.Abort:
        raise KeyboardInterrupt from None
    if not agreed:
        typer.echo(sanitise("nothing was spent"), err=True)
        raise typer.Exit(0)
