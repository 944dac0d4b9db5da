"""training: fine-tune the tagger; the only package that imports torch."""

from __future__ import annotations

from decloak.core.offline import silence

__all__: list[str] = []

# Here, because the modules below import these at their top.
silence("torch", "transformers")
