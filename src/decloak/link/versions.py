"""Versions: what a version says beside its numbers, and which of two is the later."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Version", "is_within", "parse_version", "version_key"]

_START = re.compile(r"[vV]?(\d+(?:\.\d+)*)(?:\.?[xX*])?")
_PLAIN = re.compile(r"\d+(?:\.\d+)*")
_UPDATE = re.compile(
    r"(?:[-_. ]?((?:alpha|beta|rc|pre|dev)(?:[-_. ]?\d+)?|(?:sp|patch|update|p|u|b)[-_. ]?\d+)|([a-z]\d*))(?![a-z])",
    re.IGNORECASE,
)
_DISTRIBUTION = re.compile(
    r"\b(?:Debian|Ubuntu|Raspbian|FreeBSD|Fedora|CentOS|RHEL|SUSE|Alpine)\b[ -]*[\w.+~:-]*|\+?\bdeb\d+u\d+\b|\.?el\d+\w*|\bfc\d+\b"
    r"|~?(?:ubuntu|bpo)[\d.]+|-\d+(?:ubuntu|build)[\w.]+",
)
_TOKEN = re.compile(r"\d+|[a-z]+")
_BEFORE = {"dev": -5, "alpha": -4, "a": -4, "beta": -3, "b": -3, "pre": -2, "rc": -2}
_LONGEST = 120


class Version(NamedTuple):
    """A version in its parts.

    Attributes:
        number: dotted, as dictionaries have it: ``8.4``.
        update: ``p1``, ``rc2``, ``sp3``; "" without.
        distribution: what a distribution added: ``Debian 5+deb11u1``; "" without.
    """

    number: str
    update: str
    distribution: str

    @property
    def upstream(self) -> str:
        """The version as its makers number it: ``8.4p1``."""
        return self.number + self.update


def parse_version(text: str) -> Version | None:
    """Read a version as a tool prints it: ``8.4p1 Debian 5+deb11u1``; None where it begins with no number."""
    text = text.strip()[:_LONGEST]
    if _PLAIN.fullmatch(text):
        return Version(text, "", "")
    found = _START.match(text)
    if found is None:
        return None
    update = _UPDATE.match(text, found.end())
    if update and update.end() == len(text):
        return Version(found[1], _said(update), "")
    behind = text[found.end() :]
    distribution = _DISTRIBUTION.search(behind)
    said = ""
    if update and not (distribution and distribution.start() <= update.start() - found.end()):
        said = _said(update)
    return Version(found[1], said, distribution[0].strip(" -+") if distribution else "")


def _said(update: re.Match[str]) -> str:
    return re.sub(r"[-_. ]", "", update[1] or update[2]).lower()


def version_key(version: str) -> tuple[tuple[int, int, str], ...]:
    """Return what versions sort by: ``1.0rc1 < 1.0 < 1.0a < 1.0p1 < 1.0.1 < 1.0.10``.

    Letters before a release (``alpha``, ``beta``, ``rc``) sort before nothing; all others behind it, and before a
    further number.
    """
    key: list[tuple[int, int, str]] = []
    letters = False
    for token in _TOKEN.findall(version.lower()[:_LONGEST]):
        if token.isdigit():
            key.append((1 if not letters else 2, int(token[:18]), ""))
            letters = False
        else:
            while len(key) > 1 and key[-1] == (1, 0, ""):  # 1.0rc1 is before 1
                key.pop()
            before = (
                _BEFORE.get(token)
                if key and not (token in {"a", "b"} and _ends_so(version, token))
                else None
            )
            key.append((before, 0, token) if before is not None else (0, 1, token))
            letters = True
    while key and key[-1] == (1, 0, ""):  # 1.0 is 1.0.0
        key.pop()
    return (*key, (0, 0, ""))


def _ends_so(version: str, letter: str) -> bool:
    """Whether the letter ends the version: ``1.0.2a`` is a later one, ``1.0a3`` an early one."""
    return version.lower().rstrip().endswith(letter)


def is_within(version: str, low: str, high: str, *, low_open: bool, high_open: bool) -> bool:
    """Whether a version lies between two; an empty bound is none, an open one excludes itself."""
    key = version_key(version)
    if low:
        bound = version_key(low)
        if key < bound or (low_open and key == bound):
            return False
    if high:
        bound = version_key(high)
        if key > bound or (high_open and key == bound):
            return False
    return True
