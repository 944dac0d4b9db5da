"""SSH, HTTP and FTP servers, each with the name and version it will tell a scanner."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.daemons import LabError, daemon, find_tool, free_port

__all__ = ["Server", "ftp_server", "ssh_server", "web_server"]


@dataclass(frozen=True, slots=True)
class Server:
    """One running server.

    Attributes:
        port: where it listens.
        service: what a scanner calls the service.
        software: the product, as the server names itself, in lower case.
        version: the version as it tells it.
    """

    port: int
    service: str
    software: str
    version: str


def _require(name: str) -> str:
    path = find_tool(name)
    if path is None:
        message = f"{name} is not installed; see lab/packages.txt"
        raise LabError(message)
    return path


def _greeting(address: str, port: int) -> str:
    with socket.create_connection((address, port), 5) as connection:
        return connection.recv(256).decode("ascii", "replace").strip()


@contextlib.contextmanager
def ssh_server(address: str, folder: Path) -> Iterator[Server]:
    """OpenSSH with a host key of its own."""
    port, key = free_port(address), folder / "host_key"
    subprocess.run(
        [_require("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd refuses to start without it
    config = folder / "sshd_config"
    config.write_text(
        f"ListenAddress {address}\nPort {port}\nHostKey {key}\nPidFile none\nUsePAM no\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nStrictModes no\n"
    )
    command = [_require("sshd"), "-D", "-e", "-f", str(config)]
    with daemon(command, address, port, folder / "sshd.log"):
        # SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3: RFC 4253, section 4.2
        told = _greeting(address, port).split("-", 2)[2]
        software, _, version = told.partition("_")
        yield Server(port, "ssh", software.lower(), version.replace("Debian-", "Debian "))


@contextlib.contextmanager
def web_server(address: str, folder: Path) -> Iterator[Server]:
    """Nginx with one page."""
    port, root = free_port(address), folder / "www"
    root.mkdir()
    (root / "index.html").write_text("<title>lab</title>\n")
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.err;\n"
        "events { worker_connections 64; }\n"
        f"http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;\n"
        f" fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
        f" server {{ listen {address}:{port}; server_name lab.example; root {root}; }} }}\n"
    )
    # The worker gives up its rights and has to reach the page.
    for path in (folder, root):
        path.chmod(0o755)
    command = [_require("nginx"), "-c", str(config), "-p", str(folder)]
    told = subprocess.run([command[0], "-v"], capture_output=True, text=True, check=True).stderr
    version = told.strip().rpartition("/")[2].split()[0]
    with daemon(command, address, port, folder / "nginx.log"):
        yield Server(port, "http", "nginx", version)


@contextlib.contextmanager
def ftp_server(address: str, folder: Path) -> Iterator[Server]:
    """Vsftpd for anonymous users, with an empty folder to show."""
    port, empty = free_port(address), folder / "empty"
    empty.mkdir()
    config = folder / "vsftpd.conf"
    config.write_text(
        f"listen=YES\nlisten_ipv6=NO\nlisten_address={address}\nlisten_port={port}\n"
        "background=NO\nanonymous_enable=YES\nlocal_enable=NO\nseccomp_sandbox=NO\n"
        f"secure_chroot_dir={empty}\nanon_root={empty}\nxferlog_enable=NO\n"
        + ("" if os.geteuid() == 0 else "run_as_launching_user=YES\n")
    )
    with daemon([_require("vsftpd"), str(config)], address, port, folder / "vsftpd.log"):
        # 220 (vsFTPd 3.0.3)
        version = _greeting(address, port).rpartition(" ")[2].rstrip(")")
        yield Server(port, "ftp", "vsftpd", version)
