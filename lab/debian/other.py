"""Logins, files, names and messages: folder and address -> the command that runs each in the foreground."""

from __future__ import annotations

from pathlib import Path

from lab.debian.model import run_quietly, write

__all__ = [
    "dnsmasq",
    "dropbear",
    "mosquitto",
    "ngircd",
    "proftpd",
    "rsync",
    "smbd",
    "snmpd",
    "sshd",
    "vsftpd",
]


def sshd(folder: Path, address: str) -> list[str]:
    """OpenSSH with a host key of its own."""
    key = folder / "key"
    run_quietly(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)])
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd refuses to start without it
    text = f"ListenAddress {address}\nPort 22\nHostKey {key}\nPidFile none\nUsePAM no\nPasswordAuthentication no\nStrictModes no\n"
    return ["/usr/sbin/sshd", "-D", "-e", "-f", write(folder, "conf", text)]


def dropbear(folder: Path, address: str) -> list[str]:
    """Dropbear with a host key of its own."""
    key = str(folder / "key")
    run_quietly(["dropbearkey", "-t", "ed25519", "-f", key])
    return ["dropbear", "-F", "-E", "-r", key, "-p", f"{address}:22", "-P", str(folder / "pid")]


def vsftpd(folder: Path, address: str) -> list[str]:
    """Vsftpd for anonymous users, with an empty folder."""
    (folder / "empty").mkdir()
    text = (
        f"listen=YES\nlisten_address={address}\nbackground=NO\nanonymous_enable=YES\nlocal_enable=NO\nseccomp_sandbox=NO\n"
        f"isolate=NO\nisolate_network=NO\nsecure_chroot_dir={folder}/empty\nanon_root={folder}/empty\n"
    )
    return ["vsftpd", write(folder, "conf", text)]


def smbd(folder: Path, address: str) -> list[str]:
    """Samba with one share for guests."""
    for name in ("lock", "state", "cache", "private", "pid", "ncalrpc"):
        (folder / name).mkdir()
    text = (
        f"[global]\nworkgroup = LAB\ninterfaces = {address}/32\nbind interfaces only = yes\nlock directory = {folder}/lock\nstate directory = {folder}/state\n"
        f"cache directory = {folder}/cache\nprivate dir = {folder}/private\npid directory = {folder}/pid\nncalrpc dir = {folder}/ncalrpc\nlog file = {folder}/log\n"
        f"server role = standalone\nmap to guest = bad user\n[pub]\npath = {folder}\nguest ok = yes\n"
    )
    return ["smbd", "-F", "--no-process-group", "-s", write(folder, "conf", text)]


def rsync(folder: Path, address: str) -> list[str]:
    """Rsync with one module."""
    return [
        "rsync",
        "--daemon",
        "--no-detach",
        "--address",
        address,
        "--config",
        write(folder, "conf", "[pub]\npath = /srv\ncomment = lab\n"),
    ]


def dnsmasq(folder: Path, address: str) -> list[str]:
    """Dnsmasq over UDP and TCP that forwards nothing."""
    command = ["dnsmasq", "-k", "-C", write(folder, "conf", ""), "-a", address, "-z", "-R", "-h"]
    return [*command, "-u", "nobody", f"--pid-file={folder}/pid"]


def mosquitto(folder: Path, address: str) -> list[str]:
    """Mosquitto without passwords."""
    return [
        "mosquitto",
        "-c",
        write(folder, "conf", f"listener 1883 {address}\nallow_anonymous true\nuser nobody\n"),
    ]


def ngircd(folder: Path, address: str) -> list[str]:
    """An IRC server with no channel."""
    text = f"[Global]\nName = irc.example.org\nInfo = lab\nListen = {address}\nPorts = 6667\nServerUID = nobody\nServerGID = nogroup\n[Options]\nPAM = no\n"
    return ["ngircd", "-n", "-f", write(folder, "conf", text)]


def proftpd(folder: Path, address: str) -> list[str]:
    """ProFTPD for anonymous users, with its version in the greeting."""
    text = (
        f"ServerName lab\nServerType standalone\nDefaultAddress {address}\nSocketBindTight on\nPort 21\nUseIPv6 off\nUser nobody\nGroup nogroup\n"
        f'ServerIdent on "ProFTPD %{{version}} Server ready."\nUseReverseDNS off\nMaxInstances 20\nPidFile {folder}/pid\nScoreboardFile {folder}/scoreboard\nModulePath {folder}\nDelayEngine off\nWtmpLog off\n'
        f"SystemLog {folder}/log\nTransferLog none\n<Anonymous {folder}>\n User nobody\n Group nogroup\n UserAlias anonymous nobody\n RequireValidShell off\n</Anonymous>\n"
    )
    return ["proftpd", "-n", "-c", write(folder, "conf", text)]


def snmpd(folder: Path, address: str) -> list[str]:
    """Net-SNMP over UDP, community public."""
    text = "rocommunity public\nsysLocation Room 12\nsysContact root@example.org\nsysName snmp.example.org\n"
    configured = write(folder, "conf", text)
    # It keeps state between runs: in the folder, not in /var.
    command = ["env", f"SNMP_PERSISTENT_DIR={folder}", "snmpd", "-f", "-Lo", "-C", "-c", configured]
    return [*command, "-u", "nobody", "-g", "nogroup", "-p", str(folder / "pid"), f"udp:{address}:161"]  # fmt: skip
