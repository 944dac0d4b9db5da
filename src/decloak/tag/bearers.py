"""Bearers: whether a name that the model takes for malware is an attacker's, by what is known and what stands beside.

The model tells the two apart by how sentences go, which is often the same for both. Known is who bears the name, from
the lexicon, the packs and the user's own names; said is "group", "gang" or "threat actor" in or beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from decloak.core.entity import Tagged
from decloak.core.remember import remembered
from decloak.kb.known import named
from decloak.kb.lexicon import lookup_all
from decloak.kb.store import Store

__all__ = ["settled"]

_BEFORE, _BEHIND = 64, 24  # code points
_GROUP = r"(?:group|gang|team|crew|cartel|syndicate)"
_ENDS = re.compile(rf"\w[ -]{_GROUP}\Z", re.IGNORECASE)
_FOLLOWED = re.compile(
    rf"['\u2019\"\u201d)]?[ -](?:(?:APT|hacking|espionage|cybercrime) )?(?:{_GROUP}|threat actors?)\b",
    re.IGNORECASE,
)
_PRECEDED = re.compile(
    rf"\b(?:threat actor|{_GROUP}|adversary)s?(?: (?:we|that|which|is|was|it|as|they|previously|also))*"
    r"(?: (?:known as|called|named|dubbed|tracked as|like|such as))*,? [\"'\u201c\u2018(]?\Z",
    re.IGNORECASE,
)  # fmt: skip
_MALICIOUS = frozenset({"malware", "ransomware", "rat", "botnet", "exploit-kit", "tool", "MALWARE"})
_ATTACKERS = frozenset({"group", "THREAT_ACTOR"})


def settled(tagged: Iterable[Tagged], text: str, store: Store | None) -> Iterator[Tagged]:
    """Yield the same spans; malware whose name is an attacker's is THREAT_ACTOR.

    Args:
        tagged: spans of the model.
        text: what their offsets point into.
        store: what the user added, or None.
    """
    for each in tagged:
        if each.label == "MALWARE" and _is_attacker(text, each.start, each.end, store):
            yield each._replace(label="THREAT_ACTOR")
        else:
            yield each


def _is_attacker(text: str, start: int, end: int, store: Store | None) -> bool:
    name = text[start:end]
    attacker, malware = _bearers(name, store)
    if _ENDS.search(name) or _FOLLOWED.match(text, end, end + _BEHIND):
        return True
    if attacker == malware:  # both, or nobody that is known
        return bool(_PRECEDED.search(text[max(start - _BEFORE, 0) : start]))
    return attacker


@remembered(1 << 12)
def _bearers(name: str, store: Store | None) -> tuple[bool, bool]:
    """Return whether attackers, and whether malware, bear a name; an ordinary word in small letters is nobody's."""
    kinds = {row.kind for row in named(name, store) if not (row.weak and name.islower())}
    kinds |= {
        entry.label for entry in lookup_all(name) if not (entry.is_weak(name) and name.islower())
    }
    return bool(kinds & _ATTACKERS), bool(kinds & _MALICIOUS)
