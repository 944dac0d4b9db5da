"""Zones: what a holder publishes in the DNS."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from lab.world.addresses import any_address
from lab.world.registrations import Registration
from lab.world.words import coined, host_label

__all__ = ["Record", "Zone", "make_zone", "records_text"]


@dataclass(frozen=True, slots=True)
class Record:
    """One resource record (RFC 1035); names in `data` end with a dot."""

    owner: str
    ttl: int
    kind: str
    data: str


@dataclass(slots=True)
class Zone:
    """A zone with its records; names without the root dot."""

    origin: str
    servers: tuple[str, ...]
    records: list[Record] = field(default_factory=list)
    signed: bool = False

    def names(self, kind: str) -> list[str]:
        """Owners of records of one type, in order."""
        return list(dict.fromkeys(r.owner for r in self.records if r.kind == kind))


_MAIL = (
    "aspmx.l.{p}",
    "mx.{p}",
    "mail.protection.{p}",
    "mx1.{p}",
    "inbound-smtp.eu-west-1.{p}",
    "mxa.{p}",
)
_CHECKS = ("google-site-verification={r}", "MS=ms{n}", "facebook-domain-verification={h}", "apple-domain-verification={r}",
           "atlassian-domain-verification={r}", "docusign={u}", "_globalsign-domain-verification={r}", "stripe-verification={h}",
           "adobe-idp-site-verification={h}", "ZOOM_verify_{r}", "have-i-been-pwned-verification={h}", "yandex-verification: {h}")  # fmt: skip


def make_zone(
    row: Registration, rng: Random, hosts: list[tuple[str, str]], others: list[str]
) -> Zone:
    """Draw the zone of a registration.

    Args:
        row: whose zone.
        rng: the source of chance.
        hosts: (name below the domain, address) of machines that exist.
        others: domains of other holders, for mail, aliases and delegations.
    """
    origin, ttl = (
        row.domain,
        rng.choice((60, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)),
    )
    zone = Zone(origin, row.servers, signed=row.signed)

    def add(owner: str, kind: str, data: str) -> None:
        zone.records.append(
            Record(owner, ttl if rng.random() < 0.8 else rng.choice((30, 120, 86400)), kind, data)
        )

    serial = rng.choice((f"20{rng.randint(15, 25)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}{rng.randint(0, 99):02}",
                         str(rng.randint(1, 4_000_000)), str(rng.randint(1_400_000_000, 1_760_000_000))))  # fmt: skip
    contact = rng.choice(
        (
            f"hostmaster.{origin}",
            f"dns.{row.servers[0].partition('.')[2]}",
            f"{row.tech.email.partition('@')[0].replace('.', chr(92) + '.')}.{origin}",
        )
    )
    timers = rng.choice(
        (
            "7200 3600 1209600 300",
            "10800 3600 604800 3600",
            "86400 7200 3600000 172800",
            "16384 2048 1048576 2560",
            "3600 600 2419200 3600",
        )
    )
    add(origin, "SOA", f"{row.servers[0]}. {contact}. {serial} {timers}")
    for server in row.servers:
        add(origin, "NS", f"{server}.")
    for name, address in hosts:
        add(name, "AAAA" if ":" in address else "A", address)
    if not any(name == origin for name, _ in hosts):
        for _ in range(rng.choice((1, 1, 1, 2, 4))):
            add(origin, "A", any_address(rng))
    if rng.random() < 0.45:
        add(origin, "AAAA", any_address(rng, True))
    used = {r.owner for r in zone.records}
    for label in dict.fromkeys(host_label(rng) for _ in range(rng.choice((2, 3, 5, 8, 14)))):
        owner = (
            f"{label}.{origin}"
            if rng.random() < 0.9
            else f"{label}.{rng.choice(('eu', 'hq', 'lan', 'prod', 'fra1'))}.{origin}"
        )
        if owner in used:
            continue
        used.add(owner)
        if rng.random() < 0.3:
            target = rng.choice(
                (origin, f"{rng.choice(others)}", f"{coined(rng)}.edge.{rng.choice(others)}")
            )
            add(owner, "CNAME", f"{target}.")
        else:
            for _ in range(rng.choice((1, 1, 2))):
                add(owner, "A", any_address(rng))
            if rng.random() < 0.3:
                add(owner, "AAAA", any_address(rng, True))
    _mail(row, rng, add, others, used)
    _extras(row, rng, add, others, used)
    return zone


_Add = Callable[[str, str, str], None]


def _mail(row: Registration, rng: Random, add: _Add, others: list[str], used: set[str]) -> None:
    origin = row.domain
    if rng.random() < 0.1:
        add(origin, "MX", "0 .")
        return
    provider = rng.choice(others)
    for i in range(rng.choice((1, 2, 2, 3, 5))):
        name = (
            rng.choice(_MAIL).format(p=provider)
            if rng.random() < 0.6
            else f"mail{i or ''}.{origin}"
        )
        if name.endswith(origin) and name not in used:
            used.add(name)
            add(name, "A", any_address(rng))
        add(origin, "MX", f"{rng.choice((1, 5, 10, 20, 30, 50))} {name}.")
    spf = [rng.choice(("mx", "a", f"include:_spf.{provider}", f"ip4:{any_address(rng)}", f"ip4:{any_address(rng)[:-1].rpartition('.')[0]}.0/24",
                       f"ip6:{any_address(rng, True)}", f"a:mail.{origin}", f"exists:%{{i}}._spf.{origin}")) for _ in range(rng.randint(1, 4))]  # fmt: skip
    add(origin, "TXT", f'"v=spf1 {" ".join(spf)} {rng.choice(("-all", "~all", "?all"))}"')
    if rng.random() < 0.6:
        add(
            f"_dmarc.{origin}",
            "TXT",
            f'"v=DMARC1; p={rng.choice(("none", "quarantine", "reject"))}; rua=mailto:dmarc@{rng.choice((origin, provider))}"',
        )
    if rng.random() < 0.4:
        key = "".join(
            rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", k=216)
        )
        add(
            f"{rng.choice(('default', 'selector1', 'k1', 's2048', 'mail', 'dkim'))}._domainkey.{origin}",
            "TXT",
            f'"v=DKIM1; k=rsa; p={key}"',
        )


def _extras(row: Registration, rng: Random, add: _Add, others: list[str], used: set[str]) -> None:
    origin, other = row.domain, rng.choice(others)
    digits = "".join(rng.choices("0123456789abcdef", k=64))
    for check in rng.sample(_CHECKS, rng.choice((0, 0, 1, 2, 4))):
        text = check.format(r="".join(rng.choices("abcdefghjkmnpqrstuvwxyzABCDEFGHJK23456789-_", k=43)), n=rng.randint(10**7, 10**8), h=digits[:32],
                            u=f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}")  # fmt: skip
        add(origin, "TXT", f'"{text}"')
    if rng.random() < 0.35:
        for _ in range(rng.randint(1, 3)):
            issuer = rng.choice(
                (
                    "letsencrypt.org",
                    "digicert.com",
                    "sectigo.com",
                    "pki.goog",
                    "globalsign.com",
                    other,
                )
            )
            add(origin, "CAA", f'0 {rng.choice(("issue", "issuewild"))} "{issuer}"')
        add(origin, "CAA", f'0 iodef "mailto:security@{origin}"')
    services = (("_sip._tcp", 5060), ("_sips._tcp", 5061), ("_xmpp-server._tcp", 5269), ("_ldap._tcp", 389), ("_kerberos._udp", 88),
                ("_imaps._tcp", 993), ("_submission._tcp", 587), ("_caldavs._tcp", 443), ("_autodiscover._tcp", 443), ("_matrix._tcp", 8448),
                ("_minecraft._tcp", 25565), ("_ts3._udp", 9987))  # fmt: skip
    for name, port in rng.sample(services, rng.choice((0, 0, 1, 2, 3))):
        add(
            f"{name}.{origin}",
            "SRV",
            f"{rng.choice((0, 10, 20))} {rng.choice((0, 5, 100))} {port} {host_label(rng)}.{rng.choice((origin, other))}.",
        )
    _rare(row, rng, add, other, used)


def _rare(row: Registration, rng: Random, add: _Add, other: str, used: set[str]) -> None:
    origin = row.domain
    digits = "".join(rng.choices("0123456789abcdef", k=64))
    user = row.admin.email.partition("@")[0].replace(".", "\\.")
    place = f"{rng.randint(1, 80)} {rng.randint(0, 59)} 12.000 N {rng.randint(1, 170)} {rng.randint(0, 59)} 3.000 E"
    machine = f'"{rng.choice(("AMD64", "ARM64", "SPARC-T4"))}" "{rng.choice(("DEBIAN", "OPENBSD", "SOLARIS-11"))}"'
    hints = f"ipv4hint={any_address(rng)} ipv6hint={any_address(rng, True)}"
    for share, owner, kind, data in (
        (0.08, f"*.{origin}", "A", any_address(rng)),
        (
            0.06,
            f"{rng.randint(1, 9)}.3.2.1.enum.{origin}",
            "NAPTR",
            f'100 10 "u" "E2U+sip" "!^.*$!sip:info@{origin}!" .',
        ),
        (0.08, f"_443._tcp.www.{origin}", "TLSA", f"3 1 1 {digits}"),
        (0.06, f"gw2.{origin}", "SSHFP", f"4 2 {digits}"),
        (0.05, f"loc.{origin}", "LOC", f"{place} 24.00m 30m 10m 10m"),
        (0.08, f"h{rng.randint(1, 9)}.{origin}", "HINFO", machine),
        (0.10, origin, "HTTPS", f'1 . alpn="h2,h3" {hints}'),
        (0.05, origin, "RP", f"{user}.{origin}. contact.{origin}."),
        (0.03, f"old-tree.{origin}", "DNAME", f"{other}."),
        (0.12, f"_acme-challenge.{origin}", "CNAME", f"{digits[:32]}.acme.{other}."),
    ):
        if rng.random() < share:
            add(owner, kind, data)
    child = f"{rng.choice(('lab', 'corp', 'ad', 'int', 'dyn'))}.{origin}"
    if rng.random() < 0.15 and not any(
        name == child or name.endswith("." + child) for name in used
    ):
        add(child, "NS", f"ns1.{other}.")
        if rng.random() < 0.5 and row.signed:
            add(child, "DS", f"{rng.randint(1, 65535)} 13 2 {digits.upper()}")


def records_text(zone: Zone) -> str:
    """The zone as a master file (RFC 1035, section 5)."""
    lines = [f"{r.owner}. {r.ttl} IN {r.kind} {r.data}" for r in zone.records]
    return "\n".join(lines) + "\n"


def reverse_name(address: str) -> str:
    """The name whose PTR record names an address."""
    return ipaddress.ip_address(address).reverse_pointer
