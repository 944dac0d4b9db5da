"""A PostgreSQL server of our own, where one is installed: in a folder, behind a socket, gone afterwards."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

_DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name))
_PATH = os.pathsep.join([os.environ.get("PATH", ""), *map(str, reversed(_DEBIAN))])


@pytest.fixture(scope="session")
def database():
    """Return what empties the database and gives its address."""
    initdb, postgres = (shutil.which(name, path=_PATH) for name in ("initdb", "postgres"))
    pytest.importorskip("pg8000")
    user = {}
    if os.getuid() == 0:  # the server refuses to run as root
        try:
            user = {"user": pwd.getpwnam("postgres").pw_name}
        except KeyError:
            initdb = None
    if initdb is None or postgres is None:
        if os.environ.get("DECLOAK_REQUIRE_TOOLS"):
            pytest.fail("no PostgreSQL server is installed")
        pytest.skip("no PostgreSQL server is installed")
    folder = Path(tempfile.mkdtemp(prefix="decloak-pg-"))
    if user:
        shutil.chown(folder, user["user"])
    try:
        subprocess.run(
            [initdb, "-D", folder / "data", "-U", "decloak", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True, capture_output=True, cwd=folder, **user,
        )  # fmt: skip
        settings = {"listen_addresses": "", "unix_socket_directories": str(folder), "fsync": "off"}
        chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = subprocess.Popen(
            [postgres, "-D", folder / "data", *chosen],
            cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user,
        )  # fmt: skip
        try:
            yield _maker(folder, server)
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing is to be kept
            server.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _maker(folder, server):
    import time

    import pg8000.native

    socket = str(folder / ".s.PGSQL.5432")
    for _ in range(600):  # its file says when it takes connections
        assert server.poll() is None, "the server ended"
        state = folder / "data" / "postmaster.pid"
        if state.exists() and state.read_text().splitlines()[7:8] == ["ready   "]:
            break
        time.sleep(0.1)

    def make():
        connection = pg8000.native.Connection("decloak", database="postgres", unix_sock=socket)
        connection.run("DROP SCHEMA public CASCADE")
        connection.run("CREATE SCHEMA public")
        connection.close()
        return f"postgresql://decloak@/postgres?unix_sock={socket}"

    return make
