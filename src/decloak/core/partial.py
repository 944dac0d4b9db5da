"""Partial: files that are being written, told by their names from what is meant to be read."""

from __future__ import annotations

__all__ = ["PARTIAL"]

PARTIAL = ".decloak-part"
"""End of the name of an output until it is whole; a run that is killed leaves it behind."""
