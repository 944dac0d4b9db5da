"""Values: addresses, names of hosts, digests and versions from a seed."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from random import Random

__all__ = ["DRAW", "READS_AS_WORDS"]

_WORDS = ("account", "alert", "backup", "billing", "bridge", "cargo", "center", "claim", "client",
          "cloud", "data", "delivery", "desk", "digital", "express", "finance", "forest", "garden",
          "global", "harbor", "invoice", "island", "ledger", "login", "market", "meeting", "mobile",
          "mountain", "network", "office", "orange", "parcel", "payment", "portal", "profile",
          "river", "secure", "service", "signal", "silver", "station", "support", "system", "travel",
          "update", "verify", "village", "window", "winter")  # fmt: skip
_SUFFIXES = ("com", "net", "org", "info", "biz", "io", "co", "ru", "cn", "xyz", "top", "site", "de",
             "co.uk", "com.br", "club", "online")  # fmt: skip
_HOSTS = ("www", "mail", "ns1", "vpn", "cdn", "api", "dev", "smtp", "remote", "static")
_PEOPLE = ("j.miller", "anna", "support", "hr-team", "m_rossi", "office2", "contact", "kim.lee")
_FILES = ("index.php", "update.exe", "a/b/gate.php", "doc.docx", "images/logo.png", "api/v1/task?id=7",
          "x.ps1", "wp-content/plugins/a.js", "")  # fmt: skip


def _address(rng: Random) -> str:
    if rng.random() < 0.15:
        head = rng.choice((0x20010DB8, 0x2A011234, 0x26064700)) << 96
        return str(ipaddress.IPv6Address(head | rng.getrandbits(rng.choice((16, 64, 90)))))
    while True:
        made = ipaddress.IPv4Address(rng.randrange(1 << 24, 223 << 24))
        if made.is_global or made.is_private:
            return str(made)


def _domain(rng: Random) -> str:
    words = rng.sample(_WORDS, rng.choice((1, 2, 2, 3)))
    host = rng.choice(_HOSTS) + "." if rng.random() < 0.3 else ""
    return host + rng.choice(("", "-")).join(words) + "." + rng.choice(_SUFFIXES)


def _url(rng: Random) -> str:
    host = _address(rng) if rng.random() < 0.2 else _domain(rng)
    if ":" in host:
        host = f"[{host}]"
    port = f":{rng.choice((8080, 8443, 4444))}" if rng.random() < 0.2 else ""
    scheme = rng.choice(("http", "https", "https", "ftp"))
    return f"{scheme}://{host}{port}/{rng.choice(_FILES)}"


def _email(rng: Random) -> str:
    return f"{rng.choice(_PEOPLE)}@{_domain(rng)}"


def _digest(rng: Random) -> str:
    return rng.randbytes(rng.choice((16, 20, 32))).hex()


def _cve(rng: Random) -> str:
    return f"CVE-{rng.randint(2002, 2025)}-{rng.randint(1, 49999):04}"


def _version(rng: Random) -> str:
    parts = [str(rng.randint(1, 12)), *(str(rng.randint(0, 40)) for _ in range(rng.randint(1, 3)))]
    return ".".join(parts) + (rng.choice(("p1", "a", "-rc2", "b")) if rng.random() < 0.15 else "")


DRAW: dict[str, Callable[[Random], str]] = {
    "IP_ADDRESS": _address,
    "DOMAIN": _domain,
    "URL": _url,
    "EMAIL": _email,
    "HASH": _digest,
    "CVE": _cve,
    "VERSION": _version,
}
"""A fresh value of each label, in its canonical spelling."""

READS_AS_WORDS = frozenset({"DOMAIN"})
"""Labels whose values are made of words, so that a reader sees which one is meant."""
