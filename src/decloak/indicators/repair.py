"""Repair: what a span may mean of which somebody is sure what kind of value it holds, though its text fails the check.

Where the label is known much may be undone for which a text alone gives no reason: markup, hidden characters, look-alikes,
joints in brackets or words, blanks around them. What the label's check then takes is a reading.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from decloak.core.entity import Verdict
from decloak.core.remember import remembered
from decloak.indicators import check
from decloak.indicators.bidi import logical
from decloak.indicators.skeleton import skeleton

__all__ = ["REPAIRED", "disguise_of", "repaired"]

REPAIRED = frozenset({"IP_ADDRESS", "DOMAIN", "URL", "EMAIL", "HASH", "CVE"})
"""Labels whose checks take so little that what they take is meant."""
_LONGEST = 512
_MARKS = re.compile(
    r"</?[A-Za-z][^<>]{0,60}/?>|<!--[^<>]*-->|\[/?(?:b|i|u|s|code|url|color|font|size)(?:=[^\[\]\s]{0,20})?\]"
    r"|\x1b\[[0-9;]*[mK]|\*{1,3}|~~|`|__|\\[a-z]{4,12}\{|\\(?=[-._:/@])"
)
_JOINTS = tuple(
    (re.compile(rf"\s*[\[({{<]*\s*(?:{word})\s*[\])}}>]*\s*"), joint)
    for word, joint in (
        (r"(?<=[\[({<\s])(?i:dot|punkt|point|period)(?=[\])}>\s])|\.", "."), (r"(?<=[\[({<\s])(?i:at)(?=[\])}>\s])|@", "@"),
        (r":", ":"), (r"/", "/"),
    )
)  # fmt: skip
_SCHEME = re.compile(r"^(?:h[xX*]{2}p|hxxp|hXXp)(s?)(?=:)|^f[xX*]p(?=:)")


@remembered(1 << 12)
def repaired(label: str, text: str) -> tuple[str, ...]:
    """Return the values of a label that a text may stand for, each once, the plainest reading first.

    Args:
        label: what the text holds; only those of `REPAIRED` are read.
        text: as it stands.
    """
    if label not in REPAIRED or len(text) > _LONGEST:
        return ()
    found = (check(label, each) for each in _readings(text))
    return tuple(dict.fromkeys(each.value for each in found if each.verdict is Verdict.CONFIRMED))


def disguise_of(text: str) -> str:
    """Return the family of what hides a value that is repaired."""
    if _MARKS.search(text) is not None or "&" in text:
        return "markup"
    return "defang" if text.isascii() else "confusable"


def _readings(text: str) -> Iterator[str]:
    shown = _MARKS.sub("", html.unescape(text))
    for plain in dict.fromkeys((shown, logical(shown))):
        low = skeleton(plain)
        for joints in (low, _joined(low)):
            yield _SCHEME.sub(_spelt, joints.strip(" \t\"'`()[]{}<>,;"))


def _joined(text: str) -> str:
    for pattern, joint in _JOINTS:
        text = pattern.sub(joint, text)
    return text


def _spelt(scheme: re.Match[str]) -> str:
    return "ftp" if scheme[0][0] == "f" else "http" + (scheme[1] or "")
