"""The lab's helpers, and a web server that plays RDAP and Shodan."""

import contextlib
import http.server
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from lab.daemons import find_tool, loopback_address  # noqa: E402 - found beside tests


@pytest.fixture(scope="session")
def need():
    def check(*tools):
        missing = [tool for tool in tools if find_tool(tool) is None]
        if missing and not os.environ.get("DECLOAK_REQUIRE_TOOLS"):
            pytest.skip(f"not installed: {', '.join(missing)} (lab/packages.txt)")
        assert not missing, f"not installed: {', '.join(missing)}"

    return check


class Web:
    """Routes by path; each is a function of the query that returns (status, headers, body)."""

    def __init__(self):
        self.routes = {}
        self.asked = []

    def json(self, path, value, status=200, **headers):
        body = json.dumps(value).encode()
        self.routes[path] = lambda _: (status, headers, body)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        web, parts = self.server.web, urlsplit(self.path)
        web.asked.append(self.path)
        query = dict(parse_qsl(parts.query))
        route = web.routes.get(parts.path, lambda _: (404, {}, b'{"error": "nothing here"}'))
        status, headers, body = route(query)
        with contextlib.suppress(OSError):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            if isinstance(body, bytes):
                self.send_header("Content-Length", str(len(body)))
                body = [body]
            else:
                self.send_header("Connection", "close")
                self.close_connection = True
            self.end_headers()
            for part in body:
                self.wfile.write(part)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.web = Web()
        server.web.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server.web
        server.shutdown()
        thread.join()


@pytest.fixture
def make_web():
    with contextlib.ExitStack() as stack:
        yield lambda: stack.enter_context(serving())


@pytest.fixture
def web(make_web):
    return make_web()


@pytest.fixture
def loopback(request):
    """An address of the loopback network that no other test uses."""
    import random

    return loopback_address(random.Random(request.node.nodeid))


@pytest.fixture
def acquire(tmp_path):
    """Run ``decloak acquire`` in a process of its own, in an empty folder."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("SHODAN_")
    } | {"XDG_STATE_HOME": str(tmp_path / "state")}

    def run(*arguments, env=(), prefix=(), **more):
        command = [*prefix, sys.executable, "-m", "decloak.cli", "acquire", *map(str, arguments)]
        return subprocess.run(
            command, cwd=tmp_path, env={**environment, **dict(env)}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=120, check=False, **more,
        )  # fmt: skip

    run.environment, run.folder = environment, tmp_path
    return run
