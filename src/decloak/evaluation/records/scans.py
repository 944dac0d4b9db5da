"""Scans: what Nmap prints about a machine, in its three layouts."""

from __future__ import annotations

from random import Random
from xml.sax.saxutils import quoteattr

from decloak.evaluation.records.drawn import Machine, Record, Service

__all__ = ["nmap_grepable", "nmap_normal", "nmap_xml"]

_SCRIPTS = {
    "ssh": "| ssh-hostkey: \n|   2048 3d:1f:00:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66 (RSA)\n|_  256 SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU (ED25519)\n",
    "http": "| http-headers: \n|   Server: web\n|   Owner: somebody\n|   Last-Modified: Tue, 01 Jan 2019 00:00:00 GMT\n|   Organization: none\n|_  (Request type: HEAD)\n",
    "smtp": "| smtp-commands: mail, PIPELINING, SIZE 10240000, HELP\n| ssl-cert: Subject: commonName=mail.example.net/organizationName=Example Mail\n| Subject Alternative Name: DNS:mail.example.net\n|_Not valid after:  2030-01-01T00:00:00\n",
    "mysql": "| mysql-info: \n|   Protocol: 10\n|   Status: Autocommit\n|_  Salt: registrar:x\n",
}  # fmt: skip
_HOST_SCRIPTS = (
    """Host script results:
| smb-os-discovery:
|   OS: Unix (Samba 3.0.28a)
|   Computer name: files
|   Domain name: lab.example.net
|   FQDN: files.lab.example.net
|_  System time: 2013-06-23T14:18:04-04:00
""",
    """Host script results:
| whois-domain:
|
| Domain name record found at whois.example.net
|    Domain Name: EXAMPLE.NET
|    Registrar: Example Registrar
|_   Name Server: NS1.EXAMPLE.NET
""",
    """Host script results:
| whois-ip: Record found at whois.example.net
| netname: EXAMPLE
| orgname: Example
| country: US
|_source: EXAMPLE
""",
)


def _wanted(machine: Machine, *, with_versions: bool = True) -> Record:
    record: Record = {"kind": "host", "address": machine.address, "ports": []}
    if machine.name:
        record["name"] = machine.name
    for service in machine.services:
        port: Record = {
            "kind": "port", "number": str(service.number), "protocol": "tcp", "state": "open", "service": service.name,
        }  # fmt: skip
        if with_versions and service.product:
            port["software"] = service.product
            if service.version:
                port["version"] = service.version
        record["ports"].append(port)
    return record


def nmap_normal(machine: Machine, rng: Random) -> tuple[str, Record]:
    """Return normal output, with versions and scripts now and then."""
    with_versions = rng.random() < 0.7
    scripts = rng.random() < 0.6
    title = f"{machine.name} ({machine.address})" if machine.name else machine.address
    lines = [f"Nmap scan report for {title}\nHost is up (0.0{rng.randint(10, 99)}s latency).\n"]
    if rng.random() < 0.7:
        lines.append(f"Not shown: {rng.randint(900, 999)} closed tcp ports (reset)\n")
    lines.append("\n" if rng.random() < 0.3 else "")
    lines.append("PORT     STATE SERVICE" + (" VERSION\n" if with_versions else "\n"))
    for service in machine.services:
        cell = f"{service.number}/tcp".ljust(8) + f" open  {service.name}"
        if with_versions and service.product:
            cell += f" {service.product} {service.version}".rstrip()
        lines.append(cell + "\n")
        if scripts:
            lines.append(_SCRIPTS.get(service.name, ""))
    record = _wanted(machine, with_versions=with_versions)
    record["status"] = "up"
    if rng.random() < 0.4:
        record["mac"] = machine.mac.lower()
        lines.append(f"MAC Address: {machine.mac} (Unknown)\n")
    if rng.random() < 0.3:
        lines.append("\n" + rng.choice(_HOST_SCRIPTS))
    if rng.random() < 0.5:
        lines.append("\nNmap done: 1 IP address (1 host up) scanned in 1.03 seconds\n")
    return "".join(lines), record


def nmap_xml(machine: Machine, rng: Random) -> tuple[str, Record]:
    """Return XML, on one line for each element or all on one."""
    break_ = rng.choice(("\n", ""))
    blank = rng.choice(("", "", "", " "))
    family = "ipv6" if ":" in machine.address else "ipv4"
    ports = break_.join(_xml_port(service, blank) for service in machine.services)
    name = f'<hostname name={quoteattr(blank + machine.name)} type="PTR"/>' if machine.name else ""
    text = break_.join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE nmaprun>',
            '<nmaprun scanner="nmap" args="nmap -oX -" start="1700000000" version="7.94" xmloutputversion="1.05">',
            '<host starttime="1700000000"><status state="up" reason="echo-reply"/>',
            f'<address addr="{machine.address}" addrtype="{family}"/><address addr="{machine.mac}" addrtype="mac"/>',
            f"<hostnames>{name}</hostnames><ports>{ports}</ports></host>",
            '<runstats><finished time="1700000001" exit="success"/></runstats></nmaprun>\n',
        )
    )
    record = _wanted(machine)
    record |= {"status": "up", "mac": machine.mac.lower()}
    return text, record


def _xml_port(service: Service, blank: str) -> str:
    product = f" product={quoteattr(service.product)}" if service.product else ""
    version = f" version={quoteattr(service.version)}" if service.version else ""
    return (
        f'<port protocol="tcp" portid="{service.number}"><state state="open" reason="syn-ack"/>'
        f'<service name="{blank}{service.name}"{product}{version} method="probed" conf="10"/></port>'
    )


def nmap_grepable(machine: Machine, rng: Random) -> tuple[str, Record]:
    """Return grepable output: a line for the state, a line for the ports."""
    head = f"Host: {machine.address} ({machine.name})\t"
    cells = ", ".join(
        f"{s.number}/open/tcp//{s.name}//{s.product} {s.version}".rstrip() + "/"
        for s in machine.services
    )
    lines = [f"{head}Status: Up\n"]
    lines.append(f"{head}Ports: {cells}\tIgnored State: closed ({rng.randint(90, 999)})\n")
    if rng.random() < 0.6:
        lines.insert(
            0,
            "# Nmap 7.94 scan initiated Mon Jan  1 00:00:00 2024 as: nmap -sV -oG - 192.0.2.0/24\n",
        )
        lines.append(
            "# Nmap done at Mon Jan  1 00:00:09 2024 -- 1 IP address (1 host up) scanned in 9.00 seconds\n"
        )
    return "".join(lines), _wanted(machine) | {"status": "up"}
