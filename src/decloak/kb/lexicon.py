"""Lexicon: known names of software, services, organisations, systems, malware and actors.

The tables under ``data/`` are decloak's own. One line is one thing: its canonical name, for services
the ports it is usually found on, and its other names separated by semicolons. A tilde before a
name marks it weak: an ordinary word or a short abbreviation that means this thing only in context.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from decloak.kb.keys import name_key
from decloak.kb.learned import learned
from decloak.kb.words import is_word

__all__ = [
    "LEXICON_LABELS", "RESPELT", "Entry", "ends_with_product", "entries", "is_word", "lookup", "lookup_all", "names_index",
    "names_own_product", "respelt",
]  # fmt: skip

_LONGEST_NAME = 4  # words of the name of a product
_BEFORE = 32  # code points of the word before a short form

LEXICON_LABELS = (
    "SOFTWARE", "OS", "ORGANIZATION", "MALWARE", "THREAT_ACTOR", "SERVICE",
)  # fmt: skip
"""The labels that have a table, in the order in which `lookup` prefers them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One known thing.

    Attributes:
        name: the canonical name.
        label: one of `LEXICON_LABELS`.
        aliases: other names, as they are usually written.
        weak: names and aliases, case-folded, that are ordinary words or short abbreviations and
            mean this thing only where the context says so.
        ports: for a service, where it is usually found: ``("22/tcp",)``.
    """

    name: str
    label: str
    aliases: tuple[str, ...] = ()
    weak: frozenset[str] = frozenset()
    ports: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The canonical name, then the aliases."""
        return (self.name, *self.aliases)

    def is_weak(self, name: str) -> bool:
        """Whether this spelling of the name needs context to be believed."""
        return name.casefold() in self.weak


def _parse(line: str, label: str) -> Entry:
    name, _, rest = line.partition("\t")
    ports = ""
    if label == "SERVICE":
        ports, _, rest = rest.partition("\t")
    names = [name, *(alias for alias in rest.split(";") if alias)]
    weak = frozenset(each[1:].casefold() for each in names if each.startswith("~"))
    canonical, *aliases = (each.removeprefix("~") for each in names)
    return Entry(canonical, label, tuple(aliases), weak, tuple(ports.split()))


@cache
def entries(label: str | None = None) -> tuple[Entry, ...]:
    """Return all entries, or those of one label, sorted by name.

    Raises:
        ValueError: when the label has no table.
    """
    if label is None:
        return tuple(entry for each in LEXICON_LABELS for entry in entries(each))
    if label not in LEXICON_LABELS:
        message = f"no table for {label!r}; there are {', '.join(LEXICON_LABELS)}"
        raise ValueError(message)
    return _with_learned(label, _own(label))


@cache
def _own(label: str) -> tuple[Entry, ...]:
    path = files("decloak.kb") / "data" / f"{label.lower()}.tsv"
    lines = path.read_text("utf-8").splitlines()
    return tuple(_parse(line, label) for line in lines if line and not line.startswith("#"))


@cache
def _own_keys() -> frozenset[str]:
    return frozenset(
        name_key(name) for label in LEXICON_LABELS for entry in _own(label) for name in entry.names
    )


def _with_learned(label: str, own: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Return our own entries with the names that packs and the user's store add to them, and new ones."""
    extended = {entry.name: entry for entry in own}
    bearer = {name_key(name): entry.name for entry in own for name in entry.names}
    for preferred, names in learned(label, _own_keys()).items():
        canonical = bearer.get(name_key(preferred), preferred)
        entry = extended.get(canonical) or Entry(canonical, label)
        others = tuple(name for name, _ in names if name_key(name) != name_key(canonical))
        weak = entry.weak | {name.casefold() for name, is_weak in names if is_weak}
        extended[canonical] = replace(entry, aliases=entry.aliases + others, weak=weak)
        bearer |= dict.fromkeys(map(name_key, (preferred, *others)), canonical)
    return tuple(sorted(extended.values(), key=_by_name))


def _by_name(entry: Entry) -> str:
    return entry.name.casefold()


@cache
def names_index() -> Mapping[str, tuple[Entry, ...]]:
    """Return every name and alias, case-folded -> the entries that have it, in order of preference."""
    index: dict[str, tuple[Entry, ...]] = {}
    for entry in entries():
        for name in dict.fromkeys(each.casefold() for each in entry.names):
            index[name] = (*index.get(name, ()), entry)
    return index


def lookup_all(name: str) -> tuple[Entry, ...]:
    """Return every entry of that name or alias, whatever the case, in order of preference."""
    return names_index().get(name.casefold(), ())


def lookup(name: str, label: str | None = None) -> Entry | None:
    """Return the entry of that name or alias, whatever the case; None when it is unknown.

    Where several labels know the name (``ssh`` the service, ``SSH`` the product), the entry whose
    spelling is exactly as given comes first, then the order of `LEXICON_LABELS` decides.
    """
    found = [entry for entry in lookup_all(name) if label in {None, entry.label}]
    for entry in found:
        if name in entry.names:
            return entry
    return found[0] if found else None


RESPELT = frozenset({"THREAT_ACTOR", "MALWARE"})
"""Labels whose names are spelt with a blank, a hyphen or nothing between their parts: ``Fancy-Bear``, ``APT 28``."""


@cache
def _by_key() -> Mapping[str, tuple[Entry, str]]:
    """Return key of a name -> the entry and the name, of those that have one label only."""
    found: dict[str, tuple[Entry, str] | None] = {}
    for label in sorted(RESPELT):
        for entry in entries(label):
            for name in entry.names:
                known = found.setdefault(name_key(name), (entry, name))
                if known is not None and known[0].label != label:
                    found[name_key(name)] = None
    return {key: each for key, each in found.items() if each is not None}


def respelt(name: str) -> tuple[Entry, str] | None:
    """Return the entry of `RESPELT` that a name in another spelling belongs to, and its usual spelling; else None."""
    return _by_key().get(name_key(name))


@cache
def _product_words() -> frozenset[bytes]:
    return frozenset(
        name.rpartition(" ")[2].lower().encode("ascii")
        for label in ("SOFTWARE", "OS")
        for entry in entries(label)
        for name in entry.names
        if name.isascii() and not entry.is_weak(name)
    )


def ends_with_product(words: bytes) -> bool:
    """Whether words end with the name of a product or system that needs no context, or with the last word of one.

    A word that only ends longer names (the ``server`` of Zabbix Server) and stands in small letters is one
    behind the rest of such a name alone: ``invalid user admin`` names nothing.

    Args:
        words: what stands before a place, as written, without white space at its end.
    """
    found = words.replace(b"\t", b" ").replace(b"(", b" ").split(b" ")[-_LONGEST_NAME:]
    if not found or found[-1].lower() not in _product_words():
        return False
    if not found[-1].islower():
        return True
    text = [word.decode("ascii", "replace") for word in found]
    return any(
        entry.label in {"SOFTWARE", "OS"} and not entry.is_weak(name)
        for first in range(len(text))
        for name in (" ".join(text[first:]),)
        for entry in lookup_all(name)
    )


def names_own_product(text: str, start: int, name: str, entry: Entry) -> bool:
    """Whether a short form in small letters stands behind a name that nobody knows: the httpd of Timik is not Apache's."""
    before = text[max(start - _BEFORE, 0) : start]
    if not name.islower() or not before.endswith(" ") or name == entry.name.lower():
        return False
    word = before[:-1].rpartition(" ")[2]
    other = word.isalpha() and word[:1].isupper() and not word.isupper()
    return other and not is_word(word) and not lookup_all(word)
