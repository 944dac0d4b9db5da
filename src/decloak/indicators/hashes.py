"""File digests: by length and alphabet; repetition is no digest."""

from __future__ import annotations

from decloak.core.entity import Reading, Verdict

__all__ = ["HASH_LENGTHS", "read_hash"]

HASH_LENGTHS = {32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
"""Hex digits -> the most common digest of that length."""

_HEX = frozenset("0123456789abcdef")
_MIN_DISTINCT = 6
"""A random 128-bit value shows at least seven different hex digits with p > 0.999999."""


def read_hash(text: str) -> Reading:
    """Read a hex digest or an ssdeep signature; `reason` names the kind."""
    value = text.lower()
    if ":" in value:
        return _read_ssdeep(text)
    kind = HASH_LENGTHS.get(len(value))
    if kind is None or not _HEX.issuperset(value):
        return Reading(Verdict.REFUTED, reason="no digest has this length and alphabet")
    if len(set(value)) < _MIN_DISTINCT or value.isdecimal() or value.isalpha():
        return Reading(Verdict.REFUTED, reason="too regular for a digest")
    return Reading(Verdict.CONFIRMED, value, kind)


def _read_ssdeep(text: str) -> Reading:
    block, _, rest = text.partition(":")
    first, colon, second = rest.partition(":")
    good = block.isdecimal() and colon and len(first) >= 3 and len(second) >= 3
    if good and int(block) >= 3 and int(block) % 3 == 0 and len(first) <= 64:
        return Reading(Verdict.CONFIRMED, text, "ssdeep")
    return Reading(Verdict.REFUTED, reason="not blocksize:signature:signature")
