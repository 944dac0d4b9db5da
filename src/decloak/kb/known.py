"""Known: what the packs and the user's store say of a name, as one."""

from __future__ import annotations

from typing import NamedTuple

from decloak.core.remember import remembered
from decloak.kb.keys import name_key
from decloak.kb.packs import pack, source_of
from decloak.kb.store import Store

__all__ = ["Named", "Thing", "named", "replacements", "thing"]


class Named(NamedTuple):
    """One thing that has a name.

    Attributes:
        alias: the name as the source spells it.
        kind: ``group``, ``malware`` ...; a label for the user's own names.
        name: the one that the source prefers.
        target: its identifier there.
        weak: whether the alias is an ordinary word or a short form.
        source, version: who says so.
    """

    alias: str
    kind: str
    name: str
    target: str
    weak: bool
    source: str
    version: str


class Thing(NamedTuple):
    """One thing of ATT&CK by its identifier; `state` is ``current``, ``revoked`` or ``deprecated``."""

    id: str
    kind: str
    name: str
    tactics: str
    state: str
    source: str
    version: str


def named(name: str, store: Store | None) -> tuple[Named, ...]:
    """Return everything of this name, however it is spelt: the packs' first, then those of a store."""
    key = name_key(name)
    return _named(key, store) if len(key) > 1 else ()


@remembered(1 << 14)
def _named(key: str, store: Store | None) -> tuple[Named, ...]:
    found = []
    for _, alias, kind, preferred, target, code, weak in pack("names").rows(key):
        source = source_of(code)
        found.append(Named(alias, kind, preferred, target, bool(weak), source.name, source.version))
    if store is not None:
        found += [Named(*row[:4], row.weak, row.source, row.version) for row in store.names(key)]
    return tuple(found)


@remembered(1 << 12)
def thing(identifier: str) -> Thing | None:
    """Return what ATT&CK has under an identifier (``T1566.001``, ``G0007``)."""
    for row in pack("attack").rows(identifier):
        source = source_of("attack")
        return Thing(row[0], row[1], row[2], row[4], row[5], source.name, source.version)
    return None


def replacements(identifier: str) -> tuple[Thing, ...]:
    """Return what took the place of something that ATT&CK revoked."""
    rows = pack("attack_relations").rows(identifier)
    found = (thing(target) for _, relation, target in rows if relation == "revoked-by")
    return tuple(each for each in found if each is not None)
