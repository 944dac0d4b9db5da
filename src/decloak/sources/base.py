"""SourceParser: the protocol of the grammar of one tool's layout."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.core.registry import Registry

__all__ = ["PARSERS", "LineParser", "SourceParser"]


class SourceParser(Protocol):
    """The grammar of one layout of one tool.

    Attributes:
        name: unique (``nmap_text``).
        source: the tool (``nmap``), the ``source`` of the output.
        layout: which of the tool's layouts (``normal``).
        description: one line for `decloak sources`.
        anchor: an RE2 pattern, ``(?m)`` and ``^``, over the shadow, that matches lines which only
            this layout writes; detection and segmentation find them in one scan. Of a container,
            what it has that others lack.
    """

    @property
    def name(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def layout(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def anchor(self) -> bytes: ...

    def score(self, view: View, start: int, end: int) -> float:
        """How sure it is, in [0, 1], that this range is its layout; from the content alone."""
        ...

    def parse(self, view: View, start: int, end: int, facts: Facts) -> None:
        """Add what it understands of the range to `facts`. Never raises on content."""
        ...


@runtime_checkable
class LineParser(SourceParser, Protocol):
    """The grammar of a layout of lines, which may stand between the lines of others.

    Attributes:
        opening: an RE2 pattern, matched at the start of a line, of the lines that an output of
            this layout begins with: its head, or the command somebody typed.
    """

    @property
    def opening(self) -> bytes: ...

    def knows(self, line: bytes) -> bool:
        """Whether this layout writes lines like this one, which others may write too.

        Args:
            line: the shadow of a line without its line feed; not blank.
        """
        ...


PARSERS: Registry[SourceParser] = Registry("source parser")
