"""Words: what the tagger puts a label on.

A word is a run of letters, digits, combining and invisible marks, at most `LONGEST` code points
long; or one other character that is no white space; or a line end, which tells where columns and
records begin. Every word has one label, so spans are exact at word edges under any Unicode.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass

__all__ = ["LINE_END", "LONGEST", "WORD", "Words", "split"]

LONGEST = 40
"""Code points of a word; what is longer (a digest, a key) is several words."""

LINE_END = "\n"

# Letters and digits of any script, and what hides between them: combining marks, variation
# selectors, zero-width and bidi characters, tags. The underscore separates (`OpenSSH_8.4p1`).
_MARKS = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u061c\u1ab0-\u1aff\u180b-\u180e\u1dc0-\u1dff\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e01ef"
)
WORD = rf"(?:[^\W_]|[{_MARKS}]){{1,{LONGEST}}}|\n|[^\s]"
"""A word, as a pattern."""
_WORD = re.compile(WORD)


@dataclass(frozen=True, slots=True)
class Words:
    """Words as columns.

    Attributes:
        starts, ends: half-open code-point ranges in the text, in order.
    """

    starts: array[int]
    ends: array[int]

    def __len__(self) -> int:
        return len(self.starts)


def split(text: str, low: int = 0, high: int | None = None) -> Words:
    """Return the words of a stretch of text. Linear in its length."""
    starts, ends = array("I"), array("I")
    for found in _WORD.finditer(text, low, len(text) if high is None else high):
        starts.append(found.start())
        ends.append(found.end())
    return Words(starts, ends)
