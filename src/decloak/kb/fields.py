"""Fields: what the values of a key, or of a column, are, as tools and standards name them.

``DestinationPort``, ``destination.port``, ``dst_port`` and ``dpt`` are one field in four spellings. A key is
split into its words; the longest run of last words that the table has decides, so that what stands
before them (``network.``, ``orig_``) needs no row of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from decloak.core.remember import remembered

__all__ = ["NAME", "NUMBER", "OPAQUE", "field_words", "role_of"]

NAME = "NAME"
"""The role of fields that hold a host by whatever it is called: an address, a domain, a host name."""
OPAQUE = "opaque"
"""The role of fields that hold no indicator, however much it looks like one: request identifiers."""
NUMBER = "number"
"""The role of fields that count or tell the time."""

_BORDERS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")
_MOST_WORDS = 4


@cache
def _roles() -> Mapping[str, str]:
    path = files("decloak.kb") / "data" / "field.tsv"
    lines = path.read_text("utf-8").splitlines()
    rows = (line.partition("\t") for line in lines if line and not line.startswith("#"))
    return {words: role for words, _, role in rows}


@cache
def field_words(*roles: str) -> tuple[str, ...]:
    """Return the rows of some roles: one to four words in lower case, the longest first."""
    found = (words for words, role in _roles().items() if role in roles)
    return tuple(sorted(found, key=lambda words: (-len(words), words)))


@remembered(1 << 12)
def role_of(key: str) -> str:
    """Return what the values of a key are: a label, `NAME`, `OPAQUE`, `NUMBER`, or "" if unknown.

    ``role_of("id.orig_h") == "IP_ADDRESS"``, ``role_of("trace_id") == "opaque"``.
    """
    parts = _BORDERS.sub(" ", key.replace("IPv", "ipv")).lower().split()[-_MOST_WORDS:]
    roles = _roles()
    for first in range(len(parts)):
        role = roles.get(" ".join(parts[first:])) or roles.get("".join(parts[first:]))
        if role is not None:
            return role
    return ""
