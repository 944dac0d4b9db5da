"""Api: the function for those who have one text, and the check of what they pass."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Unpack

from pydantic import ValidationError

from decloak.core.document import Document
from decloak.core.errors import SettingsError
from decloak.options import Settings, complaints
from decloak.pipeline import Pipeline
from decloak.result import Result

if TYPE_CHECKING:
    from decloak.options.keywords import Keywords

__all__ = ["extract"]


def extract(text: str, settings: Settings | None = None, /, **options: Unpack[Keywords]) -> Result:
    """Extract entities and records from one text.

    The pipeline of the latest settings is kept, so calling this again and again costs no more than a
    `Pipeline` of one's own. Any number of threads may call it.

    Args:
        text: the text, with whatever disguises it has.
        settings: checked by a type checker; or
        options: fields of `Settings` (``labels={"CVE"}``, ``nested=True`` ...).

    Raises:
        ArgumentError: when the text is no str; a TypeError, too.
        SettingsError: on an unknown option or a value out of range.
    """
    document = Document("-", text)
    if settings is not None and options:
        message = "pass settings or options, not both: options are settings that are made for you"
        raise SettingsError(message)
    labels = options.get("labels")
    if isinstance(labels, str | bytes):
        message = f"labels is a set of names, not one text: write labels={{{labels!r}}}"
        raise SettingsError(message)
    try:
        wanted = Settings(**options) if settings is None else settings
    except ValidationError as error:
        raise SettingsError("; ".join(complaints(error))) from error
    return _pipeline(wanted).run(document)


def _pipeline(settings: Settings) -> Pipeline:
    # What one run may spend on a language model is counted by its pipeline.
    if isinstance(settings, Settings) and settings.llm.uri is None:
        return _kept(settings)
    return Pipeline(settings)


@lru_cache(maxsize=4)
def _kept(settings: Settings) -> Pipeline:
    return Pipeline(settings)
