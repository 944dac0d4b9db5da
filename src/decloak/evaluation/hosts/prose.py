"""Host documents in the manner of threat reports and mails."""

from __future__ import annotations

from collections.abc import Callable

from decloak.evaluation.hosts.draw import Draw
from decloak.evaluation.hosts.marks import mark

__all__ = ["indicators", "prose"]

KINDS: dict[str, Callable[[Draw], str]] = {
    "IP_ADDRESS": Draw.address,
    "DOMAIN": Draw.domain,
    "URL": Draw.url,
    "EMAIL": Draw.email,
    "HASH": Draw.digest,
    "CVE": Draw.cve,
    "SOFTWARE": Draw.software,
    "VERSION": Draw.version,
    "ORGANIZATION": Draw.known_organization,
}

SENTENCES = (
    "The implant connects to <IP_ADDRESS> every few minutes.",
    "During the second stage it resolves <DOMAIN> and waits for an answer.",
    "The loader was downloaded from <URL> by the victim.",
    "Victims received mail from <EMAIL> with an attached archive.",
    "The dropped file has the digest <HASH> and was seen twice.",
    "The intruders exploited <CVE> on hosts that had not been patched.",
    "We observed traffic between <IP_ADDRESS> and <DOMAIN> over several weeks.",
    "The actor registered <DOMAIN>, <DOMAIN> and <DOMAIN> on the same day.",
    "Requests to <DOMAIN> were redirected to <URL> without a warning.",
    "The server at <IP_ADDRESS> runs <SOFTWARE> <VERSION> and little else.",
    "An outdated <SOFTWARE> <VERSION> was found on the gateway.",
    "Both <CVE> and <CVE> were patched by <ORGANIZATION> last year.",
    "A spokesperson for <ORGANIZATION> confirmed the incident.",
    "Credentials were sent to <EMAIL>, a mailbox hosted at <IP_ADDRESS>.",
    "Administrators should block <IP_ADDRESS>, <IP_ADDRESS> and <IP_ADDRESS> at the border.",
    "Analysts found <SOFTWARE> on the compromised machine.",
    "The certificate was issued for <DOMAIN> and later reused on <IP_ADDRESS>.",
    "Its configuration lists <URL> as a fallback.",
)
FILLERS = (
    "The campaign has been active since the beginning of the year.",
    "No further details were available at the time of writing.",
    "Defenders are advised to review their logs.",
    "The operators appear to work regular office hours.",
    "Persistence is achieved through a scheduled task.",
)


def _filled(sentence: str, draw: Draw) -> str:
    made = ""
    for i, piece in enumerate(sentence.replace("<", ">").split(">")):
        made += mark(piece, KINDS[piece](draw)) if i % 2 else piece
    return made


def prose(draw: Draw, sentences: int = 8) -> str:
    """A few paragraphs, wrapped after sentences."""
    lines = ["Summary"]
    for _ in range(sentences):
        lines.append(_filled(draw.rng.choice(SENTENCES), draw))
        if draw.rng.random() < 0.3:
            lines.append(draw.rng.choice(FILLERS))
    return "\n".join(lines) + "\n"


def indicators(draw: Draw, count: int = 8) -> str:
    """A list of indicators as reports end with."""
    heads = {"IP_ADDRESS": "C2 address", "DOMAIN": "C2 domain", "URL": "Payload", "HASH": "Sample",
             "EMAIL": "Sender", "CVE": "Vulnerability"}  # fmt: skip
    lines = ["Indicators of compromise"]
    for _ in range(count):
        label = draw.rng.choice(sorted(heads))
        lead = draw.rng.choice(("- ", "* ", "", f"{heads[label]}: "))
        lines.append(lead + mark(label, KINDS[label](draw)))
    return "\n".join(lines) + "\n"
