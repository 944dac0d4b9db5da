"""Ground: what a model names is found again in the text it was shown, or it is not believed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from decloak.identify.places import fold, is_whole, occurrences

__all__ = ["Grounder", "Mention", "Place"]

_NAMES = frozenset({"ORGANIZATION", "SOFTWARE", "OS", "MALWARE", "THREAT_ACTOR"})
"""Labels whose names may be spelt a little differently. One digit makes another address."""
_LEAST, _LONGEST = 6, 256
_SHARE = 8
"""One slip is forgiven for so many characters."""
_TRIM = " \t\n\"'`.,;:()[]{}<>"


class Mention(NamedTuple):
    """Something that a model names.

    Attributes:
        label: what it takes it for.
        text: as it writes it.
        origin: which route says so (``llm.narrative``).
    """

    label: str
    text: str
    origin: str


class Place(NamedTuple):
    """Where a mention stands in the decoded text.

    Attributes:
        start, end: half-open decoded range.
        slips: edit distance to what the model wrote; 0 for the same.
    """

    start: int
    end: int
    slips: int = 0


class Grounder:
    """Finds mentions in the ranges that a model was shown. Work is linear in them.

    Args:
        document: the decoded text.
        ranges: half-open decoded ranges.
    """

    def __init__(self, document: str, ranges: Sequence[tuple[int, int]]) -> None:
        parts = [(low, document[low:high]) for low, high in ranges]
        self._folded = [(low, _one_line(fold(part))) for low, part in parts]
        self._known: dict[tuple[bool, str], tuple[Place, ...]] = {}

    def places(self, mention: Mention) -> tuple[Place, ...]:
        """Return where a mention stands: everywhere it is named exactly, else the nearest spelling."""
        value = " ".join(mention.text.split())
        if not value or len(value) > _LONGEST:
            return ()
        key = mention.label in _NAMES, value
        if key not in self._known:
            self._known[key] = tuple(self._found(*key))
        return self._known[key]

    def _found(self, fuzzy: bool, value: str) -> Iterator[Place]:  # noqa: FBT001 - a cache key
        exact = list(self._exact(value)) or list(self._exact(value.strip(_TRIM)))
        if exact or not fuzzy or len(value) < _LEAST:
            yield from exact
            return
        for low, folded in self._folded:
            place = _nearest(folded, fold(value))
            if place is not None:
                yield place._replace(start=place.start + low, end=place.end + low)
                return

    def _exact(self, value: str) -> Iterator[Place]:
        seen = set()
        for low, folded in self._folded:
            for start, end in occurrences(folded, value):
                if start + low not in seen:
                    seen.add(start + low)
                    yield Place(start + low, end + low)


def _one_line(text: str) -> str:
    """Return a text of the same length in which a name may run on to the next line."""
    return text.translate({9: " ", 10: " ", 13: " "})


def _nearest(folded: str, value: str) -> Place | None:
    """Return the one place whose words are within the forgiven distance of a value."""
    allowed = max(1, len(value) // _SHARE)
    if len(folded) < len(value) // 2:
        return None
    found = fuzz.partial_ratio_alignment(
        value, folded, score_cutoff=100 * (1 - 2 * allowed / len(value))
    )
    if found is None or found.dest_end - found.dest_start < _LEAST // 2:
        return None
    start, end = found.dest_start, found.dest_end
    while start > 0 and folded[start - 1].isalnum() and end - start < 2 * _LONGEST:
        start -= 1
    while end < len(folded) and folded[end].isalnum() and end - start < 2 * _LONGEST:
        end += 1
    while start < end and not folded[start].isalnum():
        start += 1
    while end > start and not folded[end - 1].isalnum():
        end -= 1
    slips = Levenshtein.distance(value, folded[start:end], score_cutoff=allowed)
    if start >= end or slips > allowed or not is_whole(folded, start, end):
        return None
    return Place(start, end, slips)
