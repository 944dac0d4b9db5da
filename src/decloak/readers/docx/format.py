"""Format: how the run that is read now is shown, as far as it says whether anybody sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from decloak.readers.docx.styles import Styles
from decloak.readers.docx.values import is_on, is_shade, is_tiny, is_white, value_of

__all__ = ["Format"]

_AROUND = ("tbl", "tc", "txbxContent")
_SHADES = ("shd", "highlight")


@dataclass(slots=True)
class _Run:
    """A run of a paragraph: text of one format."""

    hidden: bool = False
    white: bool | None = None
    shaded: bool = False


@dataclass(slots=True)
class _Paragraph:
    hidden: bool = False
    white: bool = False
    shaded: bool = False
    run: _Run | None = None


class Format:
    """Follows the properties of paragraphs, runs, cells and boxes.

    Args:
        styles: the ids of styles that say whether text is seen.
    """

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._paragraphs: list[_Paragraph] = []
        self._around: list[bool] = []
        self._of_paragraph = 0
        self._of_run = False

    @property
    def is_hidden(self) -> bool:
        """Whether nobody sees the text that is read now: hidden, too small, or white on nothing."""
        if not self._paragraphs:
            return False
        paragraph = self._paragraphs[-1]
        run = paragraph.run or _Run()
        shaded = run.shaded or paragraph.shaded or any(self._around)
        white = paragraph.white if run.white is None else run.white
        return run.hidden or paragraph.hidden or (white and not shaded)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element, by its name without namespace."""
        if name in _AROUND:
            self._around.append(name == "txbxContent")  # a box has a colour of its own
        elif name == "p":
            self._paragraphs.append(_Paragraph())
        elif name == "pPr":
            self._of_paragraph += 1
        elif name == "rPr":
            self._of_run = not self._of_paragraph
        elif name in {"tblStyle", "cnfStyle"} and self._around:
            self._around[-1] = True  # its colours are not in sight
        elif name == "shd" and not self._of_run and not self._of_paragraph and self._around:
            self._around[-1] |= is_shade(name, attributes)
        elif self._paragraphs:
            self._property(name, attributes, self._paragraphs[-1])

    def _property(self, name: str, attributes: Mapping[str, str], paragraph: _Paragraph) -> None:
        if name == "r":
            paragraph.run = _Run()
        elif name == "pStyle":
            paragraph.hidden = value_of(attributes) in self._styles.hidden
            paragraph.white = value_of(attributes) in self._styles.white
        elif name == "shd" and self._of_paragraph:
            paragraph.shaded |= is_shade(name, attributes)
        elif self._of_run and paragraph.run is not None:
            self._of_this_run(name, attributes, paragraph.run)

    def _of_this_run(self, name: str, attributes: Mapping[str, str], run: _Run) -> None:
        value = value_of(attributes)
        if name == "vanish":
            run.hidden = is_on(attributes)
        elif name == "rStyle":
            run.hidden |= value in self._styles.hidden
            run.white = True if value in self._styles.white else run.white
        elif name == "color":
            run.white = is_white(value)
        elif name == "sz":
            run.hidden |= is_tiny(value)
        elif name in _SHADES:
            run.shaded |= is_shade(name, attributes)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name in _AROUND and self._around:
            self._around.pop()
        elif name == "p" and self._paragraphs:
            self._paragraphs.pop()
        elif name == "pPr":
            self._of_paragraph -= 1
        elif name == "rPr":
            self._of_run = False
        elif name == "r" and self._paragraphs:
            self._paragraphs[-1].run = None
