"""Document, View and Decoded: a text as given, a text as scanned, a text made readable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from decloak.core.alignment import Alignment, Edit, apply_edits
from decloak.core.errors import ArgumentError
from decloak.core.shadow import shadow_of
from decloak.core.source_map import SourceMap

__all__ = ["Decoded", "Document", "View"]


@dataclass(frozen=True, slots=True)
class Document:
    """A text as the user gave it. Never changed by anything.

    Attributes:
        id: the name under which results are reported (a path, a row's id, ``-``).
        text: the raw text; every offset that leaves decloak counts its code points.
        source: a source the caller insists on (``nmap``, ``dig`` ...), or None to detect it.
        warnings: what went wrong while reading, in words for the user.
        broken: code-point positions of U+FFFD that stand for bytes which were not UTF-8, with
            the number of bytes each stands for; lets byte offsets stay exact.
        bom: number of bytes of a byte-order mark that was taken off before the first code point.
        encoding: how the bytes were read; ``utf-8`` unless a byte-order mark said otherwise.
        source_map: where in a page, a table or a message each part of the text stands; None where
            the text is the source itself.

    Raises:
        ArgumentError: when id or text is no str.
    """

    id: str
    text: str
    source: str | None = None
    warnings: tuple[str, ...] = ()
    broken: tuple[tuple[int, int], ...] = ()
    bom: int = 0
    encoding: str = "utf-8"
    source_map: SourceMap | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise ArgumentError(_no_text("text", self.text))
        if not isinstance(self.id, str):
            raise ArgumentError(_no_text("id", self.id))


def _no_text(name: str, value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return f"{name} is bytes, not str: decode it first, as in data.decode('utf-8', 'replace')"
    if value is None:
        return f"{name} is None, not str: pass a text; the empty one is ''"
    return (
        f"{name} is a {type(value).__name__}, not str: pass str({name}), if that is what you mean"
    )


class View:
    """A text and its shadow, made once and shared by all who scan it."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def shadow(self) -> bytes:
        """One byte per code point; see `decloak.core.shadow`."""
        return shadow_of(self.text)

    @cached_property
    def is_ascii(self) -> bool:
        """Whether every code point is below U+0080."""
        return self.text.isascii()

    def __len__(self) -> int:
        return len(self.text)

    def blanked(self, ranges: Iterable[tuple[int, int]]) -> View:
        """Return the text with spaces in some ranges, at the same offsets; this one when there are none.

        Args:
            ranges: half-open, sorted, free of overlaps; none holds half of a line end.
        """
        text, shadow, place = self.text, self.shadow, 0
        texts: list[str] = []
        shadows: list[bytes] = []
        for start, end in ranges:
            blanks = end - start
            texts += text[place:start], " " * blanks
            shadows += shadow[place:start], b" " * blanks
            place = end
        if not texts:
            return self
        view = View("".join([*texts, text[place:]]))
        view.__dict__["shadow"] = b"".join([*shadows, shadow[place:]])
        return view


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the decoders made of a text.

    Attributes:
        raw: the text as given.
        view: the readable text; equal to `raw` when nothing was disguised.
        alignment: the map from decoded to raw offsets and back.
        edits: every change, with spans in the raw layer, sorted.
        warnings: limits that were reached.
        likenesses: words in plain letters that are near to known names and may be names of their own:
            what they would read as, with spans in the readable text, sorted and disjoint. None is
            made; see `decloak.core.meant`.
    """

    raw: str
    view: View
    alignment: Alignment
    edits: tuple[Edit, ...] = ()
    warnings: tuple[str, ...] = field(default=())
    likenesses: tuple[Edit, ...] = ()

    @property
    def text(self) -> str:
        """The readable text."""
        return self.view.text

    @property
    def meant(self) -> str:
        """The readable text with the known name in the place of every likeness."""
        return apply_edits(self.view.text, self.likenesses)[0]
