"""Shapes: what a dotted token is by its own characters, remembered per distinct token."""

from __future__ import annotations

from enum import Enum
from itertools import pairwise

from decloak.core.entity import Verdict
from decloak.core.limits import MAX_DOMAIN_LENGTH
from decloak.core.remember import remembered
from decloak.indicators import read
from decloak.indicators.suffixes import public_suffix, two_label_suffixes
from decloak.tag.traps import (
    CODE_HEADS,
    DETECTION_HEADS,
    FILE_ENDINGS,
    MEMBER_ENDINGS,
    PACKAGE_HEADS,
    PRODUCTS_LIKE_NAMES,
    RECORD_HEADS,
    SCRIPT_ENDINGS,
    SCRIPT_HEADS,
    TITLED,
)

__all__ = ["Shape", "shape_of"]


class Shape(Enum):
    """What a dotted token can be."""

    NOTHING = "nothing"
    IPV4 = "ipv4"
    RANGE = "range"
    DOMAIN = "domain"
    FILE = "file"
    CODE = "code"


@remembered(1 << 15)
def shape_of(token: str) -> Shape:
    """Say what a maximal dotted token can be, by its own characters.

    FILE and CODE are tokens that could be domains but are usually file names (``setup.py``) and
    members, packages or detection names (``System.IO``, ``com.example.app``).
    """
    if len(token) > MAX_DOMAIN_LENGTH * 2:
        return Shape.NOTHING
    labels = token.rstrip("-_").split(".")
    top = labels[-1]
    if token[0].isdecimal() and "-" in token and read("CIDR", token).verdict is Verdict.CONFIRMED:
        return Shape.RANGE
    if top.isdecimal() and top.isascii():
        four = len(labels) == 4 and read("IP_ADDRESS", token).verdict is Verdict.CONFIRMED
        return Shape.IPV4 if four else Shape.NOTHING
    reading = read("DOMAIN", token.rstrip("-_"))
    if reading.verdict is not Verdict.CONFIRMED or reading.label:
        return Shape.NOTHING
    if token.isascii():
        return _trap(labels, reading.value)
    return Shape.DOMAIN


def _trap(labels: list[str], name: str) -> Shape:
    """Tell an honest name from the file names and the code that look like one."""
    head, top = labels[0].lower(), labels[-1]
    low = top.lower()
    if (
        top != low
        and not (top.isupper() and all(x == x.upper() for x in labels))
        and not (top.isupper() and len(labels) == 2 and low in TITLED)
    ):
        return Shape.CODE
    if name in PRODUCTS_LIKE_NAMES or head in DETECTION_HEADS:
        return Shape.CODE
    if _unregistrable(labels, name):
        return Shape.FILE
    trapped = (
        _trap_of_two(head, low, name) if len(labels) == 2 else _trap_of_more(labels, head, low)
    )
    if trapped is not None:
        return trapped
    if top == low and name == ".".join(labels):  # nothing but small letters: no camel can hide
        return Shape.CODE if low in MEMBER_ENDINGS and head in CODE_HEADS else Shape.DOMAIN
    if low in MEMBER_ENDINGS and (head in CODE_HEADS or _camel(labels[-2])):
        return Shape.CODE
    if len(labels) > 2 and any(_camel(label) for label in labels[:-1]) and low not in TITLED:
        return Shape.CODE
    return Shape.DOMAIN


def _trap_of_two(head: str, low: str, name: str) -> Shape | None:
    if low in FILE_ENDINGS or (low in SCRIPT_ENDINGS and head in SCRIPT_HEADS):
        return Shape.FILE
    if low in {"id", "name"} and head in RECORD_HEADS:
        return Shape.CODE
    if head in CODE_HEADS or (len(head) == 1 and low not in TITLED):
        return Shape.CODE
    return Shape.CODE if name in two_label_suffixes() else None


def _trap_of_more(labels: list[str], head: str, low: str) -> Shape | None:
    if low in FILE_ENDINGS and not head.startswith("www"):
        return Shape.FILE
    if _is_package(head, low) or all(len(label) == 1 for label in labels):
        return Shape.CODE
    return None


def _unregistrable(labels: list[str], name: str) -> bool:
    """Whether the label before the public suffix has an underscore, which no registry sells."""
    if "_" not in name or labels[0].startswith("_"):
        return False
    suffix = public_suffix(name) or labels[-1]
    return "_" in name[: -len(suffix) - 1].rpartition(".")[2]


def _is_package(head: str, low: str) -> bool:
    """Whether first and last label are those of a reversed name: ``com.example.app``."""
    return head in PACKAGE_HEADS and (low == "io" or (low not in TITLED and len(low) > 2))


def _camel(label: str) -> bool:
    """Whether a label has a capital after a small letter: ``getName``."""
    return any(a.islower() and b.isupper() for a, b in pairwise(label))
