"""What a name that is not ASCII wants to be taken for."""

from __future__ import annotations

import unicodedata

from decloak.indicators.skeleton import skeleton

__all__ = ["resembled"]

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
