"""Legal names: slips in the names of organisations that end in their legal form.

`Dropbox, Icn.` and `OVH SS` stand where a holder or a registrar must stand; the name before the
form, or the form that belongs to the name, says what is meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.core.remember import remembered
from decloak.decode.nearness import slip_edit
from decloak.decode.vocabulary import is_plain
from decloak.indicators.engine import compile_pattern
from decloak.kb.lexicon import entries

__all__ = ["misspelt_legal_names"]

_HOLDER = (
    rb"(?mi)(?:^[ \t]{0,8}|[\"])(?:[a-z]{2,12}[ _-]){0,2}(?:registrar|registrant|org-?name|owner|"
    rb"organi[sz]ation|org|isp|descr|holder)\"?"
    rb"[ \t.]{0,20}:[ \t]{0,40}\"?([A-Za-z0-9][ !#-~]{1,50} [A-Za-z.]{2,12}),?[ \t]{0,8}(?:\"|$)"
)
_FORMS = [
    "inc",
    "llc",
    "ltd",
    "limited",
    "gmbh",
    "corp",
    "corporation",
    "company",
    "co",
    "sa",
    "sas",
    "se",
    "sarl",
    "bv",
    "nv",
    "plc",
    "srl",
    "spa",
    "ag",
    "ab",
    "oy",
    "kg",
    "ug",
    "incorporated",
    "s.a",
    "s.a.s",
    "b.v",
    "n.v",
    "s.r.l",
    "s.p.a",
    "kft",
    "aps",
]
# One slip from another, and a form of its own where no known name says otherwise.
_DOUBTFUL = frozenset({"as", "es", "pl"})
_SPELT = {"inc": "Inc", "llc": "LLC", "ltd": "Ltd", "gmbh": "GmbH", "corp": "Corp"}
_ROOM_FOR_TWO, _SHORTEST = 8, 4


def misspelt_legal_names(view: View) -> Iterator[Edit]:
    """Yield one edit per misspelt word of a holder's name that ends in a legal form."""
    text = view.text
    for match in compile_pattern(_HOLDER).finditer(view.shadow):
        start, end = match.span(1)
        phrase = text[start:end]
        for place, word, meant in _repairs(phrase):
            # Behind the name that it belongs to, even a form that is a word is beyond doubt.
            sure = 0.999 if place + len(word) >= len(phrase) - 1 else 0.85
            yield slip_edit(start + place, word, meant, sure, "in the name of a holder")


@remembered(1 << 14)
def _repairs(phrase: str) -> tuple[tuple[int, str, str], ...]:
    before, _, last = phrase.rpartition(" ")
    head = before.rstrip(" ,")
    low, form = head.lower(), last.lower().rstrip(".")
    if not low or (form in _FORMS and low in _heads()):
        return ()
    name = low if low in _heads() else _near_head(head)
    if not name:
        return ()
    usual, forms = _heads()[name]
    meant = _form(form, forms)
    if meant is None:
        return ()
    found = []
    place = 0
    for word, right in zip(head.split(" "), usual.split(" "), strict=True):
        if word.lower() != right.lower():
            found.append((place, word, right))
        place += len(word) + 1
    if meant:
        bare = last.rstrip(".")
        found.append((len(before) + 1, bare, meant))
    return tuple(found)


def _form(form: str, forms: frozenset[str]) -> str | None:
    """Return the form that is meant, "" when it is right as it is, None when it is none."""
    if form in _FORMS:
        return ""
    # Sorted: of `INC` and `Inc` the second, whatever the order of the set.
    known = {each.lower(): each for each in sorted(forms) if OSA.distance(form, each.lower()) <= 1}
    # The same letters in another order, then as many of them, are the likelier slips.
    ranks = sorted((sorted(low) != sorted(form), len(low) != len(form), low) for low in known)
    if ranks:
        return known[ranks[0][2]]
    if form in _DOUBTFUL:
        return None
    near = [each for each in _SPELT if OSA.distance(form, each) <= 1]
    return _SPELT[near[0]] if len(near) == 1 else None


def _near_head(head: str) -> str:
    """Return the one known name, without its form, that a misspelt one is near to, or ""."""
    low = head.lower()
    if len(low) < _SHORTEST or all(is_plain(word) for word in low.split()):
        return ""
    most = 1 if len(low) < _ROOM_FOR_TWO else 2 if " " not in low else 3
    found = process.extract(
        low, tuple(_heads()), scorer=OSA.distance, processor=None, score_cutoff=most, limit=None
    )
    words = low.count(" ")
    best = sorted(
        (int(slips), name)
        for name, slips, _ in found
        if name.count(" ") == words and len(name) >= _SHORTEST and _signs(name) == _signs(low)
    )
    if not best or (len(best) > 1 and best[0][0] == best[1][0]):
        return ""
    return best[0][1]


def _signs(name: str) -> str:
    return "".join(char for char in name if not char.isalpha())


@cache
def _heads() -> Mapping[str, tuple[str, frozenset[str]]]:
    """Return a name in lower case without its legal form -> as written, and its known forms."""
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for entry in entries("ORGANIZATION"):
        forms: dict[str, set[str]] = {}
        usual: dict[str, str] = {}
        for name in entry.names:
            head, _, last = name.rpartition(" ")
            form = last.rstrip(".")
            if head and form.lower() in _FORMS:
                head = head.rstrip(",")
                forms.setdefault(head.lower(), set()).add(form)
            else:
                head = name
            usual.setdefault(head.lower(), head)
        for low, head in usual.items():
            old = found.get(low, (head, frozenset()))
            found[low] = old[0], old[1] | forms.get(low, set())
    return found
