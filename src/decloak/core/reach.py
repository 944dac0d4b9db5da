"""Reach: which server one server may send us to. The outside may not point inwards."""

from __future__ import annotations

import ipaddress

__all__ = ["is_inside", "may_refer"]

_LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal", ".home.arpa")


def is_inside(host: str) -> bool:
    """Say whether a host is this machine or in a private network, as far as its name tells."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return "." not in host or host.endswith(_LOCAL_NAMES)
    return not address.is_global


def may_refer(server: str, to: str) -> bool:
    """Say whether a server may refer us to another one.

    A referral is text from a stranger: one from outside that names an address inside would make us
    knock where the stranger cannot.
    """
    return is_inside(server) or not is_inside(to)
