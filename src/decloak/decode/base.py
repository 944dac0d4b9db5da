"""Decoder: the protocol of everything that undoes one disguise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, Protocol

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.core.registry import Registry

__all__ = ["DECODERS", "Decoder", "Expert", "Proposals"]

Expert = Literal["symbol", "typographic", "semantic"]


class Decoder(Protocol):
    """Undo one disguise. Pure: the same text in, the same edits out; no I/O, no clock.

    Attributes:
        name: unique, also the name of its golden cases.
        version: raised whenever its edits change.
        expert: which of the three experts of the published design it belongs to.
        families: the disguise families whose names its edits carry.
        trigger: an RE2 pattern over the shadow; where it finds nothing the decoder is not run.
    """

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def expert(self) -> Expert: ...
    @property
    def families(self) -> tuple[str, ...]: ...
    @property
    def trigger(self) -> bytes: ...

    def propose(self, view: View) -> Iterable[Edit]:
        """Yield edits in view offsets, sorted by start. Edits of one decoder never overlap."""
        ...


DECODERS: Registry[Decoder] = Registry("decoder")

Proposals = Sequence[tuple[Decoder, Sequence[Edit]]]
"""What each decoder that ran proposes for one view, in order of registration."""
