"""Linking: how often what an entity is tied to is what people tied it to."""

from __future__ import annotations

from decloak.evaluation.linking.evidence import tables as evidence_tables
from decloak.evaluation.linking.fit import fit
from decloak.evaluation.linking.tables import tables

__all__ = ["evidence_tables", "fit", "tables"]
