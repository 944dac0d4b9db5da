"""Result: what a pipeline returns for one document, with the forms that people and programs want it in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from decloak.core.document import Document
from decloak.core.errors import ToolError
from decloak.core.result import Result as Found
from decloak.core.serialise import result_output
from decloak.export import EXPORTERS, Shape, converter
from decloak.export.highlight import fragment

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["Result"]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Result(Found):
    """Everything found in one document, as `decloak.core.result.Result` says; never changes, and can be pickled.

    `review` gives what was held back as well, where the settings kept it. `offsets` is the unit of every
    start and end: ``codepoint`` (what Python indexes), ``utf16`` (JavaScript) or ``bytes`` (of the text in
    UTF-8).
    """

    def __repr__(self) -> str:
        """Show how much was found; the text may be long."""
        return (
            f"Result(id={self.id!r}, source={self.source!r}, {len(self.text)} characters, "
            f"{len(self.entities)} entities, {len(self.record_rows)} records, "
            f"{len(self.warnings)} warnings)"
        )

    def to_dict(self, *, review: bool = False, offsets: str = "codepoint") -> dict[str, Any]:
        """Return the output object, as docs/output.schema.json has it.

        Raises:
            ValueError: for an unknown unit.
        """
        shape = self._shape(review=review, offsets=offsets)
        return result_output(self, review=review, convert=shape.convert, unit=offsets)

    def to_json(self, *, review: bool = False, offsets: str = "codepoint") -> str:
        """Return the output object as JSON on one line, in ASCII.

        Raises:
            ValueError: for an unknown unit.
        """
        return self._rendered("jsonl", review=review, offsets=offsets).rstrip("\n")

    def to_csv(self, *, review: bool = False, offsets: str = "codepoint") -> str:
        """Return a table with a row per entity, safe to open in a spreadsheet.

        Raises:
            ValueError: for an unknown unit.
        """
        return EXPORTERS.get("csv").head + self._rendered("csv", review=review, offsets=offsets)

    def to_frame(self, *, review: bool = False) -> DataFrame:
        """Return a pandas DataFrame with a row per entity and the columns of the output object.

        Raises:
            ToolError: when pandas is not installed.
        """
        try:
            import pandas as pd  # noqa: PLC0415 - only where it is wanted
        except ImportError as error:
            message = "to_frame needs pandas: pip install pandas"
            raise ToolError(message) from error
        rows = self.to_dict(review=review)["entities"]
        places = [] if self.source_map is None else ["places"]
        return pd.DataFrame(rows, columns=[*_COLUMNS, *places])

    def _repr_html_(self) -> str:
        """Return the text with its entities highlighted, for notebooks."""
        return fragment(self)

    def _rendered(self, form: str, *, review: bool, offsets: str) -> str:
        shape = self._shape(review=review, offsets=offsets)
        return "".join(EXPORTERS.get(form).render(self, shape))

    def _shape(self, *, review: bool, offsets: str) -> Shape:
        return Shape(review, offsets, converter(Document(self.id, self.text), offsets))


_COLUMNS = ["label", "text", "start", "end", "value", "confidence", "status", "evidence", "obfuscation",
            "resembles", "links"]  # fmt: skip
