"""Names with signs in them, and names of holders with slips: read plainly, or left alone."""

from __future__ import annotations

import pytest

from decloak.decode import decode


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("we run D\u2022ov^ecot here", "we run Dovecot here"),
        ("HAProxy http pro\u2022xy 1.8", "HAProxy http proxy 1.8"),
        ("Registrar: Ma;rkMonitor #Inc.\n", "Registrar: MarkMonitor Inc.\n"),
        ("Registrar: Lin\xb7ode,| LLC\n", "Registrar: Linode, LLC\n"),
        (
            "22/tcp open s;t+sp-none\n22/tcp open r;t+sp",
            "22/tcp open s;t+sp-none\n22/tcp open rtsp",
        ),
        ("uses P o s t g r e S Q L  D B now", "uses PostgreSQL DB now"),
        ("registrar: MarkMontor nc.\n", "registrar: MarkMonitor Inc.\n"),
        ("Registrar: OVH SS\n", "Registrar: OVH SAS\n"),
        ("OrgName: Dropboo, vnc.\n", "OrgName: Dropbox, Inc.\n"),
        ("Registrar: CSC Corportae Domians, Icn.\n", "Registrar: CSC Corporate Domains, Inc.\n"),
        ("| a.example | 5qu1d | 5.7.38 |\n", "| a.example | Squid | 5.7.38 |\n"),
        ('product="Burp Su!7e" version="5.7"', 'product="Burp Suite" version="5.7"'),
        ('product="etty" version="1.20.1"', 'product="Jetty" version="1.20.1"'),
        ('product="C4ddy" version="3.2"', 'product="Caddy" version="3.2"'),
        ("identified as Kail Linux by its", "identified as Kali Linux by its"),
        ("80/tcp open thtps-alt nginx 8.0", "80/tcp open https-alt nginx 8.0"),
        ("src=192.0.2.7 dport=22 service=mxsql\n", "src=192.0.2.7 dport=22 service=mysql\n"),
        ("Reseller: %54%75c%6Fw%73%2Ecom%20Co.\n", "Reseller: Tucows.com Co.\n"),
    ],
)
def test_damaged_names_are_read_plainly(text: str, plain: str) -> None:
    assert decode(text).meant == plain


@pytest.mark.parametrize(
    "text",
    [
        "Node.js and ASP.NET beside C++ code",
        "call open_ssl() and post-fix the list",
        "conf in /etc/nginx/http.d/ is read",
        "SF:TP and HT:TP/1.1",
        "Registrar: E-VELOCITY LTD\n",
        "In March Linux 6.8 was released",
        "systemctl status service=httpx",
        "dport=8443 service=billing-api\n",
        'printf("%4d%4d%5d%6d")',
        "| squad | 5.7.38 |\n",
        "Registrar: Example Registry AS\n",
    ],
)
def test_honest_names_are_left_alone(text: str) -> None:
    assert decode(text).meant == text
