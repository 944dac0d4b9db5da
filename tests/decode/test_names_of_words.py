"""Names of several words under markup, percent-encoding and string escapes; versions with tails."""

from __future__ import annotations

import pytest

from decloak.decode import decode

UNDONE = [
    ("22/tcp open ssh Samba <mark>sm</mark>bd 4.6", "Samba smbd 4.6"),
    ("22/tcp open ssh Pos<i>tgreSQL D</i>B 7.2", "PostgreSQL DB 7.2"),
    ("22/tcp open ssh I[code]SC [/code]BIND 9.2", "ISC BIND 9.2"),
    ("22/tcp open ssh <b>MySQL</b> 10.7", "ssh MySQL 10.7"),
    ("Organization: Field\\emph{ Netw}orks GmbH\n", "Field Networks GmbH"),
    ("Registrar: \\emph{Example Networks Inc.}\n", "Registrar: Example Networks Inc."),
    ('"org": "&#70;&#97;lc&#111;n&#32;Hosting"', "Falcon Hosting"),
    ("Registrar: \\x53\\x75\\x6e\\x20Net\\x77orks L\\x4c\\x43\n", "Sun Networks LLC"),
    ("22/tcp open smtp Squi\\u0064\\u0020http p\\u0072oxy 8.2", "Squid http proxy 8.2"),
    ("Registrar: ~~Corner Holdings Ltd~~\n", ": Corner Holdings Ltd\n"),
    ('"org": "Clean Net<strong>works </strong>S.A."', "Clean Networks S.A."),
    ("Registrar: Town Telecom S%2EA.\n", "Town Telecom S.A."),
    ("Registrar: Example%20Systems%20GmbH\n", "Example Systems GmbH"),
    ("Registrar: Example+Systems+GmbH\n", "Example Systems GmbH"),
    ("by Brother%20Industries today", "Brother Industries"),
    ("Server: Apache/8%252E23%2e34-beta\n", "Apache/8.23.34-beta"),
    ("Server: nginx/9<wbr />.8.1<wbr />2p1\\r\\n", "nginx/9.8.12p1"),
    ("nginx 11.28~~.~~13rc2 here", "11.28.13rc2"),
    (";; SERVER: 192.0**.**2.1#53(192.0.2.1)", "192.0.2.1#53"),
    (";; SERVER: 192.0.2.1#53(0xC0000201)", "#53(192.0.2.1)"),
    ("example.com.\t300\tIN\tA\t0xC0000201\n", "A\t192.0.2.1"),
    ('{"ip_str": "0xC0000201"}', '"192.0.2.1"'),
    ("block 192.0.2.7, 0xC0000201 and 192.0.2.9", "7, 192.0.2.1 and"),
    ("* 192.0.2.7\n* 030000001001\n", "* 192.0.2.1"),
    ("mail signal`.`north@example.com now", "signal.north@example.com"),
    ("2001:db8%3A8069:0:e0c5%3Aed72%3Ad6f7%3a5ef4", "2001:db8:8069:0:e0c5:ed72:d6f7:5ef4"),
    ("Registrant E-mail:abuse@exam**ple.com**\n", "abuse@example.com"),
    ("Blocked: 192.0.2.1*0* today\n", "192.0.2.10 today"),
    ("Name Server:NS2\uff61EXAMPLE\uff61NET\n", "NS2.EXAMPLE.NET"),
    ("Contact: b64=YWJ1c2VAZXhhbXBsZS5jb20=", "Contact: abuse@example.com"),
]

KEPT = [
    "GET /My%20Company%20LLC/index.html HTTP/1.1",
    "https://example.com/?q=Example%20Systems%20GmbH",
    "<b>Server</b>Apache a+b=c Johnson+Johnson",
    "crash at 0x7FFE1234, 192.0.2.1 was up",
    "C:\\tools\\x64\\bin \\x41\\x42 \\&quot;GET\\&quot;",
    "see 1.**example.com** and *example.com* there",
    "blocks https://*example.com* and pre*fix* files, example*.com*",
    "Path: *C:\\build\\ab.pdb*\n",
]


@pytest.mark.parametrize(("text", "shown"), UNDONE)
def test_what_hides_in_names_is_undone(text: str, shown: str) -> None:
    assert shown in decode(text).view.text


@pytest.mark.parametrize("text", KEPT)
def test_honest_text_is_kept(text: str) -> None:
    assert decode(text).view.text == text


def test_a_mark_may_end_the_text() -> None:
    assert decode("GlassFish Server 3.\\emph{1.2.14}").text
    for mark in ("*", "**", "~~", "`", "__"):
        assert decode(f"2.4.1{mark}").text == f"2.4.1{mark}"
        assert "example.com" in decode(f"see {mark}example&#46;com{mark}").text
    assert decode("at 192.\\emph{0.2.1}").text == "at 192.0.2.1"
