"""Which server answers for what, as the installed whois client itself decides.

The client knows a server for most domains and addresses. It is asked (``whois --verbose``, where no
name resolves yet), and the lab then plays that server under its own name.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass

from lab.daemons import LabError, find_tool
from lab.whois.render import layouts, render_domain, render_network
from lab.whois.serve import Answer
from lab.world.model import World
from lab.world.registrations import Registration

__all__ = ["BLOCK", "Assigned", "assign"]

BLOCK = "198.41.2.0/23"
"""Where the WHOIS servers are."""

_USING = re.compile(r"^Using server (\S+?)\.?$", re.MULTILINE)
_RIR = {"whois.ripe.net": "ripe", "whois.arin.net": "arin", "whois.apnic.net": "apnic", "whois.lacnic.net": "lacnic",
        "whois.afrinic.net": "afrinic", "whois.registro.br": "lacnic", "whois.nic.ad.jp": "jpnic", "whois.kisa.or.kr": "krnic",
        "whois.kr": "krnic", "whois.twnic.net": "apnic", "whois.nic.or.kr": "krnic"}  # fmt: skip
# Thick registries whose pointer to the registrar the client follows all the same.
_FOLLOWED = frozenset({"whois.registry.in"})
_THIN = frozenset({"com", "net", "cc", "tv", "name", "jobs"})


@dataclass(frozen=True, slots=True)
class Question:
    """One query and where its answer comes from.

    Attributes:
        key: what is asked: a domain or an address.
        server: of the first answer.
        options: arguments that make the client ask there; empty where it goes by itself.
        layout: of the answer (the last one, where it refers on).
        referral: the server it refers to, or empty.
        group: the registration or network that is told.
    """

    key: str
    server: str
    options: tuple[str, ...]
    layout: str
    referral: str
    group: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """Answers to serve, the addresses of their servers, and the questions to ask."""

    answers: tuple[Answer, ...]
    servers: dict[str, str]
    questions: tuple[Question, ...]


def _chosen(keys: Iterable[str]) -> dict[str, str]:
    """Key -> the server that the client would ask; keys it has no server for are left out."""
    program = find_tool("whois")
    if program is None:
        message = "whois is not installed; see lab/packages.txt"
        raise LabError(message)
    made: dict[str, str] = {}
    for key in keys:
        done = subprocess.run(
            [program, "--verbose", key], capture_output=True, text=True, check=False, timeout=20
        )
        found = _USING.search(done.stdout)
        if found and found[1] != "whois.iana.org":
            made[key] = found[1].lower()
    return made


def _layout(row: Registration) -> str:
    known = set(layouts())
    return row.tld if row.tld in known else _ALIASES.get(row.tld, "gtld")


_ALIASES = {"su": "ru", "li": "ch", "re": "fr"}


def assign(world: World) -> Assigned:
    """Render every answer and add the servers' own zones to the world.

    Args:
        world: gets a zone for each server's name.
    """
    answers: list[Answer] = []
    questions: list[Question] = []
    servers: dict[str, str] = {}

    def place(server: str) -> str:
        if server not in servers:
            number = len(servers) + 1
            servers[server] = f"198.41.{2 + number // 250}.{number % 250 + 1}"
            world.add_server(server, servers[server])
        return servers[server]

    # The client decides by the suffix, so one question per suffix is enough.
    suffixes = sorted({row.domain.partition(".")[2] for row in world.registrations})
    by_suffix = _chosen(f"decloak-lab.{suffix}" for suffix in suffixes)
    for row in world.registrations:
        suffix = row.domain.partition(".")[2]
        server = by_suffix.get(f"decloak-lab.{suffix}", "")
        options: tuple[str, ...] = ()
        if not server:
            server = f"whois.nic.{row.tld}"
            options = ("-h", server)
        layout, referral = _layout(row), ""
        if row.tld in _THIN or server in _FOLLOWED:
            layout = "thin" if row.tld in _THIN else layout
            referral = row.registrar.whois
            answers.append(
                Answer(place(referral), row.domain, render_domain("registrar", row, world.servers))
            )
        answers.append(Answer(place(server), row.domain, render_domain(layout, row, world.servers)))
        questions.append(
            Question(row.domain, server, options, layout, referral, f"domain:{row.domain}")
        )
        if row.number % 5 == 0 and not referral:
            # What the registrar itself tells, when asked directly.
            at = row.registrar.whois
            answers.append(
                Answer(place(at), row.domain, render_domain("registrar", row, world.servers))
            )
            questions.append(
                Question(row.domain, at, ("-h", at), "registrar", "", f"domain:{row.domain}")
            )
    by_address = _chosen(
        network.first.replace("::", "::1") if network.six else network.first
        for network in world.networks
    )
    for network in world.networks:
        key = network.first.replace("::", "::1") if network.six else network.first
        server = by_address.get(key, f"whois.{network.rir.lower()}.net")
        layout = _RIR.get(server, network.rir.lower())
        options = () if key in by_address else ("-h", server)
        answers.append(Answer(place(server), key, render_network(layout, network)))
        questions.append(Question(key, server, options, layout, "", f"network:{network.cidr}"))
    return Assigned(tuple(answers), servers, tuple(questions))
