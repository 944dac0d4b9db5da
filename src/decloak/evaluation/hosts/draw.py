"""Draw: random but plausible values of every kind."""

from __future__ import annotations

import ipaddress
from functools import cache
from random import Random

from decloak.kb import lexicon
from decloak.perturb.words import ABBREVIATIONS, WORDS

__all__ = ["Draw"]

_SUFFIXES = """
com net org info biz io co me tv cc de fr nl be at ch it es pt pl cz se no fi dk ie eu us ca
mx br ar cl au nz jp cn in ru ua tr za kr sg app dev cloud online site xyz club shop tech live
pro agency network systems co.uk org.uk ac.uk com.au net.au com.br co.jp ne.jp co.nz co.za
com.mx com.tr com.cn com.sg com.ar co.in co.kr com.pl com.ua edu gov int
"""
SUFFIXES = tuple(_SUFFIXES.split())
HOSTS = ("www", "mail", "ns1", "ns2", "mx", "vpn", "cdn", "static", "api", "login", "portal",
         "smtp", "ftp", "web01", "db2", "gw", "s3", "update", "img", "m")  # fmt: skip
SERVICES = ("ssh", "http", "https", "ftp", "smtp", "domain", "imap", "pop3", "mysql", "ldap", "snmp",
            "telnet", "ssl/http", "rpcbind", "postgresql", "redis", "ntp", "vnc", "rdp")  # fmt: skip
PRODUCTS = ("OpenSSH", "nginx", "Apache httpd", "ProFTPD", "vsftpd", "Postfix smtpd", "Exim smtpd",
            "Dovecot imapd", "MySQL", "ISC BIND", "lighttpd", "dnsmasq", "PostgreSQL DB",
            "Microsoft IIS httpd", "Samba smbd", "Squid http proxy")  # fmt: skip
BODIES = ("Networks", "Hosting", "Telecom", "Systems", "Holdings", "Logistics", "Media", "Software")
FORMS = ("Inc.", "LLC", "Ltd", "GmbH", "S.A.", "B.V.", "Corp.", "AG")
PATHS = ("index.html", "login", "wp-admin/admin.php", "a/b/c", "download", "update.bin", "gate.php",
         "images/logo.png", "api/v2/status", "x")  # fmt: skip


@cache
def _known(label: str) -> tuple[str, ...]:
    """Return names of the vocabulary that mean one thing without any context."""
    return tuple(
        entry.name
        for entry in lexicon.entries(label)
        if len(entry.name) >= 5 and entry.name.isascii() and not entry.is_weak(entry.name)
    )


@cache
def _short_named(label: str) -> tuple[str, ...]:
    """Return known names with an abbreviation; all known names when there is none."""
    names = tuple(e.name for e in lexicon.entries(label) if e.name.lower() in ABBREVIATIONS)
    return names or _known(label)


class Draw:
    """A source of random values.

    Args:
        rng: the only source of chance.
        short_named: draw only products and organisations that people have a short form for.
    """

    def __init__(self, rng: Random, *, short_named: bool = False) -> None:
        self.rng = rng
        self.short_named = short_named

    def _name(self, label: str) -> str:
        return self.rng.choice(_short_named(label) if self.short_named else _known(label))

    def word(self) -> str:
        """One plain word."""
        return self.rng.choice(WORDS)

    def domain(self) -> str:
        """A DNS name under one of many public suffixes, in canonical form."""
        rng = self.rng
        shape = rng.random()
        if shape < 0.4:
            name = self.word() + self.word()
        elif shape < 0.6:
            name = f"{self.word()}-{self.word()}"
        elif shape < 0.8:
            name = self.word()
        elif shape < 0.9:
            name = self.word() + str(rng.randint(1, 99))
        else:
            name = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(6, 12)))
        host = [rng.choice(HOSTS)] if rng.random() < 0.5 else []
        return ".".join([*host, name, rng.choice(SUFFIXES)])

    def ipv4(self) -> str:
        """A unicast IPv4 address."""
        first = self.rng.choice([n for n in range(1, 224) if n not in {10, 127}])
        return str(ipaddress.IPv4Address(first << 24 | self.rng.getrandbits(24)))

    def ipv6(self) -> str:
        """A global IPv6 address, as RFC 5952 writes it."""
        bits = 0x2001 << 112 | self.rng.getrandbits(32) << 80
        tail = self.rng.choice((self.rng.getrandbits(64), self.rng.getrandbits(12)))
        return str(ipaddress.IPv6Address(bits | tail))

    def address(self) -> str:
        """Mostly IPv4."""
        return self.ipv6() if self.rng.random() < 0.25 else self.ipv4()

    def digest(self) -> str:
        """An MD5, SHA-1, SHA-256 or SHA-512 digest."""
        bits = self.rng.choice((128, 160, 256, 256, 512))
        return f"{self.rng.getrandbits(bits):0{bits // 4}x}"

    def cve(self) -> str:
        """A CVE identifier."""
        return f"CVE-{self.rng.randint(2002, 2025)}-{self.rng.randint(1000, 49999)}"

    def url(self) -> str:
        """An http, https or ftp URL with a path."""
        scheme = self.rng.choice(("http", "http", "https", "https", "ftp"))
        host = self.ipv4() if self.rng.random() < 0.2 else self.domain()
        port = f":{self.rng.randint(1024, 65535)}" if self.rng.random() < 0.15 else ""
        query = f"?id={self.rng.randint(1, 999)}" if self.rng.random() < 0.2 else ""
        return f"{scheme}://{host}{port}/{self.rng.choice(PATHS)}{query}"

    def email(self) -> str:
        """An e-mail address."""
        user = self.rng.choice((self.word(), f"{self.word()}.{self.word()}", "abuse", "admin"))
        return f"{user}@{self.domain()}"

    def version(self) -> str:
        """A version of two or three numbers, sometimes with a patch letter."""
        numbers = [self.rng.randint(0, 12), self.rng.randint(0, 30), self.rng.randint(0, 40)]
        tail = self.rng.choice(("", "", "", "p1", "rc2", "-beta"))
        return ".".join(map(str, numbers[: self.rng.choice((2, 3, 3))])) + tail

    def software(self) -> str:
        """A product of the vocabulary."""
        return self._name("SOFTWARE")

    def scanned_product(self) -> str:
        """A product as a scanner prints it."""
        return self.rng.choice(PRODUCTS)

    def service(self) -> str:
        """A service as a scanner prints it."""
        return self.rng.choice(SERVICES)

    def known_organization(self) -> str:
        """An organisation of the vocabulary."""
        return self._name("ORGANIZATION")

    def organization(self) -> str:
        """An organisation nobody has heard of."""
        rng = self.rng
        return f"{self.word().title()} {rng.choice(BODIES)} {rng.choice(FORMS)}"

    def mac(self) -> str:
        """A hardware address."""
        return ":".join(f"{self.rng.getrandbits(8):02X}" for _ in range(6))

    def date(self) -> str:
        """An ISO date."""
        rng = self.rng
        return f"{rng.randint(1998, 2025)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
