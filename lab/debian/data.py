"""Databases, caches and directories: folder and address -> the command that runs each in the foreground."""

from __future__ import annotations

from pathlib import Path

from lab.debian.model import run_quietly, write

__all__ = ["mariadb", "memcached", "postgres", "redis", "slapd"]


def redis(folder: Path, address: str) -> list[str]:
    """Redis, without a password and without files."""
    command = ["redis-server", "--bind", address, "--port", "6379", "--protected-mode", "no"]
    return [*command, "--save", "", "--dir", str(folder)]


def memcached(_folder: Path, address: str) -> list[str]:
    """Memcached over TCP."""
    return ["memcached", "-l", address, "-p", "11211", "-U", "0", "-u", "nobody"]


def slapd(folder: Path, address: str) -> list[str]:
    """OpenLDAP with an empty tree."""
    text = f'include /etc/ldap/schema/core.schema\npidfile {folder}/pid\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\ndatabase mdb\nsuffix "dc=example,dc=org"\ndirectory {folder}\n'
    return ["slapd", "-d", "0", "-h", f"ldap://{address}:389/", "-f", write(folder, "conf", text)]


def postgres(folder: Path, address: str) -> list[str]:
    """PostgreSQL with a new cluster, as its own user."""
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"))
    data = str(folder / "data")
    run_quietly(["chown", "-R", "postgres", str(folder)])
    start = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    run_quietly([*start, str(binaries / "initdb"), "--no-sync", "-D", data, "-A", "trust"])
    return [*start, str(binaries / "postgres"), "-D", data, "-h", address, "-k", str(folder)]


def mariadb(folder: Path, address: str) -> list[str]:
    """MariaDB with a new data folder; open to all, or it tells strangers no version."""
    run_quietly(["chown", "-R", "mysql", str(folder)])
    options = ["--no-defaults", f"--datadir={folder}/data", f"--tmpdir={folder}", "--user=mysql"]
    run_quietly(
        ["mariadb-install-db", *options, "--skip-test-db", "--skip-name-resolve", "--force"]
    )
    own = [f"--bind-address={address}", f"--socket={folder}/socket", f"--pid-file={folder}/pid"]
    return ["mariadbd", *options, "--skip-grant-tables", *own]
