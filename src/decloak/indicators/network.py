"""Network values: addresses, ranges, autonomous systems, hardware addresses, ports."""

from __future__ import annotations

import ipaddress
import re
from ipaddress import IPv4Address, IPv6Address

from decloak.core.entity import Reading, Verdict, confirmed

__all__ = [
    "read_asn",
    "read_cidr",
    "read_ip",
    "read_latency",
    "read_mac",
    "read_port",
    "read_protocol",
    "read_state",
    "read_status",
]

_REFUTED, _CONFIRMED, _SILENT = Verdict.REFUTED, Verdict.CONFIRMED, Verdict.SILENT
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_MAC = re.compile(
    "[0-9A-Fa-f]{2}(?:([:.-])[0-9A-Fa-f]{2}(?:\\1[0-9A-Fa-f]{2}){4}|[0-9A-Fa-f]{10})"
    "|[0-9A-Fa-f]{4}([:.-])[0-9A-Fa-f]{4}\\2[0-9A-Fa-f]{4}|[0-9A-Fa-f]{6}[:-][0-9A-Fa-f]{6}"
)
_OCTETS = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
_LAST_ASN = 2**32 - 1
_STATES = frozenset(
    {"open", "closed", "filtered", "unfiltered", "open|filtered", "closed|filtered", "unknown"}
)
_PROTOCOLS = frozenset(
    "tcp udp sctp ip icmp icmpv6 igmp gre esp ah ospf tls ssl quic dtls http https".split()  # noqa: SIM905 - a table
)
_STATUSES = frozenset({"up", "down", "unknown", "skipped"})


def read_ip(text: str) -> Reading:
    """Read one IPv4 or IPv6 address; canonical text follows RFC 5952, a zone id is kept.

    IPv4 octets with leading zeros are refuted: readers disagree whether they are octal
    (RFC 6943, section 3.1.1).
    """
    if _OCTETS.fullmatch(text):  # the common case, three times faster than the general one
        return confirmed(text)
    value = text.strip("[]")
    bare, percent, zone = value.partition("%")
    try:
        if ":" not in bare:
            if percent:
                return Reading(_REFUTED, reason="a zone id on an IPv4 address")
            return Reading(_CONFIRMED, str(IPv4Address(bare)))
        address = IPv6Address(bare)
    except ValueError as error:
        return Reading(_REFUTED, reason=str(error))
    if percent and not zone:
        return Reading(_REFUTED, reason="an empty zone id")
    return Reading(_CONFIRMED, canonical_ipv6(address) + percent + zone)


def canonical_ipv6(address: IPv6Address) -> str:
    """Return RFC 5952 text, with dotted quads for IPv4-mapped addresses (section 5)."""
    mapped = address.ipv4_mapped
    return f"::ffff:{mapped}" if mapped is not None else str(address)


def read_cidr(text: str) -> Reading:
    """Read ``network/prefix``, ``network/netmask`` or ``first-last``, or a last-octet range."""
    first, dash, last = (part.strip() for part in text.partition("-"))
    try:
        if dash:
            return _read_range(first, last)
        if "/" not in text:
            return Reading(_REFUTED, reason="neither a prefix nor a range")
        address, _, prefix = text.partition("/")
        if "." in address and ":" not in address and address.count(".") < 3:
            # RIPE and LACNIC shorten networks: 192.0.2/24.
            text = address + ".0" * (3 - address.count(".")) + "/" + prefix
        network = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        return Reading(_REFUTED, reason=str(error))
    return Reading(_CONFIRMED, str(network))


def _read_range(first: str, last: str) -> Reading:
    low = ipaddress.ip_address(first)
    if last.isdecimal() and low.version == 4:
        last = f"{first.rpartition('.')[0]}.{last}"
    high = ipaddress.ip_address(last)
    if low.version != high.version or int(high) < int(low):
        return Reading(_REFUTED, reason="the range ends before it begins")
    return Reading(_CONFIRMED, f"{low}-{high}")


def read_asn(text: str) -> Reading:
    """Read an AS number, asplain or asdot (RFC 5396); canonical is ``AS`` and asplain."""
    digits = text.upper().removeprefix("ASN").removeprefix("AS").strip(" :#")
    high, dot, low = digits.partition(".")
    if not (high.isascii() and high.isdecimal() and (not dot or low.isdecimal())):
        return Reading(_REFUTED, reason="not a number")
    if len(digits) > 12:
        return Reading(_REFUTED, reason="above 2^32 - 1")
    number = int(high) * 65536 + int(low) if dot else int(high)
    if number > _LAST_ASN:
        return Reading(_REFUTED, reason="above 2^32 - 1")
    return Reading(_CONFIRMED, f"AS{number}")


def read_mac(text: str) -> Reading:
    """Read six octets in pairs, in fours or in halves with one sign between, or without any."""
    if _MAC.fullmatch(text) is None:
        return Reading(_REFUTED, reason="not six octets")
    low = text.replace(":", "").replace("-", "").replace(".", "").lower()
    return Reading(_CONFIRMED, ":".join(low[i : i + 2] for i in range(0, 12, 2)))


def read_port(text: str) -> Reading:
    """Read a port number, 0 to 65535."""
    if text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) <= 65535:
        return confirmed(str(int(text)))
    return Reading(_REFUTED, reason="not a number from 0 to 65535")


def _one_of(known: frozenset[str], text: str) -> Reading:
    value = text.lower()
    if value in known:
        return confirmed(value)
    return Reading(_REFUTED, reason="not a known word of its kind")


def read_protocol(text: str) -> Reading:
    """Read the name of a transport or network protocol."""
    return _one_of(_PROTOCOLS, text)


def read_state(text: str) -> Reading:
    """Read the state of a port, as Nmap names them."""
    return _one_of(_STATES, text)


def read_status(text: str) -> Reading:
    """Read the status of a host, as Nmap names them."""
    return _one_of(_STATUSES, text)


def read_latency(text: str) -> Reading:
    """Read a duration: a decimal number and ``s``, ``ms`` or ``us``."""
    number = text.rstrip("smuµ ")
    unit = text[len(number) :].strip()
    digits = number.removeprefix("-").replace(".", "", 1)
    if digits.isascii() and digits.isdecimal() and unit in {"s", "ms", "us", "µs"}:
        return Reading(_CONFIRMED, text)
    return Reading(_REFUTED, reason="not a duration")
