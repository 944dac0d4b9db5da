"""Roles made from what the installed Nmap recognises: thousands of products with versions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from lab.responder.plan import Role
from lab.responder.probes import Match, Probe
from lab.responder.sample import Sampler
from lab.world.versions import draw_version
from lab.world.words import coined

__all__ = ["Candidate", "candidates", "expand", "role"]

_REFERENCE = re.compile(r"\$(?:(\d)|P\((\d)\)|SUBST\((\d),\"(.*?)\",\"(.*?)\"\)|I\((\d),\"(.)\"\))")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A match line that names a product, and the probe it answers."""

    probe: Probe
    match: Match


def candidates(probes: tuple[Probe, ...]) -> Iterator[Candidate]:
    """Every match line with a product, of the probes that a scan of usual intensity sends."""
    for probe in probes:
        if probe.rarity > 7 or (not probe.payload and probe.name != "NULL"):
            continue
        for match in probe.matches:
            if match.fields.get("p") and "\\x" not in match.fields["p"]:
                yield Candidate(probe, match)


def expand(template: str, found: re.Match[str]) -> str:
    """Fill in $1, $P(1), $SUBST(1,"a","b") and $I(1,">") as Nmap does."""

    def filled(reference: re.Match[str]) -> str:
        plain, printable, substituted, old, new, number, order = reference.groups()
        text = found[int(plain or printable or substituted or number)] or ""
        if printable:
            text = "".join(x for x in text if x.isascii() and x.isprintable())
        elif substituted:
            text = text.replace(old, new)
        elif number:
            raw = text.encode("latin-1")
            text = str(int.from_bytes(raw, "big" if order == ">" else "little"))
        return text

    return _REFERENCE.sub(filled, template)


def _hints(match: Match, rng: Random, host: str) -> dict[int, Callable[[], str]]:
    makers: dict[str, Callable[[], str]] = {
        "i": lambda: rng.choice((coined(rng), str(rng.randint(1, 99)), draw_version(rng), "en")),
        "d": lambda: coined(rng).title(),
        "p": lambda: coined(rng).title(),
        "o": lambda: rng.choice(("Linux", "FreeBSD", "Windows", "Solaris")),
        "h": lambda: rng.choice((host, host.partition(".")[0])),
        "v": lambda: draw_version(rng),
    }
    made: dict[int, Callable[[], str]] = {}
    for field, maker in makers.items():
        for reference in re.finditer(r"\$(\d)", match.fields.get(field, "")):
            made[int(reference[1])] = maker
    return made


def role(candidate: Candidate, rng: Random, address: str, port: int, host: str) -> Role | None:
    """Play one match line, or None where no text could be found that fits it."""
    probe, match = candidate.probe, candidate.match
    try:
        found = Sampler(match.pattern, match.flags).draw(rng, _hints(match, rng, host))
    except re.error:
        return None
    if found is None:
        return None
    try:
        text = found.string.encode("latin-1")
    except UnicodeEncodeError:
        return None
    named = {key: expand(value, found).strip() for key, value in match.fields.items()}
    asked = b"GET /" if probe.name == "GetRequest" else probe.payload
    return Role(
        address, port, probe.transport, match.service, named.get("p", ""), named.get("v", ""),
        f"probe:{probe.name}",
        greeting=text if probe.name == "NULL" else b"",
        replies=() if probe.name == "NULL" else ((asked, text),),
        info=named.get("i", ""), system=named.get("o", ""), device=named.get("d", ""),
        host=named.get("h", ""),
    )  # fmt: skip
