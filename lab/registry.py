"""A WHOIS server (RFC 3912) that answers from a table, in layouts of our own making."""

from __future__ import annotations

import contextlib
import random
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from lab.daemons import free_port

__all__ = ["LAYOUTS", "Registration", "make_registration", "whois_server"]


@dataclass(frozen=True, slots=True)
class Registration:
    """What the registry knows of one domain."""

    domain: str
    registrar: str
    organization: str
    name_servers: tuple[str, ...]
    email: str
    created: str
    expires: str


def make_registration(rng: random.Random) -> Registration:
    """Draw a registration of a reserved name (RFC 2606)."""
    name = "".join(rng.choices("abcdefghiklmnoprstuw", k=7))
    return Registration(
        f"{name}.example",
        rng.choice(("Harbour Names", "Nordwind Domains", "Registro Alfa"))
        + rng.choice((" Inc.", " GmbH", " S.A.")),
        rng.choice(("Quarry Lane Pottery", "Blue Heron Shipping", "Talweg Ingenieure"))
        + rng.choice((" Ltd", " LLC", " AG")),
        tuple(f"ns{i}.{name}-dns.example" for i in (1, 2, 3)),
        f"hostmaster@{name}.example",
        f"20{rng.randint(10, 19)}-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}",
        f"203{rng.randint(0, 5)}-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}",
    )


def _generic(row: Registration) -> str:
    servers = "".join(f"Name Server: {name.upper()}\n" for name in row.name_servers)
    return (
        f"Domain Name: {row.domain.upper()}\nRegistry Domain ID: 4711_DOMAIN-EX\n"
        f"Updated Date: {row.created}T08:00:00Z\nCreation Date: {row.created}T07:00:00Z\n"
        f"Registry Expiry Date: {row.expires}T07:00:00Z\nRegistrar: {row.registrar}\n"
        f"Registrar IANA ID: 9999\nDomain Status: ok\n"
        f"Registrant Organization: {row.organization}\nRegistrant Email: {row.email}\n"
        f"{servers}DNSSEC: unsigned\n>>> Last update of whois database: 2024-03-05T10:22:33Z <<<\n"
    )


def _country(row: Registration) -> str:
    servers = "".join(f"nserver:      {name}\n" for name in row.name_servers)
    return (
        "% This is the lab registry. Rights restricted by the lab.\n\n"
        f"domain:       {row.domain}\nstatus:       active\n{servers}"
        f"created:      {row.created}\nexpire:       {row.expires}\nregistrar:    {row.registrar}\n\n"
        f"holder-c:     QL1-LAB\n\norganization: {row.organization}\ne-mail:       {row.email}\n"
        "source:       LAB\n"
    )


def _indented(row: Registration) -> str:
    servers = "".join(f"        {name}\n" for name in row.name_servers)
    return (
        f"\n    Domain name:\n        {row.domain}\n\n    Registrant:\n        {row.organization}\n\n"
        f"    Registrar:\n        {row.registrar}\n\n    Relevant dates:\n"
        f"        Registered on: {row.created}\n        Expiry date:  {row.expires}\n\n"
        f"    Registration status:\n        Registered until expiry date.\n\n"
        f"    Name servers:\n{servers}\n"
    )


LAYOUTS = {"generic": _generic, "country": _country, "indented": _indented}


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        """Answer one query and close, as the protocol wants it."""
        asked = self.rfile.readline(512).decode("ascii", "replace").strip().lower()
        assert isinstance(self.server, _Server)
        answer = self.server.answers.get(asked, f"No match for {asked!r}.\n")
        self.wfile.write(answer.replace("\n", "\r\n").encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    answers: dict[str, str]


@contextlib.contextmanager
def whois_server(address: str, answers: dict[str, str]) -> Iterator[int]:
    """Serve answers by query; yield the port."""
    port = free_port(address)
    with _Server((address, port), _Handler) as server:
        server.answers = answers
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield port
        finally:
            server.shutdown()
            thread.join()
