"""Requests to the doubles: RDAP by plain HTTPS, Shodan by its official client and its own command."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from random import Random
from urllib.parse import quote, urlencode

import requests
import shodan
from lab.api.serve import SHODAN
from lab.world.model import World

from decloak.acquire.store import Run, now

__all__ = ["KEY", "RdapJob", "ShodanCommandJob", "ShodanHostJob", "ShodanSearchJob", "shodan_jobs"]

KEY = "LABLABLABLABLABLABLABLABLABLABLA"
"""What the double takes for a key; it opens nothing else."""


def _client() -> shodan.Shodan:
    client = shodan.Shodan(KEY)
    client.api_rate_limit = 0  # the double is ours, and nobody else asks it
    return client


@dataclass(frozen=True, slots=True)
class RdapJob:
    """One object over RDAP."""

    target: str
    command: tuple[str, str]
    group: str
    tool: str = "rdap"

    def run(self) -> Run:
        """Fetch it."""
        started, begin = now(), time.monotonic()
        answer = requests.get(
            self.command[1], timeout=20, headers={"Accept": "application/rdap+json"}
        )
        return Run(
            tool="rdap", version=f"requests {requests.__version__}", profile="default", target=self.target, command=self.command, started=started,
            seconds=round(time.monotonic() - begin, 3), exit_status=answer.status_code, error=None if answer.status_code in {200, 404} else f"HTTP status {answer.status_code}",
            outputs={"json": answer.content}, meta={"url": self.command[1], "groups": self.group},
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShodanHostJob:
    """Everything about one address."""

    target: str
    tool: str = "shodan"

    @property
    def command(self) -> tuple[str, str]:
        """Method and URL, without the key."""
        return ("GET", f"https://{SHODAN}/shodan/host/{quote(self.target, safe=':')}")

    def run(self) -> Run:
        """Ask with the official client."""
        started, begin = now(), time.monotonic()
        body, error = b"", None
        try:
            body = json.dumps(_client().host(self.target), ensure_ascii=False).encode()
        except shodan.APIError as problem:
            error = str(problem)
        return _run(
            self,
            "host",
            body,
            error,
            (started, begin),
            {"groups": f"host:{self.target}"},
        )


@dataclass(frozen=True, slots=True)
class ShodanSearchJob:
    """One page of a search, with facets."""

    target: str
    facets: tuple[str, ...]
    page: int = 1
    tool: str = "shodan"

    @property
    def command(self) -> tuple[str, str]:
        """Method and URL, without the key."""
        asked = {
            "query": self.target,
            "minify": "False",
            "page": self.page,
            "facets": ",".join(self.facets),
        }
        return ("GET", f"https://{SHODAN}/shodan/host/search?{urlencode(asked)}")

    def run(self) -> Run:
        """Ask with the official client."""
        started, begin = now(), time.monotonic()
        body, error = b"", None
        try:
            found = _client().search(
                self.target, page=self.page, facets=list(self.facets), minify=False
            )
            body = json.dumps(found, ensure_ascii=False).encode()
        except shodan.APIError as problem:
            error = str(problem)
        return _run(
            self,
            "search",
            body,
            error,
            (started, begin),
            {"page": str(self.page)},
        )


def _run(
    job: ShodanHostJob | ShodanSearchJob,
    profile: str,
    body: bytes,
    error: str | None,
    times: tuple[str, float],
    meta: dict[str, str],
) -> Run:
    return Run(
        tool="shodan", version=f"shodan {version('shodan')}", profile=profile, target=job.target, command=job.command,
        started=times[0], seconds=round(time.monotonic() - times[1], 3), exit_status=None if error else 200, error=error, outputs={"json": body} if body else {}, meta=meta,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShodanCommandJob:
    """The official command line, which prints text; the same object as JSON is its twin.

    Attributes:
        target: what is asked for.
        command: the arguments.
        profile: host, stats or count.
    """

    target: str
    command: tuple[str, ...]
    profile: str
    tool: str = "shodan"

    def run(self) -> Run:
        """Run it."""
        started, begin = now(), time.monotonic()
        done = subprocess.run(
            self.command, capture_output=True, check=False, timeout=60, stdin=subprocess.DEVNULL
        )
        error = (
            None
            if done.returncode == 0
            else f"exit status {done.returncode}: {done.stderr[-200:].decode('utf-8', 'replace')}"
        )
        outputs = {"stdout": done.stdout}
        if self.profile == "command-host":
            outputs["json"] = json.dumps(_client().host(self.target), ensure_ascii=False).encode()
        return Run(
            tool="shodan", version=f"shodan {version('shodan')}", profile=self.profile, target=self.target, command=self.command, started=started,
            seconds=round(time.monotonic() - begin, 3), exit_status=done.returncode, error=error, outputs=outputs,
            meta={"groups": f"host:{self.target}"} if self.profile == "command-host" else {},
        )  # fmt: skip


_Shodan = ShodanHostJob | ShodanSearchJob | ShodanCommandJob


def shodan_jobs(world: World, rng: Random, count: int, program: str) -> Iterator[_Shodan]:
    """Hosts by the client and by the command; searches with facets.

    Args:
        world: what is known.
        rng: the source of chance.
        count: hosts; a tenth as many searches and a sixth as many commands come on top.
        program: the ``shodan`` command.
    """
    known = [
        host
        for host in world.hosts
        if not any(role.origin.startswith("daemon:") for role in host.roles)
    ]
    hosts = rng.sample(known, min(count, len(known)))
    for host in hosts:
        yield ShodanHostJob(host.address)
    for host in hosts[: max(2, count // 6)]:
        yield ShodanCommandJob(host.address, (program, "host", host.address), "command-host")
    roles = [role for host in hosts for role in host.roles if role.product]
    facets = ("port", "product", "version", "org", "country", "asn", "vuln", "domain", "os", "city")
    for _ in range(max(2, count // 10)):
        role, host = rng.choice(roles), rng.choice(hosts)
        query = rng.choice((f'product:"{role.product.split()[0]}"', f"port:{role.port}", f"country:{host.network.holder.code}", f'org:"{host.network.holder.name.split()[0]}"',
                            f"port:{role.port} country:{host.network.holder.code}", role.product.split()[0], f"asn:AS{host.network.asn}"))  # fmt: skip
        chosen = tuple(rng.sample(facets, rng.randint(1, 3)))
        if rng.random() < 0.7 or '"' in query:
            yield ShodanSearchJob(query, chosen)
        else:
            yield ShodanCommandJob(
                query, (program, "stats", "--facets", ",".join(chosen), query), "command-stats"
            )
