"""Label the JSON of Shodan and RDAP: the path of keys says what a value is."""

from __future__ import annotations

import json
import re
from itertools import pairwise

from decloak.corpus.label.json_places import Leaf, leaves
from decloak.corpus.label.place import Placer, canonical, name_label
from decloak.corpus.label.shapes import locators, numbers, product_tokens, shapes
from decloak.corpus.sample import Label

__all__ = ["label_rdap", "label_shodan"]

_SHODAN = {
    "ip_str": "IP_ADDRESS", "hostnames": "NAME", "domains": "NAME", "org": "ORGANIZATION",
    "isp": "ORGANIZATION", "asn": "ASN", "os": "OS", "port": "PORT", "ports": "PORT",
    "transport": "PROTOCOL", "product": "SOFTWARE", "version": "VERSION", "_shodan.module": "SERVICE",
    "cpe": "CPE", "cpe23": "CPE", "http.host": "NAME", "http.server": "PRODUCTS",
    "ssl.cert.subject.CN": "NAME", "ssl.cert.issuer.O": "ORGANIZATION",
    "ssl.cert.subject.O": "ORGANIZATION", "ssl.cert.issuer.CN": "", "ssl.cert.fingerprint.sha1": "HASH",
    "ssl.cert.fingerprint.sha256": "HASH", "ssl.chain_sha256": "HASH", "ssl.jarm": "HASH",
    "ssl.ja3s": "HASH", "http.html_hash": "", "http.title": "", "vulns": "CVE", "data": "BANNER",
    "http.redirects.host": "NAME", "mac": "MAC_ADDRESS", "info": "BANNER", "http.waf": "SOFTWARE",
}  # fmt: skip
_RDAP = {
    "ldhName": "NAME", "unicodeName": "NAME", "port43": "NAME", "href": "URL", "value": "URL",
    "nameservers.ipAddresses.v4": "IP_ADDRESS", "nameservers.ipAddresses.v6": "IP_ADDRESS",
    "ipAddresses.v4": "IP_ADDRESS", "ipAddresses.v6": "IP_ADDRESS", "startAddress": "IP_ADDRESS",
    "endAddress": "IP_ADDRESS", "v4prefix": "IP_ADDRESS", "v6prefix": "IP_ADDRESS",
    "parentHandle": "NETWORK", "secureDNS.dsData.digest": "", "whoisServer": "NAME",
}  # fmt: skip
_FREE = frozenset({"description", "title", "remarks", "comment"})


def label_shodan(text: str) -> tuple[Label, ...]:
    """Label a host, a banner, or a search result of Shodan's API (its documented schema).

    Args:
        text: JSON, whole or cut short.
    """
    placer = Placer(text, "shodan.json")
    named: dict[str, list[str]] = {"product": [], "version": []}
    free: list[tuple[Leaf, str]] = []
    hosts: dict[str, None] = {}
    for leaf in leaves(text):
        path = [key for key in leaf.path if key != "matches"]
        if path[:1] == ["data"] and len(path) > 1:
            path = path[1:]
        dotted = ".".join(path)
        kind = _SHODAN.get(dotted)
        if kind is None and path[-1:] in (["ip_str"], ["hostnames"]):
            kind = _SHODAN[path[-1]]
        if kind == "BANNER" or (kind is None and leaf.is_text):
            free.append((leaf, dotted))
        elif kind:
            _put(placer, leaf, kind, dotted)
            if dotted in named and leaf.value not in {"", "null"}:
                named[dotted].append(leaf.value)
        if path[-1:] == ["hostnames"] and "." in leaf.value:
            hosts[leaf.value] = None
    _vulnerabilities(placer, text)
    # What the fields name comes before what only looks like something: a version may look like an
    # address.
    for leaf, field in free:
        locators(placer, leaf.start, leaf.end, field)
        for host in hosts:
            placer.seek(host, name_label(host), field, leaf.start, leaf.end, "mention")
    _mentions(placer, free, named["product"], named["version"])
    for leaf, field in free:
        numbers(placer, leaf.start, leaf.end, field)
        if _SHODAN.get(field) == "BANNER":
            product_tokens(placer, leaf.start, leaf.end, field)
    return placer.labels()


def _mentions(
    placer: Placer, free: list[tuple[Leaf, str]], products: list[str], versions: list[str]
) -> None:
    """Label products and versions of the fields where a banner or a summary names them again.

    A number without a dot says nothing by itself: it counts right behind its product only.
    """
    names = "|".join(re.escape(name) for name in sorted(set(products), key=len, reverse=True))
    numbers = "|".join(re.escape(each) for each in sorted(set(versions), key=len, reverse=True))
    dotted = "|".join(
        re.escape(each)
        for each in sorted(set(versions), key=len, reverse=True)
        if "." in each and len(each) > 2
    )
    parts = []
    if names:
        tail = rf"(?:[ /]v?(?P<version>{numbers})(?![\w.]*\w))?" if numbers else ""
        parts.append(rf"(?<![\w.-])(?P<product>{names}){tail}(?![\w-])")
    if dotted:
        parts.append(rf"(?<![\d.])(?P<number>{dotted})(?![.-]?\w)")
    if not parts:
        return
    pattern = re.compile("|".join(parts))
    for leaf, field in free:
        for found in pattern.finditer(placer.text, leaf.start, leaf.end):
            for group, told in found.groupdict().items():
                if told:
                    label = "SOFTWARE" if group == "product" else "VERSION"
                    placer.put(*found.span(group), label, field, "mention")


def _vulnerabilities(placer: Placer, text: str) -> None:
    """Identifiers are the keys of ``vulns``."""
    for found in re.finditer(r'"(CVE-\d{4}-\d{4,7})"', text):
        placer.put(*found.span(1), "CVE", "vulns", "key")


def _put(placer: Placer, leaf: Leaf, kind: str, field: str) -> None:
    if leaf.value in {"", "null", "None"} or (not leaf.is_text and kind not in {"PORT", "VERSION"}):
        return
    if kind == "PRODUCTS":
        product_tokens(placer, leaf.start, leaf.end, field)
        return
    label = name_label(leaf.value.removeprefix("*.")) if kind == "NAME" else kind
    start = leaf.start + (2 if kind == "NAME" and leaf.value.startswith("*.") else 0)
    end = leaf.end - (1 if kind == "NAME" and leaf.value.endswith(".") else 0)
    written = placer.text[start:end]
    plain = leaf.value.removeprefix("*.") if kind == "NAME" else leaf.value
    meant = None if written == plain.rstrip(".") or "\\" not in written else canonical(label, plain)
    placer.put(start, end, label, field, "key", meant)


def label_rdap(text: str) -> tuple[Label, ...]:
    """Label an RDAP answer (RFC 9083; contacts are jCard, RFC 7095).

    Args:
        text: JSON, whole or cut short.
    """
    placer = Placer(text, "rdap.json")
    # In a jCard a property is a list: its name, parameters, type, value.
    card: list[Leaf] = []
    kinds: dict[int, str] = _organisations(text)
    for leaf in leaves(text):
        path = leaf.path
        if "vcardArray" in path:
            card.append(leaf)
            _card(placer, card, kinds)
            continue
        last, dotted = path[-1] if path else "", ".".join(path[-3:])
        kind = _RDAP.get(dotted) or _RDAP.get(last) or ""
        if kind == "URL":
            if leaf.value.startswith(("http://", "https://")):
                _put(placer, leaf, "URL", dotted)
        elif kind == "NETWORK":
            shapes(placer, leaf.start, leaf.end, dotted)
        elif kind:
            _put(placer, leaf, kind, dotted)
        elif last in _FREE and leaf.is_text:
            shapes(placer, leaf.start, leaf.end, dotted)
    return placer.labels()


def _card(placer: Placer, card: list[Leaf], kinds: dict[int, str]) -> None:
    """Label the value of a jCard property that has just ended with this leaf."""
    leaf = card[-1]
    words = [each.value for each in card[-4:]]
    for back in (3, 4):
        name = words[-back] if len(words) >= back else ""
        if name == "email" and "@" in leaf.value and leaf.is_text:
            placer.put(leaf.start, leaf.end, "EMAIL", "vcard.email", "property")
        elif name == "url" and leaf.value.startswith(("http:", "https:")):
            placer.put(leaf.start, leaf.end, "URL", "vcard.url", "property")
        elif _names_a_body(name, leaf, kinds) and words[-2] == "text":
            meant = leaf.value if "\\" in placer.text[leaf.start : leaf.end] else None
            placer.put(leaf.start, leaf.end, "ORGANIZATION", f"vcard.{name}", "property", meant)


def _names_a_body(name: str, leaf: Leaf, kinds: dict[int, str]) -> bool:
    return leaf.is_text and (name == "org" or (name == "fn" and kinds.get(leaf.start) == "org"))


def _organisations(text: str) -> dict[int, str]:
    """Return where a jCard's ``fn`` names an organisation: its kind says so, or it equals ``org``."""
    found: dict[int, str] = {}
    held = [leaf for leaf in leaves(text) if "vcardArray" in leaf.path]
    starts = [i for i, leaf in enumerate(held) if leaf.value == "vcard"] + [len(held)]
    for low, high in pairwise(starts):
        names = [held[i + 2] for i in range(low, high - 2) if held[i].value == "fn"]
        texts = [leaf.value for leaf in held[low:high]]
        kinds = {texts[i + 2] for i in range(len(texts) - 2) if texts[i] == "kind"}
        bodies = {texts[i + 2] for i in range(len(texts) - 2) if texts[i] == "org"}
        for leaf in names:
            if "org" in kinds or leaf.value in bodies:
                found[leaf.start] = "org"
    return found


def rdap_values(text: str) -> list[tuple[str, str, str]]:
    """Return (label, value, field) of everything an RDAP answer names; empty when it is no JSON."""
    try:
        json.loads(text)
    except ValueError:
        return []
    labels = label_rdap(text)
    return list(dict.fromkeys((e.label, e.value, e.provenance.split(":", 1)[1]) for e in labels))
