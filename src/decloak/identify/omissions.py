"""Omissions: facts of the source's grammar that a narrative leaves out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from decloak.core.facts import Fact, Facts
from decloak.identify.places import fold, names, occurrences
from decloak.identify.verbalise import value_of
from decloak.indicators import read

__all__ = ["counts", "is_named", "missing"]

_END = re.compile(r"[.!?;](?=\s)|\n")
_PORT = re.compile(r"(?:(?<=\bport )|(?=\d{1,5}/(?:tcp|udp|sctp)\b))(?<![\w.])(\d{1,5})\b")
_LONGEST = 300
_RAW = frozenset({"output", "banner", "arguments"})


def counts(fact: Fact) -> bool:
    """Whether a narrative has to state a fact: those that are entities and no raw text."""
    return bool(fact.label) and fact.field not in _RAW and fact.end - fact.start <= _LONGEST


def is_named(folded: str, label: str, value: str) -> bool:
    """Whether a folded text names a value, as it stands or in its canonical form."""
    if names(folded, value):
        return True
    canonical = read(label, value).value if label else ""
    return bool(canonical) and canonical != value and names(folded, canonical)


def missing(text: str, found: Iterable[Fact], facts: Facts, narrative: str) -> list[Fact]:
    """Return the facts that a narrative does not state, in the order of the text.

    What is said of a port has to be said where its number is named: "open" once does not state that
    four ports are.

    Args:
        text: the decoded text.
        found: the facts to look for.
        facts: all facts, for the kinds of their records.
        narrative: what the model wrote.
    """
    wanted = [fact for fact in found if counts(fact)]
    folded = fold(narrative)
    about = _about_ports(text, wanted, facts, folded)
    known: dict[tuple[str, str, str], bool] = {}
    left = []
    for fact in wanted:
        place = about.get(fact.record, folded)
        key = (place, fact.label, value_of(text, fact))
        named = known.get(key)
        if named is None:
            named = known[key] = is_named(*key)
        if not named:
            left.append(fact)
    return left


def _about_ports(text: str, wanted: Sequence[Fact], facts: Facts, folded: str) -> dict[int, str]:
    """Return, for each port record, the part of the narrative that is about it."""
    numbers = {
        fact.record: value_of(text, fact)
        for fact in wanted
        if fact.record >= 0 and facts.kinds[fact.record] == "port" and fact.field == "number"
    }
    if not numbers:
        return {}
    starts = [0, *(match.end() for match in _END.finditer(folded))]
    named = {
        number: [low for low, _ in occurrences(folded, number, most=16)]
        for number in set(numbers.values())
    }
    # A port that the data does not have ends what is said of the one before it as well.
    others = ((match.start(1), match[1]) for match in _PORT.finditer(folded))
    made_up = [(low, number) for low, number in others if number not in named]
    places = sorted([*made_up, *((low, number) for number, lows in named.items() for low in lows)])
    about: dict[str, list[str]] = {}
    beyond, following = (
        len(folded),
        len(folded),
    )  # where another number, and where this one, follows
    last = ""
    for low, number in reversed(places):
        if number != last:
            beyond, last = following, number
        following = low
        sentence = bisect_right(starts, low) - 1
        end = starts[sentence + 1] if sentence + 1 < len(starts) else len(folded)
        # Up to the sentence that names the next port: "It runs nginx." may follow by itself.
        limit = starts[bisect_right(starts, beyond) - 1] if beyond < len(folded) else len(folded)
        about.setdefault(number, []).append(folded[starts[sentence] : max(end, limit)])
    return {record: " ".join(about.get(number, ())) for record, number in numbers.items()}
