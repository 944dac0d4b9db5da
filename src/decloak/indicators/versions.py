"""Versions and services: loose by nature, so only what cannot be is refuted."""

from __future__ import annotations

import re

from decloak.core.entity import Reading, Verdict, confirmed

__all__ = ["read_service", "read_version"]

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
