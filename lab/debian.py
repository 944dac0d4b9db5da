"""Daemons of Debian: how each is configured and started in the foreground."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["DAEMONS", "Daemon"]


@dataclass(frozen=True, slots=True)
class Daemon:
    """How to start one.

    Attributes:
        name: of the program.
        port: where it listens, TCP.
        service, product: as a scanner names them.
        command: folder and address -> arguments; files it needs are written into the folder.
        version: arguments that print its version, and a pattern of it.
    """

    name: str
    port: int
    service: str
    product: str
    command: Callable[[Path, str], list[str]]
    version: tuple[list[str], str]


def _file(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def _sshd(folder: Path, address: str) -> list[str]:
    key = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd refuses to start without it
    text = f"ListenAddress {address}\nPort 22\nHostKey {key}\nPidFile none\nUsePAM no\nPasswordAuthentication no\nStrictModes no\n"
    return ["/usr/sbin/sshd", "-D", "-e", "-f", _file(folder, "conf", text)]


def _nginx(folder: Path, address: str) -> list[str]:
    text = (
        f"daemon off; pid {folder}/pid; error_log {folder}/log; events {{ }}\nhttp {{ access_log off; client_body_temp_path {folder}/b;"
        f" proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
        f" server {{ listen {address}:80; root {folder}; }} }}\n"
    )
    return ["nginx", "-c", _file(folder, "conf", text), "-p", str(folder)]


def _apache(folder: Path, address: str) -> list[str]:
    text = (
        f"ServerRoot {folder}\nPidFile {folder}/pid\nErrorLog {folder}/log\nListen {address}:80\nServerName {address}\nUser www-data\nGroup www-data\n"
        "LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so\nLoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so\n"
        f"DocumentRoot {folder}\n"
    )
    return ["apache2", "-X", "-f", _file(folder, "conf", text)]


def _lighttpd(folder: Path, address: str) -> list[str]:
    text = f'server.document-root = "{folder}"\nserver.bind = "{address}"\nserver.port = 80\nserver.username = "nobody"\nserver.groupname = "nogroup"\n'
    return ["lighttpd", "-D", "-f", _file(folder, "conf", text)]


def _vsftpd(folder: Path, address: str) -> list[str]:
    (folder / "empty").mkdir()
    text = (
        f"listen=YES\nlisten_address={address}\nbackground=NO\nanonymous_enable=YES\nlocal_enable=NO\nseccomp_sandbox=NO\n"
        f"isolate=NO\nisolate_network=NO\nsecure_chroot_dir={folder}/empty\nanon_root={folder}/empty\n"
    )
    return ["vsftpd", _file(folder, "conf", text)]


def _exim(folder: Path, address: str) -> list[str]:
    text = f"primary_hostname = mail.example\nlocal_interfaces = {address}\nspool_directory = {folder}\nlog_file_path = {folder}/%slog\nkeep_environment =\ntls_advertise_hosts =\nbegin acl\n"
    subprocess.run(["chown", "Debian-exim", str(folder)], check=True)
    return ["exim4", "-bdf", "-C", _file(folder, "conf", text)]


def _dovecot(folder: Path, address: str) -> list[str]:
    text = (
        f"base_dir = {folder}/run\nlog_path = {folder}/log\nprotocols = imap pop3\nlisten = {address}\nssl = no\nmail_location = maildir:{folder}/mail\n"
        "default_internal_user = nobody\ndefault_internal_group = nogroup\ndefault_login_user = nobody\n"
    )
    return ["dovecot", "-F", "-c", _file(folder, "conf", text)]


def _redis(folder: Path, address: str) -> list[str]:
    return [
        "redis-server",
        "--bind",
        address,
        "--port",
        "6379",
        "--protected-mode",
        "no",
        "--save",
        "",
        "--dir",
        str(folder),
    ]


def _memcached(_folder: Path, address: str) -> list[str]:
    return ["memcached", "-l", address, "-p", "11211", "-U", "0", "-u", "nobody"]


def _dnsmasq(folder: Path, address: str) -> list[str]:
    return [
        "dnsmasq",
        "-k",
        "-C",
        _file(folder, "conf", ""),
        "-a",
        address,
        "-z",
        "-R",
        "-h",
        "-u",
        "nobody",
        f"--pid-file={folder}/pid",
    ]


def _mosquitto(folder: Path, address: str) -> list[str]:
    return [
        "mosquitto",
        "-c",
        _file(folder, "conf", f"listener 1883 {address}\nallow_anonymous true\nuser nobody\n"),
    ]


def _tinyproxy(folder: Path, address: str) -> list[str]:
    return [
        "tinyproxy",
        "-d",
        "-c",
        _file(
            folder,
            "conf",
            f"Port 8888\nListen {address}\nUser nobody\nGroup nogroup\nTimeout 30\nMaxClients 20\n",
        ),
    ]


def _ngircd(folder: Path, address: str) -> list[str]:
    text = f"[Global]\nName = irc.example.org\nInfo = lab\nListen = {address}\nPorts = 6667\nServerUID = nobody\nServerGID = nogroup\n[Options]\nPAM = no\n"
    return ["ngircd", "-n", "-f", _file(folder, "conf", text)]


def _rsync(folder: Path, address: str) -> list[str]:
    return [
        "rsync",
        "--daemon",
        "--no-detach",
        "--address",
        address,
        "--config",
        _file(folder, "conf", "[pub]\npath = /srv\ncomment = lab\n"),
    ]


def _dropbear(folder: Path, address: str) -> list[str]:
    subprocess.run(
        ["dropbearkey", "-t", "ed25519", "-f", str(folder / "key")], check=True, capture_output=True
    )
    return [
        "dropbear",
        "-F",
        "-E",
        "-r",
        str(folder / "key"),
        "-p",
        f"{address}:22",
        "-P",
        str(folder / "pid"),
    ]


def _haproxy(folder: Path, address: str) -> list[str]:
    text = f"defaults\n mode http\n timeout client 9s\n timeout connect 9s\n timeout server 9s\nlisten stats\n bind {address}:8404\n stats enable\n stats uri /\n"
    return ["haproxy", "-db", "-f", _file(folder, "conf", text)]


def _slapd(folder: Path, address: str) -> list[str]:
    text = f'include /etc/ldap/schema/core.schema\npidfile {folder}/pid\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\ndatabase mdb\nsuffix "dc=example,dc=org"\ndirectory {folder}\n'
    return ["slapd", "-d", "0", "-h", f"ldap://{address}:389/", "-f", _file(folder, "conf", text)]


def _smbd(folder: Path, address: str) -> list[str]:
    for name in ("lock", "state", "cache", "private", "pid", "ncalrpc"):
        (folder / name).mkdir()
    text = (
        f"[global]\nworkgroup = LAB\ninterfaces = {address}/32\nbind interfaces only = yes\nlock directory = {folder}/lock\nstate directory = {folder}/state\n"
        f"cache directory = {folder}/cache\nprivate dir = {folder}/private\npid directory = {folder}/pid\nncalrpc dir = {folder}/ncalrpc\nlog file = {folder}/log\n"
        f"server role = standalone\nmap to guest = bad user\n[pub]\npath = {folder}\nguest ok = yes\n"
    )
    return ["smbd", "-F", "--no-process-group", "-s", _file(folder, "conf", text)]


def _postgres(folder: Path, address: str) -> list[str]:
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"))
    data = folder / "data"
    subprocess.run(["chown", "-R", "postgres", str(folder)], check=True)
    subprocess.run(
        [
            "setpriv",
            "--reuid=postgres",
            "--regid=postgres",
            "--clear-groups",
            str(binaries / "initdb"),
            "-D",
            str(data),
            "-A",
            "trust",
        ],
        check=True,
        capture_output=True,
    )
    return [
        "setpriv",
        "--reuid=postgres",
        "--regid=postgres",
        "--clear-groups",
        str(binaries / "postgres"),
        "-D",
        str(data),
        "-h",
        address,
        "-k",
        str(folder),
    ]


def _mariadb(folder: Path, address: str) -> list[str]:
    subprocess.run(["chown", "-R", "mysql", str(folder)], check=True)
    subprocess.run(
        [
            "mariadb-install-db",
            "--no-defaults",
            f"--datadir={folder}/data",
            f"--tmpdir={folder}",
            "--user=mysql",
            "--skip-test-db",
            "--skip-name-resolve",
            "--force",
        ],
        check=True,
        capture_output=True,
    )
    return [
        "mariadbd",
        "--no-defaults",
        f"--datadir={folder}/data",
        f"--tmpdir={folder}",
        "--user=mysql",
        f"--bind-address={address}",
        f"--socket={folder}/socket",
        f"--pid-file={folder}/pid",
    ]


_NUMBER = r"(\d+\.\d[\w.]*)"
DAEMONS = (
    Daemon("sshd", 22, "ssh", "OpenSSH", _sshd, (["ssh", "-V"], r"OpenSSH_([^,]+)")),
    Daemon("nginx", 80, "http", "nginx", _nginx, (["nginx", "-v"], r"nginx/(\S+)")),
    Daemon("apache2", 80, "http", "Apache httpd", _apache, (["apache2", "-v"], r"Apache/(\S+)")),
    Daemon("lighttpd", 80, "http", "lighttpd", _lighttpd, (["lighttpd", "-v"], r"lighttpd/(\S+)")),
    Daemon("vsftpd", 21, "ftp", "vsftpd", _vsftpd, (["dpkg-query", "-W", "-f", "${Version}", "vsftpd"], r"([\d.]+)")),
    Daemon("exim4", 25, "smtp", "Exim smtpd", _exim, (["exim4", "--version"], r"version (\S+)")),
    Daemon("dovecot", 143, "imap", "Dovecot imapd", _dovecot, ([], "")),
    Daemon("redis-server", 6379, "redis", "Redis key-value store", _redis, (["redis-server", "--version"], r"v=(\S+)")),
    Daemon("memcached", 11211, "memcached", "Memcached", _memcached, (["memcached", "--version"], _NUMBER)),
    Daemon("dnsmasq", 53, "domain", "dnsmasq", _dnsmasq, (["dnsmasq", "--version"], _NUMBER)),
    Daemon("mosquitto", 1883, "mqtt", "mosquitto", _mosquitto, (["mosquitto", "-h"], _NUMBER)),
    Daemon("tinyproxy", 8888, "http-proxy", "tinyproxy", _tinyproxy, (["tinyproxy", "-v"], _NUMBER)),
    Daemon("ngircd", 6667, "irc", "ngircd", _ngircd, (["ngircd", "--version"], r"ngIRCd (\S+?)-")),
    Daemon("rsync", 873, "rsync", "", _rsync, ([], "")),
    Daemon("dropbear", 22, "ssh", "Dropbear sshd", _dropbear, (["dropbear", "-V"], r"v(\S+)")),
    Daemon("haproxy", 8404, "http-proxy", "HAProxy http proxy", _haproxy, ([], "")),
    Daemon("slapd", 389, "ldap", "OpenLDAP", _slapd, ([], "")),
    Daemon("smbd", 445, "netbios-ssn", "Samba smbd", _smbd, ([], "")),
    Daemon("postgres", 5432, "postgresql", "PostgreSQL DB", _postgres, ([], "")),
    Daemon("mariadbd", 3306, "mysql", "MySQL", _mariadb, ([], "")),
)  # fmt: skip
"""Every daemon, light ones first; lab/packages-full.txt has the packages of the others."""
