"""Shaping: from the options of users to what of a result is written, and how."""

from __future__ import annotations

from decloak.core.document import Document
from decloak.core.labels import GROUPS, LabelGroup
from decloak.export.base import Shape
from decloak.export.offsets import converter
from decloak.options import OutputSettings

__all__ = ["hidden_labels", "shape_of"]

_FOR_PEOPLE = frozenset({"table", "values"})
_OBSERVATIONS = frozenset(GROUPS[LabelGroup.OBSERVATIONS])


def hidden_labels(output: OutputSettings, form: str) -> frozenset[str]:
    """Return the labels that a format leaves out because nobody asked for them."""
    asked = output.kept() is not None
    return frozenset() if asked or form not in _FOR_PEOPLE else _OBSERVATIONS


def shape_of(output: OutputSettings, form: str, document: Document, stamp: str) -> Shape:
    """Return what of a document's result is written.

    Args:
        output: what the user asks for.
        form: name of the format.
        document: whose offsets are converted.
        stamp: the time of the run, see `Shape`.
    """
    return Shape(
        review=output.review,
        unit=output.offsets,
        convert=converter(document, output.offsets),
        stamp=stamp,
        hidden=hidden_labels(output, form),
        defang=output.defang,
        tlp=output.tlp or "",
        producer=output.producer or "",
    )
