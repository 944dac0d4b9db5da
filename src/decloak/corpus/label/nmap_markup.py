"""Label ``nmap -oX`` itself: the attribute says what the value is, and where it stands."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from decloak.corpus.label.nmap_text import argument
from decloak.corpus.label.place import Placer, name_label
from decloak.corpus.label.shapes import product_tokens
from decloak.corpus.sample import Label

__all__ = ["label_nmap_xml"]

_TAG = re.compile(r"<(/?)([\w-]+)((?:\s+[\w:-]+=(?:\"[^\"]*\"|'[^']*'))*)\s*(/?)>|<[?!](?:--.*?--|[^>]*)>", re.DOTALL)  # fmt: skip
_ATTRIBUTE = re.compile(r"([\w:-]+)=[\"']([^\"']*)[\"']")
_FIELDS = {
    ("nmaprun", "scanner"): "SOFTWARE", ("nmaprun", "version"): "VERSION",
    ("scaninfo", "protocol"): "PROTOCOL", ("status", "state"): "STATUS",
    ("address", "vendor"): "ORGANIZATION", ("hostname", "name"): "NAME",
    ("port", "protocol"): "PROTOCOL", ("port", "portid"): "PORT", ("state", "state"): "STATE",
    ("service", "name"): "SERVICE", ("service", "product"): "SOFTWARE",
    ("service", "version"): "VERSION", ("service", "ostype"): "OS", ("service", "hostname"): "NAME",
    ("osmatch", "name"): "OS", ("portused", "proto"): "PROTOCOL", ("portused", "portid"): "PORT",
    ("portused", "state"): "STATE", ("hop", "ipaddr"): "IP_ADDRESS", ("hop", "host"): "NAME",
}  # fmt: skip


def label_nmap_xml(text: str) -> tuple[Label, ...]:
    """Label an XML report by element and attribute.

    Args:
        text: what ``-oX`` wrote; may be cut short.
    """
    placer = Placer(text, "nmap.xml")
    for tag, start, attributes in _tags(text):
        told = {name: value for name, value, _, _ in attributes}
        if told.get("name") == "unknown" and tag == "service":
            continue
        for name, value, low, high in attributes:
            _attribute(placer, tag, name, told, (value, low, high))
        if tag == "cpe":
            end = text.find("<", start)
            if end > start:
                placer.put(start, end, "CPE", "cpe", "element")
    return placer.labels()


_Attribute = tuple[str, str, int, int]


def _tags(text: str) -> Iterator[tuple[str, int, list[_Attribute]]]:
    """Yield (tag, end of the tag, attributes with their places) of every opening tag."""
    for found in _TAG.finditer(text):
        if found[2] and not found[1]:
            base = found.start(3)
            yield (
                found[2],
                found.end(),
                [
                    (each[1], each[2], base + each.start(2), base + each.end(2))
                    for each in _ATTRIBUTE.finditer(found[3])
                ],
            )


def _attribute(
    placer: Placer, tag: str, name: str, told: dict[str, str], place: tuple[str, int, int]
) -> None:
    value, low, high = place
    plain = html.unescape(value)
    label = _FIELDS.get((tag, name), "")
    if (tag, name) == ("address", "addr"):
        label = "MAC_ADDRESS" if told.get("addrtype") == "mac" else "IP_ADDRESS"
    if label == "NAME":
        label = name_label(plain)
    if label:
        meant = None if plain == value else plain
        placer.put(low, high, label, f"{tag}.{name}", "attribute", meant)
    elif (tag, name) == ("service", "extrainfo"):
        product_tokens(placer, low, high, "service.extrainfo")
    elif (tag, name) == ("nmaprun", "args"):
        before = ""
        for word in re.finditer(r"\S+", value):
            argument(placer, low + word.start(), low + word.end(), before)
            before = word[0]
