"""Disguises in places that say what must stand there: grepable ports, tables, emphasis, keys."""

from __future__ import annotations

import pytest

from decloak import extract
from decloak.decode import decode

UNDONE = [
    # Signs, digits and escapes in Nmap's grepable layout and XML.
    ("Host: 192.0.2.1 ()\tPorts: 22/open/tcp//s_n_mp///", "tcp//snmp///"),
    ("Host: 192.0.2.1 ()\tPorts: 22/open/tcp//f1ng3r///", "tcp//finger///"),
    ("Host: 192.0.2.1 ()\tPorts: 80/open/tcp//h-t-t-p///", "tcp//http///"),
    ("Host: 192.0.2.1 ()\tPorts: 22/open/tcp//ms-bt-srver///", "tcp//ms-wbt-server///"),
    ("Host: 192.0.2.1 ()\tPorts: 22/open/tcp//ms%2dwbt-server///", "tcp//ms-wbt-server///"),
    ('<port protocol="tcp" portid="80"><service name="htt=p" conf="3"/>', 'name="http"'),
    ("5900/tcp open dom.ain nginx 1.2", "open domain nginx"),
    # Equals signs in names.
    ("Exploitation of Wir=e=Guard started", "of WireGuard started"),
    ("OrgName: F===astly\n", "OrgName: Fastly\n"),
    ('product="Postgr==e=SQL"', 'product="PostgreSQL"'),
    # Addresses as numbers.
    ("Blocked at the perimeter: 0xc0000205", "perimeter: 192.0.2.5"),
    ("Failed password for root from 3221225985 port 25 ssh2", "from 192.0.2.1 port 25"),
    ("The beacon goes to 3221225985 at night", "goes to 192.0.2.1 at"),
    ("| address | country |\n|---|---|\n| 030000001005 | NL |", "| 192.0.2.5 | NL |"),
    ('<address addr="0xc0000205" addrtype="ipv4"/>', 'addr="192.0.2.5"'),
    ("192.0.2.7:80 3221225985:80 192.0.2.9:80", " 192.0.2.1:80 "),
    # What the field or the words around ask for.
    ("Organization: In7el\n", "Organization: Intel\n"),
    ("a shell on the Nm@p server", "the Nmap server"),
    ("| a.example | Casjandra | 8.0.30 |", "| Cassandra |"),
    ("os: CntOS\n", "os: CentOS\n"),
    ("All ProFTD instances", "All ProFTPD instances"),
    ("Detection: nRjAT (high)", "Detection: njRAT (high)"),
    ("Registrant Email: k%69m.le%65@example.org", "kim.lee@example.org"),
    ("Infections with lackCat have", "with BlackCat have"),
    ("The attackers used asticsearch to", "used Elasticsearch to"),
    ("PowerDNS Recursor 4_0_4", "Recursor 4.0.4"),
    ('product="Open!SSL"', 'product="OpenSSL"'),
    ("Registrar: Inte'l\n", "Registrar: Intel\n"),
    ("staff of Internet&nbsp;Assigned&#32;Numbers&nbsp;Authority", "Assigned Numbers Authority"),
    ("22/tcp open ftp SolarWinds&nbsp;Orion 1.2", "ftp SolarWinds Orion 1.2"),
    ("3128/tcp closed squi[color=red]d-ht[/color]tp", "closed squid-http"),
    ("6100/tcp filtered synchronet%252Ddb", "filtered synchronet-db"),
    ("Host: 192.0.2.1 ()\tPorts: 80/open/tcp//__mysql__///", "//mysql///"),
    ("used __HAProxy__ to", "used HAProxy to"),
    ("MiniUPnPd/1*9", "MiniUPnPd/1.9"),
    ("F r e e B S D/amd64 (ms)", "FreeBSD/amd64"),
    ("Ubnutu/jaunty UPnP/1.0", "Ubuntu/jaunty"),
    ("background.\nMustang Pndaa has targeted", "Mustang Panda has"),
    ("Redis key-value store 3_30_20", "store 3.30.20"),
    ("runs OpenSSH __11.40__ and", "OpenSSH 11.40 and"),
    ("443/tcp open k*e*r*b*e*r*o*s*-*s*e*c", "open kerberos-sec"),
    ("Host: 192.0.2.1 ()\tPorts: 80/open/tcp//rsssyyyync///", "//rsync///"),
    # Two underscores around what no program calls so.
    ("goes to __2001:db8::f3__ now", "to 2001:db8::f3 now"),
    ("from <__anna@example.org__>", "<anna@example.org>"),
    ("OS: __Kali Linux__", "OS: Kali Linux"),
    # Digits behind a name and an underscore.
    ("OpenSSH_5.\U0001d7d7p1", "OpenSSH_5.9p1"),
]
KEPT = [
    "click&nbsp;here&nbsp;now",
    "#ifdef __FreeBSD__ || __clang__ || __init__.py || __name__",
    "a__example.org__b",
    "?c=lang&x=org log=stash no=de key=nginx",
    "calls to 2025550123 now",
    "192.0.2.7 1234567890 bytes 192.0.2.9",
    "Linux Mips 2.4.20",
    "Mac OS X 10_15_7 nginx_1_18_0.tgz ntdll!RtlUserThreadStart",
    "Organization: ITnet s.r.l.\nRegistrar: Yahoo! Inc\n",
    "Registrar: D311\n",
    "uses H2O and R2D2 and M365",
    "x%40y@example.org a%2Bb@example.org",
    "the price goes to 3221225985 dollars",
    "| address | phone |\n|---|---|\n| x | 2025550123 |",
    "25/tcp open smtp?\n110/tcp open pop3\n6000/tcp open X11\n",
    "Host: 192.0.2.1 ()\tPorts: 110/open/tcp//pop3///, 443/open/tcp//ssl|http///",
]


@pytest.mark.parametrize(("text", "shown"), UNDONE)
def test_what_must_stand_there_is_read(text: str, shown: str) -> None:
    assert shown in decode(text).meant


@pytest.mark.parametrize("text", KEPT)
def test_what_may_stand_there_is_left_alone(text: str) -> None:
    assert decode(text).meant == text


def test_a_name_in_other_letters_than_the_longer_one_is_found() -> None:
    found = [entity.text for entity in extract("on the Zabbix server and gone").entities]
    assert found == ["Zabbix"]
