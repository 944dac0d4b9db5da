"""Diacritic: accents and combining marks, taken off where a known name or a number remains."""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import Expert
from decloak.decode.glyphs import glyphs

__all__ = ["Diacritic"]


class Diacritic:
    """Take accents off known names and marks off addresses, versions and digests."""

    name = "diacritic"
    version = 1
    expert: Expert = "typographic"
    families = ("diacritic",)
    trigger = rb"\x80"

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield one edit per character that carries marks, together with its marks."""
        for glyph in glyphs(view, "diacritic"):
            yield Edit(
                glyph.start, glyph.end, glyph.plain, "diacritic", self.name, glyph.confidence,
                glyph.reason,
            )  # fmt: skip
