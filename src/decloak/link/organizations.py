"""Organizations: bodies by their names, whatever their legal form: our own table, vendors, providers of addresses."""

from __future__ import annotations

from decloak.core.entity import Link, link_of
from decloak.core.remember import remembered
from decloak.kb.organizations import organization_key
from decloak.kb.packs import pack, source_of
from decloak.kb.store import Store
from decloak.link.names import name_links

__all__ = ["organization_links"]

_SAME, _OTHER_FORM, _OTHER_NAME = 1.0, 0.9, 0.8
_BODY = "organization"
_MOST = 5


@remembered(1 << 14)
def organization_links(store: Store | None, value: str) -> tuple[Link, ...]:
    """Return who an organisation is known as, then what else has its name; an ordinary word in small letters is nobody.

    Args:
        store: what the user added, or None.
        value: the canonical name.
    """
    key = organization_key(value)
    best: dict[tuple[str, str], Link] = {}
    for _, name, relation, target, code, weak in pack("organizations").rows(key):
        if weak and value.islower():
            continue
        score = (
            _SAME if name.casefold() == value.casefold()
            else _OTHER_FORM if organization_key(name) == key
            else _OTHER_NAME
        )  # fmt: skip
        known = best.get((relation, target))
        if known is None or known.score < score:
            source = source_of(code)
            best[relation, target] = link_of(
                relation, target, source.name, score, source.version, f"known as {name!r}"
            )
    links = (*best.values(), *name_links(store, "ORGANIZATION", value))
    return tuple(sorted(links, key=_by_score)[:_MOST])


def _by_score(link: Link) -> tuple[bool, float, str, str]:
    return link.relation != _BODY, -link.score, link.relation, link.target
