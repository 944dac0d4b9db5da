"""Tables: how our own tables of two columns are read."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

__all__ = ["WEAK", "pairs"]

WEAK = "~"
"""Before a name that is an ordinary word, or a short form."""


def pairs(name: str) -> Iterator[tuple[str, str]]:
    """Yield the first cell of every row of ``kb/data/NAME.tsv``, and what stands behind it."""
    for line in (files("decloak.kb") / "data" / f"{name}.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            first, _, rest = line.partition("\t")
            yield first, rest
