"""Domains under many public suffixes, in the styles people register them; some international."""

from __future__ import annotations

from random import Random

import idna
from lab.world.organisations import Organisation
from lab.world.words import coined, label_word

__all__ = ["COUNTRY_SUFFIXES", "GENERIC", "Domains", "ascii_name"]

COUNTRY_SUFFIXES: dict[str, tuple[str, ...]] = {
    "US": ("us", "com", "edu", "gov"), "GB": ("co.uk", "org.uk", "uk", "ac.uk"), "DE": ("de",), "FR": ("fr",), "IT": ("it",),
    "ES": ("es", "com.es"), "BR": ("com.br", "org.br", "net.br"), "NL": ("nl",), "PL": ("pl", "com.pl"),
    "RU": ("ru", "su"), "JP": ("jp", "co.jp", "ac.jp"), "KR": ("kr", "co.kr"), "CN": ("cn", "com.cn"),
    "TW": ("tw", "com.tw"), "SE": ("se",), "FI": ("fi",), "CZ": ("cz",), "GR": ("gr",), "TR": ("com.tr",), "UA": ("ua", "com.ua"),
    "HU": ("hu",), "RO": ("ro",), "DK": ("dk",), "NO": ("no",), "BG": ("bg",), "VN": ("vn", "com.vn"), "ID": ("id", "co.id"),
    "HR": ("hr",), "SK": ("sk",), "SI": ("si",), "PT": ("pt",), "CA": ("ca",), "AT": ("at",), "CH": ("ch",),
    "AU": ("com.au", "org.au"), "IN": ("in", "co.in"), "MX": ("mx", "com.mx"), "CL": ("cl",), "AR": ("com.ar",),
    "BE": ("be",), "TH": ("co.th",), "IL": ("co.il",), "NZ": ("co.nz", "nz"), "IE": ("ie",), "ZA": ("co.za",), "EG": ("com.eg",),
    "NG": ("com.ng",), "KE": ("co.ke",),
}  # fmt: skip
GENERIC = [
    "com",
    "com",
    "com",
    "com",
    "net",
    "net",
    "org",
    "org",
    "info",
    "biz",
    "io",
    "co",
    "me",
    "tv",
    "cc",
    "eu",
    "app",
    "dev",
    "cloud",
    "online",
    "site",
    "xyz",
    "club",
    "shop",
    "tech",
    "live",
    "pro",
    "agency",
    "network",
    "systems",
    "digital",
    "media",
    "email",
    "hosting",
    "domains",
    "solutions",
    "services",
    "group",
    "world",
    "zone",
    "space",
    "studio",
    "bank",
    "law",
    "health",
    "aero",
    "museum",
    "coop",
    "jobs",
    "mobi",
    "asia",
    "africa",
    "berlin",
    "paris",
    "tokyo",
    "moscow",
    "swiss",
    "bzh",
    "cat",
    "top",
    "vip",
    "win",
    "icu",
    "ai",
    "gg",
    "sh",
    "st",
    "ly",
    "fm",
    "la",
    "ws",
    "nu",
    "to",
    "li",
    "is",
    "lu",
    "mc",
    "im",
    "je",
    "gi",
    "ee",
    "lv",
    "lt",
    "am",
    "ge",
    "kz",
    "by",
    "md",
    "rs",
    "mk",
    "al",
    "ba",
    "cy",
    "mt",
]
_PARTS = (
    "-online",
    "-group",
    "24",
    "hq",
    "-gmbh",
    "net",
    "-it",
    "labs",
    "-shop",
    "-intl",
    "now",
    "360",
    "-eu",
    "srv",
    "dns",
)


def ascii_name(name: str) -> str:
    """A name as the DNS holds it: A-labels, lower case (RFC 5890)."""
    return ".".join(
        label if label.isascii() else idna.encode(label, uts46=True).decode()
        for label in name.lower().split(".")
    )


class Domains:
    """A source of domains, none twice.

    Args:
        rng: the only source of chance.
    """

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._seen: set[str] = set()

    def draw(self, holder: Organisation, suffix: str | None = None) -> str:
        """A domain for its holder, in Unicode."""
        rng = self.rng
        while True:
            local = COUNTRY_SUFFIXES.get(holder.code, ("com",))
            ending = suffix or (rng.choice(local) if rng.random() < 0.55 else rng.choice(GENERIC))
            name = f"{self._label(holder)}.{ending}"
            try:
                encoded = ascii_name(name)
            except idna.IDNAError:
                continue
            if encoded not in self._seen:
                self._seen.add(encoded)
                return name

    def _label(self, holder: Organisation) -> str:
        rng = self.rng
        shape = rng.random()
        if shape < 0.5:
            return holder.slug
        if shape < 0.58:
            native = "".join(x for x in holder.name.lower() if x.isalnum())[:14]
            return native if not native.isascii() else holder.slug + rng.choice(_PARTS)
        if shape < 0.72:
            return label_word(rng) + rng.choice(("", "-")) + label_word(rng)
        if shape < 0.82:
            return label_word(rng) + rng.choice(_PARTS)
        if shape < 0.9:
            return coined(rng)
        if shape < 0.95:
            return "".join(rng.choices("bcdfghjklmnpqrstvwxz23456789", k=rng.randint(5, 13)))
        return "-".join((coined(rng, 1), label_word(rng), coined(rng, 1)))
