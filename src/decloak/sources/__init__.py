"""Sources: the grammar of each tool's layouts. A new layout is one file and one line here."""

from __future__ import annotations

from decloak.sources.banner import BANNER
from decloak.sources.base import PARSERS, SourceParser
from decloak.sources.nmap_grepable import NmapGrepable
from decloak.sources.nmap_text import NmapText
from decloak.sources.nmap_xml import NmapXml
from decloak.sources.prose import PROSE
from decloak.sources.rdap import RDAP
from decloak.sources.shodan import SHODAN_JSON
from decloak.sources.shodan_text import SHODAN_SEARCH, SHODAN_TEXT

__all__ = ["PARSERS"]

# In order of preference: of two layouts that know a line, the first takes it. Prose stays last.
_BUILT_IN: list[SourceParser] = [
    NmapXml(),
    NmapGrepable(),
    NmapText(),
    SHODAN_JSON,
    SHODAN_TEXT,
    SHODAN_SEARCH,
    RDAP,
    BANNER,
    PROSE,
]

for _parser in _BUILT_IN:
    PARSERS.add(_parser)
