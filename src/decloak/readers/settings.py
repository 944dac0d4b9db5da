"""Settings: the options of users about reading, checked, as readers take them."""

from __future__ import annotations

from decloak.options import ReadingSettings
from decloak.readers.base import Limits, ReadOptions
from decloak.readers.encoding import known_encoding
from decloak.readers.files import Choice
from decloak.readers.registry import insisted

__all__ = ["choice_of", "read_options"]


def read_options(chosen: ReadingSettings) -> ReadOptions:
    """Return what readers are told.

    Raises:
        SettingsError: on a reader or an encoding that nobody knows.
    """
    insisted(chosen.reader)
    return ReadOptions(
        reader=chosen.reader,
        encoding=None if chosen.encoding is None else known_encoding(chosen.encoding),
        json_field=chosen.field,
        passwords=chosen.passwords,
        limits=Limits(chosen.depth, chosen.parts, chosen.unpacked, chosen.pages),
        exclude=chosen.exclude,
        hidden=chosen.hidden,
    )


def choice_of(chosen: ReadingSettings) -> Choice:
    """Return which files are read."""
    return Choice(chosen.exclude, hidden=chosen.hidden)
