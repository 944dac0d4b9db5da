"""Fingerprints of keys, certificates and of TLS and SSH stacks; see RFC 4716, JA3, JA4 and JARM."""

from __future__ import annotations

import re

from decloak.core.entity import Reading, Verdict, confirmed

__all__ = ["read_fingerprint"]

_HEX = re.compile(r"(?:MD5:|SHA1:)?((?:[0-9a-f]{2}[:]?){15,63}[0-9a-f]{2})", re.IGNORECASE)
_BASE64 = re.compile(r"SHA(?:256:[A-Za-z0-9+/]{43}|512:[A-Za-z0-9+/]{86}|1:[A-Za-z0-9+/]{27})=?")
_JA4 = re.compile(r"[a-z][0-9a-z]{2}[a-z][0-9]{4}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}")
_SIZES = frozenset({32, 40, 56, 62, 64, 96, 128})
"""Hex digits of MD5, SHA-1, SHA-2 and JARM."""


def read_fingerprint(text: str) -> Reading:
    """Read a fingerprint: hex with or without colons, OpenSSH's base64, JA4."""
    if _BASE64.fullmatch(text) or _JA4.fullmatch(text):
        return confirmed(text)
    found = _HEX.fullmatch(text)
    digits = found[1].replace(":", "").lower() if found else ""
    if len(digits) in _SIZES and len(set(digits)) > 4:
        return confirmed(digits)
    return Reading(Verdict.REFUTED, reason="no fingerprint has this shape")
