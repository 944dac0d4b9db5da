"""Carriers: texts with one gap, of tools and of people."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random

__all__ = ["carrier"]

_FILE = Path(__file__).with_name("data") / "carriers.txt"
_BETWEEN = "\n%%\n"
_HOSTS = ("gw.example.net", "files.example.org", "web-3.example.com", "db2.corp.example")
_ADDRESSES = ("192.0.2.77", "198.51.100.23", "203.0.113.140")
_VERSIONS = ("1.20.1", "2.4.41", "7.9p1", "5.7.38", "10.11", "3.2", "8.0.30", "6.1.0", "0.14.3")
_PORTS = ("22", "25", "80", "443", "3306", "5900", "6667", "8009", "9042", "27017")
_BEFORE = ("", "", "", "Findings of the second week:\n\n", "See the ticket for background.\n")
_AFTER = ("", "\n", "\n", "\n\nNo further action is needed.\n", "\nMore on this tomorrow.\n")


@cache
def _carriers() -> dict[str, tuple[str, ...]]:
    found = {}
    for part in ("\n" + _FILE.read_text("utf-8")).split("\n@ ")[1:]:
        label, _, body = part.partition("\n")
        found[label] = tuple(body.rstrip("\n").split(_BETWEEN))
    return found


def carrier(rng: Random, label: str) -> tuple[str, str]:
    """Return what stands before and after a value of this label."""
    before, _, after = rng.choice(_carriers()[label]).partition("{x}")
    fillings = {
        "{version}": rng.choice(_VERSIONS), "{port}": rng.choice(_PORTS),
        "{ip}": rng.choice(_ADDRESSES), "{host}": rng.choice(_HOSTS),
        "{service}": rng.choice(("http", "ssl/http", "ftp", "smtp")), "{product}": "nginx",
        "{date}": f"2025-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        "{time}": f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:17",
        "{x2}": "Example Transit",
    }  # fmt: skip
    for gap, filling in fillings.items():
        before, after = before.replace(gap, filling), after.replace(gap, filling)
    return rng.choice(_BEFORE) + before, after + rng.choice(_AFTER)
