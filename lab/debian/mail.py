"""Mail: folder and address -> the command that runs each in the foreground."""

from __future__ import annotations

from pathlib import Path

from lab.debian.model import run_quietly, write

__all__ = ["dovecot", "exim"]


def exim(folder: Path, address: str) -> list[str]:
    """Exim that takes no mail."""
    text = f"primary_hostname = mail.example\nlocal_interfaces = {address}\nspool_directory = {folder}\nlog_file_path = {folder}/%slog\nkeep_environment =\ntls_advertise_hosts =\nbegin acl\n"
    run_quietly(["chown", "Debian-exim", str(folder)])
    return ["exim4", "-bdf", "-C", write(folder, "conf", text)]


def dovecot(folder: Path, address: str) -> list[str]:
    """Dovecot for IMAP, with nobody's mailbox."""
    text = (
        f"base_dir = {folder}/run\nlog_path = {folder}/log\nprotocols = imap\nlisten = {address}\nssl = no\nmail_location = maildir:{folder}/mail\n"
        "default_internal_user = nobody\ndefault_internal_group = nogroup\ndefault_login_user = nobody\n"
    )
    return ["dovecot", "-F", "-c", write(folder, "conf", text)]
