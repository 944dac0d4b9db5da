"""The version column: where the product ends and the version starts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.sources.nmap_versions import split_name_version, split_version_cell

CELLS = [
    # cell, product, version, info, system
    ("OpenSSH 8.4p1 Debian 5+deb11u1 (protocol 2.0)",
     "OpenSSH", "8.4p1 Debian 5+deb11u1", "protocol 2.0", "Debian"),
    ("OpenSSH 7.2p2 Ubuntu 4ubuntu2.8 (Ubuntu Linux; protocol 2.0)",
     "OpenSSH", "7.2p2 Ubuntu 4ubuntu2.8", "Ubuntu Linux; protocol 2.0", "Ubuntu"),
    ("OpenSSH for_Windows_8.1 (protocol 2.0)", "OpenSSH", "for_Windows_8.1", "protocol 2.0", "Windows"),
    ("Apache httpd 2.4.54 ((Ubuntu))", "Apache httpd", "2.4.54", "(Ubuntu)", "Ubuntu"),
    ("Apache Tomcat/Coyote JSP engine 1.1", "Apache Tomcat/Coyote JSP engine", "1.1", "", ""),
    ("Samba smbd 3.X - 4.X (workgroup: WORKGROUP)",
     "Samba smbd", "3.X - 4.X", "workgroup: WORKGROUP", ""),
    ("Microsoft Windows RPC", "Microsoft Windows RPC", "", "", ""),
    ("Microsoft Windows 7 - 10 microsoft-ds (workgroup: WORKGROUP)",
     "Microsoft Windows 7 - 10 microsoft-ds", "", "workgroup: WORKGROUP", ""),
    ("Microsoft SQL Server 2019 15.00.2000.00; RTM",
     "Microsoft SQL Server 2019", "15.00.2000.00; RTM", "", ""),
    ("Microsoft SQL Server 2008 R2 10.50.1600; RTM",
     "Microsoft SQL Server 2008 R2", "10.50.1600; RTM", "", ""),
    ("MySQL 5.5.68-MariaDB", "MySQL", "5.5.68-MariaDB", "", ""),
    ("MySQL (unauthorized)", "MySQL", "", "unauthorized", ""),
    ("ISC BIND 9.11.4-P2 (RedHat Enterprise Linux 7)",
     "ISC BIND", "9.11.4-P2", "RedHat Enterprise Linux 7", "RedHat Enterprise Linux 7"),
    ("PostgreSQL DB 8.0.5 or 8.2.20 - 8.2.23", "PostgreSQL DB", "8.0.5 or 8.2.20 - 8.2.23", "", ""),
    ("PostgreSQL DB 9.6.0 or later", "PostgreSQL DB", "9.6.0 or later", "", ""),
    ("ProFTPD 1.3.5rc3", "ProFTPD", "1.3.5rc3", "", ""),
    ("FileZilla ftpd 0.9.41 beta", "FileZilla ftpd", "0.9.41 beta", "", ""),
    ("3Com 4500 switch telnetd", "3Com 4500 switch telnetd", "", "", ""),
    ("Node.js Express framework", "Node.js Express framework", "", "", ""),
    ("distccd v1 ((GNU) 4.2.4 (Ubuntu 4.2.4-1ubuntu4))",
     "distccd", "v1", "(GNU) 4.2.4 (Ubuntu 4.2.4-1ubuntu4)", ""),
    ("Cisco IPS Device Manager (IDM)", "Cisco IPS Device Manager (IDM)", "", "", ""),
    ("Widget (forked) http interface", "Widget (forked) http interface", "", "", ""),
    ("2-4 (RPC #100000)", "", "2-4", "RPC #100000", ""),
    ("nginx/1.18.0", "nginx", "1.18.0", "", ""),
    ("Unheard Of Daemon 2.3.4-beta1 (cut off he", "Unheard Of Daemon", "2.3.4-beta1", "cut off he", ""),
    ("", "", "", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "product", "version", "info", "system"), CELLS)
def test_cell_is_split(cell: str, product: str, version: str, info: str, system: str) -> None:
    split = split_version_cell(cell.encode())
    assert tuple(cell[a:b] for a, b in split) == (product, version, info, system)


@given(st.binary(max_size=80))
def test_parts_lie_within_the_cell_in_order(cell: bytes) -> None:
    product, version, info, system = split_version_cell(cell)
    for start, end in (product, version, info, system):
        assert 0 <= start <= end <= len(cell)
    ends = [part for part in (product, version, info) if part != (0, 0)]
    assert ends == sorted(ends)


@pytest.mark.parametrize(
    ("token", "parts"),
    [
        ("nginx/1.18.0", ("nginx", "1.18.0")),
        ("dnsmasq-2.62", ("dnsmasq", "2.62")),
        ("9.18.1-Debian", None),
    ],
)
def test_name_and_version_of_a_token(token: str, parts: tuple[str, str] | None) -> None:
    found = split_name_version(token.encode())
    assert parts == (found and tuple(token[a:b] for a, b in found))
