"""Compare linear-time engines on one pattern: ``python benchmarks/engines.py``.

Hyperscan is measured when it is installed (``pip install hyperscan``); it is no dependency.
"""

from __future__ import annotations

import importlib.util
import re
import time
from collections.abc import Callable

import re2

PATTERN = rb"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+"
LINES = (
    b"192.0.2.%d is at host%d.example.com port 22/tcp open\n",
    b"22/tcp   open  ssh     OpenSSH 8.4p1 Debian 5 (protocol %d.%d)\n",
    b"www%d.example.org.  300 IN A 198.51.100.%d\n",
)


def sample(lines: int = 60_000) -> bytes:
    """Return deterministic tool output."""
    return b"".join(LINES[i % 3] % (i % 256, i % 251) for i in range(lines))


def measure(name: str, scan: Callable[[], int]) -> None:
    """Print one row of the table."""
    start = time.perf_counter()
    found = scan()
    print(f"| {name} | {time.perf_counter() - start:.2f} | {found:,} |")


def main() -> None:
    """Print the table."""
    data = sample()
    print(f"| engine ({len(data) / 1e6:.1f} MB) | seconds | matches reported |\n|---|---|---|")
    plain = re.compile(PATTERN)
    measure("re", lambda: sum(1 for _ in plain.finditer(data)))
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.never_capture = True
    linear = re2.compile(PATTERN, options)
    measure("RE2", lambda: sum(1 for _ in linear.finditer(data)))
    if importlib.util.find_spec("hyperscan") is None:
        print("| Hyperscan | not installed | – |")
        return
    import hyperscan  # noqa: PLC0415 - no dependency; measured where it is installed

    database = hyperscan.Database()
    database.compile(expressions=[PATTERN], ids=[0], flags=hyperscan.HS_FLAG_SOM_LEFTMOST)
    hits: list[int] = []

    def on_match(_id: int, _start: int, end: int, _flags: int, _context: object) -> None:
        hits.append(end)

    def scan() -> int:
        database.scan(data, match_event_handler=on_match)
        return len(hits)

    measure("Hyperscan", scan)


if __name__ == "__main__":
    main()
