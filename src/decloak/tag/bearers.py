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
    r"(?: (?:known as|called|named|dubbed|tracked as|like|such as))*,? [\"'\u201c\u2018(]?\Z"
    r"|\battribut(?:ed|es?|ing|ion)(?: \w+){0,5} to (?:the )?[\"'\u201c\u2018(]?\Z",
    re.IGNORECASE,
)  # fmt: skip
_AND = re.compile(r"[\"'\u2019\u201d)]?,? (?:and|or) [\"'\u2018\u201c(]?")
_MALICIOUS = frozenset({"malware", "ransomware", "rat", "botnet", "exploit-kit", "tool", "MALWARE"})
_ATTACKERS = frozenset({"group", "THREAT_ACTOR"})


def settled(tagged: Iterable[Tagged], text: str, store: Store | None = None) -> Iterator[Tagged]:
    """Yield the same spans; malware whose name is an attacker's is THREAT_ACTOR.

    Args:
        tagged: spans of the model.
        text: what their offsets point into.
        store: what the user added, or None.
    """
    spans = list(tagged)
    for at, each in enumerate(spans):
        if each.label == "MALWARE" and (
            _is_attacker(text, each.start, each.end, store) or _is_joined(text, spans, at, store)
        ):
            yield each._replace(label="THREAT_ACTOR")
        else:
            yield each


def _is_joined(text: str, spans: list[Tagged], at: int, store: Store | None) -> bool:
    """Whether nobody knows a name, and "and" or "or" joins it to an attacker's: ``links between Zorbling and APT28``."""
    if any(_bearers(text[spans[at].start : spans[at].end], store)):
        return False
    for first, second in ((at - 1, at), (at, at + 1)):
        if first < 0 or second >= len(spans):
            continue
        other = spans[first if second == at else second]
        if _AND.fullmatch(text, spans[first].end, spans[second].start) is not None and _bearers(
            text[other.start : other.end], store
        ) == (True, False):
            return True
    return False


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
