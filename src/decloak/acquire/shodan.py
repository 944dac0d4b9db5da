"""Shodan: hosts and searches with facets, page by page."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from decloak.acquire.rdap import json_error
from decloak.acquire.shodan_client import Reply, ShodanService
from decloak.acquire.store import RunStore
from decloak.acquire.targets import Kind, Target
from decloak.core.errors import InputError, SettingsError
from decloak.readers.run import Run, now, run_id

__all__ = ["KINDS", "HostJob", "Search", "SearchJob", "host_jobs", "search_jobs"]

KINDS = (Kind.ADDRESS,)
"""What the host command looks up."""

PAGE = 100
"""Matches on a page."""
_FACET = re.compile(r"[a-z0-9_.]{1,60}(?::[1-9]\d{0,3})?")
_LONGEST_QUERY = 2000


@dataclass(frozen=True, slots=True)
class HostJob:
    """Everything about one address. Costs no query credits."""

    asked: Target
    service: ShodanService
    history: bool = False
    minify: bool = False

    tool = "shodan"

    @property
    def target(self) -> str:
        """The address."""
        return self.asked.text

    @property
    def command(self) -> tuple[str, ...]:
        """The method and the URL without the key."""
        flags = {"history": self.history, "minify": self.minify}
        asked = urlencode({name: "True" for name, wanted in flags.items() if wanted})
        url = f"{self.service.url}/shodan/host/{quote(self.target, safe=':')}"
        return ("GET", f"{url}?{asked}" if asked else url)

    def run(self, stop: threading.Event) -> Run:
        """Ask. An address that the service knows nothing of is an answer.

        Raises:
            Stopped: when `stop` was set.
            ServiceError: when the next request would be refused too.
        """
        started, begun = now(), time.monotonic()
        reply = self.service.host(self.target, stop, history=self.history, minify=self.minify)
        return _run(self, self.service, "host", reply, (started, begun))


@dataclass(frozen=True, slots=True)
class Search:
    """A search.

    Attributes:
        query: in the language of the service, for example ``port:22 country:DE``.
        facets: names with an optional count, for example ``port:20``.
        pages: at most so many pages of 100 matches.
        minify: whether the service leaves the long fields out.

    Raises:
        SettingsError: for an empty or much too long query, or a facet that is none.
    """

    query: str
    facets: tuple[str, ...] = ()
    pages: int = 1
    minify: bool = False

    def __post_init__(self) -> None:
        if not self.query.strip() or len(self.query) > _LONGEST_QUERY:
            message = f"a search has 1 to {_LONGEST_QUERY} characters"
            raise SettingsError(message)
        if not self.query.isprintable():
            message = "a search has no line breaks or control characters"
            raise SettingsError(message)
        for facet in self.facets:
            if not _FACET.fullmatch(facet):
                message = f"{facet!r} is no facet; for example product, port:20, vuln"
                raise SettingsError(message)

    @property
    def most_credits(self) -> int:
        """Query credits that it can cost: one for a filter or a page after the first."""
        return self.pages if self.pages > 1 or ":" in self.query else 0


@dataclass(frozen=True, slots=True)
class SearchJob:
    """One page of a search."""

    asked: Search
    page: int
    service: ShodanService

    tool = "shodan"

    @property
    def target(self) -> str:
        """The query."""
        return self.asked.query

    @property
    def command(self) -> tuple[str, ...]:
        """The method and the URL without the key."""
        asked = {"query": self.asked.query, "minify": str(self.asked.minify), "page": self.page}
        if self.asked.facets:
            asked["facets"] = ",".join(self.asked.facets)
        return ("GET", f"{self.service.url}/shodan/host/search?{urlencode(asked)}")

    def run(self, stop: threading.Event) -> Run:
        """Ask.

        Raises:
            Stopped: when `stop` was set.
            ServiceError: when the next request would be refused too.
        """
        started, begun = now(), time.monotonic()
        search = self.asked
        reply = self.service.search(
            search.query, stop, page=self.page, facets=search.facets, minify=search.minify
        )
        return _run(self, self.service, "search", reply, (started, begun))


def _run(
    job: HostJob | SearchJob,
    service: ShodanService,
    profile: str,
    reply: Reply,
    times: tuple[str, float],
) -> Run:
    error = reply.problem
    if (reply.status == 404 and profile == "host") or error is None:
        error = json_error(reply.body)
    elif reply.status not in {None, 200}:
        error = f"HTTP status {reply.status}: {error}"
    return Run(
        tool=job.tool,
        version=service.version,
        profile=profile,
        target=job.target,
        command=job.command,
        started=times[0],
        seconds=round(time.monotonic() - times[1], 3),
        exit_status=reply.status,
        error=error,
        outputs={"json": reply.body} if reply.body else {},
        truncated=("json",) if reply.truncated else (),
        meta={"page": str(job.page)} if isinstance(job, SearchJob) else {},
    )


def host_jobs(
    targets: Iterable[Target],
    service: ShodanService,
    *,
    history: bool = False,
    minify: bool = False,
) -> Iterator[HostJob]:
    """Yield a job for every address."""
    for target in targets:
        if target.kind not in KINDS:
            message = f"{target.text!r} is no IP address"
            raise InputError(message)
        yield HostJob(target, service, history, minify)


def search_jobs(search: Search, service: ShodanService, store: RunStore) -> Iterator[SearchJob]:
    """Yield a job for every page that there is, one after the other.

    Give them to `collect` with one worker: how many pages there are stands on the first, which is
    stored by the time the second is asked for. Without the first there are no others.
    """
    first = SearchJob(search, 1, service)
    yield first
    pages = min(search.pages, -(-_total(first, store) // PAGE))
    for page in range(2, pages + 1):
        yield SearchJob(search, page, service)


def _total(job: SearchJob, store: RunStore) -> int:
    """Return how many matches the service has, from a stored page; 0 when the page failed."""
    wanted = run_id(job.tool, job.command)
    for run in store.done(job.tool):
        if run.id == wanted:
            total = json.loads(run.outputs["json"]).get("total")
            return total if isinstance(total, int) else 0
    return 0
