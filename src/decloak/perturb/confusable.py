"""Confusable: characters of other scripts and styles that look like the plain ones."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from random import Random

from decloak.perturb.base import Disguised, Family, Variant
from decloak.perturb.places import (
    ADDRESS_LIKE,
    NAME_LIKE,
    ascii_name,
    at_places,
    host_of,
    joints,
    some,
)

__all__ = ["CONFUSABLE"]


def _table(plain: str, other: str) -> dict[str, str]:
    return dict(zip(plain, other, strict=True))


def _styled(lower: int, upper: int, digit: int = 0) -> dict[str, str]:
    """Return a mathematical alphabet from its first code points, without the holes of the block."""
    table = {chr(ord("a") + i): chr(lower + i) for i in range(26)}
    table |= {chr(ord("A") + i): chr(upper + i) for i in range(26)}
    if digit:
        table |= {chr(ord("0") + i): chr(digit + i) for i in range(10)}
    return {key: char for key, char in table.items() if unicodedata.category(char) != "Cn"}


LETTERS: dict[str, dict[str, str]] = {
    "cyrillic": _table("aceijopsxyhABCEHIJKMOPSTXY", "асеіјорѕхуһАВСЕНІЈКМОРЅТХУ"),
    "greek": _table("ouvABEHIKMNOPTXYZ", "ουνΑΒΕΗΙΚΜΝΟΡΤΧΥΖ"),
    "armenian": _table("hnouqgLOSU", "հոօսզցԼՕՏՍ"),
    "cherokee": _table("ABCEGHJKLMPRSTVWZ", "ᎪᏴᏟᎬᏀᎻᎫᏦᏞᎷᏢᏒᏚᎢᏙᎳᏃ"),
    "full_width": {chr(i): chr(i + 0xFEE0) for i in range(0x41, 0x7B) if chr(i).isalpha()},
    "mathematical_bold": _styled(0x1D41A, 0x1D400, 0x1D7CE),
    "mathematical_italic": _styled(0x1D44E, 0x1D434),
    "mathematical_script": _styled(0x1D4EA, 0x1D4D0),
    "mathematical_fraktur": _styled(0x1D586, 0x1D56C),
    "mathematical_double": _styled(0x1D552, 0x1D538, 0x1D7D8),
    "mathematical_sans": _styled(0x1D5BA, 0x1D5A0, 0x1D7E2),
    "mathematical_sans_bold": _styled(0x1D5EE, 0x1D5D4, 0x1D7EC),
    "mathematical_mono": _styled(0x1D68A, 0x1D670, 0x1D7F6),
    "circled": _styled(0x24D0, 0x24B6),
    "roman": _table("ivxlcdmIVXLCDM", "ⅰⅴⅹⅼⅽⅾⅿⅠⅤⅩⅬⅭⅮⅯ"),
}

COMPATIBLE = frozenset(name for name in LETTERS if name[0] in "fmr" or name == "circled")
"""Alphabets that UTS 46 maps back to ASCII: no other name comes of them."""

DIGITS: dict[str, str] = {
    "full_width": "０１２３４５６７８９",
    "arabic_indic": "٠١٢٣٤٥٦٧٨٩",
    "extended_arabic_indic": "۰۱۲۳۴۵۶۷۸۹",
    "devanagari": "०१२३४५६७८९",
    "circled": "⓪①②③④⑤⑥⑦⑧⑨",
    "superscript": "⁰¹²³⁴⁵⁶⁷⁸⁹",
    "subscript": "₀₁₂₃₄₅₆₇₈₉",
    "mathematical_bold": "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
    "mathematical_double": "𝟘𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡",
    "mathematical_sans": "𝟢𝟣𝟤𝟥𝟦𝟧𝟨𝟩𝟪𝟫",
    "mathematical_mono": "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿",
    "segmented": "🯰🯱🯲🯳🯴🯵🯶🯷🯸🯹",
}

MARKS: dict[str, str] = {
    ".": "．。｡․﹒", "-": "－‐‑–−﹣", ":": "：꞉∶﹕", "/": "／⁄∕", "@": "＠﹫",
}  # fmt: skip


def _digits(name: str) -> Variant:
    glyphs = DIGITS[name]

    def disguise(value: str, label: str, rng: Random) -> str | None:
        if label not in ADDRESS_LIKE:
            return None
        places = [i for i, char in enumerate(value) if char in "0123456789"]
        chosen = some(places, rng) if rng.random() < 0.5 else places
        return at_places(value, chosen, lambda char: glyphs[int(char)])

    return disguise


def _marks(value: str, label: str, rng: Random) -> str | None:
    """Look-alike punctuation: full stops in any name, all kinds in addresses, versions, CVE."""
    if label in {"SOFTWARE", "SERVICE", "ORGANIZATION", "HASH"}:
        return None
    kinds = "." if label in {"DOMAIN", "EMAIL", "URL", "VERSION"} else ".-:/"
    start, end = host_of(value, label)
    places = [i for i in joints(value, kinds) if start <= i < end]
    chosen = some(places, rng)
    glyph = {mark: rng.choice(MARKS[mark]) for mark in kinds}
    if label in NAME_LIKE:
        glyph["."] = rng.choice("．。｡")  # the three that IDNA itself takes for a full stop
    return at_places(value, chosen, lambda char: glyph[char]) if chosen else None


def _full_width_whole(value: str, label: str, _rng: Random) -> str | None:
    if label in {"URL", "ORGANIZATION"}:
        return None
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in value)


def _letters(name: str) -> Variant:
    table = LETTERS[name]

    def disguise(value: str, label: str, rng: Random) -> Disguised | None:
        start, end = host_of(value, label)
        if label in NAME_LIKE:
            # The last label is left alone: no registry sells the other spelling of it.
            end = value.rfind(".", start, end)
        if label == "CVE":
            end = 3
        places = [i for i in range(start, end) if value[i] in table]
        # A name all in another script is another name; one letter or some make a look-alike.
        wide = name in COMPATIBLE and rng.random() < 0.5
        chosen = places if wide else some(places, rng)[:3]
        if not chosen or label in {"IP_ADDRESS", "CIDR", "VERSION"}:
            return None
        surface = at_places(value, chosen, lambda char: table[char])
        return _expected(surface, value, label)

    return disguise


def _expected(surface: str, value: str, label: str) -> Disguised:
    """Say what a look-alike spelling means: another name for a DNS name, the same elsewhere."""
    if label not in NAME_LIKE:
        return Disguised(surface, value)
    start, end = host_of(surface, label)
    name = ascii_name(surface[start:end])
    meant = None if name is None else surface[:start] + name + surface[end:]
    return Disguised(surface, meant, None if meant == value else value)


def _variants() -> Mapping[str, Variant]:
    made: dict[str, Variant] = {f"letters_{name}": _letters(name) for name in LETTERS}
    made |= {f"digits_{name}": _digits(name) for name in DIGITS}
    return made | {"marks": _marks, "marks_2": _marks, "full_width_whole": _full_width_whole}


CONFUSABLE = Family(
    "confusable",
    "confusable",
    frozenset({"IP_ADDRESS", "DOMAIN", "URL", "EMAIL", "CVE", "HASH", "VERSION", "SOFTWARE",
               "SERVICE", "ORGANIZATION", "CIDR"}),
    _variants(),
)  # fmt: skip
