"""Name confidence: how far the model is to be believed about a name in prose.

It was trained on a few hundred reports, and is surer of names in those of others than it is right. How much, by
label and by what the name looks like and whether anybody knows it, stands in the student's record: a line through the
log-odds, fitted on the development half of reports by others (``python -m decloak.evaluation.name_confidence``). What `decloak.tag.standing` adds
for how a name is known is taken off before, so that nothing is counted twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from math import exp, log
from pathlib import Path

from decloak.core.entity import Tagged
from decloak.core.errors import ModelFileError
from decloak.core.model_files import record_of
from decloak.tag.places import STUDENT_FORMAT
from decloak.tag.standing import KNOWN_AS, standing_of

__all__ = [
    "EVERYWHERE",
    "KINDS",
    "UNMEASURED",
    "Lines",
    "believed",
    "kind_of",
    "lines_of",
    "without_noun",
]

Lines = Mapping[str, Mapping[str, float]]
"""Label -> ``slope`` of the log-odds, and what each of `KINDS` adds."""

KINDS = ("known", "one", "several", "small")
"""A name that the packs or the lexicon know under the label; a word; several; all in small letters."""
EVERYWHERE = ("MALWARE", "THREAT_ACTOR")
"""Labels that only reports have: elsewhere a model is to be believed about them no more than there."""
_NOUN = re.compile(
    r"\s+(?:malware|ransomware|backdoor|botnet|family|trojan|worm|spyware)s?\Z", re.IGNORECASE
)
_EDGE = 1e-4


UNMEASURED: Lines = {
    label: {"slope": 1.0, **dict.fromkeys(KINDS, added)}
    for label, added in (("MALWARE", -2.14), ("THREAT_ACTOR", -2.58))
}
"""For a model that was not measured on reports by others: what it says with 0.85 is just believed."""


def kind_of(label: str, name: str) -> str:
    """Return which of `KINDS` a name is."""
    if label in KNOWN_AS and standing_of(label, name, None) in {"known", "weak"}:
        return "known"
    if name.islower():
        return "small"
    return "several" if len(name.split()) > 1 else "one"


def without_noun(span: Tagged, text: str) -> Tagged:
    """Return malware without the common noun behind its name, which says what it is and is no part of it."""
    found = _NOUN.search(text[span.start : span.end]) if span.label == "MALWARE" else None
    return span if found is None else span._replace(end=span.start + found.start())


def lines_of(path: Path) -> Lines:
    """Return the lines of a student's record; those of a model that was not measured where it has none.

    Raises:
        ModelFileError: when the record is damaged.
    """
    lines = record_of(path, STUDENT_FORMAT).get("lines")
    if lines is None:
        return UNMEASURED
    try:
        return {
            str(label): {name: float(line[name]) for name in ("slope", *KINDS)}
            for label, line in lines.items()
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"{path} is damaged: lines: {type(error).__name__}: {error}"
        raise ModelFileError(message) from error


def believed(spans: Iterable[Tagged], text: str, lines: Lines) -> Iterator[Tagged]:
    """Yield spans of prose with the confidence that they deserve.

    Args:
        spans: of the model.
        text: what their offsets point into.
        lines: label -> ``slope`` of the log-odds, and what each kind of name adds; other labels stay as they are.
    """
    for span in spans:
        line = lines.get(span.label)
        if line is None:
            yield span
            continue
        sure = min(max(span.confidence, _EDGE), 1 - _EDGE)
        odds = line["slope"] * log(sure / (1 - sure))
        odds += line[kind_of(span.label, text[span.start : span.end])]
        yield span._replace(confidence=1 / (1 + exp(-odds)))
