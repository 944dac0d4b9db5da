"""Labels: the one table that defines them all.

CLI help, docs and schema are generated from it. `shape` is for people; the check that decides is
in `decloak.indicators`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

__all__ = ["CORE_LABELS", "GROUPS", "GROUP_OF", "LABELS", "LabelGroup", "LabelSpec"]


class LabelSpec(NamedTuple):
    """One label.

    Attributes:
        name: as it stands in the output.
        description: one line for help and docs.
        shape: what values look like, in words or by example.
        canonical: what `value` holds.
        colour: rich colour name for highlighting.
        checked: whether `decloak.indicators` can refute a value.
        core: one of the six labels of the published design.
    """

    name: str
    description: str
    shape: str
    canonical: str
    colour: str
    checked: bool
    core: bool = False


LABELS: dict[str, LabelSpec] = {
    spec.name: spec
    for spec in (
        LabelSpec("ORGANIZATION", "A company, registrar, provider, agency or other body",
                  "Example Networks Inc.", "the known name, else as written", "magenta", checked=False, core=True),
        LabelSpec("DOMAIN", "A DNS name with at least one dot", "mail.example.com",
                  "lower-case A-labels without the root dot", "cyan",
                  checked=True, core=True),
        LabelSpec("IP_ADDRESS", "An IPv4 or IPv6 address", "192.0.2.10, 2001:db8::1",
                  "RFC 5952 text, zone id kept", "green", checked=True, core=True),
        LabelSpec("SOFTWARE", "A product or program", "OpenSSH, Apache httpd",
                  "the known name, else as written", "yellow",
                  checked=False, core=True),
        LabelSpec("SERVICE", "A network service as a scanner names it", "ssh, ssl/http",
                  "the service name in lower case", "blue", checked=True, core=True),
        LabelSpec("VERSION", "A version of software", "8.4p1 Ubuntu 5, 1.18.0", "as written",
                  "bright_yellow", checked=True, core=True),
        LabelSpec("HOSTNAME", "A host name without a dot", "web01, localhost", "lower case",
                  "bright_cyan", checked=True),
        LabelSpec("PORT", "A transport port", "443", "decimal, 0 to 65535", "bright_blue", checked=True),
        LabelSpec("PROTOCOL", "A transport or network protocol", "tcp, udp, sctp", "lower case",
                  "bright_blue", checked=True),
        LabelSpec("STATE", "The state of a port", "open, closed, open|filtered", "lower case",
                  "bright_green", checked=True),
        LabelSpec("STATUS", "Whether a host answers", "up, down", "lower case", "bright_green", checked=True),
        LabelSpec("LATENCY", "A round-trip time", "0.21s", "as written", "white",
                  checked=True),
        LabelSpec("OS", "An operating system", "Linux, Windows 10", "the known name, else as written",
                  "bright_magenta", checked=False),
        LabelSpec("URL", "An absolute URL", "https://example.com/a?b", "scheme and host normalised",
                  "bright_cyan", checked=True),
        LabelSpec("EMAIL", "An e-mail address", "abuse@example.com", "domain part in lower case",
                  "cyan", checked=True),
        LabelSpec("CIDR", "A network or an address range", "192.0.2.0/24, 192.0.2.0 - 192.0.2.255",
                  "network/prefix, or first-last", "green", checked=True),
        LabelSpec("ASN", "An autonomous system number", "AS64496", "AS and the number",
                  "green", checked=True),
        LabelSpec("MAC_ADDRESS", "A hardware address", "00:00:5e:00:53:01",
                  "six octets, lower case, colons", "green", checked=True),
        LabelSpec("HASH", "A file digest (MD5, SHA-1, SHA-2, ssdeep ...)", "d41d8cd98f00b204...",
                  "lower-case hex", "red", checked=True),
        LabelSpec("CVE", "A vulnerability identifier", "CVE-2021-44228", "upper case",
                  "bright_red", checked=True),
        LabelSpec("CPE", "A platform name", "cpe:/a:openbsd:openssh:8.4p1", "as written",
                  "yellow", checked=True),
        LabelSpec("FILE_PATH", "A path of a file", r"C:\Windows\System32\x.dll, /etc/passwd",
                  "as written", "white", checked=True),
        LabelSpec("MALWARE", "A malware family or a scanner's detection name", "Emotet",
                  "the known name, else as written", "red", checked=False),
        LabelSpec("THREAT_ACTOR", "A named attacker group", "APT28, FIN7",
                  "the known name, else as written", "red", checked=False),
        LabelSpec("TECHNIQUE", "An ATT&CK technique or tactic identifier", "T1059.001",
                  "upper case", "bright_red", checked=True),
        LabelSpec("FINGERPRINT", "A fingerprint of a key, a certificate or a TLS or SSH stack (JA3, JARM)",
                  "SHA256:47DEQpj8HBSa..., 2f:11:aa:6c...", "hex in lower case without colons, else as written",
                  "red", checked=True),
        LabelSpec("REGISTRY_KEY", "A key of the Windows registry, with its value's name",
                  r"HKLM\Software\Microsoft\Windows\CurrentVersion\Run", "as written",
                  "white", checked=True),
        LabelSpec("WALLET", "An address of a cryptocurrency, with a checksum that holds",
                  "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "as written, bech32 in lower case",
                  "bright_red", checked=True),
        LabelSpec("USER_AGENT", "What a client calls itself", "Mozilla/5.0 (X11; Linux x86_64)",
                  "as written", "yellow", checked=False),
        LabelSpec("MUTEX", "The name of a mutual exclusion object", r"Global\MsWinZonesCacheCounterMutexA",
                  "as written", "white", checked=False),
        LabelSpec("FILE_NAME", "A file by its name alone", "invoice.docm, rundll32.exe",
                  "as written", "white", checked=True),
        LabelSpec("TLP", "A mark of the Traffic Light Protocol", "TLP:AMBER+STRICT", "upper case, no blanks",
                  "bright_yellow", checked=True),
    )
}  # fmt: skip

CORE_LABELS = tuple(spec.name for spec in LABELS.values() if spec.core)


class LabelGroup(StrEnum):
    """What labels are to an analyst."""

    INDICATORS = "indicators"
    """what to look for in one's own logs"""
    THREATS = "threats"
    """who attacks, with what, through what"""
    ASSETS = "assets"
    """what a system or a body is"""
    OBSERVATIONS = "observations"
    """what a tool saw of it at one time, and marks of documents; formats for people leave them out unless asked"""


GROUPS: dict[LabelGroup, tuple[str, ...]] = {
    LabelGroup.INDICATORS: (
        "DOMAIN", "IP_ADDRESS", "CIDR", "URL", "EMAIL", "HASH", "FILE_NAME", "FILE_PATH", "REGISTRY_KEY",
        "MUTEX", "USER_AGENT", "WALLET", "FINGERPRINT",
    ),
    LabelGroup.THREATS: ("MALWARE", "THREAT_ACTOR", "TECHNIQUE", "CVE"),
    LabelGroup.ASSETS: (
        "ORGANIZATION", "HOSTNAME", "PORT", "SOFTWARE", "VERSION", "OS", "SERVICE", "ASN", "MAC_ADDRESS", "CPE",
    ),
    LabelGroup.OBSERVATIONS: ("PROTOCOL", "STATE", "STATUS", "LATENCY", "TLP"),
}  # fmt: skip

GROUP_OF: dict[str, LabelGroup] = {
    label: group for group, labels in GROUPS.items() for label in labels
}
"""Label -> its group; every label has one."""
