"""What is asked: the commands of nmap, dig and whois, from the world and a seed."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from random import Random

from lab.dns.tree import RESOLVERS, ROOTS
from lab.jobs import Job
from lab.whois.assign import Assigned
from lab.world.model import Host, World
from lab.world.zones import Record

__all__ = ["COMMON", "dig_jobs", "nmap_jobs", "version_of", "whois_jobs"]

COMMON = (21, 22, 80, 443, 445, 3389, 8080)
"""Ports that scans also look at where nothing listens."""

_NMAP: tuple[tuple[str, str, int, int], ...] = (
    # profile, options, most hosts at once, weight
    ("version", "-sV", 8, 20),
    ("version-light", "-sV --version-intensity 4 --reason", 12, 6),
    ("version-open", "-sV --open -v", 8, 6),
    ("aggressive", "-A", 4, 8),
    ("scripts", "-sV -sC", 5, 8),
    ("default", "", 16, 4),
    ("no-ping", "-Pn -sV", 6, 6),
    ("reason", "-sS -sV --reason -vv", 6, 5),
    ("connect", "-sT -sV", 6, 4),
    ("traceroute", "-sV --traceroute", 6, 6),
    ("system", "-O -sV --osscan-guess", 3, 3),
    ("banner", "-sV --script=banner", 6, 4),
    ("discovery", "-sn", 24, 2),
    ("packet", "-sV -sC --packet-trace", 1, 1),
    ("udp", "-sU -sV --version-intensity 5", 4, 5),
)  # fmt: skip


def version_of(*command: str) -> str:
    """The first version number a tool tells, or an empty string."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d[\w.~-]*", done.stdout + done.stderr)
    return found[0] if found else ""


def nmap_jobs(world: World, rng: Random, count: int) -> Iterator[Job]:
    """Scans of single hosts and of groups, each in three formats at once."""
    version = version_of("nmap", "--version")
    four = [h for h in world.hosts if ":" not in h.address]
    six = [h for h in world.hosts if ":" in h.address]
    # Scans of real daemons draw from a chance of their own: the others are the same without them.
    real = [h for h in four if any(role.origin.startswith("daemon:") for role in h.roles)]
    four = [h for h in four if h not in real]
    with_udp = [h for h in four if any(role.transport == "udp" for role in h.roles)]
    for i, host in enumerate(real):
        yield from _real_scans(host, count + i, version)
    order = four * 50
    place = 0
    for number in range(count):
        profile, options, most, _ = rng.choices(_NMAP, [row[3] for row in _NMAP])[0]
        if profile == "udp" and with_udp:
            targets = rng.sample(with_udp, min(len(with_udp), rng.randint(1, most)))
        elif six and number % 12 == 11:
            targets = rng.sample(six, min(len(six), most // 2 + 1))
            options += " -6"
        else:
            size = min(rng.choice((1, 1, 2, 3, most, most)) if most > 2 else 1, len(four))
            targets = order[place : place + size]
            place += size
        yield _scan(number, profile, options.split(), targets, rng, version)


_REAL: tuple[tuple[str, str], ...] = (
    ("aggressive", "-A"),
    ("scripts", "-sV -sC"),
    ("version", "-sV"),
    ("reason", "-sV --reason -v"),
    ("default-scripts", "-sC"),
)


def _real_scans(host: Host, number: int, version: str) -> Iterator[Job]:
    """Every kind of scan of a host with daemons of Debian."""
    rng = Random(f"nmap {host.address}")
    transports = {role.transport for role in host.roles}
    if "tcp" in transports:
        for profile, options in _REAL:
            yield _scan(number, profile, options.split(), [host], rng, version)
    if "udp" in transports:
        for options in ("-sU -sV", "-sU -sV -sC --reason"):
            yield _scan(number, "udp", options.split(), [host], rng, version)


def _scan(
    number: int, profile: str, options: list[str], targets: list[Host], rng: Random, version: str
) -> Job:
    transport = "udp" if profile == "udp" else "tcp"
    ports = {role.port for host in targets for role in host.roles if role.transport == transport}
    if profile != "discovery":
        extra = rng.sample(range(20, 10000), rng.choice((0, 1, 2, 5))) + rng.sample(
            COMMON, rng.choice((1, 2, 3))
        )
        options += ["-p", ",".join(map(str, sorted({*ports, *extra})))]
    timing = rng.choice(("-T5", "-T4", "-T4"))
    words = [host.address for host in targets]
    command = (
        "nmap",
        timing,
        "--max-retries",
        "1",
        "--host-timeout",
        "90s",
        "--script-timeout",
        "8s",
        *options,
        "-oA",
        "scan",
        *words,
    )
    if profile == "discovery":
        command = ("nmap", timing, *options, "-oA", "scan", *words)
    return Job(
        "nmap", version, profile, " ".join(words), command, seconds=240.0,
        files={"normal": "scan.nmap", "xml": "scan.xml", "grepable": "scan.gnmap"},
        meta={"groups": " ".join(f"host:{host.address}" for host in targets), "number": str(number)},
    )  # fmt: skip


_LAYOUTS: tuple[tuple[str, str, int], ...] = (
    ("default", "", 50), ("short", "+short", 8), ("answer", "+noall +answer", 8), ("multiline", "+multiline", 6),
    ("trace", "+trace", 4), ("no-comments", "+nocomments", 2), ("statistics", "+noall +answer +stats", 3), ("dnssec", "+dnssec", 4),
    ("tcp", "+tcp", 2), ("authority", "+norecurse", 4), ("question", "+qr", 2), ("ttlunits", "+ttlunits", 2), ("nocmd", "+nocmd +nostats", 3),
    ("identify", "+short +identify", 2),
)  # fmt: skip
_TYPES = (
    "A",
    "A",
    "A",
    "AAAA",
    "NS",
    "MX",
    "MX",
    "TXT",
    "TXT",
    "SOA",
    "CAA",
    "ANY",
    "ANY",
    "HTTPS",
    "DNSKEY",
)


def dig_jobs(world: World, rng: Random, count: int) -> Iterator[Job]:
    """Questions about zones that exist, and some that do not; default ones with their YAML twin."""
    version = version_of("dig", "-v")
    rows = world.registrations
    seen: set[tuple[str, ...]] = set()
    while len(seen) < count:
        row = rng.choice(rows)
        zone = world.zones[row.domain]
        layout, options, _ = rng.choices(_LAYOUTS, [each[2] for each in _LAYOUTS])[0]
        server = rng.choice(
            (
                "",
                "",
                "",
                f"@{RESOLVERS[1]}",
                f"@{rng.choice(row.servers)}",
                f"@{world.servers[row.servers[0]]}",
                f"@{rng.choice(sorted(ROOTS.values()))}",
            )
        )
        if layout in {"trace", "authority"}:
            server = "" if layout == "trace" else server
        words, batch = _question(row.domain, zone.records, world, rng)
        if words[-1] == "AXFR":
            server = f"@{world.servers[row.servers[0]]}"
        argv = tuple(filter(None, ("dig", server, *words, *options.split())))
        if argv in seen:
            continue
        seen.add(argv)
        twin = {"yaml": (*argv, "+yaml")} if layout == "default" and words[-1] != "AXFR" else {}
        yield Job(
            "dig", version, layout, row.domain, argv, twins=twin, given={"questions": batch} if batch else {}, seconds=60.0,
            meta={"groups": f"domain:{row.domain}", **({"questions": batch} if batch else {})}, good=frozenset({0, 9, 10}),
        )  # fmt: skip


def _question(
    domain: str, records: list[Record], world: World, rng: Random
) -> tuple[tuple[str, ...], str]:
    chance = rng.random()
    if chance < 0.45:
        return (domain, rng.choice(_TYPES)), ""
    if chance < 0.75:
        record = rng.choice(records)
        return (record.owner, record.kind), ""
    if chance < 0.83:
        return (
            "-x",
            rng.choice(sorted(world.pointers))
            if rng.random() < 0.9
            else f"203.0.113.{rng.randint(1, 254)}",
        ), ""
    if chance < 0.88:
        return (
            f"{rng.choice(('nope', 'gone', 'typo-'))}{rng.randint(1, 99)}.{domain}",
            rng.choice(("A", "MX")),
        ), ""
    if chance < 0.92:
        return (domain, "AXFR"), ""
    if chance < 0.94:
        return (f"lame.{domain}.invalid", "A"), ""
    if chance < 0.96:
        return ("version.bind", "CH", "TXT"), ""
    others = rng.sample(world.registrations, min(len(world.registrations), rng.randint(2, 5)))
    lines = "".join(f"{row.domain} {rng.choice(_TYPES)}\n" for row in others)
    return ("-f", "questions"), lines


def whois_jobs(assigned: Assigned, rng: Random, count: int) -> Iterator[Job]:
    """The assigned questions, in an order of chance."""
    version = version_of("whois", "--version")
    questions = list(assigned.questions)
    rng.shuffle(questions)
    for question in questions[:count]:
        hidden = ("-H",) if rng.random() < 0.1 else ()
        yield Job(
            "whois", version, "direct" if question.options else "default", question.key, ("whois", *hidden, *question.options, question.key),
            seconds=20.0, meta={"server": question.server, "layout": question.layout, "referral": question.referral, "groups": question.group},
            good=frozenset({0, 1}),
        )  # fmt: skip
