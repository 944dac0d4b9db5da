"""Host documents in the layouts of scanners and lookups, written from their documentation."""

from __future__ import annotations

import ipaddress
import json

from decloak.evaluation.hosts.draw import Draw
from decloak.evaluation.hosts.marks import mark

__all__ = ["banner", "dig", "dig_short", "nmap", "shodan", "whois"]


def nmap(draw: Draw, hosts: int = 2) -> str:
    """Nmap's normal output."""
    rng = draw.rng
    lines = [f"Starting Nmap 7.93 ( https://nmap.org ) at {draw.date()} 10:15 UTC"]
    for _ in range(hosts):
        name, address = draw.domain(), draw.ipv4()
        lines += [
            f"Nmap scan report for {mark('DOMAIN', name)} ({mark('IP_ADDRESS', address)})",
            f"Host is up (0.{rng.randint(1, 99):03}s latency).",
            f"Not shown: {rng.randint(900, 999)} closed tcp ports (reset)",
            "PORT     STATE  SERVICE  VERSION",
        ]
        for port in sorted(rng.sample(range(20, 10000), rng.randint(2, 7))):
            service = draw.service()
            cell = f"{port}/tcp".ljust(8) + " open   "
            if rng.random() < 0.8:
                product = (
                    f"{mark('SOFTWARE', draw.scanned_product())} {mark('VERSION', draw.version())}"
                )
                cell += f"{mark('SERVICE', service)} {product}"
            else:
                cell += mark("SERVICE", service)
            lines.append(cell)
        lines.append("")
    lines.append(f"Nmap done: {hosts} IP addresses ({hosts} hosts up) scanned in 14.20 seconds")
    return "\n".join(lines) + "\n"


def dig(draw: Draw, answers: int = 4) -> str:
    """What dig prints for one question."""
    rng = draw.rng
    name = draw.domain()
    server = draw.ipv4()
    lines = [
        "",
        f"; <<>> DiG 9.18.24 <<>> {mark('DOMAIN', name)} ANY",
        ";; global options: +cmd",
        ";; Got answer:",
        f";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: {rng.randint(1, 65535)}",
        f";; flags: qr rd ra; QUERY: 1, ANSWER: {answers}, AUTHORITY: 0, ADDITIONAL: 1",
        "",
        ";; QUESTION SECTION:",
        f";{mark('DOMAIN', name)}.\t\tIN\tANY",
        "",
        ";; ANSWER SECTION:",
    ]
    for _ in range(answers):
        owner = f"{mark('DOMAIN', name)}.\t{rng.randint(30, 86400)}\tIN\t"
        lines.append(
            owner
            + rng.choice(
                (
                    f"A\t{mark('IP_ADDRESS', draw.ipv4())}",
                    f"AAAA\t{mark('IP_ADDRESS', draw.ipv6())}",
                    f"MX\t10 {mark('DOMAIN', draw.domain())}.",
                    f"NS\t{mark('DOMAIN', draw.domain())}.",
                )
            )
        )
    lines += [
        "",
        f";; Query time: {rng.randint(1, 90)} msec",
        f";; SERVER: {mark('IP_ADDRESS', server)}#53({mark('IP_ADDRESS', server)}) (UDP)",
        ";; WHEN: Tue Mar 05 10:22:33 UTC 2024",
        f";; MSG SIZE  rcvd: {rng.randint(60, 400)}",
        "",
    ]
    return "\n".join(lines) + "\n"


def dig_short(draw: Draw) -> str:
    """What ``dig +short`` prints."""
    return "".join(mark("IP_ADDRESS", draw.address()) + "\n" for _ in range(draw.rng.randint(1, 4)))


def whois(draw: Draw) -> str:
    """A registration in the layout that gTLD registries agreed on."""
    name = draw.domain().split(".", 1)[-1] if draw.rng.random() < 0.2 else draw.domain()
    if "." not in name:
        name += ".com"
    rows = [
        ("Domain Name", mark("DOMAIN", name.upper(), name)),
        ("Registry Domain ID", f"{draw.rng.getrandbits(40)}_DOMAIN_COM-X"),
        ("Registrar WHOIS Server", mark("DOMAIN", f"whois.{draw.word()}{draw.word()}.com")),
        ("Registrar URL", mark("URL", f"http://www.{draw.word()}{draw.word()}.com/")),
        ("Updated Date", f"{draw.date()}T09:04:11Z"),
        ("Creation Date", f"{draw.date()}T04:00:00Z"),
        ("Registrar", mark("ORGANIZATION", draw.organization())),
        ("Registrar IANA ID", str(draw.rng.randint(1, 4000))),
        ("Registrar Abuse Contact Email", mark("EMAIL", draw.email())),
        ("Registrar Abuse Contact Phone", "+1.5555550100"),
        ("Domain Status", "clientTransferProhibited"),
        ("Registrant Organization", mark("ORGANIZATION", draw.organization())),
        ("Registrant Country", "US"),
        ("Registrant Email", mark("EMAIL", draw.email())),
        ("Name Server", mark("DOMAIN", f"ns1.{draw.word()}{draw.word()}.net")),
        ("Name Server", mark("DOMAIN", f"ns2.{draw.word()}{draw.word()}.net")),
        ("DNSSEC", "unsigned"),
    ]
    return "".join(f"{field}: {value}\n" for field, value in rows)


def shodan(draw: Draw) -> str:
    """One banner of Shodan's JSON lines."""
    address, name = draw.ipv4(), draw.domain()
    row = {
        "ip_str": mark("IP_ADDRESS", address),
        "ip": int(ipaddress.IPv4Address(address)),
        "port": draw.rng.randint(20, 9000),
        "transport": "tcp",
        "org": mark("ORGANIZATION", draw.organization()),
        "hostnames": [mark("DOMAIN", name)],
        "product": mark("SOFTWARE", draw.scanned_product()),
        "version": mark("VERSION", draw.version()),
        "timestamp": f"{draw.date()}T05:06:07.123456",
    }
    return json.dumps(row, ensure_ascii=False) + "\n"


def banner(draw: Draw) -> str:
    """Greetings of servers."""
    software, version = draw.rng.choice(("nginx", "Apache", "lighttpd")), draw.version()
    return (
        "HTTP/1.1 301 Moved Permanently\r\n"
        f"Server: {mark('SOFTWARE', software)}/{mark('VERSION', version)}\r\n"
        f"Location: {mark('URL', draw.url())}\r\n"
        "Content-Type: text/html\r\n\r\n"
    )
