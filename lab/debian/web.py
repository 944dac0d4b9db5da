"""HTTP servers and proxies: folder and address -> the command that runs each in the foreground."""

from __future__ import annotations

from pathlib import Path

from lab.debian.model import write

__all__ = ["apache", "haproxy", "lighttpd", "nginx", "tinyproxy"]


def nginx(folder: Path, address: str) -> list[str]:
    """Nginx with one page."""
    text = (
        f"daemon off; pid {folder}/pid; error_log {folder}/log; events {{ }}\nhttp {{ access_log off; client_body_temp_path {folder}/b;"
        f" proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
        f" server {{ listen {address}:80; root {folder}; }} }}\n"
    )
    return ["nginx", "-c", write(folder, "conf", text), "-p", str(folder)]


def apache(folder: Path, address: str) -> list[str]:
    """Apache httpd with one page."""
    text = (
        f"ServerRoot {folder}\nPidFile {folder}/pid\nErrorLog {folder}/log\nListen {address}:80\nServerName {address}\nUser www-data\nGroup www-data\n"
        "LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so\nLoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so\n"
        f"DocumentRoot {folder}\n"
    )
    return ["apache2", "-X", "-f", write(folder, "conf", text)]


def lighttpd(folder: Path, address: str) -> list[str]:
    """Lighttpd with one page."""
    text = f'server.document-root = "{folder}"\nserver.bind = "{address}"\nserver.port = 80\nserver.username = "nobody"\nserver.groupname = "nogroup"\n'
    return ["lighttpd", "-D", "-f", write(folder, "conf", text)]


def tinyproxy(folder: Path, address: str) -> list[str]:
    """A proxy."""
    return [
        "tinyproxy",
        "-d",
        "-c",
        write(
            folder,
            "conf",
            f"Port 8888\nListen {address}\nUser nobody\nGroup nogroup\nTimeout 30\nMaxClients 20\n",
        ),
    ]


def haproxy(folder: Path, address: str) -> list[str]:
    """HAProxy with its page of statistics."""
    text = f"defaults\n mode http\n timeout client 9s\n timeout connect 9s\n timeout server 9s\nlisten stats\n bind {address}:8404\n stats enable\n stats uri /\n"
    return ["haproxy", "-db", "-f", write(folder, "conf", text)]
