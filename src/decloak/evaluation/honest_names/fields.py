"""Fields: texts of tools and of people with one gap where a name stands."""

from __future__ import annotations

import json
from random import Random

__all__ = ["FIELDS", "filled"]

_GAP = "\0"
FIELDS: dict[str, tuple[str, ...]] = {
    "whois": (
        "Domain Name: EXAMPLE.COM\nRegistrar: \0\nRegistrar IANA ID: 9999\n",
        "Domain Name: EXAMPLE.ORG\nRegistrant Name: J. Doe\nRegistrant Organization: \0\nRegistrant Country: SE\n",
        "NetRange:       192.0.2.0 - 192.0.2.255\nOrgName:        \0\nOrgId:          EX-1\n",
        "inetnum:        192.0.2.0 - 192.0.2.255\nnetname:        EXAMPLE-NET\ndescr:          \0\ncountry:        DE\n",
        "organisation:   ORG-EX1-RIPE\norg-name:       \0\norg-type:       LIR\n",
        "Domain Name: example.net\nTech Organization: \0\nTech Email: hostmaster@example.net\n",
    ),
    "shodan": (
        "192.0.2.10\nHostnames: host.example.net\nOrganization: \0\nNumber of open ports: 1\nPorts:\n  443/tcp\n",
        '{"ip_str": "192.0.2.10", "port": 443, "org": \1, "isp": "Example ISP", "transport": "tcp"}\n',
        '{"ip_str": "192.0.2.10", "port": 80, "org": "Example Org", "isp": \1, "transport": "tcp"}\n',
        '{"ip_str": "192.0.2.10", "port": 80, "product": \1, "version": "1.2.3", "transport": "tcp"}\n',
    ),
    "certificate": (
        "443/tcp open  https\n| ssl-cert: Subject: commonName=www.example.org/organizationName=\0/countryName=US\n",
        "subject=C = DE, O = \0, CN = www.example.org\nissuer=C = US, O = Example CA, CN = Example CA 1\n",
        '{"ip_str": "192.0.2.9", "port": 443, "ssl": {"cert": {"subject": {"O": \1, "CN": "www.example.org"}}}}\n',
    ),
    "nmap": (
        "PORT   STATE SERVICE VERSION\n22/tcp open  ssh     \0 1.4.2\n",
        "PORT    STATE SERVICE VERSION\n80/tcp  open  http    \0\n443/tcp open  https\n",
        "Host: 192.0.2.4 ()\tPorts: 80/open/tcp//http//\0 2.0/\n",
        "Nmap scan report for 192.0.2.4\nOS details: \0\nNetwork Distance: 2 hops\n",
    ),
    "header": (
        "HTTP/1.1 200 OK\nServer: \0\nContent-Type: text/html\n",
        "product: \0\nversion: 3.2\n",
    ),
    "prose": (
        "The attackers sent invoices that came from \0 in Lisbon.\n",
        "According to \0, the incident began on Monday.\n",
        "Customers of \0 were told to change their passwords.\n",
        "The host was running \0 version 2.1 when it was found.\n",
        "The vulnerability in \0 was fixed in March.\n",
        "Researchers at \0 published the report, and \0 confirmed it.\n",
        "The report attributes the campaign to \0, a group that is new.\n",
        "Infections with \0 have doubled since last year.\n",
    ),
}  # fmt: skip
"""Kind of field -> texts; U+0000 is the gap, U+0001 one for a JSON string."""


def filled(rng: Random, field: str, name: str) -> tuple[str, list[int]]:
    """Return a text of that kind with a name in it, and where the name stands."""
    text = rng.choice(FIELDS[field]).replace("\1", '"\0"')
    quoted = json.dumps(name, ensure_ascii=False)[1:-1]
    places, made = [], ""
    for piece in text.split(_GAP):
        made += piece
        places.append(len(made))
        made += quoted
    return made[: -len(quoted)], places[:-1]
