"""HTTPS doubles of registries' RDAP servers and of Shodan's API, in one process.

Run as ``python -m lab.api.serve TABLE PEM ADDRESS``; it prints ``ready``. TABLE holds one JSON
object a line: host, path, body. The search of Shodan runs over the hosts in the table.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import shlex
import ssl
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

__all__ = ["SHODAN", "Doubles", "main", "write_table"]

SHODAN = "api.shodan.io"
_SECONDS = 30.0
_PAGE = 100


def write_table(path: Path, rows: Iterable[tuple[str, str, dict[str, Any]]]) -> None:
    """Write (host, path, body) rows for the server process."""
    with path.open("w", encoding="utf-8") as stream:
        for host, where, body in rows:
            stream.write(
                json.dumps({"host": host, "path": where, "body": body}, ensure_ascii=False) + "\n"
            )


def _value(banner: dict[str, Any], name: str) -> list[str]:
    """What a filter or facet looks at in a banner."""
    place = banner["location"]
    found: dict[str, Any] = {
        "country": place["country_code"], "city": place["city"], "hostname": banner["hostnames"], "domain": banner["domains"], "ip": banner["ip_str"],
        "net": banner["ip_str"], "vuln": sorted(banner.get("vulns", ())), "module": banner["_shodan"]["module"], "http.title": banner.get("http", {}).get("title"),
    }.get(name, banner.get(name))  # fmt: skip
    values = found if isinstance(found, list) else [found]
    return [str(value) for value in values if value not in {None, ""}]


def matches(banner: dict[str, Any], query: str) -> bool:
    """Whether a banner fits a query: ``name:value`` filters and free words."""
    try:
        words = shlex.split(query)
    except ValueError:
        words = query.split()
    for word in words:
        name, colon, wanted = word.partition(":")
        if colon and re.fullmatch(r"[a-z.]+", name):
            values = _value(banner, name)
            if name == "net":
                wanted = wanted.partition("/")[0].rpartition(".")[0]
            if not any(
                wanted.lower() in value.lower()
                if name not in {"port", "country"}
                else wanted.lower() == value.lower()
                for value in values
            ):
                return False
        elif (
            word.lower() not in banner["data"].lower()
            and word.lower() not in str(banner.get("product", "")).lower()
        ):
            return False
    return True


class Doubles:
    """Answers requests.

    Args:
        rows: host and path -> body.
    """

    def __init__(self, rows: dict[tuple[str, str], bytes]) -> None:
        self.rows = rows
        hosts = [
            json.loads(body)
            for (host, path), body in rows.items()
            if host == SHODAN and path.startswith("/shodan/host/")
        ]
        self.banners = [banner for host in hosts for banner in host["data"]]

    def answer(self, host: str, target: str) -> tuple[int, bytes]:
        """Status and body for a request target."""
        parts = urlsplit(target)
        found = self.rows.get((host, unquote(parts.path)))
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if host == SHODAN:
            if not asked.get("key", "").startswith("LAB"):
                return 401, b'{"error": "Invalid API key"}'
            if parts.path in {"/shodan/host/search", "/shodan/host/count"}:
                return 200, self._search(asked, count=parts.path.endswith("count"))
            if found is None:
                return 404, b'{"error": "No information available for that IP."}'
        if found is None:
            return (
                404,
                b'{"errorCode": 404, "title": "Not Found", "description": ["The laboratory knows no such object."]}',
            )
        return 200, found

    def _search(self, asked: dict[str, str], *, count: bool) -> bytes:
        query, page = asked.get("query", ""), max(1, int(asked.get("page", "1")))
        found = [banner for banner in self.banners if matches(banner, query)]
        made: dict[str, Any] = {"total": len(found)}
        if asked.get("facets"):
            made["facets"] = {}
            for facet in asked["facets"].split(","):
                name, _, most = facet.partition(":")
                counts = Counter(value for banner in found for value in _value(banner, name))
                made["facets"][name] = [
                    {"count": n, "value": value}
                    for value, n in counts.most_common(int(most or "10"))
                ]
        if not count:
            made["matches"] = found[(page - 1) * _PAGE : page * _PAGE]
        return json.dumps(made, ensure_ascii=False).encode()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection; it is kept for further requests."""
        with contextlib.suppress(
            OSError, TimeoutError, ssl.SSLError, asyncio.IncompleteReadError, ValueError
        ):
            while True:
                async with asyncio.timeout(_SECONDS):
                    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                    target = head.split(" ", 2)[1]
                    host = re.search(r"(?im)^host:\s*([^\s:]+)", head)
                    status, body = self.answer(host[1].lower() if host else "", target)
                    kind = "application/json" if "shodan" in target else "application/rdap+json"
                    writer.write(
                        f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                        + body
                    )
                    await writer.drain()
        writer.close()


async def _serve(table: Path, pem: Path, address: str) -> None:
    rows: dict[tuple[str, str], bytes] = {}
    with table.open(encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            rows[row["host"], row["path"]] = json.dumps(row["body"], ensure_ascii=False).encode()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = await asyncio.start_server(Doubles(rows).handle, address, 443, ssl=context)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Serve the table named on the command line."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))


if __name__ == "__main__":
    main()
