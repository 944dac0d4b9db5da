"""Lists: MISP warning lists of addresses, hosts and strings."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from decloak.core.errors import KnowledgeError
from decloak.kb.ranges import merged, range_key
from decloak.kb.store.feeds.base import About, Entry, clean
from decloak.kb.store.feeds.streamed import items

__all__ = ["warning_list"]

_LOOKED_UP = frozenset({"string", "hostname"})


def warning_list(stream: BinaryIO, about: About) -> Iterator[Entry]:
    """Yield the entries of ``{"name": ..., "type": "cidr", "list": [...]}``.

    Lists of patterns and of parts of strings are not used; the user is told.
    """
    head: dict[str, Any] = {}
    listed = [str(each).strip() for each in items(stream, "list", head)]
    name, kind = clean(head.get("name")), clean(head.get("type"))
    if not name:
        message = "a warning list without a name"
        raise KnowledgeError(message)
    about.name, about.version = f"MISP warning list {name}", str(head.get("version") or "")
    if kind == "cidr":
        yield from _ranges(listed)
    elif kind in _LOOKED_UP:
        for each in dict.fromkeys(clean(value).lower().lstrip(".") for value in listed):
            if each:
                yield "listed", (each, kind)
    else:
        about.notes.append(f"{name}: lists of the type {kind or 'unknown'} are not used")


def _ranges(listed: Iterable[str]) -> Iterator[Entry]:
    try:
        networks = [ipaddress.ip_network(each, strict=False) for each in listed if each]
    except ValueError as error:
        raise KnowledgeError(str(error)) from error
    for version, low, high in merged(networks):
        yield "listed_range", (range_key(version, low), range_key(version, high))
