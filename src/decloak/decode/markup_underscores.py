"""Markup underscores: emphasis in an indicator (``192._0_.2.1``), and of two around it.

An underscore is part of many names, so only what no name may hold is taken out: two or four of them
in an address, a CVE number, a digest, or in the last two labels of a host, which no registry allows.
"""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.document import View
from decloak.decode.defang_words import is_common_top
from decloak.decode.sense import DOTTED, INDICATOR, NAME, sense
from decloak.decode.version_places import is_version_place
from decloak.decode.vocabulary import is_strong
from decloak.indicators.engine import compile_pattern
from decloak.kb.lexicon import lookup

__all__ = ["UNDERSCORED", "underscores"]

UNDERSCORED = (
    rb"__[A-Za-z0-9]|(?i:CVE?_|C_V|V_E)|-[0-9]{0,3}_[0-9]{1,4}_?[0-9]{0,3}-|-[0-9]{4}-[0-9]{0,6}_[0-9]"
    rb"|[0-9a-f]_:|:[0-9a-f]{0,4}_[0-9a-f:]|[a-z]_\.[a-z]|[0-9]\.[0-9]{0,3}_[0-9.]|[0-9]_[0-9]{0,3}\.[0-9]|[0-9]_\.[0-9]"
    rb"|[0-9a-f]{6}_[0-9a-f]|_[0-9a-f]{6}|@[a-z0-9.-]*[a-z0-9.]_[a-z0-9]|[a-z0-9]\.[a-z]{0,4}_[a-z]"
)
"""What must be somewhere for such a token to be there."""

_TOKEN = rb"[A-Za-z0-9._@:-]*_[A-Za-z0-9._@:-]*"
_AROUND = rb"__([A-Za-z0-9][ -^`-~]{2,120})__"
_LONGEST = 160
_PAIRS = frozenset({2, 4})
_ROOM = 3  # letters of a top-level label that is no variable of a program


def underscores(view: View) -> Iterator[tuple[int, int]]:
    """Yield the range of every underscore that is taken out."""
    if compile_pattern(UNDERSCORED, capture=False).search(view.shadow) is None:
        return
    text = view.text
    for match in compile_pattern(_AROUND).finditer(view.shadow):
        start, end = match.span()
        inside = text[start + 2 : end - 2]
        if _is_meant(inside, text[start - 1 : start], text[end : end + 1]) or (
            sense(inside) == DOTTED and is_version_place(text, start)
        ):
            yield start, start + 2
            yield end - 2, end
    for match in compile_pattern(_TOKEN, capture=False).finditer(view.shadow):
        start, end = match.span()
        if end - start > _LONGEST or view.text[end : end + 1] in {"(", "["}:
            continue
        token = view.text[start:end].rstrip(".:")
        if _hides(view.text, start, token):
            place = token.find("_")
            while place >= 0:
                yield start + place, start + place + 1
                place = token.find("_", place + 1)


def _is_meant(inside: str, before: str, after: str) -> bool:
    """Whether two underscores on either side emphasise, and are no part of a program's name."""
    if any(char.isalnum() or char == "_" for char in (before, after) if char):
        return False
    if " " in inside:
        return lookup(inside) is not None
    if inside.isalpha() and not inside.isupper() and not inside.islower():
        # `__FreeBSD__` and `__APPLE__` are what compilers call the system they are on.
        return is_strong(inside) and lookup(inside, "OS") is None
    return sense(inside) == INDICATOR


def _hides(text: str, start: int, token: str) -> bool:
    """Whether a token is an indicator without its underscores, and not with them."""
    local, at, host = token.rpartition("@")
    if token.count("_") not in _PAIRS or "__" in token or "_" in local or sense(token) >= NAME:
        return False
    plain = host.replace("_", "")
    if not at and sense(plain) == DOTTED:
        return is_version_place(text, start)
    if sense(local + at + plain) != INDICATOR:
        return False
    if at or plain[:4].upper() == "CVE-" or not plain.strip("0123456789.") or plain.isalnum():
        return True
    if plain.count(":") > 1:
        return True
    *_, second, top = ("", *host.split("."))
    labels, last = plain.count("."), top.replace("_", "")
    if top[:1] == "_" and top.count("_") == 1 and not (len(last) <= _ROOM and is_common_top(last)):
        return False  # a private name of a module
    if "_" in top:
        return host.islower() and labels > 1 and (len(last) >= _ROOM or is_common_top(last))
    if second[-1:] == "_":
        return is_common_top(top)
    if second[:1] == "_":
        return False  # a private member
    if "_" in second:  # c_o.uk
        return labels > 1 and len(second.replace("_", "")) <= _ROOM and is_common_top(top)
    return "._" in host and is_common_top(top)
