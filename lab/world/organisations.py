"""Organisations and people of fifty countries, in their own scripts, from a seed.

Names come from Faker's tables (MIT) and from forms of our own: universities, agencies, providers.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from random import Random

from faker import Faker
from lab.world.words import coined, label_word

from decloak.perturb.words import WORDS

__all__ = ["COUNTRIES", "Organisation", "Organisations", "Person", "latin"]

COUNTRIES: dict[str, tuple[str, str, str]] = {
    "en_US": ("US", "United States", "ARIN"), "en_GB": ("GB", "United Kingdom", "RIPE"),
    "de_DE": ("DE", "Germany", "RIPE"), "fr_FR": ("FR", "France", "RIPE"),
    "it_IT": ("IT", "Italy", "RIPE"), "es_ES": ("ES", "Spain", "RIPE"),
    "pt_BR": ("BR", "Brazil", "LACNIC"), "nl_NL": ("NL", "Netherlands", "RIPE"),
    "pl_PL": ("PL", "Poland", "RIPE"), "ru_RU": ("RU", "Russian Federation", "RIPE"),
    "ja_JP": ("JP", "Japan", "APNIC"), "ko_KR": ("KR", "Korea, Republic of", "APNIC"),
    "zh_CN": ("CN", "China", "APNIC"), "zh_TW": ("TW", "Taiwan", "APNIC"),
    "sv_SE": ("SE", "Sweden", "RIPE"), "fi_FI": ("FI", "Finland", "RIPE"),
    "cs_CZ": ("CZ", "Czech Republic", "RIPE"), "el_GR": ("GR", "Greece", "RIPE"),
    "tr_TR": ("TR", "Turkey", "RIPE"), "uk_UA": ("UA", "Ukraine", "RIPE"),
    "hu_HU": ("HU", "Hungary", "RIPE"), "ro_RO": ("RO", "Romania", "RIPE"),
    "da_DK": ("DK", "Denmark", "RIPE"), "no_NO": ("NO", "Norway", "RIPE"),
    "bg_BG": ("BG", "Bulgaria", "RIPE"), "vi_VN": ("VN", "Viet Nam", "APNIC"),
    "id_ID": ("ID", "Indonesia", "APNIC"), "hr_HR": ("HR", "Croatia", "RIPE"),
    "sk_SK": ("SK", "Slovakia", "RIPE"), "sl_SI": ("SI", "Slovenia", "RIPE"),
    "pt_PT": ("PT", "Portugal", "RIPE"), "fr_CA": ("CA", "Canada", "ARIN"),
    "de_AT": ("AT", "Austria", "RIPE"), "de_CH": ("CH", "Switzerland", "RIPE"),
    "en_AU": ("AU", "Australia", "APNIC"), "en_IN": ("IN", "India", "APNIC"),
    "en_CA": ("CA", "Canada", "ARIN"), "es_MX": ("MX", "Mexico", "LACNIC"),
    "es_CL": ("CL", "Chile", "LACNIC"), "es_AR": ("AR", "Argentina", "LACNIC"),
    "nl_BE": ("BE", "Belgium", "RIPE"), "th_TH": ("TH", "Thailand", "APNIC"),
    "he_IL": ("IL", "Israel", "RIPE"), "en_NZ": ("NZ", "New Zealand", "APNIC"),
    "en_IE": ("IE", "Ireland", "RIPE"), "zu_ZA": ("ZA", "South Africa", "AFRINIC"),
    "ar_EG": ("EG", "Egypt", "AFRINIC"), "en_NG": ("NG", "Nigeria", "AFRINIC"),
    "en_KE": ("KE", "Kenya", "AFRINIC"),
}  # fmt: skip
"""Locale -> ISO country code, English name, regional internet registry."""

_CLASH = frozenset(WORDS)
# Locales without company names of their own, and whose tables speak for them.
_SPEAKS = {"en_NG": "en_GB", "en_KE": "en_GB", "en_IE": "en_GB", "en_NZ": "en_NZ", "zu_ZA": "en_GB",
           "ar_EG": "en_GB", "es_CL": "es_CL", "es_AR": "es_AR"}  # fmt: skip
_FORMS = {
    "US": ("Inc.", "LLC", "Corporation", "L.P.", "Co.", "PLLC"), "GB": ("Ltd", "Limited", "PLC", "LLP", "CIC"),
    "DE": ("GmbH", "AG", "UG (haftungsbeschränkt)", "GmbH & Co. KG", "e.V.", "OHG", "eG"),
    "FR": ("SARL", "SAS", "SA", "SASU", "SCOP"), "IT": ("S.r.l.", "S.p.A.", "S.a.s.", "Soc. Coop."),
    "ES": ("S.L.", "S.A.", "S.L.U.", "S.Coop."), "BR": ("Ltda.", "S.A.", "ME", "EIRELI"), "NL": ("B.V.", "N.V.", "V.O.F."),
    "PL": ("Sp. z o.o.", "S.A.", "sp.j."), "SE": ("AB", "AB (publ)", "HB"), "FI": ("Oy", "Oyj", "Ky"),
    "CZ": ("s.r.o.", "a.s."), "DK": ("ApS", "A/S", "I/S"), "NO": ("AS", "ASA"), "CH": ("AG", "GmbH", "Sàrl", "SA"),
    "AT": ("GmbH", "KG", "OG"), "BE": ("BV", "NV", "SRL"), "AU": ("Pty Ltd", "Pty. Limited"), "IN": ("Pvt Ltd", "Private Limited"),
    "CA": ("Inc.", "Ltd.", "Ltée"), "TR": ("A.Ş.", "Ltd. Şti."), "HU": ("Kft.", "Zrt."), "RO": ("SRL", "S.A."),
    "JP": ("K.K.", "Co., Ltd.", "G.K."), "KR": ("Co., Ltd.", "Inc."), "CN": ("Co., Ltd.", "(Shanghai) Co. Ltd."),
    "RU": ("LLC", "JSC", "OOO"), "UA": ("LLC", "TOV"), "PT": ("Lda.", "S.A."), "MX": ("S.A. de C.V.", "S. de R.L."),
    "ZA": ("(Pty) Ltd", "NPC"), "IE": ("DAC", "Ltd", "CLG"), "SI": ("d.o.o.", "d.d."), "HR": ("d.o.o.", "j.d.o.o."),
    "SK": ("s.r.o.", "a.s."), "BG": ("EOOD", "AD"), "GR": ("A.E.", "EPE"), "IL": ("Ltd", 'בע"מ'), "VN": ("JSC", "Co., Ltd"),
}  # fmt: skip
_TRADES = [
    "Internet Carrier",
    "Datacentre",
    "Colocation",
    "Broadband",
    "Fibre",
    "Fiber Optics",
    "Informatik",
    "Informatique",
    "Informática",
    "Consulting",
    "Engineering",
    "Labs",
    "Biotech",
    "Pharma",
    "Maschinenbau",
    "Automotive",
    "Aviation",
    "Shipping",
    "Foods",
    "Textiles",
    "Ceramics",
    "Insurance",
    "Bank",
    "Credit Union",
    "Capital",
    "Advisory",
    "Robotics",
    "Analytics",
    "Cyber Defence",
    "IT Services",
    "Telematics",
    "Hydro",
    "Wind Energy",
    "Mining",
    "Publishing",
    "Broadcasting",
    "Games",
    "Furniture",
    "Breweries",
    "Vineyards",
    "Dairy",
    "Seeds",
    "Chemicals",
    "Steel",
    "Optics",
    "Instruments",
    "Tours",
    "Airways",
    "Rail",
    "Cargo",
    "Couriers",
    "Recruitment",
    "Translations",
    "Architects",
    "Law Partners",
    "Clinic",
    "Dental",
    "Veterinary",
    "Academy",
    "Interactive",
    "Cloud Hosting",
    "Servers",
    "Webhosting",
    "Domains",
    "Registrars",
    "DNS Services",
    "Satellite",
    "Mobile Communications",
]
_PUBLIC = [
    "University of {city}",
    "{city} University of Applied Sciences",
    "Technische Universität {city}",
    "Université de {city}",
    "Universidad de {city}",
    "Università degli Studi di {city}",
    "Universidade de {city}",
    "Politechnika {city}",
    "{city} College",
    "City of {city}",
    "Stadt {city}",
    "Mairie de {city}",
    "Comune di {city}",
    "Ayuntamiento de {city}",
    "Gemeente {city}",
    "Gmina {city}",
    "{city} Municipality",
    "{city} County Council",
    "Ministry of Fisheries of {country}",
    "National Archives of {country}",
    "{country} Institute of Meteorology",
    "{city} General Infirmary",
    "{city} Chamber of Commerce",
    "Port Authority of {city}",
    "{city} Metro Transit Agency",
    "{city} Research Foundation",
    "{country} Education and Research Backbone",
]


def latin(text: str) -> str:
    """Letters, digits and hyphens of a name, as a domain would have them; may be empty."""
    text = (
        text.replace("ß", "ss")
        .replace("ø", "o")
        .replace("Ø", "O")
        .replace("ł", "l")
        .replace("æ", "ae")
    )
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


@dataclass(frozen=True, slots=True)
class Person:
    """A contact."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """A body that holds names and addresses.

    Attributes:
        name: as it writes itself.
        english: the name in Latin letters, which may be the same.
        slug: what its domains are made of: letters, digits, hyphens.
        street, city, state, postcode, code, country: where it is; `code` is ISO 3166.
        phone, fax: as its country writes them.
        rir: the regional internet registry of its country.
        kind: company, provider, public, person.
        contact: a person who works there.
    """

    name: str
    english: str
    slug: str
    street: str
    city: str
    state: str
    postcode: str
    code: str
    country: str
    phone: str
    fax: str
    rir: str
    locale: str
    kind: str
    contact: Person


class Organisations:
    """A source of organisations, none twice.

    Args:
        rng: the only source of chance.
    """

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._fakers: dict[str, Faker] = {}
        self._seen: set[str] = set()
        self._slugs: set[str] = set()

    def _faker(self, locale: str) -> Faker:
        locale = _SPEAKS.get(locale, locale)
        if locale not in self._fakers:
            self._fakers[locale] = Faker(locale)
            self._fakers[locale].seed_instance(self.rng.getrandbits(32))
        return self._fakers[locale]

    def draw(self, locale: str | None = None, kind: str | None = None) -> Organisation:
        """A new organisation, of a given country or kind when these are given."""
        rng = self.rng
        locale = locale or rng.choice(sorted(COUNTRIES))
        kind = kind or rng.choices(("company", "provider", "public", "person"), (65, 15, 12, 8))[0]
        code, country, rir = COUNTRIES[locale]
        faker = self._faker(locale)
        for _ in range(50):
            name, english = self._named(faker, code, country, kind)
            if name not in self._seen and not _CLASH & set(re.findall(r"[a-z]+", name.lower())):
                break
        self._seen.add(name)
        slug = self._slug(english)
        state = faker.administrative_unit() if hasattr(faker, "administrative_unit") else ""
        return Organisation(
            name, english, slug, _line(faker.street_address()), _line(faker.city()), _line(state),
            _line(faker.postcode()), code, country, _line(faker.phone_number()),
            _line(faker.phone_number()), rir, locale, kind, self._person(faker, slug),
        )  # fmt: skip

    def _named(self, faker: Faker, code: str, country: str, kind: str) -> tuple[str, str]:
        rng = self.rng
        if kind == "person":
            name = _line(faker.name())
            return name, name if latin(name) else coined(rng).title()
        if kind == "public":
            city = _line(faker.city())
            name = rng.choice(_PUBLIC).format(city=city, country=country)
            return name, name if latin(name) else coined(rng).title()
        if kind == "company" and rng.random() < 0.6:
            name = _line(faker.company())
            english = name if name.isascii() or (latin(name) and name[0].isascii()) else ""
            return (
                name,
                english or f"{coined(rng).title()} {rng.choice(_TRADES)} {self._form(code)}",
            )
        core = rng.choice((coined(rng).title(), label_word(rng).title(), coined(rng, 1).upper() + coined(rng, 1).title(),
                           "".join(rng.choices("ABCDEFGHIKLMNOPRSTVWXZ", k=3))))  # fmt: skip
        trade = (
            rng.choice(_TRADES[:6] + _TRADES[-8:]) if kind == "provider" else rng.choice(_TRADES)
        )
        name = rng.choice(
            (
                f"{core} {trade}",
                f"{core} {trade}",
                f"{core}",
                f"{core}.{rng.choice(('io', 'net', 'cloud'))}",
            )
        )
        name += f" {self._form(code)}" if rng.random() < 0.85 else ""
        return name, name

    def _form(self, code: str) -> str:
        return self.rng.choice(_FORMS.get(code, ("Ltd", "LLC", "Inc.", "Co.")))

    def _slug(self, english: str) -> str:
        parts = latin(english).split("-")
        while len(parts) > 1 and (len("-".join(parts)) > 22 or len(parts[-1]) < 4):
            parts.pop()
        slug = self.rng.choice(("-".join(parts), "".join(parts), "".join(parts[:2])))[:24].strip(
            "-"
        )
        slug = slug if len(slug) > 2 and not slug.isdigit() else coined(self.rng)
        while slug in self._slugs:
            slug = f"{slug[:20]}{self.rng.choice(('-', ''))}{self.rng.choice((coined(self.rng, 1), str(self.rng.randint(2, 999))))}"
        self._slugs.add(slug)
        return slug

    def _person(self, faker: Faker, slug: str) -> Person:
        name = _line(faker.name())
        words = [w for w in latin(name).split("-") if len(w) > 1] or [
            coined(self.rng),
            coined(self.rng),
        ]
        user = self.rng.choice((f"{words[0]}.{words[-1]}", words[-1], f"{words[0][0]}{words[-1]}",
                                "hostmaster", "noc", "admin", "domains", "tech"))  # fmt: skip
        return Person(name, f"{user}@{slug}.{{suffix}}", _line(faker.phone_number()))


def _line(text: str) -> str:
    return re.sub(r"\s*\n\s*", ", ", text).strip()
