"""Where each host of a scan stands in each layout."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["hosts_in"]

_STARTS = {
    "normal": re.compile(r"^Nmap scan report for (?:\S+ \(([^()\s]+)\)|(\S+)).*$", re.MULTILINE),
    "grepable": re.compile(r"^Host: (\S+) \(()", re.MULTILINE),
    "xml": re.compile(
        r"<host\b[^>]*>(?:(?!</host>).)*?<address addr=\"([^\"]+)\" addrtype=\"ipv[46]\"()",
        re.DOTALL,
    ),
}


def hosts_in(layout: str, text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (address, start, end) of every host's part.

    One host's part is the whole text. Of several, each begins where the host is named; the lines
    before the first, which name all targets, belong to nobody (the address is empty).

    Args:
        layout: ``normal``, ``grepable`` or ``xml``.
        text: what Nmap wrote.
    """
    starts = [(found[1] or found[2], found.start()) for found in _STARTS[layout].finditer(text)]
    if len({address for address, _ in starts}) <= 1:
        yield (starts[0][0] if starts else ""), 0, len(text)
        return
    merged: list[tuple[str, int]] = []
    for address, start in starts:
        if not merged or merged[-1][0] != address:
            merged.append((address, start))
    yield "", 0, merged[0][1]
    for i, (address, start) in enumerate(merged):
        yield address, start, merged[i + 1][1] if i + 1 < len(merged) else len(text)
