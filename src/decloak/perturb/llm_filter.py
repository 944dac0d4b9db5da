"""Filters: which rewritten passages are fit to train on, and why the others are not.

A reply of a language model passes a syntactic filter (complete, well-formed), must hold every
entity of the passage again, must not change what the entity is, and must mean the same: cosine
similarity above 0.82 between the sentence vectors of the passage before and after.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

__all__ = ["MIN_COSINE", "Encoder", "cosine", "reads_as", "syntax_fault"]

MIN_COSINE = 0.82
"""A passage at or below this does not mean the same any more."""

Encoder = Callable[[Sequence[str]], NDArray[np.float32]]
"""Sentences to vectors of the shape (sentence, dimension)."""

EXACT = frozenset(
    {
        *("IP_ADDRESS", "CIDR", "PORT", "VERSION", "HASH", "CVE", "CPE", "MAC_ADDRESS", "ASN"),
        *("URL", "EMAIL", "DOMAIN", "HOSTNAME", "FILE_PATH", "LATENCY", "TECHNIQUE"),
    }
)
"""Labels of which one character more or less names another thing."""

_CHATTER = re.compile(
    r"```|^\s*(sure|certainly|of course|here is|here's|i am sorry|i'm sorry|as an ai)\b"
    r"|^\s*\"?(passage|entity|kind|answer)\"?\s*:|the (given )?passage|json object|disguised entity",
    re.IGNORECASE | re.MULTILINE,
)
_WORDS = re.compile(r"[\[({<]\s*(dot|at|colon|d)\s*[\])}>]|\s(dot|at)\s", re.IGNORECASE)
_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"))
_LOOKALIKE = str.maketrans("aegilqostbz!|$@", "439119057821154")
_FARTHEST = 0.5


def syntax_fault(before: str, after: str, *, same_lines: bool) -> str | None:
    """Say what is wrong with the form of a rewritten passage; None when nothing is.

    Args:
        before: the passage as it was.
        after: the passage as a model rewrote it.
        same_lines: whether it must have as many lines as before.
    """
    if not after.strip():
        return "empty"
    if not 0.5 <= len(after) / len(before) <= 2.5:
        return "length"
    if any(
        unicodedata.category(char) in {"Cc", "Cs", "Cn"} and char not in "\n\t" for char in after
    ):
        return "control characters"
    if _CHATTER.search(after) and not _CHATTER.search(before):
        return "talk about the task"
    if same_lines and after.count("\n") != before.count("\n"):
        return "lines"
    if after.rstrip().endswith(("...", "\u2026")) and not before.rstrip().endswith(
        ("...", "\u2026")
    ):
        return "cut off"
    for opening, closing in _PAIRS:
        if abs(after.count(opening) - after.count(closing)) > abs(
            before.count(opening) - before.count(closing)
        ):
            return "brackets"
    return None


def reads_as(written: str, value: str, label: str) -> bool:
    """Say whether what is written now still reads as the same entity.

    Marks, brackets, case and look-alike digits do not count. What names one thing exactly must be
    all the same apart from those; a name may differ in half of its characters.
    """
    new, old = _bones(written), _bones(value)
    if label in EXACT:
        return new == old
    return bool(new) and Levenshtein.normalized_distance(new, old) <= _FARTHEST


def _bones(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text)
    bare = _WORDS.sub(".", bare).casefold().replace("hxxp", "http")
    return "".join(char for char in bare.translate(_LOOKALIKE) if char.isalnum())


def cosine(encoder: Encoder, before: str, after: str) -> float:
    """Return the cosine similarity of two passages, in [-1, 1]."""
    one, other = encoder([before, after])
    length = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / length if length else 0.0
