"""A real service in a process of its own, asked over real connections."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
import pytest


class Running:
    """One service.

    Attributes:
        url: where it is.
        process: its process.
    """

    def __init__(self, url, process, log):
        self.url, self.process, self.log = url, process, log
        self.client = httpx.Client(base_url=url, timeout=120)

    def stop(self, number=signal.SIGTERM):
        self.client.close()
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(90)


@contextmanager
def serving(folder, *options):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "serve.log"
    environment = os.environ | {"DECLOAK_THREADS": "1"}
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "decloak.cli", "serve", "--port", str(port), "--workers", "1",
             "--tagger", "off", *map(str, options)],
            stderr=stream, stdout=stream, env=environment,
        )  # fmt: skip
    made = Running(f"http://127.0.0.1:{port}", process, log)
    try:
        for _ in range(1200):
            assert process.poll() is None, log.read_text()
            try:
                if made.client.get("/readyz").status_code == 200:
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        else:
            pytest.fail(log.read_text())
        yield made
    finally:
        made.stop(signal.SIGKILL)


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("serve"), "--max-bytes", 1 << 20, "--seconds", 60) as made:
        yield made


@pytest.fixture(scope="session", name="serving")
def serving_fixture():
    return serving
