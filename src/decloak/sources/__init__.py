"""Sources: the grammar of each tool's layouts. A new layout is one file and one line here."""

from __future__ import annotations

from decloak.sources.banner import BANNER
from decloak.sources.base import PARSERS, SourceParser
from decloak.sources.censys import CENSYS_JSON
from decloak.sources.dig import DIG, DIG_SHORT
from decloak.sources.dig_json import DIG_JSON
from decloak.sources.dig_lookup import DIG_LOOKUP
from decloak.sources.dig_yaml import DIG_YAML
from decloak.sources.nmap_grepable import NmapGrepable
from decloak.sources.nmap_text import NmapText
from decloak.sources.nmap_xml import NmapXml
from decloak.sources.prose import PROSE
from decloak.sources.rdap import RDAP
from decloak.sources.shodan import SHODAN_JSON
from decloak.sources.shodan_text import SHODAN_SEARCH, SHODAN_TEXT
from decloak.sources.whois import WHOIS

__all__ = ["PARSERS"]

# In order of preference: of two layouts that know a line, the first takes it. Prose stays last.
_BUILT_IN: list[SourceParser] = [
    NmapXml(),
    NmapGrepable(),
    NmapText(),
    SHODAN_JSON,
    SHODAN_TEXT,
    SHODAN_SEARCH,
    CENSYS_JSON,
    RDAP,
    DIG_YAML,
    DIG_JSON,
    DIG,
    DIG_LOOKUP,
    WHOIS,
    BANNER,
    DIG_SHORT,
    PROSE,
]

for _parser in _BUILT_IN:
    PARSERS.add(_parser)
