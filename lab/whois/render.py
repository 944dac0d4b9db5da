"""Layouts: what registries and registrars print, rendered from templates of our own wording."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from lab.world.organisations import latin
from lab.world.registrations import Network, Registration
from lab.world.registrations import handle as make_handle

__all__ = ["layouts", "render_domain", "render_network"]

_FOLDER = Path(__file__).with_name("layouts")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def layouts() -> list[str]:
    """Names of all layouts."""
    return sorted(path.stem for path in _FOLDER.glob("*.j2"))


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    made.filters["iso"] = lambda when: when.strftime("%Y-%m-%dT%H:%M:%SZ")
    made.filters["stamp"] = lambda when: when.strftime("%Y-%m-%d %H:%M:%S")
    made.filters["date"] = lambda when: when.strftime("%Y-%m-%d")
    made.filters["compact"] = lambda when: when.strftime("%Y%m%d")
    made.filters["dots"] = lambda when: when.strftime("%d.%m.%Y")
    made.filters["ydots"] = lambda when: when.strftime("%Y.%m.%d")
    made.filters["slashes"] = lambda when: when.strftime("%Y/%m/%d")
    made.filters["dmy"] = lambda when: f"{when.day:02}-{_MONTHS[when.month - 1]}-{when.year}"
    made.filters["long"] = _long
    made.filters["western"] = _western
    return made


def _western(text: str) -> str:
    """The text where it fits Latin-1, else what of it is ASCII; some databases hold no more."""
    with contextlib.suppress(UnicodeEncodeError):
        text.encode("iso-8859-1")
        return text
    return latin(text).replace("-", " ").title() or "Name Withheld"


def _long(when: dt.datetime) -> str:
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    return f"{days[when.weekday()]} {_MONTHS[when.month - 1]} {when.day:2} {when.year}"


def render_domain(layout: str, row: Registration, glue: Mapping[str, str]) -> str:
    """Print a domain's registration.

    Args:
        layout: one of `layouts`.
        row: the registration.
        glue: name server -> address, for layouts that show it.
    """
    roles = [("Registrant", row.admin), ("Admin", row.admin), ("Tech", row.tech)]
    return (
        _environment()
        .get_template(f"{layout}.j2")
        .render(
            d=row,
            roles=roles[: 1 + row.number % 3],
            glue=lambda name: glue.get(name, ""),
            handle=lambda text, i=0, end="LAB", start="": (
                start + make_handle(text, row.number + i, end)
            ),
        )
    )


def render_network(layout: str, row: Network) -> str:
    """Print a network's registration."""
    upstream = ipaddress.ip_network(row.upstream_cidr)

    class _Shown:
        upstream_first, upstream_last = str(upstream[0]), str(upstream[-1])

        def __getattr__(self, name: str) -> object:
            return getattr(row, name)

    return (
        _environment()
        .get_template(f"{layout}.j2")
        .render(
            n=_Shown(),
            handle=lambda text, i=0, end="LAB", start="": (
                start + make_handle(text, row.number + i, end)
            ),
        )
    )
