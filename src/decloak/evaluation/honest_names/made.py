"""Made: names of companies, products, people and places, from words and sounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from random import Random
from string import ascii_lowercase

from decloak.kb.deletions import deletion_index, deletions
from decloak.kb.lexicon import LEXICON_LABELS, entries, is_word, lookup_all
from decloak.kb.words import ordinary_words

__all__ = ["KINDS", "beside", "invented", "parts"]

_FILE = Path(__file__).with_name("data") / "words.txt"
_TRIES = 50
_LONG = 4  # letters of a word beside a known name


@cache
def parts() -> Mapping[str, tuple[str, ...]]:
    """Return the words of every section of the file."""
    found = {}
    for section in _FILE.read_text("utf-8").split("\n[")[1:]:
        name, _, body = section.partition("]\n")
        words = body.replace("\n", "").split("|") if name == "forms" else body.split()
        found[name] = tuple(words)
    return found


def invented(rng: Random, most: int = 4) -> str:
    """Return a word that can be said and means nothing: ``Kratelo``."""
    sounds, codas = parts()["sounds"], ("", *parts()["codas"])
    word = "".join(rng.choice(sounds) for _ in range(rng.randint(2, most))) + rng.choice(codas)
    return word.capitalize()


def _head(rng: Random) -> str:
    words = parts()
    way = rng.random()
    if way < 0.3:
        return rng.choice(words["surnames"])
    if way < 0.4:
        return f"{rng.choice(words['surnames'])} {rng.choice('&+')} {rng.choice(words['surnames'])}"
    if way < 0.45:
        return f"{rng.choice(words['surnames'])}-{rng.choice(words['surnames'])}"
    if way < 0.5:
        return rng.choice(words["marked"])
    if way < 0.6:
        return rng.choice(words["places"])
    made = invented(rng)
    return made.upper() if way > 0.95 else made


def company(rng: Random) -> str:
    """Return a name with a trade, a legal form, or both."""
    words = parts()
    trade, form = rng.choice(words["trades"]), rng.choice(words["forms"])
    shape = rng.choice(
        ("{head} {form}", "{head} {trade} {form}", "{head} {trade}", "{trade} {head} {form}")
    )
    name = shape.format(head=_head(rng), trade=trade, form=form)
    return name.upper() if rng.random() < 0.08 else name


def person(rng: Random) -> str:
    """Return a forename and a surname, perhaps with an initial between."""
    words = parts()
    middle = rng.choice(("", "", f" {rng.choice('ABCDEFGHJKLMNPRSTW')}."))
    last = rng.choice((*words["surnames"], *words["marked"]))
    return f"{rng.choice(words['forenames'])}{middle} {last}"


def place(rng: Random) -> str:
    """Return the name of a body of a place."""
    shape = rng.choice(("University of {}", "Stadtwerke {}", "City of {}", "Port of {}", "{} Airport",
                        "Hochschule {}", "{} County Council", "Ville de {}"))  # fmt: skip
    return shape.format(rng.choice(parts()["places"]))


def product(rng: Random) -> str:
    """Return a name of software: one word, two, or an invented one with a tool's word."""
    made = invented(rng, 3)
    way = rng.random()
    if way < 0.3:
        return made
    if way < 0.55:
        return made.lower() + rng.choice(parts()["tools"])
    if way < 0.75:
        return f"{made} {rng.choice(parts()['tools'])}"
    return made + invented(rng, 2)


@cache
def beside() -> tuple[str, ...]:
    """Return the ordinary words, surnames, forenames and places one slip from a word of a known name."""
    known = {
        word.lower()
        for label in LEXICON_LABELS
        for entry in entries(label)
        for name in entry.names
        for word in name.split()
        if word.isalpha() and len(word) >= _LONG
    }
    index = deletion_index(known)
    words = (*ordinary_words(), *(each.lower() for kind in ("surnames", "forenames", "places")
             for each in parts()[kind]))  # fmt: skip
    return tuple(
        word.capitalize()
        for word in dict.fromkeys(words)
        if len(word) >= _LONG and word.isalpha() and word.isascii() and word not in known
        and not lookup_all(word) and any(key in index for key in deletions(word))
    )  # fmt: skip


def word(rng: Random) -> str:
    """Return a real word one slip from a known name, alone or with a trade or a form."""
    shape = rng.choice(("{}", "{} {form}", "{} {trade}", "{} {trade} {form}"))
    words = parts()
    return shape.format(
        rng.choice(beside()), form=rng.choice(words["forms"]), trade=rng.choice(words["trades"])
    )


@cache
def _plain_names() -> tuple[str, ...]:
    return tuple(
        name
        for label in LEXICON_LABELS
        if label != "SERVICE"
        for entry in entries(label)
        for name in entry.names
        if len(name) >= _LONG and name.replace(" ", "").isalpha() and name.isascii()
    )


def slip(rng: Random) -> str:
    """Return a known name with one letter lost, added, doubled, changed or swapped: may be another's."""
    for _ in range(_TRIES):
        name = rng.choice(_plain_names())
        i = rng.randrange(len(name))
        letter = rng.choice(ascii_lowercase)
        if not name[i].isalpha():
            continue
        made = rng.choice((
            name[:i] + name[i + 1 :], name[: i + 1] + letter + name[i + 1 :],
            name[: i + 1] + name[i].lower() + name[i + 1 :],
            name[:i] + (letter.upper() if name[i].isupper() else letter) + name[i + 1 :],
            name[:i] + name[i + 1 : i + 2] + name[i] + name[i + 2 :],
        )).strip()  # fmt: skip
        held = any(made[j : j + 1].lower() * 3 == made[j : j + 3].lower() for j in range(len(made)))
        if not lookup_all(made) and not held and made.lower() != name.lower() and not is_word(made):
            return made
    return invented(rng)


KINDS: dict[str, Callable[[Random], str]] = {
    "company": company,
    "person": person,
    "place": place,
    "product": product,
    "word": word,
    "slip": slip,
}
"""Makers of names by kind; each draws from the seed it is given."""
