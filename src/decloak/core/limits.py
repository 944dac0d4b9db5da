"""Limits: the bounds that keep hostile input from costing more than it should."""

from __future__ import annotations

__all__ = [
    "MAX_DECODE_ROUNDS",
    "MAX_DOMAIN_LENGTH",
    "MAX_LABEL_LENGTH",
    "MAX_NESTING",
    "MAX_TOKEN",
    "MAX_URL",
    "TAGGER_MODE",
]

MAX_DECODE_ROUNDS = 4
"""Disguises undone one over another (``%252e``); more is reported, not undone."""

MAX_DOMAIN_LENGTH = 253
"""Longest DNS name in text form, without the root dot (RFC 1035, section 2.3.4)."""

MAX_LABEL_LENGTH = 63
"""Longest DNS label (RFC 1035, section 2.3.4)."""

MAX_TOKEN = 4096
"""Longest run of characters a check looks at; longer runs are no indicator."""

MAX_URL = 8192
"""Longest URL that is reported whole (RFC 9110, section 4.1, asks for at least 8,000)."""

MAX_NESTING = 256
"""Deepest JSON or XML nesting that a source parser follows; deeper text stays plain text."""

TAGGER_MODE = r"^(?:auto(?::([0-9]{1,4}(?:\.[0-9]{1,3})?)x)?|always|off)$"
"""How it is said which text the tagger's model reads: ``auto``, ``auto:10x`` (what the model may cost of long
input, as a multiple of all else), ``always``, ``off``."""
