"""link: ties from entities to registries."""

from __future__ import annotations

from decloak.link.registries import link

__all__ = ["link"]
