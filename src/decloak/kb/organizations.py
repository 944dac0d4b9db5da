"""Organizations: one spelling for all the ways in which people write the name of a body, whatever its legal form."""

from __future__ import annotations

import re
from functools import cache

from decloak.kb.keys import name_key
from decloak.kb.tables import pairs

__all__ = ["organization_key", "product_vendors"]

_DOTS = re.compile(r"(?<=\w)[./](?=\w)|\.")
_AND = frozenset({"and", "&"})


@cache
def _legal_forms() -> frozenset[str]:
    return frozenset(form for form, _ in pairs("legal_form"))


def product_vendors() -> frozenset[str]:
    """Return the vendors of the table of platforms, as CPE names spell them."""
    return frozenset(stem.split(":")[1] for _, stems in pairs("cpe") for stem in stems.split())


def organization_key(name: str) -> str:
    """Return a name without its legal form, case, blanks and punctuation: ``Cisco Systems, Inc.`` is ``ciscosystems``.

    A name of legal forms alone stays whole.
    """
    words = re.split(r"[\s,;()]+", _DOTS.sub("", name.strip()))
    end = len(words)
    while end > 1 and (
        words[end - 1].casefold() in _legal_forms()
        or words[end - 1].casefold() in _AND
        or not words[end - 1]
    ):
        end -= 1
    return name_key(" ".join(words[:end])) or name_key(name)
