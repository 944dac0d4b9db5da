"""identify: fluent narratives of tool output by language models, checked and grounded.

A language model proposes; it never decides. What it names counts only where the text it was shown
says so too, and nothing that was found without it is lost.
"""

from __future__ import annotations

from decloak.identify.context import Context, assess
from decloak.identify.prepare import known_places
from decloak.identify.run import Identified, Identifier, Prepared
from decloak.identify.verbalise import Sentence, name_all, verbalise

__all__ = [
    "Context",
    "Identified",
    "Identifier",
    "Prepared",
    "Sentence",
    "assess",
    "known_places",
    "name_all",
    "verbalise",
]
