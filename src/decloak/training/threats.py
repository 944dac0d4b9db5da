"""Threats: sentences in the manner of threat reports, for the labels that no tool prints.

Names come from the tables and, as often, are invented: a model that has only seen known names
learns the tables, which are given to it anyway.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from random import Random

from decloak.core.labels import LABELS
from decloak.kb.lexicon import entries
from decloak.perturb import Marked
from decloak.training.excerpts import Excerpt

__all__ = ["bodies", "threats"]

_CHOICE = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"<([A-Z_]+)>")
_INVENTED = 0.5
_SYLLABLES = (
    "ka", "lo", "mi", "ra", "zen", "tor", "vex", "nu", "bra", "qua", "dri", "sha", "pho", "lyx", "gor",
    "em", "ber", "tri", "ck", "bot", "os", "net", "rat", "dark", "ice", "red", "silk", "storm", "wolf",
    "cat", "kit", "ten", "sun", "fly", "gate", "hawk", "mal", "pan", "da", "rog", "ue", "ser", "pent",
)  # fmt: skip
_BEASTS = ("Panda", "Bear", "Kitten", "Spider", "Chollima", "Tiger", "Typhoon", "Sandstorm", "Jackal",
           "Buffalo", "Leopard", "Blizzard", "Tempest", "Lynx", "Viper")  # fmt: skip
_ADJECTIVES = ("Silent", "Velvet", "Crimson", "Wandering", "Hollow", "Gilded", "Arctic", "Scattered",
               "Static", "Royal", "Midnight", "Mossy", "Stone", "Amber", "Lazy", "Cosmic")  # fmt: skip
_KINDS = ("Labs", "Security", "Research", "Networks", "Inc.", "Ltd", "Corporation", "Group", "Bank",
          "University", "Technologies", "Systems", "GmbH", "Intelligence", "Ministry of Defence")  # fmt: skip
_TAILS = ("Loader", "Stealer", "RAT", "Bot", "Locker", "Wiper", "Backdoor", "Miner", "Ransom", "Drop",
          "Door", "Shell", "Crypt", "Spy")  # fmt: skip
_TECHNIQUES = (
    "T1059.001", "T1566.001", "T1055", "T1003.001", "T1021.002", "T1547.001", "T1486", "T1190",
    "T1105", "T1071.001", "T1027", "T1218.011", "T1053.005", "process injection", "DLL side-loading",
    "credential dumping", "spear-phishing attachments", "pass the hash", "process hollowing",
    "scheduled tasks", "web shells", "password spraying", "brute force", "keylogging",
    "domain fronting", "living off the land", "supply chain compromise", "watering hole attacks",
)  # fmt: skip
_TOPS = ("com", "net", "org", "info", "xyz", "ru", "cn", "io", "top", "de", "co.uk", "su")
_FOLDERS = (r"C:\Windows\System32", r"C:\ProgramData", r"%APPDATA%\Roaming", r"C:\Users\Public",
            "/tmp", "/usr/local/bin", "/etc/cron.d", "/var/tmp/.cache", "~/Library/LaunchAgents")  # noqa: S108 - names in a text  # fmt: skip
_ENDINGS = ("exe", "dll", "ps1", "vbs", "sh", "js", "bat", "dat", "so", "bin")


def threats(seed: int, count: int) -> Iterator[Excerpt]:
    """Yield paragraphs of one to five sentences, with their entities; seeded."""
    rng = Random(f"{seed}/threats")  # noqa: S311 - repeatable text, no secrets
    for _ in range(count):
        yield _paragraph(rng)


def bodies(seed: int, count: int) -> Iterator[Excerpt]:
    """Yield sentences about organisations, most of them public bodies, and about what is named like one; seeded."""
    rng = Random(f"{seed}/bodies")  # noqa: S311 - repeatable text, no secrets
    for _ in range(count):
        yield _filled(
            rng.sample(_sentences("bodies"), rng.choice((1, 1, 2))), " ", rng, {**_DRAWN, **_BODIES}
        )


@cache
def _sentences(name: str = "threats") -> tuple[str, ...]:
    text = files("decloak.training").joinpath(f"data/{name}.txt").read_text("utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def _paragraph(rng: Random) -> Excerpt:
    joint = rng.choice((" ", " ", " ", "\n", "\n- "))
    return _filled(rng.sample(_sentences(), rng.choice((1, 1, 2, 3, 5))), joint, rng, _DRAWN)


def _filled(
    sentences: list[str], joint: str, rng: Random, drawn: Mapping[str, Callable[[Random], str]]
) -> Excerpt:
    parts: list[str] = []
    marks: list[Marked] = []
    length = 0
    for sentence in sentences:
        plain = _CHOICE.sub(lambda found: rng.choice(found[1].split("|")), sentence)
        for rank, piece in enumerate(_SLOT.split((joint if length else "") + plain)):
            written = piece
            if rank % 2:
                written = _value(piece, rng, drawn)
                if piece in LABELS:
                    marks.append(Marked(length, length + len(written), piece, written))
            parts.append(written)
            length += len(written)
    return Excerpt("".join(parts), tuple(marks), "threats")


def _value(label: str, rng: Random, drawn: Mapping[str, Callable[[Random], str]]) -> str:
    invent = _INVENTED if label in _NAMED else 1.0
    if rng.random() >= invent:
        return rng.choice(rng.choice(entries(label)).names)
    return drawn[label](rng)


def _invented(rng: Random) -> str:
    name = "".join(rng.sample(_SYLLABLES, rng.choice((2, 2, 3))))
    return rng.choice((name.title(), name.title(), name.upper(), name))


def _malware(rng: Random) -> str:
    name = _invented(rng)
    shape = rng.random()
    if shape < 0.3:
        return name.title() + rng.choice(_TAILS)
    if shape < 0.45:
        return f"{name.title()} {rng.choice(_TAILS)}"
    if shape < 0.55:
        kind = rng.choice(("Trojan", "Backdoor", "Ransom", "Worm"))
        platform = rng.choice(("Win32", "Linux", "AndroidOS", "MSIL"))
        return f"{kind}{rng.choice('.:')}{platform}{rng.choice('./')}{name.title()}"
    return name


def _actor(rng: Random) -> str:
    shape = rng.random()
    if shape < 0.3:
        return rng.choice((f"APT{rng.randint(1, 60)}", f"UNC{rng.randint(1000, 5999)}",
                           f"TA{rng.randint(400, 999)}", f"FIN{rng.randint(4, 16)}",
                           f"Storm-{rng.randint(1000, 2999):04}", f"TEMP.{_invented(rng).title()}"))  # fmt: skip
    if shape < 0.7:
        return f"{rng.choice(_ADJECTIVES)} {rng.choice(_BEASTS)}"
    return _invented(rng).title() + rng.choice(("", " Group", " Team", " Spider"))


def _organization(rng: Random) -> str:
    return f"{_invented(rng).title()} {rng.choice(_KINDS)}"


def _body(rng: Random) -> str:
    """Return the name of a public body, or now and then of a company or a university."""
    people, place = rng.choice(_PEOPLES), rng.choice(_PLACES)
    subject = rng.choice(_SUBJECTS)
    return rng.choice((
        f"{people} {rng.choice(('government', 'military', 'army', 'parliament', 'authorities'))}",
        f"government of {place}", f"{people} {rng.choice(_BODY_KINDS)} of {subject}",
        f"{rng.choice(_BODY_KINDS)} of {subject}", f"{rng.choice(_BODY_KINDS)} of {subject} of {place}",
        f"{rng.choice(_WIDE)} {subject.split(' ', maxsplit=1)[0]} {rng.choice(_AGENCIES)}",
        f"{rng.choice(('Bank', 'University', 'Embassy', 'Parliament'))} of {place}",
        f"{_invented(rng).title()} {rng.choice(('University', 'Bank', 'Hospital', 'Airlines', 'Energy'))}",
        "".join(rng.choice("ABCDEFGHIKLMNOPRSTU") for _ in range(rng.choice((3, 3, 4, 4, 5)))),
        _organization(rng), _invented(rng).title(),
    ))  # fmt: skip


def _software(rng: Random) -> str:
    return _invented(rng).title() + rng.choice(("", " Server", " Manager", " Desktop", "SSH", "DB"))


def _domain(rng: Random) -> str:
    name = "".join(rng.sample(_SYLLABLES, rng.choice((2, 3, 4))))
    host = rng.choice(("", "", "www.", "cdn.", "mail.", "update-"))
    return f"{host}{name}{rng.choice(('', '-online', '24', '-login'))}.{rng.choice(_TOPS)}"


def _address(rng: Random) -> str:
    if rng.random() < 0.1:
        return f"2001:db8:{rng.randrange(1 << 16):x}::{rng.randrange(1 << 16):x}"
    net = rng.choice(("192.0.2", "198.51.100", "203.0.113"))
    if rng.random() < 0.7:
        net = ".".join(str(rng.randint(1, 254)) for _ in range(3))
    return f"{net}.{rng.randint(1, 254)}"


def _path(rng: Random) -> str:
    folder = rng.choice(_FOLDERS)
    slash = "/" if "/" in folder else "\\"
    return f"{folder}{slash}{_invented(rng)}.{rng.choice(_ENDINGS)}"


def _version(rng: Random) -> str:
    return ".".join(str(rng.randint(0, 20)) for _ in range(rng.choice((2, 3, 3, 4))))


_PEOPLES = ("Russian", "Chinese", "Iranian", "North Korean", "Ukrainian", "Israeli", "German", "French", "British",
            "U.S.", "US", "UK", "Saudi", "Turkish", "Indian", "Polish", "Dutch", "Japanese", "Vietnamese", "Syrian",
            "Spanish", "Italian", "Pakistani", "Brazilian", "Canadian")  # fmt: skip
_PLACES = ("Russia", "China", "Iran", "North Korea", "Ukraine", "Israel", "Germany", "France", "England", "Japan",
           "the United States", "the United Kingdom", "Saudi Arabia", "Turkey", "India", "Poland", "Taiwan", "Kuwait",
           "Georgia", "Canada", "Mexico", "Norway", "Vietnam")  # fmt: skip
_SUBJECTS = ("Foreign Affairs", "Defence", "Defense", "Finance", "Health", "Justice", "Energy", "Education", "the Interior",
             "Homeland Security", "State Security", "Public Security", "Culture", "Trade", "Transport",
             "Intelligence and Security", "Internal Affairs", "Agriculture", "Commerce")  # fmt: skip
_BODY_KINDS = ("Ministry", "Department", "Office", "Bureau", "Institute", "Ministry", "Department")
_WIDE = ("National", "Federal", "Central", "European")
_AGENCIES = ("Agency", "Bureau", "Service", "Commission", "Authority", "Centre", "Committee")
_PRODUCTS = ("Google Play", "Google Play Store", "App Store", "Windows Defender", "Microsoft Defender", "Google Chrome",
             "Microsoft Office", "Kaspersky Internet Security", "Norton Antivirus", "McAfee Agent", "Avast Free Antivirus",
             "Microsoft Exchange", "Adobe Reader", "Symantec Endpoint Protection", "Cisco AnyConnect")  # fmt: skip
_BODIES: Mapping[str, Callable[[Random], str]] = {
    "ORGANIZATION": _body,
    "SOFTWARE": lambda rng: rng.choice(_PRODUCTS),
    "OTHER": lambda rng: rng.choice(_PLACES),
}
_DRAWN: Mapping[str, Callable[[Random], str]] = {
    "MALWARE": _malware,
    "THREAT_ACTOR": _actor,
    "ORGANIZATION": _organization,
    "SOFTWARE": _software,
    "OS": lambda rng: rng.choice(("Windows", "Linux", "macOS", "Android", "ESXi")),
    "TECHNIQUE": lambda rng: rng.choice(_TECHNIQUES),
    "DOMAIN": _domain,
    "IP_ADDRESS": _address,
    "URL": lambda rng: f"http{rng.choice(('', 's'))}://{_domain(rng)}/{_invented(rng).lower()}",
    "EMAIL": lambda rng: f"{_invented(rng).lower()}@{_domain(rng)}",
    "HASH": lambda rng: f"{rng.getrandbits(512):0128x}"[: rng.choice((32, 40, 64, 64))],
    "CVE": lambda rng: f"CVE-{rng.randint(2008, 2025)}-{rng.randint(100, 59999):04}",
    "PORT": lambda rng: str(rng.choice((80, 443, 8080, 4444, 8443, rng.randint(1025, 65000)))),
    "FILE_PATH": _path,
    "VERSION": _version,
}
_NAMED = frozenset({"MALWARE", "THREAT_ACTOR", "ORGANIZATION", "SOFTWARE", "OS"})
