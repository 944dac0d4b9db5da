"""Honest names: names of nobody known, in the fields where names stand, must keep their value.

Companies, products, people and places made of words and sounds; real words, and slips of every known name,
that are one letter away from it: all of them may be somebody's name, and none shows a disguise.
"""

from __future__ import annotations

from decloak.evaluation.honest_names.measure import tables

__all__ = ["tables"]
