"""link: ties from entities to registries, catalogues and what the user added."""

from __future__ import annotations

from decloak.link.context import Linked
from decloak.link.exposures import Exposure, exposures
from decloak.link.linkers import linkers, links_of

__all__ = ["Exposure", "Linked", "exposures", "linkers", "links_of"]
