"""Ranges: the versions of a list or a range that stands behind a product: ``FortiOS 7.0.1 through 7.0.9 and 6.4.0``.

The first one is known by the name before it; the others only by standing in the same run.
"""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.entity import Candidate
from decloak.indicators.engine import compile_pattern
from decloak.indicators.quads import is_quad
from decloak.kb.lexicon import ends_with_product
from decloak.tag.base import Scene

__all__ = ["Ranges"]

_ITEM = rb"v?[0-9]{1,5}(?:\.[0-9A-Za-z]+)+(?:-[A-Za-z]{0,4}[0-9]+(?:\.[0-9]+)*)?"
_JOIN = (
    rb"(?: ?[,;/\x80-] ?| )(?:(?:and|or|to|through|thru|until|before|prior to|earlier than|up to|from|versions?"
    rb"|including|fixed in|patched in|inclusive|exclusive|not) |[<>]=? ?|v(?:ersion)?\.? ?)*"
)
_RUN = compile_pattern(
    rb"(?:^|[ \t(])(" + _ITEM + rb"(?:" + _JOIN + _ITEM + rb")+)(?:[^A-Za-z0-9_./:@%-]|[.,:]?(?:\s|$)|$)"
)  # fmt: skip
_ONE = compile_pattern(rb"(?:^|[^A-Za-z0-9.])(" + _ITEM + rb")")
# What may stand between a product and its versions.
_LEAD = compile_pattern(
    rb"(?i)(?:[ \t,(:]+(?:versions?|v\.?|releases?|branch(?:es)?|from|before|prior to|up to|through|until|earlier than|in|and"
    rb"|<=?|>=?|=))*[ \t,(:]*$",
    capture=False,
)
_REACH = 80


class Ranges:
    """Propose VERSION for each item of a list of versions behind a product."""

    name = "ranges"
    labels = ("VERSION",)
    origins = ("pattern.version.range",)

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Yield the versions of each run that has a product or the word before it."""
        shadow, known = scene.view.shadow, scene.known
        for match in _RUN.finditer(shadow, scene.low, scene.high):
            start, end = match.span(1)
            low = max(scene.low, start - _REACH)
            lead = shadow[max(low, shadow.rfind(b"\n", low, start) + 1) : start]
            found = _LEAD.search(lead)
            before = lead[: found.start()] if found is not None else lead
            if not (ends_with_product(before.rstrip()) or b"ersion" in lead[len(before) :]):
                continue
            place = start
            while (item := _ONE.search(shadow, max(place - 1, start - 1), end)) is not None:
                first, last = item.span(1)
                place = last + 1
                if not is_quad(shadow, first, last) and (first, last) not in known:
                    yield Candidate(first, last, "VERSION", "pattern.version.range")
