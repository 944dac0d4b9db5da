"""Glyphs that look like others, and letters with marks on them."""

from __future__ import annotations

from random import Random

from decloak.evaluation.heldout.hidden import Hidden, at_some, some
from decloak.evaluation.heldout.names import KINDS

__all__ = ["confusable", "diacritic"]

_LIKE = {
    "a": "аɑα", "c": "сϲ", "d": "ԁⅾ", "e": "еҽ", "g": "ɡց", "h": "һհ", "i": "іɩ", "j": "јϳ", "k": "κк",
    "l": "ⅼӏ", "m": "ⅿм", "n": "ո", "o": "оοօ", "p": "рρ", "q": "ԛ", "s": "ѕ", "u": "υս", "v": "νѵⅴ",
    "w": "ԝѡ", "x": "хⅹ", "y": "уү", "A": "АΑᎪ", "B": "ВΒᏴ", "C": "СⅭᏟ", "D": "ⅮᎠ", "E": "ЕΕᎬ", "G": "Ԍ",
    "H": "НΗᎻ", "I": "ІΙⅠ", "J": "ЈᎫ", "K": "КΚᏦ", "L": "ⅬᏞ", "M": "МΜⅯ", "N": "Ν", "O": "ОΟՕ", "P": "РΡᏢ",
    "R": "Ꭱ", "S": "ЅՏᏚ", "T": "ТΤᎢ", "V": "ѴⅤᏙ", "W": "ԜᎳ", "X": "ХΧⅩ", "Y": "ҮΥ", "Z": "ΖᏃ",
}  # fmt: skip
_FORMS = (0x1D400, 0x1D434, 0x1D5A0, 0x1D5D4, 0x1D670)  # bold, italic, sans, sans bold, monospace
_DIGITS = ("０１２３４５６７８９", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "⁰¹²³⁴⁵⁶⁷⁸⁹",
           "₀₁₂₃₄₅₆₇₈₉", "⓪①②③④⑤⑥⑦⑧⑨")  # fmt: skip
_DOTS = "。．｡․"
_MARKED = {
    "a": "áàâäãåāą", "c": "çćč", "d": "ďđ", "e": "éèêëēęě", "g": "ğģ", "i": "íìîïī", "k": "ķ", "l": "ļľ",
    "n": "ñńň", "o": "óòôöõøō", "r": "řŕ", "s": "śšş", "t": "ťţ", "u": "úùûüūů", "y": "ýÿ", "z": "žźż",
    "A": "ÁÀÂÄÅ", "C": "ÇČ", "D": "Ď", "E": "ÉÈËĒ", "I": "ÍÏ", "N": "Ñ", "O": "ÓÖÔ", "S": "ŠŞ", "U": "ÚÜ", "Z": "Ž",
}  # fmt: skip
_STACKED = "\u0300\u0301\u0302\u0303\u0308\u030a\u0323\u0331\u0335\u0337"


def _wide(char: str) -> str:
    return chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char


def _formed(char: str, base: int) -> str:
    if base == 0x1D434 and char == "h":
        return "ℎ"  # italic h was encoded before the others
    if "A" <= char <= "Z":
        return chr(base + ord(char) - ord("A"))
    return chr(base + 26 + ord(char) - ord("a")) if "a" <= char <= "z" else char


def _end_of_name(value: str, label: str) -> int:
    """Return where the part of a value ends that may hold foreign letters: not in the top label."""
    return value.rfind(".") if label == "DOMAIN" else len(value)


def confusable(rng: Random, value: str, label: str) -> Hidden | None:
    """Write letters, digits or dots that look alike or are forms of the same."""
    if label in KINDS or label == "DOMAIN":
        way = rng.random()
        if way < 0.55:
            able = [i for i, c in enumerate(value[: _end_of_name(value, label)]) if c in _LIKE]
            places = some(rng, able, 3)
            return Hidden(at_some(value, places, {i: rng.choice(_LIKE[value[i]]) for i in places}))
        if label == "DOMAIN" and way < 0.7:
            return Hidden(value.replace(".", rng.choice(_DOTS)))
        if way < 0.75:
            return Hidden("".join(map(_wide, value)))
        base = rng.choice(_FORMS)
        return Hidden("".join(_formed(char, base) for char in value))
    if label in {"IP_ADDRESS", "VERSION", "HASH", "CVE"}:
        if label == "IP_ADDRESS" and "." in value and rng.random() < 0.2:
            return Hidden(value.replace(".", rng.choice(_DOTS)))
        digits = rng.choice(_DIGITS)
        places = some(rng, [i for i, char in enumerate(value) if char.isdigit()])
        return Hidden(at_some(value, places, {i: digits[int(value[i])] for i in places}))
    return None


def diacritic(rng: Random, value: str, label: str) -> Hidden | None:
    """Put marks on letters, one as part of the letter or several stacked."""
    if label not in KINDS | {"DOMAIN", "IP_ADDRESS", "VERSION"}:
        return None
    able = range(_end_of_name(value, label))
    if rng.random() < 0.5:
        places = some(rng, [i for i in able if value[i] in _MARKED], 3)
        return Hidden(at_some(value, places, {i: rng.choice(_MARKED[value[i]]) for i in places}))
    places = some(rng, [i for i in able if value[i].isalnum()], 4)
    height = rng.choice((1, 1, 2, 4))
    marks = {i: value[i] + "".join(rng.choices(_STACKED, k=height)) for i in places}
    return Hidden(at_some(value, places, marks))
