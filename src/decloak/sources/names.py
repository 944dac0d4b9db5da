"""Names: note a host name or address that a field holds, whichever of them it is."""

from __future__ import annotations

from ipaddress import ip_address

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.core.limits import MAX_DOMAIN_LENGTH

__all__ = ["label_of_name", "note_name"]

_IN_NO_NAME = frozenset(" \t\n/@\\,")
_DIGITS = frozenset("0123456789")
_OCTETS = frozenset(map(str, range(256)))
_IPV4_DOTS = 3


def label_of_name(name: str) -> str:
    """Return IP_ADDRESS, DOMAIN, HOSTNAME, or "" for what cannot be the name of a host."""
    if not 0 < len(name) <= MAX_DOMAIN_LENGTH + 1 or not _IN_NO_NAME.isdisjoint(name):
        return ""
    if ":" in name:
        return "IP_ADDRESS" if _is_address(name) else ""
    if name[-1] in _DIGITS and name.count(".") == _IPV4_DOTS and _is_address(name):
        return "IP_ADDRESS"
    return "DOMAIN" if "." in name.strip(".") else "HOSTNAME"


def _is_address(name: str) -> bool:
    octets = name.split(".")
    if len(octets) == _IPV4_DOTS + 1 and all(map(_OCTETS.__contains__, octets)):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def note_name(view: View, start: int, end: int, facts: Facts, detail: str) -> None:
    """Note a DOMAIN or IP_ADDRESS; a wildcard's star and a root dot stay outside.

    A name without a dot is left alone: where this is used (certificates, headers) it is a label
    for people as often as a host.
    """
    text = view.text
    while end > start and text[end - 1] == ".":
        end -= 1
    if text.startswith("*.", start, end):
        start += 2
    label = label_of_name(text[start:end]) if end - start <= MAX_DOMAIN_LENGTH + 2 else ""
    if label in {"DOMAIN", "IP_ADDRESS"}:
        facts.note(label, start, end, detail)
