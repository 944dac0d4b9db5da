"""Version places: whether what stands before a number says that it is a version.

A number with dots that a disguise broke (``nginx 1(.)18(.)0``, ``OpenSSH 8.=`` and ``9p1``) could be
many things; behind a product's name, the word ``version`` or a port's service it is a version.
"""

from __future__ import annotations

from decloak.indicators.engine import compile_pattern
from decloak.kb import lexicon

__all__ = ["is_version_place"]

_REACH = 96  # code points before the number that are looked at
_WORDS = 3  # words of a product's name
_ANNOUNCING = frozenset(
    {"version", "versions", "ver", "vers", "v", "release", "releases", "firmware", "build"}
)
_LABELS = ("SOFTWARE", "SERVICE", "OS")
_PORT = rb"^[ \t|]*[0-9]{1,5}/(?:tcp|udp|sctp)[ \t]+[a-z|]+[ \t]+[^ \t\n]+[ \t]+[A-Za-z]"
_HEADER = rb"(?i)^[ \t|>]*(?:server|x-powered-by|user-agent|banner):[ \t]*[A-Za-z]"


def is_version_place(text: str, start: int) -> bool:
    """Whether the line before `start` ends with what a version follows."""
    place = max(start - _REACH, 0)
    line = text[max(text.rfind("\n", place, start) + 1, place) : start]
    bare = line.rstrip("\"' \t([")
    if bare[-1:] in {"/", "_"} and bare[-2:-1].isalpha():
        bare = bare[:-1]  # Example/1.2
        if not line.endswith(" "):
            return "/" not in bare.rpartition(" ")[2]
    words = bare.rstrip(":=").rstrip("\"' ").replace('"', " ").split()
    if not words:
        return False
    if words[-1].lower().lstrip("(,-") in _ANNOUNCING:
        return True
    for count in range(1, min(len(words), _WORDS) + 1):
        name = " ".join(words[-count:]).lstrip("(,;:'")
        if any(lexicon.lookup(name, label) is not None for label in _LABELS):
            return True
    shadow = line.encode("ascii", "replace")
    return any(
        compile_pattern(pattern, capture=False).search(shadow) is not None
        for pattern in (_PORT, _HEADER)
    )
