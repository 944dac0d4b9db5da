"""Export: results in the formats of others, one result at a time."""

from __future__ import annotations

from decloak.export.base import EPOCH, EXPORTERS, Exporter, Shape
from decloak.export.compact import COMPACT
from decloak.export.conll import CONLL
from decloak.export.csv_rows import CSV
from decloak.export.expand import expand
from decloak.export.html_page import HTML
from decloak.export.joining import Joining
from decloak.export.json_text import JSON, JSONL
from decloak.export.marked_text import TEXT
from decloak.export.misp import MISP
from decloak.export.offsets import UNITS, converter
from decloak.export.sanitise import sanitise
from decloak.export.stix import OPENCTI, STIX
from decloak.export.table_rows import TABLE
from decloak.export.values import VALUES

__all__ = [
    "EPOCH",
    "EXPORTERS",
    "UNITS",
    "Exporter",
    "Joining",
    "Shape",
    "converter",
    "expand",
    "sanitise",
]

for _exporter in (TABLE, JSONL, JSON, CSV, TEXT, VALUES, STIX, OPENCTI, MISP, HTML, CONLL, COMPACT):
    EXPORTERS.add(_exporter)
