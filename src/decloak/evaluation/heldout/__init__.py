"""Heldout: a second generator of disguises, for measuring only.

Written from the description of the families alone. It shares no code, no names and no carriers
with `perturb` and `evaluation.hosts`, and nothing is trained or tuned on it but by what is lost
with the names and seeds set apart for development (`names.part_of`).
"""

from decloak.evaluation.heldout.measure import tables

__all__ = ["tables"]
