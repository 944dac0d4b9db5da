"""Proposer: the protocol of everything that proposes candidates; and the looks it may take."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple, Protocol

from decloak.core.document import View
from decloak.core.entity import Candidate
from decloak.core.facts import Segment
from decloak.core.registry import Registry

__all__ = ["PROPOSERS", "Proposer", "Scene"]


class Scene(NamedTuple):
    """What a proposer may look at.

    Attributes:
        view: the decoded text.
        low, high: the half-open window to look at; it begins and ends at line ends.
        known: decoded spans that a fact explains already; proposing them again says nothing.
        segments: which tool wrote which stretch.
        private: top labels without a public suffix under which this document's own records
            name hosts (``htb``, ``localdomain``); context that no pattern has.
    """

    view: View
    low: int
    high: int
    known: Collection[tuple[int, int]] = frozenset()
    segments: tuple[Segment, ...] = ()
    private: frozenset[str] = frozenset()


class Proposer(Protocol):
    """Propose candidates from one kind of evidence. Pure and linear in the text.

    Attributes:
        name: unique.
        labels: what it can propose.
        origins: the keys of its measured precision (``pattern.ipv4``).
    """

    @property
    def name(self) -> str: ...
    @property
    def labels(self) -> tuple[str, ...]: ...
    @property
    def origins(self) -> tuple[str, ...]: ...

    def propose(self, scene: Scene) -> Iterable[Candidate]:
        """Yield candidates in any order; overlaps are resolved later."""
        ...


PROPOSERS: Registry[Proposer] = Registry("proposer")
