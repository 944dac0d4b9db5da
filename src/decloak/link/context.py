"""Context: what an entity is tied to because of those beside it: versions, protocols, ports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from typing import Any

from decloak.core import native
from decloak.core.entity import Entity, Link, entity_of
from decloak.core.lazy import Rows
from decloak.core.remember import Memory, remember
from decloak.kb.port_names import registered_ports
from decloak.kb.store import Store
from decloak.link import ports
from decloak.link.cpe import PLATFORMS, cpe_links, platforms_of

__all__ = ["Linked"]

_ASIDE = 4
"""How many entities on each side may say something about one."""
_BATCH = 1 << 12
_GAP = 48  # code points from a name to its version
_JOINED = re.compile(r"[-_~+/]")
_BESIDE = re.compile(r"[^\n]*|[^\n]*\n[^\n]*ersion[^\n]*", re.IGNORECASE)


class Linked(Rows[Entity]):
    """Entities with the links that their neighbours give; the same entities, in the same order.

    Args:
        entities: sorted by place.
        text: the raw text that they point into.
        store: what the user added; None for the packs alone.
    """

    __slots__ = ("_entities", "_store", "_text")

    def __init__(self, entities: Sequence[Entity], text: str, store: Store | None = None) -> None:
        self._entities, self._text, self._store = entities, text, store

    def __len__(self) -> int:
        return len(self._entities)

    def span(self, start: int, stop: int) -> Iterator[Entity]:
        """Yield the entities from `start` to `stop`; a batch of them is held at a time."""
        for begin in range(start, stop, _BATCH):
            yield from self._batch(begin, min(begin + _BATCH, stop))

    def _batch(self, start: int, stop: int) -> Iterator[Entity]:
        low, high = max(start - _ASIDE, 0), min(stop + _ASIDE, len(self._entities))
        around = self._entities[low:high] if high - low < len(self._entities) else self._entities
        window = tuple(around)
        if native.extension is not None and self._text:
            links = _native_links(self._store)
            made: list[Entity] | None = native.extension.linked(
                Entity, window, start - low, stop - low, self._text, links, self._is_beside
            )
            if made is not None:
                yield from made
                return
        for at in range(start - low, stop - low):
            entity = window[at]
            linker = _LINKERS.get(entity.label)
            yield entity if linker is None else linker(window, at, self._text, self._store)

    def _is_beside(self, start: int, end: int) -> bool:
        return _BESIDE.fullmatch(self._text, start, end) is not None


@lru_cache(4)
def _native_links(store: Store | None) -> Any:
    """Return what the extension ties ports, services and platforms with, from a store."""
    assert native.extension is not None  # noqa: S101 - whoever asks has looked
    platforms, slow = partial(platforms_of, store), partial(cpe_links, store)
    links = native.extension.Links(
        Link, registered_ports(), ports.known_names(), ports.usual_of, platforms, slow, ports.SOURCE, ports.SCORES,
        store is None,
    )  # fmt: skip
    remember(Memory(links.__len__, links.clear))
    return links


def _tied(entity: Entity, links: tuple[Link, ...]) -> Entity:
    """Return an entity with other links; `dataclasses.replace` takes ten times as long."""
    return entity_of(
        entity.label, entity.start, entity.end, entity.text, entity.decoded, entity.value, entity.confidence,
        entity.status, entity.evidence, entity.obfuscation, entity.resembles, links,
    )  # fmt: skip


def _platform(window: Sequence[Entity], at: int, text: str, store: Store | None) -> Entity:
    entity = window[at]
    written = entity.decoded if entity.decoded != entity.value else ""
    links = cpe_links(store, entity.label, entity.value, _version_of(window, at, text), written)
    return _tied(entity, links + entity.links) if links else entity


def _version_of(window: Sequence[Entity], at: int, text: str) -> str:
    """Return the version of a name: right behind it, else right before it (``5.5.34-MariaDB``); "" without one."""
    entity = window[at]
    if at + 1 < len(window) and _is_behind(entity, window[at + 1], text):
        return window[at + 1].value
    if at == 0 or window[at - 1].label != "VERSION":
        return ""
    before = window[at - 1]
    taken = (
        at > 1 and window[at - 2].label in PLATFORMS and _is_behind(window[at - 2], before, text)
    )
    joined = _JOINED.fullmatch(text, before.end, entity.start)
    return before.value if joined and not taken else ""


def _is_behind(entity: Entity, after: Entity, text: str) -> bool:
    """Whether this is a version with nothing but signs, or the word for it, between."""
    if after.label != "VERSION" or not 0 <= after.start - entity.end <= _GAP:
        return False
    return _BESIDE.fullmatch(text, entity.end, after.start) is not None


def _port(window: Sequence[Entity], at: int, text: str, _store: Store | None) -> Entity:
    """Tie a port to the services registered for it: ``22/tcp``, or the protocol in the cell beside."""
    entity = window[at]
    links = ports.port_links(f"{entity.value}/{_protocol_of(window, at, text)}")
    return _tied(entity, links) if links else entity


def _protocol_of(window: Sequence[Entity], at: int, text: str) -> str:
    for near in (at + 1, at - 1):
        if 0 <= near < len(window) and window[near].label == "PROTOCOL":
            first, second = sorted((window[at], window[near]), key=_start)
            if second.start - first.end <= _GAP and "\n" not in text[first.end : second.start]:
                return window[near].value
    return "tcp"


def _start(entity: Entity) -> int:
    return entity.start


def _service(window: Sequence[Entity], at: int, text: str, _store: Store | None) -> Entity:
    """Say where a service is not where it usually is: ssh on 443/tcp."""
    entity = window[at]
    for near in range(at - 1, max(at - _ASIDE, 0) - 1, -1):
        port = window[near]
        if port.label == "PORT":
            if "\n" in text[port.end : entity.start]:
                return entity
            place = f"{port.value}/{_protocol_of(window, near, text)}"
            links = ports.oddity_links(entity.value, place)
            return _tied(entity, links) if links else entity
    return entity


_LINKERS = {**dict.fromkeys(PLATFORMS, _platform), "PORT": _port, "SERVICE": _service}
