"""Plans: what a responder plays on each address and port, as one JSON object a line."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Role", "read_plan", "write_plan"]


@dataclass(frozen=True, slots=True)
class Role:
    """One service to play, and what a scanner should make of it.

    Attributes:
        address, port, transport: where; transport is tcp or udp.
        greeting: sent on connection; empty for services that wait to be asked.
        replies: (beginning of a request, answer), tried in order; an empty beginning fits anything.
        dialogue: first word of a line in upper case -> answer; "" for any other line.
        pages: path -> whole HTTP response; "*" for any other path.
        tls: PEM of a key and its certificate; empty without TLS; "wanted" until it is issued.
        service, product, version, info, system, device, host: what Nmap should print; may be empty.
        told: (label, value) of what else it shows, for instance in its certificate.
        origin: ``probe:NAME`` or ``catalogue:PROTOCOL``: where the banner comes from.
    """

    address: str
    port: int
    transport: str
    service: str
    product: str
    version: str
    origin: str
    greeting: bytes = b""
    replies: tuple[tuple[bytes, bytes], ...] = ()
    dialogue: dict[str, bytes] = field(default_factory=dict)
    pages: dict[str, bytes] = field(default_factory=dict)
    tls: str = ""
    info: str = ""
    system: str = ""
    device: str = ""
    host: str = ""
    told: tuple[tuple[str, str], ...] = ()

    @property
    def banner(self) -> bytes:
        """What a client sees first: the greeting, the front page or the first answer."""
        return (
            self.greeting
            or self.pages.get("/", b"")
            or (self.replies[0][1] if self.replies else b"")
        )


def _packed(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def write_plan(path: Path, roles: Iterable[Role]) -> None:
    """Write the part of the roles that the responder needs."""
    with path.open("w", encoding="ascii") as stream:
        for role in roles:
            row = {
                "address": role.address,
                "port": role.port,
                "transport": role.transport,
                "greeting": _packed(role.greeting),
                "replies": [[_packed(a), _packed(b)] for a, b in role.replies],
                "dialogue": {k: _packed(v) for k, v in role.dialogue.items()},
                "pages": {k: _packed(v) for k, v in role.pages.items()},
                "tls": role.tls,
            }
            stream.write(json.dumps(row) + "\n")


def read_plan(path: Path) -> Iterator[Role]:
    """Read roles back; the names that a scanner should find are empty."""
    with path.open(encoding="ascii") as stream:
        for line in stream:
            row = json.loads(line)
            yield Role(
                row["address"], row["port"], row["transport"], "", "", "", "",
                greeting=base64.b64decode(row["greeting"]),
                replies=tuple((base64.b64decode(a), base64.b64decode(b)) for a, b in row["replies"]),
                dialogue={k: base64.b64decode(v) for k, v in row["dialogue"].items()},
                pages={k: base64.b64decode(v) for k, v in row["pages"].items()},
                tls=row["tls"],
            )  # fmt: skip
