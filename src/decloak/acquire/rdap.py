"""RDAP: registration data as JSON over HTTP (RFC 9082, RFC 9083)."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version as installed
from urllib.parse import quote, urlsplit

from decloak.acquire.bootstrap import Directory
from decloak.acquire.http import Answer, Fetcher, retry_after
from decloak.acquire.process import Stopped
from decloak.acquire.targets import Kind, Target
from decloak.core.errors import DecloakError
from decloak.core.pace import Pace
from decloak.readers.run import Run, now

__all__ = ["KINDS", "RdapJob", "json_error", "rdap_jobs"]

KINDS = (Kind.NAME, Kind.ADDRESS, Kind.NETWORK, Kind.AUTNUM)
"""What can be looked up."""

_ACCEPT = "application/rdap+json, application/json;q=0.9"
_TRIES = 3


@dataclass(frozen=True, slots=True)
class RdapJob:
    """One lookup."""

    asked: Target
    server: str | None
    fetcher: Fetcher
    pace: Pace

    tool = "rdap"

    @property
    def target(self) -> str:
        """What is looked up."""
        return self.asked.text

    @property
    def command(self) -> tuple[str, ...]:
        """The method and the URL; without a server only the path."""
        match self.asked.kind:
            case Kind.NAME:
                path = f"domain/{quote(self.target)}"
            case Kind.AUTNUM:
                path = f"autnum/{self.target[2:]}"
            case _:
                path = f"ip/{self.target}"
        return ("GET", path if self.server is None else f"{self.server}/{path}")

    def run(self, stop: threading.Event) -> Run:
        """Ask, when it is this server's turn. "Not found" is an answer.

        Raises:
            Stopped: when `stop` was set.
        """
        started, begun = now(), time.monotonic()
        answer, error = None, None
        if self.server is None:
            error = "no RDAP server is known for this target"
        else:
            try:
                answer = self._ask(stop)
                error = _error(answer)
            except DecloakError as problem:
                error = str(problem)
        cut = answer is not None and answer.truncated
        return Run(
            tool=self.tool,
            version=f"urllib3 {installed('urllib3')}",
            profile="default",
            target=self.target,
            command=self.command,
            started=started,
            seconds=round(time.monotonic() - begun, 3),
            exit_status=answer.status if answer else None,
            error=error,
            outputs={"json": answer.body} if answer and answer.body else {},
            truncated=("json",) if cut else (),
            meta={"url": answer.url} if answer else {},
        )

    def _ask(self, stop: threading.Event) -> Answer:
        url = self.command[1]
        host = urlsplit(url).netloc
        for left in reversed(range(_TRIES)):
            self.pace.wait(host, stop)
            if stop.is_set():
                raise Stopped
            answer = self.fetcher.get(url, _ACCEPT, stop)
            if answer.status not in {429, 503} or not left:
                break
            self.pace.delay(host, retry_after(answer.headers))
        return answer


def rdap_jobs(
    targets: Iterable[Target], directory: Directory, fetcher: Fetcher, pace: Pace
) -> Iterator[RdapJob]:
    """Yield a job for every target.

    Raises:
        ServiceError: when the directory cannot be read.
    """
    for target in targets:
        yield RdapJob(target, directory.server(target), fetcher, pace)


def _error(answer: Answer) -> str | None:
    if answer.status == 429:
        return "the server refuses for now (429); wait, then run the command again"
    if answer.status not in {200, 404}:
        return f"HTTP status {answer.status}"
    if answer.truncated:
        return f"longer than {len(answer.body):,} bytes"
    # A server may say with the status alone that it knows nothing: RFC 7480, section 5.3.
    return None if answer.status == 404 else json_error(answer.body)


def json_error(body: bytes) -> str | None:
    """Say why an answer is no JSON object; None when it is one."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return "the answer is no JSON" if body.strip() else "the server sent nothing"
    return None if isinstance(value, dict) else "the answer is no JSON object"
