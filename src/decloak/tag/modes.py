"""Modes: which text the model reads: none, what nothing else explains, or all."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from decloak.core.entity import Tagged
from decloak.core.errors import ModelFileError, SettingsError
from decloak.tag.budget import Budget, factor_of
from decloak.tag.cascade import Cascade
from decloak.tag.name_confidence import UNMEASURED, Lines, lines_of
from decloak.tag.places import STUDENT_RECORD
from decloak.tag.sitting import Sitting

if TYPE_CHECKING:  # NumPy and onnxruntime cost nothing where no model is asked
    from decloak.tag.neural import Tagger
    from decloak.tag.student.reader import Student

__all__ = ["Reader", "reader_of"]


class Reader:
    """Lets the model of a folder read documents.

    The model is loaded when there is first something to read, once per process.

    Args:
        factor: how much its model may cost of a long document, as a multiple of all else; None to read
            everything.
        folder: of the model.
    """

    def __init__(self, factor: float | None, folder: Path) -> None:
        self.factor = factor
        self.folder = folder

    @property
    def tagger(self) -> Tagger:
        """The model, loaded.

        Raises:
            ModelFileError: when anything about the folder is amiss.
        """
        from decloak.tag.neural import shared_tagger  # noqa: PLC0415 - start-up time

        return shared_tagger(self.folder)

    def sitting(self, length: int, edits: int) -> Sitting:
        """Return what reads the windows of one document.

        Args:
            length: code points of the document.
            edits: what the decoders changed in it.
        """
        if self.factor is None:
            return Sitting(self._loaded, None, lines=self._lines)
        cascade = None
        if self._has_student:
            cascade = Cascade(self._student, self._loaded, self.factor)
        return Sitting(self._loaded, Budget(self.factor, length, edits), cascade, self._lines)

    def prose(self, text: str) -> list[Tagged]:
        """Return what is found in a text that is all prose, as confident as the models are themselves.

        Raises:
            ModelFileError: when anything about the folder is amiss.
        """
        if self.factor is None or not self._has_student:
            return self.tagger.tag(text)
        return Cascade(self._student, self._loaded, self.factor).read(text, [(0, len(text))])

    @cached_property
    def _lines(self) -> Lines:
        return lines_of(self.folder / STUDENT_RECORD) if self._has_student else UNMEASURED

    @property
    def _has_student(self) -> bool:
        return (self.folder / STUDENT_RECORD).is_file()

    def _student(self) -> Student:
        from decloak.tag.neural import shared_student  # noqa: PLC0415 - start-up time

        student = shared_student(self.folder)
        if student is None:
            message = f"{self.folder / STUDENT_RECORD} is gone"
            raise ModelFileError(message)
        return student

    def _loaded(self) -> Tagger:
        return self.tagger


def reader_of(mode: str, named: Path | None) -> Reader | None:
    """Return what reads text in a mode; None when nothing does.

    Without any model, ``auto`` is as good as ``off``. A model that is named is loaded at once, so
    that what is wrong with it is known before any text is read.

    Args:
        mode: ``off``, ``auto``, ``auto:10x`` or ``always``.
        named: a model's folder; None for DECLOAK_TAGGER_MODEL, else the one that comes with the package.

    Raises:
        SettingsError: when ``always`` is asked for and there is no model.
        ModelFileError: when anything about the folder is amiss.
    """
    if mode == "off":
        return None
    from decloak.tag.places import SHIPPED, find_folder  # noqa: PLC0415 - only where needed

    folder = find_folder(named)
    if folder is None:
        if mode != "always":
            return None
        message = (
            "the tagger cannot read everything without a model, and none comes with this "
            "installation: name its folder with --set tagger.model=DIR or DECLOAK_TAGGER_MODEL, or leave --tagger out"
        )
        raise SettingsError(message)
    reader = Reader(None if mode == "always" else factor_of(mode), folder)
    if mode == "always" or folder != SHIPPED:
        _ = reader.tagger
    return reader
