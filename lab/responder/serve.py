"""The responder: plays every role of a plan in one process, until it is ended.

Run as ``python -m lab.responder.serve PLAN``; it prints ``ready N`` with the number of ports it
could open. Each connection gets at most `_REQUESTS` answers and `_SECONDS` seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import ssl
import sys
import tempfile
from pathlib import Path
from typing import cast

from lab.responder.plan import Role, read_plan

__all__ = ["answer", "main"]

_REQUESTS = 40
_SECONDS = 40.0
_METHODS = (b"GET ", b"HEAD ", b"POST ", b"OPTIONS ", b"PUT ", b"TRACE ", b"PROPFIND ")


def answer(role: Role, request: bytes) -> bytes:
    """What a role says to a request; empty when it has no answer and hangs up."""
    for start, reply in role.replies:
        if request.startswith(start):
            return reply
    if role.pages and request.startswith(_METHODS):
        return _page(role, request)
    if role.dialogue:
        words = request.strip().split()
        # IMAP puts a tag before the command, which has to come back.
        for i, word in enumerate(words[:2]):
            found = role.dialogue.get(word.decode("latin-1").upper())
            if found is not None:
                return found.replace(b"{tag}", words[0] if i else b"")
        return role.dialogue.get("", b"")
    return b""


def _page(role: Role, request: bytes) -> bytes:
    method, _, rest = request.partition(b" ")
    path = rest.split(b" ", 1)[0].split(b"?", 1)[0].decode("latin-1")
    page = role.pages.get(path) or role.pages.get("*") or role.pages["/"]
    if method in {b"HEAD", b"OPTIONS"}:
        page = page.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    return page


class _Played:
    """Connections to one role."""

    def __init__(self, role: Role) -> None:
        self.role = role

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, ssl.SSLError):
            async with asyncio.timeout(_SECONDS):
                await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        role = self.role
        if role.greeting:
            writer.write(role.greeting)
            await writer.drain()
        for _ in range(_REQUESTS):
            request = await reader.read(8192)
            reply = answer(role, request) if request else b""
            if not reply:
                if not role.greeting or not request:
                    return
                continue
            writer.write(reply)
            await writer.drain()
            if role.pages or (role.replies and not role.dialogue):
                return  # as HTTP/1.0 does; clients that wait for more would wait for long


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, role: Role) -> None:
        self.role = role
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # The class that asyncio hands over here is no subclass of what it is documented to be.
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = answer(self.role, data)
        if reply and self.transport:
            self.transport.sendto(reply, addr)


def _context(pem: str, folder: Path) -> ssl.SSLContext:
    path = folder / "pair.pem"
    path.write_text(pem)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(path)
    # A scanner's first greeting is as old as the oldest server it wants to find.
    made.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    made.set_ciphers("ALL:@SECLEVEL=0")
    return made


async def _serve(plan: Path) -> None:
    loop = asyncio.get_running_loop()
    kept: list[object] = []  # servers end when nobody holds them
    with tempfile.TemporaryDirectory() as folder:
        for role in read_plan(plan):
            try:
                if role.transport == "udp":
                    kept.append(
                        await loop.create_datagram_endpoint(
                            lambda role=role: _Datagrams(role),  # type: ignore[misc] # mypy sees no default
                            local_addr=(role.address, role.port),
                        )
                    )
                else:
                    context = _context(role.tls, Path(folder)) if role.tls else None
                    kept.append(
                        await asyncio.start_server(
                            _Played(role), role.address, role.port, ssl=context, backlog=64
                        )
                    )
            except OSError as error:
                print(f"{role.address}:{role.port}/{role.transport}: {error}", file=sys.stderr)
    print(f"ready {len(kept)}", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """Serve the plan named on the command line."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # Clients that reset connections in mid-word are the normal case here.
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
