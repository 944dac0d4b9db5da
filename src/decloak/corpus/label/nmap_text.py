"""Label ``nmap -oN`` (and what a terminal shows) from the XML of the same scan.

Every value is looked for in the line that the twin says it is on, from left to right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from decloak.corpus.label.nmap_twin import Host, Port, Scan, Script
from decloak.corpus.label.place import Placer, address, name_label
from decloak.corpus.label.shapes import locators, product_tokens, shapes
from decloak.corpus.sample import Label

__all__ = ["label_nmap_text"]

_ROW = re.compile(r"(\d{1,5})/(tcp|udp|sctp) +(\S+) *(\S+)?")
_REPORT = re.compile(r"Nmap scan report for (\S+?)(?: \(([^()\s]+)\))?( \[host down[^\]]*\])?$")
_LATENCY = re.compile(r"\((-?\d[\d.]*s) latency\)")
_VERSIONED = re.compile(r"(Nmap) (\d[\w.]*)")
_HOP = re.compile(r"(\d+) +(?:(\d[\d.]* ms)|\.\.\.|--)(?: +(\S+))?(?: \(([^()]+)\))?")
_SYSTEMS = re.compile(r"(?:Running(?: \(JUST GUESSING\))?|OS details|Aggressive OS guesses): ")
_DISCOVERED = re.compile(r"Discovered (\S+) port (\d+)/(\w+) on (\S+)")
_DISTRIBUTION = re.compile(
    r"\b(?:Ubuntu Linux|Ubuntu|Debian|CentOS Stream|CentOS|Red Hat Enterprise Linux|Red Hat|Fedora|"
    r"FreeBSD|OpenBSD|NetBSD|Win32|Win64|Windows Server \d{4}(?: R2)?|Windows 1[01]|SUSE|Raspbian|"
    r"Alpine Linux|Mac OS X|Cisco IOS|RouterOS)\b"
)
_NAMES = frozenset({"commonName", "nbtFQDN", "fqdn", "DNS_Computer_Name", "DNS_Domain_Name",
                    "DNS_Tree_Name", "Domain name", "domain_dns", "forest_dns"})  # fmt: skip
_BODIES = frozenset({"organizationName"})
_SYSTEM_KEYS = frozenset({"os", "OS"})


def label_nmap_text(text: str, scan: Scan, *, twin: str = "nmap.xml") -> tuple[Label, ...]:
    """Label a normal-layout report.

    Args:
        text: what Nmap printed.
        scan: its twin.
        twin: how the provenance names the twin.
    """
    placer = Placer(text, twin)
    hosts = {host.address: host for host in scan.hosts}
    host: Host | None = None
    port: Port | None = None
    for low, high in _lines(text):
        line = text[low:high]
        if (found := _REPORT.match(line)) is not None:
            host, port = _report(placer, low, found, hosts), None
        elif (row := _ROW.match(line)) is not None and host is not None:
            port = host.latest.get((row[1], row[2]))
            if port is not None:
                _row(placer, low, high, row, port)
        elif line.startswith("|"):
            _script_line(placer, low, high, port, host)
        elif line.startswith(("# Nmap", "Starting Nmap", "Nmap done")):
            _frame(placer, low, high, scan)
        elif line.startswith("SF"):
            continue  # a fingerprint to be sent in: escaped bytes, no text
        elif host is not None:
            port = None if line.startswith(("Host script", "Service Info")) else port
            _about(placer, low, high, host)
        else:
            _before(placer, low, high, scan)
    return placer.labels()


def _lines(text: str) -> Iterator[tuple[int, int]]:
    low = 0
    for line in text.splitlines(keepends=True):
        yield low, low + len(line.rstrip("\r\n"))
        low += len(line)


def _report(placer: Placer, low: int, found: re.Match[str], hosts: dict[str, Host]) -> Host | None:
    host = hosts.get(found[2] or found[1])
    if host is None:
        return None
    for group in (1, 2):
        if found[group]:
            start, end = found.span(group)
            known = found[group] in {host.address, *host.names}
            field = "address" if address(found[group]) else "hostname"
            placer.name(
                low + start, low + end, field, "report line" if known else "report line, given"
            )
    if found[3]:
        placer.seek("down", "STATUS", "status", low + found.start(3), low + found.end(3))
    return host


def _row(placer: Placer, low: int, high: int, row: re.Match[str], port: Port) -> None:
    how = "row"
    placer.put(low + row.start(1), low + row.end(1), "PORT", "port.portid", how)
    placer.put(low + row.start(2), low + row.end(2), "PROTOCOL", "port.protocol", how)
    if row[3] != port.state:
        return
    at = placer.put(low + row.start(3), low + row.end(3), "STATE", "port.state", how)
    if row[4] and row[4].rstrip("?") == port.cell and port.service:
        start = low + row.start(4)
        at = placer.put(start, start + len(port.cell), "SERVICE", "port.service", how)
    for value, label, field in (
        (port.product, "SOFTWARE", "port.product"),
        (port.version, "VERSION", "port.version"),
    ):
        at = placer.seek(value, label, field, at, high, "row") or at
    found = placer.find(port.extra, at, high) if port.extra else None
    if found is not None:
        end = found + len(port.extra)
        product_tokens(placer, found, end, "port.extrainfo")
        for system in _DISTRIBUTION.finditer(placer.text, found, end):
            if placer.free(*system.span()):
                placer.put(*system.span(), "OS", "port.extrainfo", "known name")


def _script_line(placer: Placer, low: int, high: int, port: Port | None, host: Host | None) -> None:
    """Label a line of script output: leaves of the twin by their keys, then what has a shape."""
    text = placer.text
    start = low + 2
    owner = port or host
    locators(placer, start, high, "script")
    for known in host.names if host is not None else ():
        if "." in known:
            placer.seek(known, "DOMAIN", "hostname", start, high, "script line")
    for script in owner.scripts if owner is not None else ():
        for key, label, value in leaves(script):
            mark = f"{key}={value}" if f"{key}={value}" in text[start:high] else value
            found = placer.find(mark, start, high)
            while found is not None:
                begin = found + len(mark) - len(value)
                placer.put(begin, begin + len(value), label, f"{script.id}.{key}", "script line")
                found = placer.find(mark, begin + 1, high)
        if script.id in {"http-server-header", "http-generator"}:
            product_tokens(placer, start, high, script.id)
    if port is not None and port.product and port.version:
        # A greeting in a script's output: the product and its version side by side.
        told = re.escape(port.product) + r"[ /_-]" + re.escape(port.version)
        for found_again in re.finditer(told, text[start:high], re.IGNORECASE):
            begin = start + found_again.start()
            if placer.whole(begin, start + found_again.end()):
                middle = begin + len(port.product)
                placer.put(begin, middle, "SOFTWARE", "port.product", "script line")
                placer.put(
                    middle + 1, start + found_again.end(), "VERSION", "port.version", "script line"
                )
    for name in re.finditer(r"DNS:([\w*.-]+)", text[start:high]):
        begin = start + name.start(1) + (2 if name[1].startswith("*.") else 0)
        placer.name(begin, start + name.end(1), "ssl-cert.extensions", "script line")
    shapes(placer, start, high, "script")


def leaves(script: Script) -> Iterator[tuple[str, str, str]]:
    """Yield (key, label, value) for the leaves of a script whose key says what they hold."""
    for path, text in script.leaves:
        key, value = path[-1], text.replace("\\x00", "").strip()
        label = (
            name_label(value) if key in _NAMES
            else "ORGANIZATION" if key in _BODIES
            else "OS" if key in _SYSTEM_KEYS
            else ""
        )  # fmt: skip
        if label and value:
            yield key, label, value


def _about(placer: Placer, low: int, high: int, host: Host) -> None:
    line = placer.text[low:high]
    if line.startswith("Host is up"):
        placer.seek(host.status, "STATUS", "status.state", low, high)
        if host.latency is not None and (found := _LATENCY.search(line)) is not None:
            placer.put(low + found.start(1), low + found.end(1), "LATENCY", "times.srtt", "line")
    elif line.startswith("MAC Address: "):
        _hardware(placer, low, high, host)
    elif line.startswith(("rDNS record for ", "Other addresses for ")):
        _other_names(placer, low, line, host)
    elif line.startswith("Service Info: "):
        _service_info(placer, low, high, host)
    elif line.startswith("OS CPE: "):
        for word in re.finditer(r"cpe:\S+", line):
            if word[0] in host.cpes:
                placer.put(low + word.start(), low + word.end(), "CPE", "osclass.cpe", "line")
    elif (found := _SYSTEMS.match(line)) is not None:
        _systems(placer, low + found.end(), high, host)
    elif (found := _HOP.match(line)) is not None and host.hops:
        _hop(placer, low, found, host)
    elif line.startswith("Read data files from: "):
        placer.put(low + line.index(": ") + 2, high, "FILE_PATH", "text", "line")
    else:
        shapes(placer, low, high, "text")


def _hardware(placer: Placer, low: int, high: int, host: Host) -> None:
    for kind, addr, vendor in host.addresses:
        if kind == "mac":
            at = placer.seek(addr, "MAC_ADDRESS", "address.addr", low, high)
            placer.seek(vendor, "ORGANIZATION", "address.vendor", at or low, high)


def _other_names(placer: Placer, low: int, line: str, host: Host) -> None:
    for word in re.finditer(r"[^\s:,()]+(?::[^\s,()]*)*", line):
        value = word[0].rstrip(":")
        if value in host.names or address(value):
            placer.name(low + word.start(), low + word.start() + len(value), "address", "line")


def _service_info(placer: Placer, low: int, high: int, host: Host) -> None:
    """``Service Info: Hosts: a, b; OSs: Linux, Unix; CPE: cpe:/o:...`` from the ports' services."""
    at = low
    for field, label in (("hostname", ""), ("system", "OS"), ("cpes", "CPE")):
        values: list[str] = []
        for port in host.ports:
            told = getattr(port, field) if field != "cpes" else None
            values += port.cpes if told is None else [told]
        for value in dict.fromkeys(filter(None, values)):
            if label == "CPE":
                value = value.rstrip()  # noqa: PLW2901 - as the text prints it
            found = _item(placer, value, at, high)
            if found is not None:
                end = found + len(value)
                if label:
                    placer.put(found, end, label, f"service.{field}", "line")
                else:
                    placer.name(found, end, "service.hostname", "line")


def _item(placer: Placer, value: str, low: int, high: int) -> int | None:
    """Return where a value stands as a whole item of a list."""
    found = placer.find(value, low, high)
    while found is not None:
        after = placer.text[found + len(value) : high]
        if placer.free(found, found + len(value)) and (not after or after[0] in ",;"):
            return found
        found = placer.find(value, found + 1, high)
    return None


def _systems(placer: Placer, low: int, high: int, host: Host) -> None:
    """Label the matches by name, and ``Running`` by vendor and family."""
    at = low
    for name in host.systems:
        found = _item_or_guess(placer, name, low, high)
        if found is not None:
            at = placer.put(found, found + len(name), "OS", "osmatch.name", "line")
    if at == low:
        families = {f"{v} {f}" if v != f else f for v, f, _ in host.classes}
        for part in re.finditer(r"[^,()]+?(?= \(\d+%\)|, |$)", placer.text[low:high]):
            bare = part[0].strip()
            if any(bare.startswith(family) for family in families):
                placer.put(low + part.start(), low + part.end(), "OS", "osclass", "line")


def _item_or_guess(placer: Placer, value: str, low: int, high: int) -> int | None:
    found = placer.find(value, low, high)
    while found is not None:
        after = placer.text[found + len(value) : high]
        guess = re.match(r" \(\d+%\)|, | or |$", after)
        if placer.free(found, found + len(value)) and guess is not None:
            return found
        found = placer.find(value, found + 1, high)
    return None


def _hop(placer: Placer, low: int, found: re.Match[str], host: Host) -> None:
    known = {addr for addr, _ in host.hops} | {name for _, name in host.hops if name}
    if found[2]:
        placer.put(low + found.start(2), low + found.end(2), "LATENCY", "hop.rtt", "hop")
    for group in (3, 4):
        if found[group] in known:
            placer.name(low + found.start(group), low + found.end(group), "hop", "hop")


def _frame(placer: Placer, low: int, high: int, scan: Scan) -> None:
    """``# Nmap 7.93 scan initiated ... as: nmap ...``: the program, its version, its arguments."""
    line = placer.text[low:high]
    found = _VERSIONED.search(line)
    if found is not None and found[2] == scan.version:
        placer.put(low + found.start(1), low + found.end(1), "SOFTWARE", "nmaprun.scanner", "line")
        placer.put(low + found.start(2), low + found.end(2), "VERSION", "nmaprun.version", "line")
    at = line.find(" as: ")
    before = ""
    for word in re.finditer(r"\S+", line[at + 5 :]) if at >= 0 else ():
        start, end = low + at + 5 + word.start(), low + at + 5 + word.end()
        argument(placer, start, end, before)
        before = word[0]
    shapes(placer, low, low + at if at >= 0 else high, "text")


def argument(placer: Placer, start: int, end: int, before: str) -> None:
    """Label one word of a command line: an address, a network, a path after an output option."""
    word = placer.text[start:end]
    if address(word):
        placer.put(start, end, "IP_ADDRESS", "args", "word")
    elif before in {"-oN", "-oX", "-oG", "-oA", "-iL"} and "/" in word:
        placer.put(start, end, "FILE_PATH", "args", "word")
    elif re.fullmatch(r"[0-9A-Fa-f:.]+/\d{1,3}", word) and address(word.partition("/")[0]):
        placer.put(start, end, "CIDR", "args", "word")
    elif re.fullmatch(
        r"(?:[A-Za-z0-9_-]+\.)+[A-Za-z][A-Za-z0-9-]*", word
    ) and not before.startswith("--script"):
        placer.put(start, end, "DOMAIN", "args", "word")


def _before(placer: Placer, low: int, high: int, scan: Scan) -> None:
    """Lines before any host: what a verbose scan tells while it runs."""
    found = _DISCOVERED.match(placer.text[low:high])
    if found is not None and any(found[4] == host.address for host in scan.hosts):
        for group, label in ((1, "STATE"), (2, "PORT"), (3, "PROTOCOL"), (4, "IP_ADDRESS")):
            placer.put(
                low + found.start(group), low + found.end(group), label, "port", "discovered"
            )
        return
    shapes(placer, low, high, "text")
