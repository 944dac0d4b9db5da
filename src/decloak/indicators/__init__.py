"""indicators: one value in, confirmed / refuted / silent out, with its canonical form."""

from __future__ import annotations

from collections.abc import Callable

from decloak.core.entity import Reading, Verdict
from decloak.core.limits import MAX_TOKEN
from decloak.core.remember import remembered
from decloak.indicators.fingerprints import read_fingerprint
from decloak.indicators.hashes import read_hash
from decloak.indicators.markings import read_tlp
from decloak.indicators.names import read_domain, read_email, read_hostname, read_url
from decloak.indicators.network import (
    read_asn,
    read_cidr,
    read_ip,
    read_latency,
    read_mac,
    read_port,
    read_protocol,
    read_state,
    read_status,
)
from decloak.indicators.paths import read_file_name, read_path
from decloak.indicators.registry import read_registry_key
from decloak.indicators.versions import read_service, read_version
from decloak.indicators.vulnerabilities import read_cpe, read_cve, read_technique
from decloak.indicators.wallets import read_wallet

__all__ = ["CHECKS", "check", "classify", "read"]

CHECKS: dict[str, Callable[[str], Reading]] = {
    "DOMAIN": read_domain,
    "IP_ADDRESS": read_ip,
    "SERVICE": read_service,
    "VERSION": read_version,
    "HOSTNAME": read_hostname,
    "PORT": read_port,
    "PROTOCOL": read_protocol,
    "STATE": read_state,
    "STATUS": read_status,
    "LATENCY": read_latency,
    "URL": read_url,
    "EMAIL": read_email,
    "CIDR": read_cidr,
    "ASN": read_asn,
    "MAC_ADDRESS": read_mac,
    "HASH": read_hash,
    "CVE": read_cve,
    "CPE": read_cpe,
    "FILE_PATH": read_path,
    "TECHNIQUE": read_technique,
    "FINGERPRINT": read_fingerprint,
    "REGISTRY_KEY": read_registry_key,
    "WALLET": read_wallet,
    "FILE_NAME": read_file_name,
    "TLP": read_tlp,
}
"""Label -> the check that decides; labels that are absent have no pattern."""


def check(label: str, decoded: str) -> Reading:
    """Read one value under one label.

    SILENT for labels without a check: names of organisations and products have no shape.
    """
    if len(decoded) > MAX_TOKEN and label != "URL":
        return Reading(Verdict.REFUTED, reason=f"longer than {MAX_TOKEN} characters")
    reader = CHECKS.get(label)
    return Reading(Verdict.SILENT, decoded) if reader is None else reader(decoded)


read = remembered(1 << 14)(check)
"""The same, remembered: stages that look at places ask about the same values again and again."""


def classify(token: str) -> tuple[str, Reading] | None:
    """Say what a whole token is, when its shape alone decides; None otherwise.

    Versions, services, ports and bare host names have no shape of their own and are never
    returned. Domains need a public or special-use suffix.
    """
    if not 3 <= len(token) <= MAX_TOKEN or "\n" in token:
        return None
    for label in _suspects(token):
        reading = CHECKS[label](token)
        if reading.verdict is Verdict.CONFIRMED and not reading.label:
            return label, reading
    return None


def _suspects(token: str) -> list[str]:
    """Return the labels whose shape a token may have, most specific first."""
    low = token[:8].lower()
    suspects: list[str] = []
    if "://" in token:
        suspects.append("URL")
    elif low.startswith("cve"):
        suspects.append("CVE")
    elif low.startswith("cpe:"):
        suspects.append("CPE")
    elif "@" in token:
        suspects.append("EMAIL")
    elif token[0] in "0123456789abcdefABCDEF:[":
        suspects += _numeric_suspects(token)
    if token[0] in "tT" and token[1:2] in "1aA":
        suspects.append("TECHNIQUE")
    if low.startswith("as") and token[2:3].isdecimal():
        suspects.append("ASN")
    if ("." in token and not suspects) or (
        "." in token and "DOMAIN" not in suspects and "URL" not in suspects
    ):
        suspects.append("DOMAIN")
    return suspects


def _numeric_suspects(token: str) -> list[str]:
    suspects = []
    if ":" in token or token.count(".") == 3:
        suspects.append("CIDR" if "/" in token else "IP_ADDRESS")
    if 12 <= len(token) <= 17:
        suspects.append("MAC_ADDRESS")
    if len(token) >= 32:
        suspects.append("HASH")
    return suspects
