"""link: ties from entities to registries."""

from __future__ import annotations

from decloak.link.registries import links_of

__all__ = ["links_of"]
