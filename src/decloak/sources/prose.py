"""Prose: what a report's own layout says for certain; the sentences are left to the tagger.

Lists and tables of indicators name the kind of each value (``SHA256: ...``, ``C2: ...``), so a
host name without a public suffix is known for one here.
"""

from __future__ import annotations

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.core.limits import MAX_TOKEN
from decloak.indicators.engine import compile_pattern
from decloak.sources.columns import note_columns
from decloak.sources.keyed import note_keyed
from decloak.sources.lines import note_lines
from decloak.sources.names import label_of_name
from decloak.sources.packages import note_packages
from decloak.sources.sockets import note_sockets

__all__ = ["PROSE", "Prose"]

_FIELD = compile_pattern(
    rb"(?im)^[ \t*>|+-]{0,16}(?:"
    rb"(sha-?(?:1|224|256|384|512)|md5|ssdeep|imphash)(?: ?(?:hash|sum))?"
    rb"|(c2|c&c|c2 (?:server|domain|host)|domain(?: name)?|fqdn|host(?:name)?|callback|ip(?: address)?)"
    rb")[ \t]{0,8}[:=|][ \t]{0,16}[\"'`]?([^\s\"'`|,;<>()]+)[\"'`]?[ \t|,;]{0,16}$"
)
_HEX_LENGTHS = frozenset({32, 40, 56, 64, 96, 128})
_HEX = frozenset("0123456789abcdefABCDEF")


class Prose:
    """Parser of plain text: lists and tables of indicators."""

    name = "prose"
    source = "prose"
    layout = "text"
    description = "reports and other text; lists of indicators by their headings"
    anchor = rb"[^\x00-\xff]"  # no line is prose by itself: prose is what nobody else wrote

    def score(self, view: View, start: int, end: int) -> float:
        """Return the same low value for every text that shows anything."""
        return 0.1 if view.shadow[start:end].strip() else 0.0

    def parse(self, view: View, start: int, end: int, facts: Facts) -> None:
        """Note digests, names and addresses that a heading on their line announces."""
        noted: set[int] = set()
        for match in _FIELD.finditer(view.shadow, start, end):
            low, high = match.span(3)
            if high - low > MAX_TOKEN:
                continue
            value = view.text[low:high]
            if match.start(1) >= 0:
                if len(value) in _HEX_LENGTHS and _HEX.issuperset(value):
                    facts.note("HASH", low, high, "list.hash")
                    noted.add(low)
            elif label := label_of_name(value):
                facts.note(label, low, high, "list.name")
                noted.add(low)
        note_sockets(view, start, end, facts, noted)
        note_lines(view, start, end, facts, noted)
        note_packages(view, start, end, facts, noted)
        note_keyed(view, start, end, facts, noted)
        note_columns(view, start, end, facts, noted)


PROSE = Prose()
