"""Shapes: values whose spelling alone says what they are, in free text that a twin carries.

Script output, TXT records and remarks hold URLs, e-mail addresses, CVE identifiers and product
tokens (RFC 9110, section 10.1.5) that no field of the twin names. They are looked for only inside
ranges that the twin vouches for as that field's text.
"""

from __future__ import annotations

import re

from decloak.corpus.label.place import Placer, address

__all__ = ["locators", "numbers", "product_tokens", "shapes"]

_URL = re.compile(r"(?:https?|ftp)://[^\s\"'<>()\[\]{}|\\^`,;]+", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}\b")
_CVE = re.compile(r"\bCVE-\d{4}-\d{4,7}\b", re.IGNORECASE)
_CPE = re.compile(r"\bcpe:(?:/[aho]|2\.3):[^\s,;\"'<>]+")
_CIDR = re.compile(r"(?<![\w.:/])[0-9A-Fa-f:.]{3,45}/\d{1,3}(?![\w./])")
_ADDRESS = re.compile(r"(?<![\w.:/-])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?![\w:-]|\.\w)")  # fmt: skip
_PRODUCT = re.compile(r"(?<![\w/.-])([A-Za-z][\w.+-]*?[A-Za-z])/(v?\d[\w.+~-]*)")
_TRAILING = ".,:;!?"


def shapes(placer: Placer, low: int, high: int, field: str) -> None:
    """Label URLs, e-mail addresses, CVE and CPE names, networks and addresses in a range."""
    locators(placer, low, high, field)
    numbers(placer, low, high, field)


def locators(placer: Placer, low: int, high: int, field: str) -> None:
    """Label URLs, e-mail addresses, CVE and CPE names in a range."""
    text = placer.text
    for pattern, label in ((_URL, "URL"), (_EMAIL, "EMAIL"), (_CPE, "CPE"), (_CVE, "CVE")):
        for found in pattern.finditer(text, low, high):
            start, end = found.span()
            end = start + len(text[start:end].rstrip(_TRAILING))
            if placer.free(start, end):
                placer.put(start, end, label, field, "shape")


def numbers(placer: Placer, low: int, high: int, field: str) -> None:
    """Label networks and addresses in a range."""
    text = placer.text
    for found in _CIDR.finditer(text, low, high):
        network, _, bits = found[0].partition("/")
        if address(network) and int(bits) <= (128 if ":" in network else 32):
            _free(placer, *found.span(), "CIDR", field)
    for found in _ADDRESS.finditer(text, low, high):
        if address(found[0]) and len(found[0]) > 2:  # "::" is an ornament more often than not
            _free(placer, *found.span(), "IP_ADDRESS", field)


def product_tokens(placer: Placer, low: int, high: int, field: str) -> None:
    """Label ``name/version`` as SOFTWARE and VERSION."""
    for found in _PRODUCT.finditer(placer.text, low, high):
        if placer.free(*found.span()) and not found[1].lower().endswith(("http", "rtsp", "sip")):
            placer.put(*found.span(1), "SOFTWARE", field, "product token")
            end = found.start(2) + len(found[2].rstrip(_TRAILING))
            placer.put(found.start(2), end, "VERSION", field, "product token")


def _free(placer: Placer, start: int, end: int, label: str, field: str) -> None:
    if placer.free(start, end):
        placer.put(start, end, label, field, "shape")
