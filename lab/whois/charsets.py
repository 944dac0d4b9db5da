"""Which charset the installed whois client expects of each server, found by asking.

The client turns the answers of some servers into the charset of the terminal. A probe in each
charset shows which one comes out right.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable

from lab.whois.serve import Answer

__all__ = ["measure", "probes"]

_PROBES = {
    "utf-8": "ü 漢 한",
    "iso-8859-1": "ü",
    "iso-2022-jp": "漢字",
    "euc-kr": "한글",
    "euc-jp": "漢字",
    "koi8-r": "слово",
    "windows-1251": "слово",
}


def probes(servers: dict[str, str]) -> list[Answer]:
    """Answers to ask for: one per server and charset."""
    return [
        Answer(address, f"charset-{charset}", f"begin {text} end\n", charset)
        for address in servers.values()
        for charset, text in _PROBES.items()
    ]


def measure(servers: Iterable[str]) -> dict[str, str]:
    """Server -> charset, for those that are not taken for UTF-8."""
    made: dict[str, str] = {}
    for server in servers:
        for charset, text in _PROBES.items():
            done = subprocess.run(
                ["whois", "-h", server, f"charset-{charset}"],
                capture_output=True,
                check=False,
                timeout=20,
            )
            if f"begin {text} end" in done.stdout.decode("utf-8", "replace"):
                if charset != "utf-8":
                    made[server] = charset
                break
    return made
