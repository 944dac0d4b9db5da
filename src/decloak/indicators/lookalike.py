"""What a name that is not ASCII wants to be taken for."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from decloak.indicators.skeleton import plain_form, skeleton

__all__ = ["plain_spelling", "pretends", "resembled"]

# Letters that registries of these country codes offer, beside a to z (their IDN tables). A name
# under such a code that uses them is spelt as its readers spell it, and pretends nothing.
_NATIVE: dict[str, str] = {
    "ar": "áéíóúüñ", "at": "äöüß", "be": "àâçéèêëîïôùûüÿœæäöß", "br": "áâãàéêíóôõúüç",
    "ca": "àâçéèêëîïôùûüÿœæ", "ch": "àâäçéèêëîïôöùûüÿœæß", "cl": "áéíóúüñ", "co": "áéíóúüñ",
    "cz": "áčďéěíňóřšťúůýž", "de": "äöüßáàâéèêëíìîïóòôúùûçñåæøœ", "dk": "æøåöäüé", "ee": "äöõüšž",
    "es": "áéíóúüñçàèò·", "eu": "äöüßáàâéèêëíîïóôúûçñåæøœ", "fi": "äöåšž", "fr": "àâäçéèêëîïôöùûüÿœæ",
    "hr": "čćđšž", "hu": "áéíóöőúüű", "ie": "áéíóú", "is": "áðéíóúýþæö", "it": "àâäèéêëìîïòôöùûüç",
    "li": "äöüß", "lt": "ąčęėįšųūž", "lu": "äöüéèêëàâç", "lv": "āčēģīķļņšūž", "mx": "áéíóúüñ",
    "no": "æøåäöüéè", "pl": "ąćęłńóśźżäöü", "pt": "áâãàéêíóôõúüç", "ro": "ăâîșțşţ", "rs": "čćđšž",
    "se": "åäöéü", "si": "čćđšž", "sk": "áäčďéíĺľňóôŕšťúýž", "swiss": "àâäçéèêëîïôöùûüÿœæß",
    "tr": "çğıöşüâ", "vn": "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
}  # fmt: skip


_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")


def resembled(name: str, ascii_name: str) -> str | None:
    """Return the plain spelling a name wants to be taken for, or None.

    Args:
        name: as written, possibly punycode.
        ascii_name: its A-label form.

    None for names that are plain already, for spellings at home under their country code
    (``bücher.de``), and for names whose letters resemble nothing in ASCII (``пример.рф``).
    """
    if name.isascii() and "xn--" not in ascii_name:
        return None
    shown = _unicode_name(ascii_name)
    if shown.isascii():
        return None
    labels = shown.split(".")
    native = _NATIVE.get(labels[-1], "")
    if native and all(c.isascii() or c in native for c in unicodedata.normalize("NFC", shown)):
        return None
    plain = ".".join(label if label.isascii() else skeleton(label) for label in labels).lower()
    return plain if plain.isascii() and plain != ascii_name else None


def plain_spelling(text: str) -> str | None:
    """Return the ASCII that a text wants to be taken for; None where nothing in it pretends."""
    if text.isascii() or not pretends(text):
        return None
    plain = skeleton(text)
    return plain if plain.isascii() else None


def pretends(text: str) -> bool:
    """Whether its letters are no honest spelling: scripts mixed in a word, or marks of no one language.

    ``wp-c\u043entent`` and ``u\u1e97d`` pretend, ``caf\u00e9`` and ``\u043f\u0440\u0438\u043c\u0435\u0440`` do not.
    """
    composed = unicodedata.normalize("NFC", text.lower())
    marked: set[str] = set()
    for word in _WORD.findall(composed):
        foreign = [char for char in word if not char.isascii() and not _is_marked_latin(char)]
        latin = any(char.isascii() and char.isalpha() for char in word)
        if foreign and latin and all(plain_form(char).isascii() for char in foreign):
            return True
        marked.update(char for char in word if _is_marked_latin(char))
    return bool(marked) and not any(marked.issubset(letters) for letters in _alphabets())


@cache
def _is_marked_latin(char: str) -> bool:
    """Whether it is a Latin letter outside ASCII, or a mark that no letter has taken in."""
    return not char.isascii() and (
        unicodedata.name(char, "").startswith("LATIN") or unicodedata.category(char)[0] == "M"
    )


@cache
def _alphabets() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(letters) for letters in _NATIVE.values())


def _unicode_name(ascii_name: str) -> str:
    labels = []
    for label in ascii_name.split("."):
        if label.startswith("xn--"):
            try:
                labels.append(label[4:].encode("ascii").decode("punycode"))
                continue
            except (UnicodeError, OverflowError, ValueError):
                pass
        labels.append(label)
    return ".".join(labels)
