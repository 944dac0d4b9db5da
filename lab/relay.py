"""A relay for DNS over UDP: tools that know port 53 only reach a server on a high port."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

__all__ = ["dns_relay"]


@contextlib.contextmanager
def dns_relay(address: str, port: int, target: tuple[str, int]) -> Iterator[int]:
    """Pass datagrams to `target` and its answers back, one at a time; yield the port.

    Raises:
        OSError: when the port may not be used (53 needs root).
    """
    with socket.socket(type=socket.SOCK_DGRAM) as inside:
        inside.bind((address, port))
        inside.settimeout(0.1)
        done = threading.Event()
        thread = threading.Thread(target=_pass_on, args=(inside, target, done))
        thread.start()
        try:
            yield inside.getsockname()[1]
        finally:
            done.set()
            thread.join()


def _pass_on(inside: socket.socket, target: tuple[str, int], done: threading.Event) -> None:
    while not done.is_set():
        with contextlib.suppress(TimeoutError):
            asked, client = inside.recvfrom(4096)
            with socket.socket(type=socket.SOCK_DGRAM) as outside:
                outside.settimeout(2)
                outside.sendto(asked, target)
                inside.sendto(outside.recv(65535), client)
