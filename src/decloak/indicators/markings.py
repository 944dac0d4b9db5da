"""Marks: the Traffic Light Protocol (FIRST, versions 1.0 and 2.0)."""

from __future__ import annotations

import re

from decloak.core.entity import Reading, Verdict, confirmed

__all__ = ["read_tlp"]

_TLP = re.compile(r"TLP[ :_-]{1,3}(RED|AMBER(?:\+STRICT)?|GREEN|CLEAR|WHITE)", re.IGNORECASE)


def read_tlp(text: str) -> Reading:
    """Read a mark; canonical is ``TLP:`` and the colour in capitals."""
    found = _TLP.fullmatch(text)
    if found is None:
        return Reading(Verdict.REFUTED, reason="no mark of the Traffic Light Protocol")
    return confirmed(f"TLP:{found[1].upper()}")
