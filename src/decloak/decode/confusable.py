"""Confusable: look-alike characters of other scripts and styles, read plainly where that is safe."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import Expert
from decloak.decode.glyphs import glyphs

__all__ = ["Confusable"]


class Confusable:
    """Read look-alikes plainly in addresses, versions, digests and known names (UTS 39, NFKC)."""

    name = "confusable"
    version = 1
    expert: Expert = "typographic"
    families = ("confusable",)
    trigger = rb"[\x80\x83]"

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield one edit per look-alike character."""
        for glyph in glyphs(view, "confusable"):
            name = unicodedata.name(view.text[glyph.start], "unnamed")
            yield Edit(
                glyph.start, glyph.end, glyph.plain, "confusable", self.name, glyph.confidence,
                f"{name}: {glyph.reason}",
            )  # fmt: skip
