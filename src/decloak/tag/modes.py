"""Modes: which text the model reads: none, what nothing else explains, or all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from decloak.core.entity import Candidate, Tagged
from decloak.core.errors import SettingsError
from decloak.core.facts import Fact
from decloak.tag.base import Scene
from decloak.tag.explained import unexplained

if TYPE_CHECKING:  # NumPy and onnxruntime cost nothing where no model is asked
    from decloak.tag.neural import Tagger

__all__ = ["Mode", "Reader", "reader_of"]

Mode = Literal["auto", "always", "off"]

_RUN = re.compile(rb"[!-~]+")
_BLOB = 1024
"""Code points of a run of ASCII signs without white space from which nobody reads it as words."""


class Reader:
    """Lets the model of a folder read windows of text.

    The model is loaded when there is first something to read, once per process.

    Args:
        mode: ``auto`` or ``always``.
        folder: of the model.
    """

    def __init__(self, mode: Mode, folder: Path) -> None:
        self.mode = mode
        self.folder = folder

    @property
    def tagger(self) -> Tagger:
        """The model, loaded.

        Raises:
            ModelFileError: when anything about the folder is amiss.
        """
        from decloak.tag.neural import shared_tagger  # noqa: PLC0415 - start-up time

        return shared_tagger(self.folder)

    def read(
        self, scene: Scene, facts: list[Fact], candidates: Sequence[Candidate]
    ) -> list[Tagged]:
        """Return what the model finds in a window.

        Args:
            scene: the window.
            facts: those that begin in it, in order.
            candidates: what the other proposers found there.

        Raises:
            ModelFileError: when anything about the folder is amiss.
        """
        view, low, high = scene.view, scene.low, scene.high
        if self.mode == "always":
            ranges = [(low, high)]
        else:
            ranges = list(unexplained(view, low, high, scene.segments, facts, candidates))
        ranges = [part for start, end in ranges for part in _readable(view.shadow, start, end)]
        return list(self.tagger.stretches(view.text, ranges)) if ranges else []


def _readable(shadow: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a range between blobs: keys, images, code without any white space."""
    if end - start > _BLOB:
        for run in _RUN.finditer(shadow, start, end):
            low, high = run.span()
            if high - low > _BLOB:
                if start < low:
                    yield start, low
                start = high
    if start < end:
        yield start, end


def reader_of(mode: Mode, named: Path | None) -> Reader | None:
    """Return what reads text in a mode; None when nothing does.

    Without any model, ``auto`` is as good as ``off``. A model that is named is loaded at once, so
    that what is wrong with it is known before any text is read.

    Args:
        mode: the mode.
        named: a model's folder; None for DECLOAK_MODEL, else the one that comes with the package.

    Raises:
        SettingsError: when ``always`` is asked for and there is no model.
        ModelFileError: when anything about the folder is amiss.
    """
    if mode == "off":
        return None
    from decloak.tag.places import SHIPPED, find_folder  # noqa: PLC0415 - only where needed

    folder = find_folder(named)
    if folder is None:
        if mode == "auto":
            return None
        message = (
            "the tagger cannot read everything without a model, and none comes with this "
            "installation: name its folder with --model or DECLOAK_MODEL, or leave --tagger out"
        )
        raise SettingsError(message)
    reader = Reader(mode, folder)
    if mode == "always" or folder != SHIPPED:
        _ = reader.tagger
    return reader
