"""Services and products in port tables, read whatever was done to them: the port says which."""

from __future__ import annotations

import pytest

from decloak.decode import decode

XML = (
    '<port protocol="tcp" portid="{}"><state state="open" reason="syn-ack" reason_ttl="64"/>'
    '<service name="{}" product="{}" method="probed" conf="10"/></port>'
)

UNDONE = [
    ("3306/tcp open ms-~sql-s", "3306/tcp open ms-sql-s"),
    (
        "Host: 192.0.2.1 ()\tPorts: 1433/open/tcp//ms-~sql-s///",
        "Host: 192.0.2.1 ()\tPorts: 1433/open/tcp//ms-sql-s///",
    ),
    ("53/tcp closed doain\n", "53/tcp closed domain\n"),
    ("110/tcp open pop\n", "110/tcp open pop3\n"),
    ("3128/tcp closed squid-htp\n", "3128/tcp closed squid-http\n"),
    ("8002/tcp closed teradtaordbms\n", "8002/tcp closed teradataordbms\n"),
    ("8002/tcp closed t3radataordbms\n", "8002/tcp closed teradataordbms\n"),
    ("3389/tcp open ms-wb-serer\n", "3389/tcp open ms-wbt-server\n"),
    (XML.format(443, "hmtps", "ngixn"), XML.format(443, "https", "nginx")),
    (XML.format(143, "impa", "Dovceot imapd"), XML.format(143, "imap", "Dovecot imapd")),
    ("Service Info: OS: Lniux; CPE: x", "Service Info: OS: Linux; CPE: x"),
    ("OS details: Windwos 10\n", "OS details: Windows 10\n"),
]

KEPT = [
    "8002/tcp closed teradataordbms\n",
    "110/tcp open pop2\n",
    "9999/tcp open pop\n",
    "53/tcp open doom\n",
    XML.format(443, "https", "Netwave"),
    "OS: unknown; Running: 3 jobs",
]


@pytest.mark.parametrize(("text", "plain"), UNDONE)
def test_what_a_port_announces_is_read(text: str, plain: str) -> None:
    assert decode(text).meant == plain


@pytest.mark.parametrize("text", KEPT)
def test_other_names_are_left_alone(text: str) -> None:
    assert decode(text).meant == text
