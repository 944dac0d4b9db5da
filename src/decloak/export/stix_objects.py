"""Stix objects: single objects of STIX 2.1 as plain dictionaries, with their identifiers and patterns.

Identifiers are those that the standard fixes for observables (UUIDv5 over the properties that contribute). Those of
everything else are the digest of UUIDv5 over the content, written as version 4, which is what the standard asks of them
(section 2.9): a second run names the same things.
"""

from __future__ import annotations

import ipaddress
import json
import ntpath
import uuid
from collections.abc import Mapping
from typing import Any

from decloak.export.platforms import NAMESPACE, platforms

__all__ = [
    "TOOL",
    "Object",
    "address",
    "identifier",
    "mark_of",
    "named",
    "observable",
    "of_value",
    "pattern_of",
    "producer_of",
]

Object = dict[str, Any]

_OBSERVABLES = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")  # STIX 2.1, section 2.9
_SINCE = "2026-01-01T00:00:00.000Z"
_TLP_2 = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_TLP_2_SINCE, _TLP_1_SINCE = "2022-10-01T00:00:00.000Z", "2017-01-20T00:00:00.000Z"


def identifier(kind: str, content: str) -> str:
    """Return the identifier of an object that is no observable, the same for the same content."""
    return f"{kind}--{uuid.UUID(bytes=uuid.uuid5(NAMESPACE, content).bytes, version=4)}"


def _identity(name: str, content: str, kind: str) -> Object:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": identifier("identity", content),
        "created": _SINCE,
        "modified": _SINCE,
        "name": name,
        "identity_class": kind,
    }


TOOL = _identity("decloak", "producer", "system")


def producer_of(name: str) -> Object:
    """Return the identity in whose name objects are made; decloak's own for ""."""
    return _identity(name, f"producer {name.casefold()}", "organization") if name else TOOL


def mark_of(level: str, *, opencti: bool) -> Object | None:
    """Return the mark of a level of the Traffic Light Protocol (``amber+strict``); None for ""."""
    if not level:
        return None
    ids = platforms().tlp[level]
    mark: Object = {"type": "marking-definition", "spec_version": "2.1"}
    if opencti:
        mark |= {"id": f"marking-definition--{ids['opencti']}", "created": _TLP_1_SINCE}
        if "first" in ids:
            return mark | {
                "name": f"TLP:{ids['first'].upper()}",
                "definition_type": "tlp",
                "definition": {"tlp": ids["first"]},
            }
        return mark | {
            "definition_type": "statement",
            "definition": {"statement": "custom"},
            "x_opencti_definition_type": "TLP",
            "x_opencti_definition": f"TLP:{level.upper()}",
        }
    return mark | {
        "id": f"marking-definition--{ids['stix']}",
        "created": _TLP_2_SINCE,
        "name": f"TLP:{level.upper()}",
        "extensions": {
            _TLP_2: {"extension_type": "property-extension", "tlp_2_0": level.replace("+", "-")}
        },
    }


_CONTRIBUTING = {
    "file": ("hashes", "name"),
    "software": ("name", "cpe", "vendor", "version"),
    "network-traffic": ("dst_ref", "dst_port", "protocols"),
    "autonomous-system": ("number",),
    "mutex": ("name",),
    "windows-registry-key": ("key",),
}
"""Of each type, the properties that its identifier depends on; ``value`` for all others (section 6)."""
_FIRST_HASHES = ("MD5", "SHA-1", "SHA-256", "SHA-512")
"""Of several digests the first of these contributes (section 2.9)."""


def observable(kind: str, properties: Object) -> Object:
    """Return an observable of a type with these properties."""
    names = _CONTRIBUTING.get(kind, ("value",))
    content = {name: properties[name] for name in names if name in properties}
    if hashes := content.get("hashes"):
        first = next((name for name in _FIRST_HASHES if name in hashes), next(iter(hashes)))
        content["hashes"] = {first: hashes[first]}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    identifier = f"{kind}--{uuid.uuid5(_OBSERVABLES, text)}"
    return {"type": kind, "spec_version": "2.1", "id": identifier} | properties


def address(value: str) -> Object | None:
    """Return an address or a network; None for a range from one address to another, which has no object."""
    bare = value.partition("%")[0]
    try:
        network = ipaddress.ip_network(bare, strict=False)
    except ValueError:
        return None
    return observable(f"ipv{network.version}-addr", {"value": bare})


def of_value(kind: str, value: str) -> Object | None:
    """Return what a value is of a kind of data/platforms.toml, where that is an observable."""
    if kind == "address":
        return address(value)
    if kind in {"domain-name", "url", "email-addr", "mac-addr"}:
        return observable(kind, {"value": value})
    if kind == "autonomous-system":
        return observable(kind, {"number": int(value[2:])})
    if kind == "mutex":
        return observable(kind, {"name": value})
    if kind == "windows-registry-key":
        return observable(kind, {"key": value})
    if kind == "digest":
        digest = platforms().digests.get(len(value))
        return observable("file", {"hashes": {digest.stix: value}}) if digest else None
    if kind == "file":
        return observable("file", {"name": ntpath.basename(value) or value})
    if kind == "software":
        return observable(kind, {"name": value})
    if kind == "cpe":
        return _of_cpe(value)
    return None


def _of_cpe(value: str) -> Object | None:
    """Return the software of a CPE 2.3 name; the older form has no place in the standard."""
    parts = value.split(":")
    if not value.startswith("cpe:2.3:") or len(parts) < 6:
        return None
    software = {"name": parts[4], "cpe": value, "vendor": parts[3]}
    if parts[5] not in {"*", "-"}:
        software["version"] = parts[5]
    return observable("software", software)


def named(kind: str, content: str, stamp: str) -> Object:
    """Return the beginning of an object whose identifier depends on `content`."""
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": identifier(kind, f"{kind} {content}"),
        "created": stamp,
        "modified": stamp,
    }


def pattern_of(found: Mapping[str, Any]) -> str:
    """Return the comparison that finds an observable (section 9); all digests of a file are as good."""
    kind = found["type"]
    if "hashes" in found:
        each = (f"{kind}:hashes.'{name}' = '{_quoted(it)}'" for name, it in found["hashes"].items())
        return f"[{' OR '.join(each)}]"
    name = "name" if kind == "mutex" else "value"
    value = found[name]
    operator = "ISSUBSET" if kind in {"ipv4-addr", "ipv6-addr"} and "/" in value else "="
    return f"[{kind}:{name} {operator} '{_quoted(value)}']"


def _quoted(text: str) -> str:
    """Escape what ends a string of the pattern language, or begins an escape in it."""
    return text.replace("\\", "\\\\").replace("'", "\\'")
