"""Identifiers of vulnerabilities, platforms and techniques."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from decloak.core.entity import Reading, Verdict

__all__ = ["read_cpe", "read_cve", "read_technique"]

_TACTICS = range(1, 112)
_TECHNIQUES = range(1001, 1800)


@cache
def _years() -> range:
    """Return the years of which identifiers can be, as far as the data know that we carry."""
    told = json.loads((files("decloak.indicators") / "data" / "cve_years.json").read_text("utf-8"))
    return range(told["first"], told["last"] + 1)


def read_cve(text: str) -> Reading:
    """Read a CVE identifier: a year that has identifiers, four to seven digits.

    Of another year it is refuted, and yet has a value: the form holds, so that it is for people to look at.
    """
    parts = text.upper().replace("_", "-").replace(" ", "-").split("-")
    if len(parts) != 3 or parts[0] != "CVE":
        return Reading(Verdict.REFUTED, reason="not CVE-year-number")
    _, year, number = parts
    if not (year.isascii() and year.isdecimal() and number.isascii() and number.isdecimal()):
        return Reading(Verdict.REFUTED, reason="year or number is not decimal")
    if not (len(year) == 4 and 4 <= len(number) <= 7):
        return Reading(Verdict.REFUTED, reason="wrong number of digits")
    if int(year) not in _years():
        return Reading(Verdict.REFUTED, f"CVE-{year}-{number}", "no CVE has this year")
    return Reading(Verdict.CONFIRMED, f"CVE-{year}-{number}")


def read_cpe(text: str) -> Reading:
    """Read a CPE name: a 2.2 URI (``cpe:/a:``) or a 2.3 string (NISTIR 7695, section 6)."""
    low = text.lower()
    if low.startswith("cpe:2.3:"):
        good = low[8:9] in "aho*-" and low.count(":") >= 4
    else:
        good = low.startswith("cpe:/") and low[5:6] in "aho" and low.count(":") >= 2
    if good:
        return Reading(Verdict.CONFIRMED, text)
    return Reading(Verdict.REFUTED, reason="not a CPE name")


def read_technique(text: str) -> Reading:
    """Read an ATT&CK identifier: tactic ``TA0001``, technique ``T1059`` or ``T1059.001``."""
    value = text.upper()
    if value.startswith("TA"):
        good = len(value) == 6 and value[2:].isdecimal() and int(value[2:]) in _TACTICS
    else:
        number, dot, sub = value.removeprefix("T").partition(".")
        good = number.isdecimal() and int(number[:5]) in _TECHNIQUES and len(number) == 4
        good = good and (not dot or (sub.isdecimal() and len(sub) == 3))
    if good:
        return Reading(Verdict.CONFIRMED, value)
    return Reading(Verdict.REFUTED, reason="no ATT&CK identifier")
