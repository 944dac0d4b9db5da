"""Sources: the grammar of each tool's layouts. A new layout is one file and one line here."""

from __future__ import annotations

from decloak.sources.base import PARSERS, SourceParser
from decloak.sources.nmap_text import NmapText

__all__ = ["PARSERS"]

_BUILT_IN: list[SourceParser] = [
    NmapText(),
]

for _parser in _BUILT_IN:
    PARSERS.add(_parser)
