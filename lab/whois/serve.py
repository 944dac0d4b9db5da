"""A WHOIS server (RFC 3912) that plays every registry and registrar, each on its own address.

Run as ``python -m lab.whois.serve TABLE``; it prints ``ready``. TABLE holds one JSON object a line:
the server's address, the key that is asked for, the answer, and its charset.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["Answer", "Registry", "main", "write_table"]

_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What one server says to one key."""

    address: str
    key: str
    text: str
    charset: str = "utf-8"


def write_table(path: Path, answers: Iterable[Answer]) -> None:
    """Write the answers for the server process."""
    with path.open("w", encoding="utf-8") as stream:
        for answer in answers:
            stream.write(json.dumps(asdict(answer), ensure_ascii=False) + "\n")


class Registry:
    """Answers by server and key.

    Args:
        path: a table of `write_table`.
    """

    def __init__(self, path: Path) -> None:
        self.answers: dict[tuple[str, str], bytes] = {}
        with path.open(encoding="utf-8") as stream:
            for line in stream:
                row = Answer(**json.loads(line))
                text = row.text.replace("\n", "\r\n").encode(row.charset, "replace")
                self.answers[row.address, row.key.lower()] = text

    def find(self, address: str, query: str) -> bytes:
        """The answer to the last word of a query that is a key: clients put options before it."""
        for word in reversed(query.strip().lower().removesuffix("/e").split()):
            found = self.answers.get((address, word))
            if found is not None:
                return found
        return f'No match for "{query.strip().upper()}".\r\n'.encode()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one query and close, as the protocol wants it."""
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(_SECONDS):
                query = (await reader.readline()).decode("utf-8", "replace")
                address = writer.get_extra_info("sockname")[0]
                writer.write(self.find(address, query))
                await writer.drain()
        writer.close()


async def _serve(path: Path) -> None:
    registry = Registry(path)
    server = await asyncio.start_server(registry.handle, "0.0.0.0", 43, backlog=256)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Serve the table named on the command line."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
