"""Versions and services: loose by nature, so only what cannot be is refuted."""

from __future__ import annotations

import re

from decloak.core.entity import Reading, Verdict, confirmed

__all__ = ["ARCHIVES", "less_archive", "read_service", "read_version"]

ARCHIVES = (
    rb"(?:jar|war|ear|aar|whl|egg|gem|crate|nupkg|rpm|deb|apk|msi|exe|dmg|pkg|iso|tgz|zip|7z|rar|js|css|mjs|so|dll"
    rb"|tar(?:\.(?:gz|bz2|xz|zst|lz))?|t[gbx]z|phar|vsix|xpi|AppImage|snap)"
)
"""What a packed version ends with."""
_ARCHIVE = re.compile(
    rb"(?:[.-](?:min|src|bin|sources|javadoc|slim|linux|windows|x86|x64|x86_64|amd64|installer|all|noarch))*\."
    + ARCHIVES
    + rb"(?:\.(?:asc|sig|sha256))?$"
)

_MAX_VERSION = 128
_MAX_SERVICE = 64
_ADDRESS = re.compile(r"0[xX][0-9A-Fa-f]{6,}")
"""Of memory, or a hash of a function's name: code beside prose is full of them."""
_BULLETIN = re.compile(r"MS[0-9]{2}-[0-9]{3}|KB[0-9]{6,7}|CVE-[0-9]{4}-[0-9]{4,}", re.IGNORECASE)
_SERVICE_EXTRA = frozenset("-_./+|?*!@: ")


def read_version(text: str) -> Reading:
    """Read a version in PEP 440, Debian, Nmap or vendor style: it has a digit, or is a range."""
    if not 0 < len(text) <= _MAX_VERSION or "\n" in text:
        return Reading(Verdict.REFUTED, reason="too long for a version")
    if not any(map(str.isdigit, text)):
        return Reading(Verdict.REFUTED, reason="no digit")
    if _ADDRESS.fullmatch(text):
        return Reading(Verdict.REFUTED, reason="a hexadecimal literal")
    if _BULLETIN.fullmatch(text):
        return Reading(Verdict.REFUTED, reason="the number of a bulletin")
    return confirmed(text)


def read_service(text: str) -> Reading:
    """Read the name of a service as scanners print it: ``ssh``, ``ssl/http``, ``ms-wbt-server``."""
    value = text.rstrip("?").lower()
    if not 0 < len(value) <= _MAX_SERVICE:
        return Reading(Verdict.REFUTED, reason="empty or too long")
    if not all(char.isalnum() or char in _SERVICE_EXTRA for char in value):
        return Reading(Verdict.REFUTED, reason="characters no service name has")
    return confirmed(value)


def less_archive(version: bytes) -> int:
    """Return the length of a version without the ending of the file it is packed in: ``2.14.1.jar``."""
    found = _ARCHIVE.search(version)
    return found.start() if found is not None else len(version)
