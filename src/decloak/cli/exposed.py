"""Exposed: the services of hosts with their platforms and the vulnerabilities that match, as a table for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from decloak.core.result import Failure, Result
from decloak.export.base import Shape
from decloak.export.sanitise import sanitise
from decloak.export.table_rows import aligned
from decloak.indicators.defanged import defanged
from decloak.link import Exposure, exposures

__all__ = ["Exposed"]

_TITLES = (
    "host",
    "port",
    "product",
    "version",
    "platform",
    "vulnerability",
    "severity",
    "flags",
    "why",
)
_MOST = 1000
"""Rows whose columns are aligned to each other."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """A row for every vulnerability of a service, one without for a service that none matches."""

    kb: Path | None = None
    name: str = "exposures"
    description: str = "services and the vulnerabilities that match them"
    head: str = ""
    between: str = "\n"
    tail: str = ""
    distinct: str = ""

    def render(self, result: Result, shape: Shape) -> Iterator[str]:
        """Yield a title and the rows."""
        grid = [tuple(name.upper() for name in _TITLES)]
        services = 0
        yield f"{sanitise(result.id)} ({sanitise(result.source)}): services with a product\n"
        for each in exposures(result.record_rows, self.kb):
            services += 1
            grid += _rows(each, shape)
            if len(grid) > _MOST:
                yield aligned(grid)
                grid = []
        yield aligned(grid) if services else "none\n"

    def render_failure(self, failure: Failure) -> str:  # noqa: ARG002 - said on standard error
        """Return nothing: standard error says it."""
        return ""


def _rows(exposure: Exposure, shape: Shape) -> Iterator[tuple[str, ...]]:
    host = defanged("IP_ADDRESS", exposure.host) if shape.defang else exposure.host
    cells = (host, exposure.port, exposure.product, exposure.version, exposure.cpe)
    start = tuple(map(sanitise, cells))
    for match in exposure.matches:
        severity = "" if match.severity is None else f"{match.severity:.1f}"
        flags = [f"KEV {match.exploited}"] if match.exploited else []
        flags += [f"EPSS {match.probability:.1%}"] if match.probability is not None else []
        why = f"{match.why} ({match.source} {match.version[:10]})"
        yield (*start, match.cve, severity, ", ".join(flags), sanitise(why))
    matched = {match.cve for match in exposure.matches}
    for cve in exposure.reported:
        if cve not in matched:
            yield (*start, sanitise(cve), "", "", "the scan names it")
    if not (exposure.matches or exposure.reported):
        yield (*start, "", "", "", "")
