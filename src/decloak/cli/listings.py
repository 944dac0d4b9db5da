"""Listings: the tables of labels, sources and options, and the schemas, as text."""

from __future__ import annotations

import json

from decloak.core.labels import LABELS
from decloak.export.schema import output_schema
from decloak.export.table_rows import aligned

__all__ = ["labels_table", "options_text", "schema_text", "sources_table"]


def labels_table() -> str:
    """Return one line per label; the six of the published design are marked."""
    grid = [("LABEL", "", "WHAT IT IS", "LOOKS LIKE", "VALUE")]
    grid += [
        (spec.name, "*" if spec.core else "", spec.description, spec.shape, spec.canonical)
        for spec in LABELS.values()
    ]
    return aligned(grid) + "* one of the six core labels\n"


def sources_table() -> str:
    """Return one line per layout of every source."""
    from decloak.sources import PARSERS  # noqa: PLC0415 - loads the grammars

    grid = [("SOURCE", "LAYOUT", "WHAT IT IS")]
    grid += [(parser.source, parser.layout, parser.description) for parser in PARSERS]
    return aligned(grid)


def schema_text() -> str:
    """Return the JSON Schema of one output object, indented, with a line end."""
    return json.dumps(output_schema(), indent=2) + "\n"


def options_text(form: str) -> str:
    """Return every option: as ``text``, one line each, as the ``markdown`` page of the docs, or as JSON ``schema``."""
    from decloak.options import leaves, options_page, options_schema  # noqa: PLC0415 - only here

    if form == "markdown":
        return options_page()
    if form == "schema":
        return json.dumps(options_schema(), indent=2) + "\n"
    grid = [("OPTION", "DEFAULT", "WHAT IT IS", "ALLOWED")]
    grid += [
        (each.key, each.default(), each.field.description or "", each.allowed())
        for each in leaves()
    ]
    return aligned(grid)
